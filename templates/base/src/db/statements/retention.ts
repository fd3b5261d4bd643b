import { crossTenantStatements } from '../statement.ts';

const across = crossTenantStatements('retention');

// Each removes rows that are past their time: ?1 the time, ?2 how many at most.

export const removeSessions = across<never>(
  'retention.sessions',
  `DELETE FROM sessions WHERE token_hash IN (
     SELECT token_hash FROM sessions WHERE expires_at < ?1 LIMIT ?2
   )`,
);

export const removeTokens = across<never>(
  'retention.tokens',
  `DELETE FROM one_time_tokens WHERE token_hash IN (
     SELECT token_hash FROM one_time_tokens WHERE expires_at < ?1 LIMIT ?2
   )`,
);

export const removeEmailChanges = across<never>(
  'retention.emailChanges',
  `DELETE FROM email_changes WHERE user_id IN (
     SELECT user_id FROM email_changes WHERE expires_at < ?1 LIMIT ?2
   )`,
);

export const removeSecurityEvents = across<never>(
  'retention.securityEvents',
  `DELETE FROM security_events WHERE id IN (
     SELECT id FROM security_events WHERE created_at < ?1 LIMIT ?2
   )`,
);

export const removeOldInvitations = across<never>(
  'retention.invitations',
  `DELETE FROM invitations WHERE token_hash IN (
     SELECT token_hash FROM invitations WHERE expires_at < ?1 LIMIT ?2
   )`,
);

export const removeRequestCounts = across<never>(
  'retention.requestCounts',
  `DELETE FROM request_counts WHERE (minute, routes) IN (
     SELECT minute, routes FROM request_counts WHERE minute < ?1 LIMIT ?2
   )`,
);

export const removeDeadMail = across<never>(
  'retention.outbox',
  `DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE dead_at < ?1 LIMIT ?2)`,
);

export const removeDeletedUsers = across<never>(
  'retention.deletedUsers',
  `DELETE FROM deleted_users WHERE id IN (
     SELECT id FROM deleted_users WHERE deleted_at < ?1 LIMIT ?2
   )`,
);
