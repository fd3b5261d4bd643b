import { sabotage } from './sabotage.ts';

const retention = 'src/ops/retention.ts';
const statements = 'src/db/statements/retention.ts';

export const whatIsKept = [
  sabotage(
    'OBS-2',
    'nothing is ever removed',
    'src/index.ts',
    '() => removeOldRows({ database, logger }, scheduledTime)',
    '() => Promise.resolve(removeOldRows.length)',
  ),
  sabotage(
    'OBS-2',
    'what happened to an account is kept for ever',
    retention,
    '365 * day',
    '365_000 * day',
  ),
  sabotage(
    'OBS-2',
    'mail that was given up is kept',
    retention,
    'forMs: 7 * day',
    'forMs: 700 * day',
  ),
  sabotage('OBS-2', 'waiting mail is removed', statements, 'dead_at < ?1', 'created_at < ?1'),
  sabotage(
    'OBS-2',
    'sessions that live are removed',
    statements,
    'FROM sessions WHERE expires_at < ?1',
    'FROM sessions WHERE created_at < ?1',
  ),
  sabotage(
    'OBS-2',
    'the id of a deleted user goes while backups still hold the user',
    retention,
    'forMs: 100 * day',
    'forMs: 10 * day',
  ),
  sabotage(
    'OBS-2',
    'only the first rows are removed',
    retention,
    'roundsPerNight = 50',
    'roundsPerNight = 1',
  ),
  sabotage(
    'ERR-2',
    'one kind of old row that cannot be removed keeps those after it',
    retention,
    "logger.log('error', 'scheduled work failed', { ...what, fault: describeFault(thrown) });",
    "logger.log('error', 'scheduled work failed', { ...what, fault: describeFault(thrown) });\n      return;",
  ),
  sabotage(
    'ERR-2',
    'nobody is told which old rows cannot be removed',
    retention,
    "logger.log('error', 'scheduled work failed', { ...what, fault: describeFault(thrown) });",
    "logger.log('info', 'scheduled work failed', { ...what, fault: describeFault(thrown) });",
  ),
];
