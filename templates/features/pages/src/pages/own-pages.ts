import { Problem } from '../http/problem.ts';
import { safeReturnTo } from '../http/return-to.ts';
import { assetAt, assetsFolder } from './assets.ts';
import { goOn, page } from './page.tsx';
import { showStepUp } from './step-up.tsx';

/** What all pages have in common: their files, and the question who is there. */
export const ownPages = [
  page.public('GET', `${assetsFolder}:file`, async ({ c }) => {
    const found = assetAt(c.req.path);
    if (found === null) throw new Problem('not_found');
    const { contentType, content } = found.asset;
    return c.body(content, 200, { 'Content-Type': contentType });
  }),

  page.user('GET', '/step-up', async (visit) => showStepUp(visit)),

  page.user('POST', '/step-up', async (visit) => {
    if (!visit.isProven) return showStepUp(visit);
    return goOn(visit, safeReturnTo(visit.typed['returnTo']), 'stepped_up');
  }),
];
