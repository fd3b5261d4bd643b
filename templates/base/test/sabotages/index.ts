import { account } from './account.ts';
import { authentication } from './authentication.ts';
import { data } from './data.ts';
import { inputAndLimits } from './input.ts';
import { operations } from './operations.ts';
import { secondFactor } from './second-factor.ts';
import type { Sabotage } from './sabotage.ts';

/** Every sabotage that `npm run prove` applies. */
export const sabotages: readonly Sabotage[] = [
  ...account,
  ...authentication,
  ...data,
  ...inputAndLimits,
  ...operations,
  ...secondFactor,
];
