import * as z from 'zod';
import { packageOf } from './package-file.ts';
import { textOf, type Files } from './rendered.ts';

const names = z.record(z.string(), z.string()).default({});
const root = z.object({
  name: z.string(),
  version: z.string(),
  dependencies: names,
  devDependencies: names,
});
const installed = z.object({
  version: z.string(),
  integrity: z.string().optional(),
  optional: z.boolean().default(false),
  os: z.array(z.string()).default([]),
  dependencies: names,
  optionalDependencies: names,
});
const lockFile = z.object({
  name: z.string(),
  version: z.string(),
  lockfileVersion: z.literal(3),
  packages: z.looseObject({ '': root }).catchall(installed),
});

const path = 'package-lock.json';
const platforms = ['darwin', 'linux', 'win32'];

/** Ways in which the lock file would not install, everywhere, exactly what package.json says. */
export function lockProblems(files: Files): string[] {
  if (!files.has(path)) return [];
  const text = textOf(files, path);
  const { packages, ...lock } = lockFile.parse(JSON.parse(text));
  const declared = packageOf(files);
  const { '': own, ...others } = packages;
  const problems: string[] = [];
  for (const key of ['name', 'version'] as const)
    if (lock[key] !== declared[key] || own[key] !== declared[key])
      problems.push(`its ${key} is not that of package.json`);
  for (const kind of ['dependencies', 'devDependencies'] as const)
    if (JSON.stringify(sorted(own[kind])) !== JSON.stringify(sorted(declared[kind])))
      problems.push(`its ${kind} are not those of package.json`);
  for (const [name, version] of Object.entries({ ...own.dependencies, ...own.devDependencies }))
    if (others[`node_modules/${name}`]?.version !== version)
      problems.push(`it does not install ${name} ${version}`);
  // Whom to thank is the only thing that has an address.
  const withoutFunding = JSON.stringify(JSON.parse(text), (key, value: unknown) =>
    key === 'funding' ? undefined : value,
  );
  if (/"resolved"|:\/\//.test(withoutFunding)) problems.push('it says where to download from');
  for (const [place, entry] of Object.entries(others)) {
    if (entry.integrity === undefined) problems.push(`${place} has no integrity`);
    if (entry.os.length > 0 && !entry.optional)
      problems.push(`${place} is forced on every platform`);
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }))
      if (!isFound(others, place, name)) problems.push(`${place} needs ${name}, which is missing`);
  }
  for (const platform of platforms)
    if (!Object.values(others).some(({ os, optional }) => optional && os.includes(platform)))
      problems.push(`it has no package for ${platform}`);
  return problems.map((problem) => `${path}: ${problem}`);
}

const sorted = (versions: Readonly<Record<string, string>>) =>
  Object.entries(versions).toSorted(([one], [other]) => (one < other ? -1 : 1));

/** Whether Node, in the package at a place, finds another: beside it, or in a folder above. */
function isFound(others: Readonly<Record<string, unknown>>, place: string, name: string): boolean {
  for (let folder = place; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    if (Object.hasOwn(others, `${folder}/node_modules/${name}`)) return true;
    if (!folder.includes('/node_modules/')) return Object.hasOwn(others, `node_modules/${name}`);
  }
}
