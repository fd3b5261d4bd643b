import { account } from './account.ts';
import { authentication } from './authentication.ts';
import { background } from './background.ts';
import { breachedPasswords } from './breached-passwords.ts';
import { counting } from './counting.ts';
import { data } from './data.ts';
import { development } from './development.ts';
import { inputAndLimits } from './input.ts';
import { operations } from './operations.ts';
import { ownData } from './own-data.ts';
import { requests } from './requests.ts';
import { whatIsKept } from './retention.ts';
import { secondFactor } from './second-factor.ts';
import type { Sabotage } from './sabotage.ts';
import { secrets } from './secrets.ts';
import { signingUp } from './signup.ts';

/** Every sabotage that `npm run prove` applies. */
export const sabotages: readonly Sabotage[] = [
  ...account,
  ...authentication,
  ...background,
  ...breachedPasswords,
  ...counting,
  ...data,
  ...development,
  ...inputAndLimits,
  ...operations,
  ...ownData,
  ...requests,
  ...secrets,
  ...signingUp,
  ...secondFactor,
  ...whatIsKept,
];
