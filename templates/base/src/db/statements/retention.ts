import { crossTenantStatement } from '../statement.ts';

// Each removes rows that are past their time: ?1 the time, ?2 how many at most.

export const removeSessions = crossTenantStatement<never, 'retention'>(
  'retention.sessions',
  'retention',
  `DELETE FROM sessions WHERE token_hash IN (
     SELECT token_hash FROM sessions WHERE expires_at < ?1 LIMIT ?2
   )`,
);

export const removeTokens = crossTenantStatement<never, 'retention'>(
  'retention.tokens',
  'retention',
  `DELETE FROM one_time_tokens WHERE token_hash IN (
     SELECT token_hash FROM one_time_tokens WHERE expires_at < ?1 LIMIT ?2
   )`,
);

export const removeEmailChanges = crossTenantStatement<never, 'retention'>(
  'retention.emailChanges',
  'retention',
  `DELETE FROM email_changes WHERE user_id IN (
     SELECT user_id FROM email_changes WHERE expires_at < ?1 LIMIT ?2
   )`,
);

export const removeSecurityEvents = crossTenantStatement<never, 'retention'>(
  'retention.securityEvents',
  'retention',
  `DELETE FROM security_events WHERE id IN (
     SELECT id FROM security_events WHERE created_at < ?1 LIMIT ?2
   )`,
);

export const removeOldInvitations = crossTenantStatement<never, 'retention'>(
  'retention.invitations',
  'retention',
  `DELETE FROM invitations WHERE token_hash IN (
     SELECT token_hash FROM invitations WHERE expires_at < ?1 LIMIT ?2
   )`,
);

export const removeDeadMail = crossTenantStatement<never, 'retention'>(
  'retention.outbox',
  'retention',
  `DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE dead_at < ?1 LIMIT ?2)`,
);
