import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const Attestation = z.strictObject({
  claim: z.string(),
  how: z.string(),
  days: z.number().int().max(180),
  /** `required`: the control is not met without it; `rehearsed`: a stand-in was tried; `further`: it adds to it. */
  weight: z.enum(['required', 'rehearsed', 'further']),
});
export type Attestation = z.infer<typeof Attestation>;

const Control = z.strictObject({
  id: z.string(),
  title: z.string(),
  shown: z.array(z.enum(['code', 'test', 'static', 'attested'])),
  notApplicable: z.string().optional(),
  attestation: Attestation.optional(),
  threats: z.array(z.string()),
  /** Where the sabotages of the control strike, as `file#symbol`. */
  code: z.array(z.string()),
  tests: z.array(z.strictObject({ file: z.string(), title: z.string() })),
});
export type Control = z.infer<typeof Control>;

const Checklist = z.strictObject({ controls: z.array(Control).length(53), seal: z.string() });

/** The 53 controls, as `.ai/checklist.json` lists them. */
export function readChecklist(app: string): readonly Control[] {
  const text = readFileSync(join(app, '.ai/checklist.json'), 'utf8');
  return Checklist.parse(JSON.parse(text)).controls;
}
