import { sabotage, type Sabotage } from './sabotage.ts';

export const google: readonly Sabotage[] = [];
