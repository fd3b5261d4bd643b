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
];
