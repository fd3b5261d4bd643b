import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import text from '../../.ai/inventory.json?raw';
import { routes } from '../../src/app.ts';

const part = z.record(z.string(), z.array(z.string()));
const inventory = z.object({ routes: part, tables: part }).parse(JSON.parse(text));

const remedy =
  'Run "npx create-stackbilder-app governance", then name the threats it meets in .ai/inventory.json.';

describe('GOV-1 whatever is reached or kept was reviewed', () => {
  it('the inventory lists the routes of the app, and no others', () => {
    const declared = routes.map(({ method, path }) => `${method} ${path}`);
    expect(Object.keys(inventory.routes).toSorted(), remedy).toEqual(declared.toSorted());
  });

  it('the inventory lists the tables of the database, and no others', async () => {
    const { results } = await env.DB.prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table'
       AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name <> 'd1_migrations'`,
    ).all<{ name: string }>();
    const tables = results.map(({ name }) => name);
    expect(Object.keys(inventory.tables).toSorted(), remedy).toEqual(tables.toSorted());
  });
});
