import { crossTenantStatements } from '../statement.ts';

const across = crossTenantStatements('operations');

export const flagState = across<{ state: 'open' | 'closed' }>(
  'flags.state',
  `SELECT state FROM feature_flags WHERE name = ?1`,
);
