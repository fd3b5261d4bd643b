/**
 * What creating an application costs, beside what it cannot cost less than. Compares; asserts nothing.
 *
 * `npm run bench` runs it; `-- --runs 50` changes the number of runs.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackage } from '../../scripts/build.ts';
import { hostEnvironment, hostNode, root } from '../../scripts/host-node.ts';
import { filesBelow } from '../files-below.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '31' } } });
const runs = Math.max(20, Number(values.runs));
const cli = join(root, 'dist', 'cli.cjs');

// Node 20 loads this bundle of certificates at every start, which would drown what is measured.
const { NODE_EXTRA_CA_CERTS: _ignored, ...environment } = hostEnvironment();

function median(numbers: readonly number[]): number {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? NaN;
}

function timed(words: readonly string[], directory: string): { wall: number; inside: number } {
  const began = process.hrtime.bigint();
  const { status, stderr } = spawnSync(hostNode(), words, {
    cwd: directory,
    env: { ...environment, STACKBILDER_TIMING: '1' },
    encoding: 'utf8',
  });
  const wall = Number(process.hrtime.bigint() - began) / 1e6;
  if (status !== 0) throw new Error(`"node ${words.join(' ')}" failed: ${stderr}`);
  return {
    wall,
    inside: Number(/(?:rendered and written|regenerated) in ([\d.]+) ms/.exec(stderr)?.[1]),
  };
}

const choices = ['--yes', '--no-install', '--no-git'];

/** A script as plain as it gets: it has the bytes at hand, makes the directories and writes the files. */
function writeBareScript(folder: string): { files: number; bytes: number; script: string } {
  timed([cli, 'sample', ...choices], folder);
  const sample = join(folder, 'sample');
  const files = filesBelow(sample);
  const contents = files.map((path) => readFileSync(join(sample, path)));
  const directories = new Set(
    files.flatMap((path) => {
      const parts = path.split('/').slice(0, -1);
      return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
    }),
  );
  let offset = 0;
  const entries = files.map((path, index) => {
    const start = offset;
    offset += contents[index]?.length ?? 0;
    return [path, start, offset];
  });
  const script = join(folder, 'bare.cjs');
  writeFileSync(join(folder, 'bare.pack'), Buffer.concat(contents));
  writeFileSync(
    script,
    `const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const root = process.argv[2];
const pack = readFileSync(__dirname + '/bare.pack');
mkdirSync(root);
for (const directory of ${JSON.stringify([...directories])}) mkdirSync(root + '/' + directory);
for (const [path, start, end] of ${JSON.stringify(entries)}) writeFileSync(root + '/' + path, pack.subarray(start, end));
`,
  );
  rmSync(sample, { recursive: true });
  return { files: files.length, bytes: offset, script };
}

function measure(parent: string) {
  const folder = mkdtempSync(join(parent, 'stackbilder-bench-'));
  try {
    const { files, bytes, script } = writeBareScript(folder);
    const figures = {
      empty: [0],
      bare: [0],
      whole: [0],
      inside: [0],
      governance: [0],
      regenerating: [0],
      governanceOfChanged: [0],
      regeneratingChanged: [0],
    };
    for (const list of Object.values(figures)) list.pop();
    for (let index = 0; index < runs; index += 1) {
      // Side by side in every round, so that a slow moment of the machine falls on all three.
      figures.empty.push(timed(['-e', '0'], folder).wall);
      figures.bare.push(timed([script, 'out'], folder).wall);
      rmSync(join(folder, 'out'), { recursive: true });
      const { wall, inside } = timed([cli, 'out', ...choices], folder);
      const governance = timed([cli, 'governance', 'out'], folder);
      figures.governance.push(governance.wall);
      figures.regenerating.push(governance.inside);
      appendFileSync(join(folder, 'out', 'src', 'app.ts'), '// Ours.\n');
      const changed = timed([cli, 'governance', 'out'], folder);
      figures.governanceOfChanged.push(changed.wall);
      figures.regeneratingChanged.push(changed.inside);
      rmSync(join(folder, 'out'), { recursive: true });
      figures.whole.push(wall);
      figures.inside.push(inside);
    }
    return {
      files,
      bytes,
      empty: median(figures.empty),
      bare: median(figures.bare),
      whole: median(figures.whole),
      inside: median(figures.inside),
      governance: median(figures.governance),
      regenerating: median(figures.regenerating),
      governanceOfChanged: median(figures.governanceOfChanged),
      regeneratingChanged: median(figures.regeneratingChanged),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await buildPackage({ declarations: false });
const inMemory = existsSync('/dev/shm');
const memory = measure(inMemory ? '/dev/shm' : tmpdir());
const disk = measure(root);
const line = (label: string, figure: string) => console.log(`  ${label.padEnd(50)}${figure}`);
const ms = (figure: number) => `${figure.toFixed(1)} ms`;
const show = (figures: typeof memory) => {
  const { empty, bare, whole, inside, governance, regenerating } = figures;
  line('rendering and writing, inside the process', `${ms(inside)} (aim: under 20)`);
  line('whole process', ms(whole));
  line('bare script writing the same bytes', ms(bare));
  line('empty Node process (node -e 0)', ms(empty));
  line('regenerating the documents, inside the process', `${ms(regenerating)} (aim: under 20)`);
  line('regenerating the documents, whole process', ms(governance));
  line('the same, when code has changed, inside', ms(figures.regeneratingChanged));
  line('the same, when code has changed, whole', ms(figures.governanceOfChanged));
  line('whole process / bare script', `${(whole / bare).toFixed(2)} (aim: at most 1.15)`);
  line('whole process / empty Node', `${(whole / empty).toFixed(2)} (aim: at most 1.5)`);
  line(
    'regenerating / creating, whole process',
    `${(governance / whole).toFixed(2)} (aim: at most 1)`,
  );
};
const version = spawnSync(hostNode(), ['--version'], { encoding: 'utf8' }).stdout.trim();
console.log(
  `Default application: ${memory.files} files, ${memory.bytes} bytes. Node ${version}, median of ${runs} runs.`,
);
console.log(inMemory ? 'In /dev/shm (memory):' : `In ${tmpdir()} (no /dev/shm here):`);
show(memory);
console.log('On the disk that holds this repository:');
show(disk);
