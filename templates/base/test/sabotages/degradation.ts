import { sabotage } from './sabotage.ts';

const enforce = 'src/limits/enforce.ts';
const sessions = 'src/auth/sessions.ts';

export const degrading = [
  sabotage(
    'ERR-4',
    'a D1 that hangs hangs every request',
    'src/db/database.ts',
    'return await within(patienceMs, ask(prepared));',
    'return await within(patienceMs * 1_000, ask(prepared));',
  ),
  sabotage(
    'ERR-4',
    'D1 is asked where it may lag',
    'src/db/database.ts',
    "'first-primary'",
    "'first-unconstrained'",
  ),
  sabotage(
    'ERR-4',
    'a KV that hangs hangs the list of sessions',
    sessions,
    'await within(deviceMs, asked);',
    'await within(deviceMs * 1_000, asked);',
  ),
  sabotage(
    'ERR-4',
    'a KV that fails takes the list of sessions with it',
    sessions,
    "{ dependency: 'session data', fault });\n    return null;",
    "{ dependency: 'session data', fault });\n    throw thrown;",
  ),
  sabotage(
    'ERR-4',
    'without the flood limiter nobody gets in',
    enforce,
    "{ dependency: 'flood limiter', fault });\n    return;",
    "{ dependency: 'flood limiter', fault });",
  ),
  sabotage(
    'ERR-4',
    'a flood limiter that hangs hangs every login',
    enforce,
    'await within(patienceMs.flood, asked)',
    'await within(patienceMs.flood * 1_000, asked)',
  ),
  sabotage(
    'ERR-4',
    'a rate limiter that hangs hangs every login',
    enforce,
    'return await within(patienceMs.exact, call());',
    'return await within(patienceMs.exact * 1_000, call());',
  ),
  sabotage(
    'ERR-4',
    'without any limiter anybody may guess',
    enforce,
    'counter().take(limit.max, limit.windowSeconds),\n  );',
    'counter().take(limit.max, limit.windowSeconds),\n  ).catch(() => ({ allowed: true, retryAfterSeconds: 0 }));',
  ),
  sabotage(
    'ERR-4',
    'a counter answers before it knows what others took',
    'src/limits/rate-limiter.ts',
    'count: window.count + 1 }',
    'count: window.count }',
  ),
  sabotage(
    'ERR-4',
    'a mail service that hangs holds up all mail',
    'src/mail/outbox.ts',
    'await within(attemptMs / 3, sending);',
    'await within(attemptMs * 1_000, sending);',
  ),
  sabotage(
    'ERR-4',
    'mail that fails is tried six times at once, and given up',
    'src/mail/outbox.ts',
    'const waitsMs = [30_000, 120_000, 600_000, 3_600_000, 10_800_000];',
    'const waitsMs = [0, 0, 0, 0, 0];',
  ),
  sabotage(
    'ERR-4',
    'mail claims to come from whom it goes to',
    'src/mail/outbox.ts',
    'from: configuration.mailFrom, requestId }',
    'from: mail.to, requestId }',
  ),
  sabotage(
    'ERR-4',
    'mail that waits is tried anew for ever',
    'scripts/outbox.ts',
    'WHERE dead_at IS NOT NULL${which} RETURNING id',
    'WHERE true${which} RETURNING id',
  ),
  sabotage(
    'ERR-4',
    'mail that is put back is given up at its next failure',
    'scripts/outbox.ts',
    'SET dead_at = NULL, attempts = 0,',
    'SET dead_at = NULL,',
  ),
  sabotage(
    'ERR-4',
    'the document promises more than is tested',
    'docs/degradation.md',
    '| D1 | stale | cannot be: each request asks the primary |\n',
    '| D1 | stale | cannot be: each request asks the primary |\n| D1 | throws | a second database answers |\n',
  ),
  sabotage(
    'ERR-4',
    'of the mail that waits one goes out a minute',
    'src/mail/outbox.ts',
    'const mailsPerRun = 20;',
    'const mailsPerRun = 1;',
  ),
  sabotage(
    'ERR-4',
    'mail that waits longest goes out last',
    'src/db/statements/outbox.ts',
    'ORDER BY next_attempt_at LIMIT 1',
    'ORDER BY next_attempt_at DESC LIMIT 1',
  ),
  sabotage(
    'ERR-4',
    'one mail that cannot be read holds up all',
    'src/mail/outbox.ts',
    `  try {
    const mail = payload.parse(JSON.parse(await unseal(configuration, sealedFor, row.payload)));
`,
    `  const mail = payload.parse(JSON.parse(await unseal(configuration, sealedFor, row.payload)));
  try {
`,
  ),
  sabotage(
    'ERR-4',
    'a KV that hangs costs a second for each device',
    sessions,
    `  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      createdAt: new Date(row.createdAt).toISOString(),
      device: await readDevice(context, row.tokenHash),
    })),
  );`,
    `  const summaries: SessionSummary[] = [];
  for (const { id, createdAt, tokenHash } of rows) {
    const device = await readDevice(context, tokenHash);
    summaries.push({ id, createdAt: new Date(createdAt).toISOString(), device });
  }
  return summaries;`,
  ),
  sabotage(
    'ERR-4',
    'the log does not say that the limiter is down',
    enforce,
    "    context.logger.log('error', 'dependency failed', { dependency: 'rate limiter', fault });\n    throw",
    '    void fault;\n    throw',
  ),
  sabotage(
    'ERR-4',
    'the log does not say that the flood limiter is down',
    enforce,
    "    context.logger.log('warn', 'dependency failed', { dependency: 'flood limiter', fault });\n",
    '    void fault;\n',
  ),
  sabotage(
    'ERR-4',
    'the log does not say that KV is down',
    sessions,
    "    context.logger.log('warn', 'dependency failed', { dependency: 'session data', fault });\n",
    '    void fault;\n',
  ),
  sabotage(
    'ERR-4',
    'a mail that is being tried may be tried by others after a second',
    'src/mail/outbox.ts',
    'claimDueMail, now, now + attemptMs)',
    'claimDueMail, now, now + 1_000)',
  ),
  sabotage(
    'ERR-4',
    'of the mail that waits three go out a minute',
    'src/mail/outbox.ts',
    'const mailsPerRun = 20;',
    'const mailsPerRun = 3;',
  ),
  sabotage(
    'ERR-4',
    'one run sends thousands of mails',
    'src/mail/outbox.ts',
    'const mailsPerRun = 20;',
    'const mailsPerRun = 20_000;',
  ),
  sabotage(
    'ERR-4',
    'one mail that is given up takes all that waits with it',
    'src/db/statements/outbox.ts',
    'SET dead_at = ?2 WHERE id = ?1',
    'SET dead_at = ?2 WHERE id = ?1 OR dead_at IS NULL',
  ),
  sabotage(
    'ERR-4',
    'mail of production is put back on the machine at hand',
    'scripts/outbox.ts',
    '  const rows = askD1(\n    place,\n    `UPDATE',
    "  const rows = askD1(\n    'local',\n    `UPDATE",
  ),
  sabotage(
    'ERR-4',
    'putting back mail that is not there passes for done',
    'scripts/outbox.ts',
    'return rows.length > 0 ? 0 : 1;',
    'return 0;',
  ),
  sabotage(
    'ERR-4',
    'mail that waits is shown as given up',
    'scripts/outbox.ts',
    "dead_at === null ? 'waits' : 'given up'",
    "dead_at === null ? 'given up' : 'waits'",
  ),
  sabotage(
    'ERR-4',
    'the list of mail does not say which request it is of',
    'scripts/outbox.ts',
    ', request ${String(request_id)}`',
    '${String(request_id).slice(0, 0)}`',
  ),
  sabotage(
    'ERR-4',
    'looking at mail passes for done where D1 was not asked',
    'scripts/outbox.ts',
    '    return 1;\n  }\n}\n\nfunction readArguments',
    '    return 0;\n  }\n}\n\nfunction readArguments',
  ),
  sabotage(
    'ERR-4',
    'writes that belong together are waited for without end',
    'src/db/database.ts',
    'return await within(patienceMs, ask(prepared));',
    'return await (rest.length > 0 ? ask(prepared) : within(patienceMs, ask(prepared)));',
  ),
  sabotage(
    'ERR-4',
    'nobody notices that mail which was sent stays in the outbox',
    'src/mail/outbox.ts',
    'await mail.change(removeMail, row.id);',
    'void mail.change(removeMail, row.id).catch(() => {});',
  ),
  sabotage(
    'ERR-4',
    'the log does not say why the limiter is down',
    'src/limits/enforce.ts',
    "dependency: 'rate limiter', fault }",
    "dependency: 'rate limiter', fault: fault.slice(0, 0) }",
  ),
  sabotage(
    'ERR-4',
    'the log does not say why the flood limiter is down',
    'src/limits/enforce.ts',
    "dependency: 'flood limiter', fault }",
    "dependency: 'flood limiter', fault: fault.slice(0, 0) }",
  ),
  sabotage(
    'ERR-4',
    'the log does not say why KV is down',
    'src/auth/sessions.ts',
    "dependency: 'session data', fault }",
    "dependency: 'session data', fault: fault.slice(0, 0) }",
  ),
];
