import { account } from './account.ts';
import { authentication } from './authentication.ts';
import { background } from './background.ts';
import { counting } from './counting.ts';
import { data } from './data.ts';
import { development } from './development.ts';
import { inputAndLimits } from './input.ts';
import { invitationsAndEntry } from './invitations.ts';
import { operations } from './operations.ts';
import { ownData } from './own-data.ts';
import { requests } from './requests.ts';
import { secondFactor } from './second-factor.ts';
import type { Sabotage } from './sabotage.ts';
import { secrets } from './secrets.ts';
import { signingUp } from './signup.ts';
import { tenancy } from './tenancy.ts';
import { auditAndEnd } from './tenant-end.ts';

/** Every sabotage that `npm run prove` applies. */
export const sabotages: readonly Sabotage[] = [
  ...account,
  ...authentication,
  ...background,
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
  ...tenancy,
  ...invitationsAndEntry,
  ...auditAndEnd,
];
