import { describe, expect, it } from 'vitest';
import { describeApi } from '../../dev/openapi.ts';
import { routes } from '../../src/app.ts';

const document = describeApi(routes);

describe('API-1 what the app takes is written down, from the same declarations', () => {
  it('openapi.json is current: "npm run openapi" renews it', async () => {
    const text = `${JSON.stringify(document, null, 2)}\n`;
    await expect(text).toMatchFileSnapshot('../../openapi.json');
  });

  it('every route is in it, and no other', () => {
    const described = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ summary }) => summary),
    );
    expect(described).toHaveLength(routes.length);
    expect(new Set(described)).toEqual(new Set(routes.map((one) => `${one.method} ${one.path}`)));
  });
});
