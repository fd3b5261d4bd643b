import { sabotage } from './sabotage.ts';

const workbench = 'scripts/prove/workbench.ts';

/** Harm to the proof itself. */
export const proving = [
  sabotage(
    'TEST-5',
    'a test that is red by itself counts as one that notices',
    workbench,
    'return isGreen ? test : undefined;',
    'return isGreen || noticed.title ? test : undefined;',
  ),
  sabotage(
    'TEST-5',
    'a test that noticed once is all that is asked',
    workbench,
    "if (verdict.result === 'red') return verdict;",
    "if (verdict.result !== 'invalid') return verdict;",
  ),
  sabotage(
    'TEST-5',
    'a test that fails anyway counts as one that notices',
    workbench,
    'if (unfit !== undefined) {\n        this.#unfit',
    "if (unfit === '') {\n        this.#unfit",
  ),
  sabotage(
    'TEST-5',
    'one file that is green stands for all',
    workbench,
    'if (!needed.every((file) => green.has(file))) {',
    'if (green.size === 0) {',
  ),
  sabotage(
    'TEST-5',
    'a hook that fails counts as a test that notices',
    'scripts/prove/verdict.ts',
    'if (accident !== undefined) return notRed',
    "if (accident === '') return notRed",
  ),
  sabotage(
    'TEST-5',
    'prove passes though a sabotage survived',
    'scripts/prove.ts',
    'outcome.red === outcome.total ? 0 : 1',
    'outcome.red <= outcome.total ? 0 : 1',
  ),
  sabotage(
    'TEST-5',
    'a proof that is cut off has kept nothing',
    'scripts/prove/proof.ts',
    '      onControl?.(next[1], verdicts);\n    }',
    '    }\n    for (const [, its] of Map.groupBy(sabotages, ({ control }) => control)) onControl?.(its, verdicts);',
  ),
  sabotage(
    'TEST-5',
    'a proof that resumes leaves out what is not red',
    'scripts/prove.ts',
    '.filter(([, { red, total }]) => red === total)',
    '.filter(([, { red, total }]) => red <= total)',
  ),
  sabotage(
    'TEST-5',
    'prove does not name what survived',
    'scripts/prove/report.ts',
    'if (!verdict) return [];\n    const result',
    "if (!verdict || verdict.result === 'survived') return [];\n    const result",
  ),
  sabotage(
    'TEST-5',
    'of several edits in one file only the last is made',
    'scripts/prove/scratch-copy.ts',
    "texts.get(file) ?? readFileSync(file, 'utf8')",
    "readFileSync(file, 'utf8')",
  ),
  sabotage(
    'TEST-5',
    'what does not compile beside others passes',
    'scripts/prove/type-check.ts',
    'return [...some, ...(await this.#errorsAmong(together.slice(half))), ...others];',
    'return [...some, ...others];',
  ),
];
