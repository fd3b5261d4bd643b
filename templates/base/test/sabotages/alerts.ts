import { sabotage } from './sabotage.ts';

const access = 'src/auth/access.ts';
const alerts = 'src/ops/alerts.ts';
const channels = 'src/ops/alert-channels.ts';
const counts = 'src/ops/request-counts.ts';
const readiness = 'src/ops/readiness.ts';

export const alertsAndReadiness = [
  sabotage(
    'OBS-2',
    'metrics are kept by what was asked',
    counts,
    "countsOf(now - (now % minuteMs), c.req.routePath.split('/').slice(1, 3).join('/'))",
    "countsOf(now - (now % minuteMs), c.req.path)",
  ),
  sabotage('OBS-4', 'nothing is counted', 'src/app.ts', 'countRequest(c);', 'void countRequest;'),
  sabotage(
    'OBS-4',
    'server errors are not counted',
    counts,
    "if (status >= 500) return 'serverErrors';",
    "if (status >= 600) return 'serverErrors';",
  ),
  sabotage(
    'OBS-4',
    'every 401 passes for a refused login',
    counts,
    'status === 401 && loginPaths.has(path)',
    'status === 401 && loginPaths.size > 0',
  ),
  sabotage(
    'OBS-4',
    'each failure writes to D1',
    counts,
    'if (!isDue || context === undefined) return;',
    'if ((!isDue && unwritten < 0) || context === undefined) return;',
  ),
  sabotage(
    'OBS-4',
    'each request writes to D1',
    counts,
    'if (failure === null) return;\n  counts[failure] += 1;\n  unwritten += 1;',
    'if (failure !== null) counts[failure] += 1;\n  unwritten += 20;',
  ),
  sabotage(
    'OBS-4',
    'what D1 could not take is forgotten',
    counts,
    'for (const lost of written) putBack(lost);',
    'void putBack;',
  ),
  sabotage(
    'OBS-4',
    'counts replace what other isolates wrote',
    'src/db/statements/operations.ts',
    'server_errors = server_errors + excluded.server_errors',
    'server_errors = excluded.server_errors',
  ),
  sabotage(
    'OBS-4',
    'kinds of routes are thrown together',
    counts,
    "c.req.routePath.split('/').slice(1, 3).join('/')",
    "c.req.routePath.split('/').slice(1, 2).join('/')",
  ),
  sabotage(
    'OBS-4',
    'a tenth of all answers may fail',
    alerts,
    'serverErrors >= requests / 20',
    'serverErrors >= requests / 10',
  ),
  sabotage(
    'OBS-4',
    'nobody evaluates',
    'src/index.ts',
    '() => raiseAlerts(delivery, scheduledTime)',
    '() => Promise.resolve(raiseAlerts.name)',
  ),
  sabotage(
    'OBS-4',
    'an alert is told each minute',
    'src/db/statements/operations.ts',
    'told_at = excluded.told_at WHERE told_at IS NULL',
    'told_at = excluded.told_at',
  ),
  sabotage(
    'OBS-4',
    'an alert that nobody got counts as told',
    alerts,
    'if (!(await isTold(delivery, alert))) await across.change(unclaimAlert, alert.name);',
    'await isTold(delivery, alert);\n    void unclaimAlert;',
  ),
  sabotage(
    'OBS-4',
    'nobody hears that it is over',
    alerts,
    'if (toldAt === null || (await isTold(delivery, notice)))',
    'if (toldAt === null || notice.text.length > 0)',
  ),
  sabotage(
    'OBS-4',
    'an outage of D1 is told by nobody',
    alerts,
    'if (thrown instanceof DatabaseError && isTime)',
    'if (thrown instanceof DatabaseError && isTime && now < 0)',
  ),
  sabotage(
    'OBS-4',
    'an alert waits for a channel that hangs',
    channels,
    'await within(patienceMs, send(address));',
    'await (within, send(address));',
  ),
  sabotage(
    'OBS-4',
    'anybody may send alerts',
    'src/ops/health.ts',
    "path: '/ops/alerts/test',\n    access: access.operator,",
    "path: '/ops/alerts/test',\n    access: access.public,",
  ),
  sabotage(
    'OBS-5',
    'anybody may see what is broken',
    'src/ops/health.ts',
    "path: '/ready',\n    access: access.operator,",
    "path: '/ready',\n    access: access.public,",
  ),
  sabotage(
    'OBS-5',
    'a token that only begins like it opens',
    access,
    'if (shown !== (await hashToken(`Bearer ${operationsToken}`))) {',
    "const header = c.req.header('Authorization') ?? '';\n      if (shown === '' || !`Bearer ${operationsToken}`.startsWith(header || 'nothing')) {",
  ),
  sabotage(
    'OBS-5',
    'a dependency that hangs hangs the answer',
    readiness,
    'await within(patienceMs, ask(context))',
    'await (within, ask(context))',
  ),
  sabotage(
    'OBS-5',
    'what is broken passes for ready',
    'src/ops/health.ts',
    'checks.every(({ ok }) => ok)',
    'checks.some(({ ok }) => ok)',
  ),
  sabotage(
    'OBS-5',
    'a check that is forgotten',
    readiness,
    "  sessionData: ({ sessionData }) => sessionData.get('ready').then(() => undefined),\n",
    '',
  ),
];
