import type { Feature } from './model.ts';

/** An application's files: path to text. */
export type Files = ReadonlyMap<string, string>;

const hasBelow = (files: Files, folder: string) =>
  [...files.keys()].some((path) => path.startsWith(folder));

const marks: Readonly<Record<Feature, (files: Files) => boolean>> = {
  oauth: (files) => hasBelow(files, 'src/auth/oauth/'),
  google: (files) => files.has('src/auth/oauth/google.ts'),
  github: (files) => files.has('src/auth/oauth/github.ts'),
  resend: (files) => files.get('src/mail/transport.ts')?.includes('api.resend.com') ?? false,
  billing: (files) => hasBelow(files, 'src/billing/'),
  uploads: (files) => hasBelow(files, 'src/uploads/'),
  pages: (files) => hasBelow(files, 'src/pages/') || hasBelow(files, 'pages/'),
};

/** Tells which parts an application has. */
export function featuresOf(files: Files): (feature: Feature | undefined) => boolean {
  const known = new Map<Feature, boolean>();
  return (feature) => {
    if (feature === undefined) return true;
    const present = known.get(feature) ?? marks[feature](files);
    known.set(feature, present);
    return present;
  };
}

/** What a person calls a part, in a sentence about an application that lacks it. */
export const featureWords: Readonly<Record<Feature, string>> = {
  oauth: 'logins with other services',
  google: 'login with Google',
  github: 'login with GitHub',
  resend: 'mail by Resend',
  billing: 'billing',
  uploads: 'uploads',
  pages: 'pages',
};
