import { sabotage, type Sabotage } from './sabotage.ts';

export const oauth: readonly Sabotage[] = [];
