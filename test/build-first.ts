import { buildPackage } from '../scripts/build.ts';

/** The tests run what users run: `dist/`, built from the source at hand. */
export async function setup(): Promise<void> {
  await buildPackage({ declarations: true });
}
