import { Problem } from '../http/problem.ts';
import { safeReturnTo } from '../http/return-to.ts';
import { assetAt, assetsFolder } from './assets.ts';
import { forEverybody, forUsers, goOn } from './page.ts';
import { showStepUp } from './step-up.tsx';

/** What all pages have in common: their files, and the question who is there. */
export const ownPages = [
  forEverybody.get(`${assetsFolder}:file`, ({ c }) => {
    const found = assetAt(c.req.path);
    if (found === null) throw new Problem('not_found');
    const { contentType, content } = found.asset;
    return c.body(content, 200, { 'Content-Type': contentType });
  }),

  forUsers.get('/step-up', (visit) => showStepUp(visit)),

  forUsers.post('/step-up', (visit) =>
    visit.isProven
      ? goOn(visit, safeReturnTo(visit.typed['returnTo']), 'stepped_up')
      : showStepUp(visit),
  ),
];
