import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly functionName: string;
      readonly ranges: readonly { readonly count: number }[];
    }[];
  }[];
}

/** A file that the command line consists of. */
interface PackageFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** Names of the functions that run when a project is created without asking. */
function functionsThatRun(cli: string, pack: PackageFile): ReadonlySet<string> {
  const folder = mkdtempSync(join(tmpdir(), 'stackbilder-build-'));
  try {
    const file = join(folder, 'cli.cjs');
    writeFileSync(file, cli);
    writeFileSync(join(folder, pack.name), pack.content);
    const reports = join(folder, 'coverage');
    const words = [file, 'my-app', '--yes', '--no-install', '--no-git'];
    const env = { ...process.env, NODE_V8_COVERAGE: reports };
    const run = spawnSync(process.execPath, words, { cwd: folder, env, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`The command line cannot be run:\n${run.stderr}`);
    const [report = ''] = readdirSync(reports);
    const coverage: Coverage = JSON.parse(readFileSync(join(reports, report), 'utf8'));
    return new Set(
      coverage.result
        .filter(({ url }) => url.endsWith('/cli.cjs'))
        .flatMap(({ functions }) => functions)
        .filter(({ ranges }) => ranges[0] !== undefined && ranges[0].count > 0)
        .map(({ functionName }) => functionName),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Wraps the functions that a usual run calls in parentheses, by which V8 knows to compile them together with the
 * file. Compiling them one by one at their first call takes about a millisecond longer, and compiling the others
 * as well half of one.
 *
 * @param cli the bundle, with line breaks, so that a function's end is a line of its own
 * @param pack what it reads
 */
export function compiledAtOnce(cli: string, pack: PackageFile): string {
  const names = functionsThatRun(cli, pack);
  return cli.replace(
    /^((?:async )?function (\w+)\([^]*?^\})$/gm,
    (declaration: string, _same: string, name: string) =>
      names.has(name) ? `var ${name} = (${declaration});` : declaration,
  );
}
