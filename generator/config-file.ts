import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { onOneLine, systemCode, wrongUsage } from './failure.ts';
import { parseJson } from './json.ts';
import { didYouMean } from './nearest.ts';
import { definitionOf, optionKeys, type OptionKey } from './options.ts';

function parse(path: string, text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw wrongUsage('invalid_config', `${path} is not valid JSON: ${onOneLine(error)}`);
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemCode(error) ?? '';
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a directory',
    };
    throw wrongUsage('invalid_config', `${path} cannot be read: ${reasons[code] ?? code}.`);
  }
}

/** Options from a `--config` file. A key is spelled as in `--schema`, or as the flag. */
export function readConfig(
  typed: string,
  currentDirectory: string,
): ReadonlyMap<OptionKey, unknown> {
  const path = resolve(currentDirectory, typed);
  const content = parse(path, read(path));
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw wrongUsage('invalid_config', `${path} must hold one JSON object; --schema describes it.`);
  const options = new Map<OptionKey, unknown>();
  for (const [written, value] of Object.entries(content)) {
    if (written === '$schema') continue;
    const key = optionKeys.find(
      (candidate) => candidate === written || definitionOf(candidate).flag === written,
    );
    if (key === undefined)
      throw wrongUsage(
        'invalid_config',
        `${path}: ${JSON.stringify(written)} is not an option${didYouMean(written, optionKeys)}. --schema lists them all.`,
      );
    if (options.has(key))
      throw wrongUsage('invalid_config', `${path}: ${JSON.stringify(key)} is there twice.`);
    // Null would otherwise pass for "not given".
    if (value === null)
      throw wrongUsage(
        'invalid_config',
        `${path}: ${JSON.stringify(written)} must not be null; leave it out.`,
      );
    options.set(key, value);
  }
  return options;
}
