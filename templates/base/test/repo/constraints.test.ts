import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => `src/${file.replaceAll('\\', '/')}`)
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

const filesWith = (pattern: RegExp) =>
  sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);
const outsideDb = (file: string) => !file.startsWith('src/db/');

describe('DB-1 there are two doors to data, and no third', () => {
  it('only src/db opens D1', () => {
    expect(filesWith(/\benv\.DB\b|\bDB\.(prepare|exec|batch|withSession)\b/)).toEqual([
      'src/db/database.ts',
    ]);
  });

  it('only the two doors run a statement on the database', () => {
    expect(filesWith(/\bdatabase\.(first|all|change)\(\{/)).toEqual(['src/db/across-tenants.ts']);
    expect(filesWith(/\bdatabase\.(first|all|change)\(bind\(/)).toEqual(['src/db/with-tenant.ts']);
  });

  it('no route crosses tenants: services do', () => {
    const crossing = filesWith(/across-tenants/);
    expect(crossing).toContain('src/auth/sessions.ts');
    expect(crossing.filter((file) => /(routes|handlers?|app|index)\.ts$/.test(file))).toEqual([]);
  });

  it('only the guard turns a membership into a tenant', () => {
    expect(filesWith(/new Tenant\(/)).toEqual(['src/auth/access.ts']);
  });
});

describe('DB-2 only bound parameters reach SQL', () => {
  it('statements are written in src/db/statements, as texts without interpolation', () => {
    const writing = /\b(tenantStatement|crossTenantStatements|across\w*)(<[^(]*>)?\(\s*'/;
    expect(filesWith(writing).filter((file) => !file.startsWith('src/db/statements/'))).toEqual([]);
    const statements = sources.filter(({ file }) => file.startsWith('src/db/statements/'));
    expect(statements.length).toBeGreaterThan(0);
    for (const { text } of statements) expect(text).not.toMatch(/\$\{|'\s*\+|\+\s*'|`\s*\+|\+\s*`/);
  });

  it('SQL is prepared in one place and executed by no other way', () => {
    expect(filesWith(/\.prepare\(/)).toEqual(['src/db/database.ts']);
    expect(filesWith(/\.(exec|dump)\((?!.*json)/).filter(outsideDb)).toEqual([]);
  });
});

describe('API-1 what reaches a handler was validated', () => {
  it('no handler reads the body, the query or a parameter by itself', () => {
    const reading = filesWith(
      /\.req\.(json|text|formData|parseBody|query|queries|param|arrayBuffer|blob)\(/,
    );
    expect(reading).toEqual(['src/auth/access.ts', 'src/http/input.ts']);
  });

  it('every object is strict', () => {
    expect(filesWith(/z\.(object|looseObject|record)\(|\.(passthrough|loose|catchall)\(/)).toEqual(
      [],
    );
  });
});

describe('SEC-5 there is one way out', () => {
  it('only the client of outbound calls fetches or opens a connection', () => {
    const leaving =
      /(?<![.\w])fetch\(|globalThis\.fetch|self\.fetch|cloudflare:sockets|new WebSocket\(/;
    expect(filesWith(leaving)).toEqual(['src/http/outbound.ts']);
  });
});

describe('OBS-2 logs carry no personal data', () => {
  it('only the logger and the sink of faults write to the console', () => {
    const writing = filesWith(/\bconsole\b\s*[.[]/);
    expect(writing.toSorted()).toEqual(['src/ops/faults.ts', 'src/ops/logger.ts']);
  });
});

describe('ERR-3 and ERR-2 nothing that is done after the response goes unwatched', () => {
  it('only background() and the sink of faults outlive it', () => {
    // Any mention but in a comment: called, taken out of an object, or by a name in brackets.
    const outliving = sources.filter(({ text }) =>
      text.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '').includes('waitUntil'),
    );
    expect(outliving.map(({ file }) => file).toSorted()).toEqual([
      'src/http/context.ts',
      'src/ops/faults.ts',
    ]);
  });
});
