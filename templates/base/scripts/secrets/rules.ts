/** What a secret looks like, whoever it is of. The longer, the surer: words of a test are shorter. */
const shapes: readonly (readonly [what: string, shape: RegExp])[] = [
  ['a key of Stripe', /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{20,}/g],
  ['a signing secret of Stripe', /\bwhsec_[A-Za-z0-9+/=]{24,}/g],
  ['a token of GitHub', /\b(?:gh[oprsu]_[A-Za-z0-9]{36,}|github_pat_\w{60,})/g],
  ['a key of Google', /\b(?:AIza[\w-]{35}|GOCSPX-[\w-]{24,})/g],
  ['a key of Resend', /\bre_[A-Za-z0-9]{8,}_[A-Za-z0-9]{16,}/g],
  ['a key of AWS', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g],
  ['a token of npm', /\bnpm_[A-Za-z0-9]{36}/g],
  ['a token of Slack', /\bxox[abposr]-[\w-]{20,}/g],
  ['a webhook', /https:\/\/hooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/g],
  ['a key of OpenAI or Anthropic', /\bsk-(?:ant-|proj-)?[\w-]{32,}/g],
  ['a private key', /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/g],
  ['a signed token', /\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{20,}/g],
  [
    'a value under the name of a secret',
    /\b\w*(?:SECRET|TOKEN|PASSWORD|PASSWD|_KEY|APIKEY)\w*["']?\s*[:=]\s*["']?(?=[A-Za-z0-9+/_-]*\d)[A-Za-z0-9+/_-]{32,}={0,2}(?=["'\s,;]|$)/gim,
  ],
];

/** Names that a variable of wrangler.toml may not have: variables can be read by all. */
export const secretName = /SECRET|TOKEN|PASSWORD|PASSWD|_KEY$/;

/** A file that holds secrets by its purpose. */
export const secretFile = /(?:^|\/)(?:\.env|\.dev\.vars)(?:\.(?!example$)[^/]*)?$/;

/** One place where a secret stands. It is never told in full: what is printed is kept. */
export interface Finding {
  readonly what: string;
  readonly place: string;
  readonly begins: string;
}

/** What in a text looks like a secret, or is one of `known`: the values that this machine has. */
export function findingsIn(text: string, place: string, known: readonly string[] = []): Finding[] {
  const shaped = shapes.flatMap(([what, shape]) =>
    [...text.matchAll(shape)].map(([match]) => ({ what, place, begins: start(match) })),
  );
  const own = known.filter((value) => text.includes(value));
  return [
    ...shaped,
    ...own.map((value) => ({ what: 'a secret of this machine', place, begins: start(value) })),
  ];
}

const start = (text: string) => `${text.slice(0, 8)}…`;
