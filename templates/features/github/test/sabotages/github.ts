import { sabotage, type Sabotage } from './sabotage.ts';

export const github: readonly Sabotage[] = [];
