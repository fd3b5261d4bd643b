import type { Tier } from '../db/tenant.ts';

/** What a tenant may keep. The number of files bounds what one count reads. */
export interface StorageQuota {
  readonly bytes: number;
  readonly files: number;
}

const mebibyte = 1024 * 1024;

/** Raising a number costs storage; lowering one takes nothing away, but refuses the next upload. */
export const storageQuotas: Readonly<Record<Tier, StorageQuota>> = {
  free: { bytes: 100 * mebibyte, files: 1_000 },
  pro: { bytes: 10 * 1024 * mebibyte, files: 10_000 },
  business: { bytes: 100 * 1024 * mebibyte, files: 20_000 },
};
