import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';

/** Linux keeps in memory what lies here. */
const memory = '/dev/shm';
/** Two applications with their dependencies, the copies that are proven, and the runtimes beside them. */
const roomInBytes = 8 * 2 ** 30;

/**
 * Lets the tests write into memory where there is enough of it: databases wait for the disk at each
 * transaction, and the tests make hundreds of thousands. Whoever sets TMPDIR has chosen already.
 */
export function setup(): (() => void) | undefined {
  if (process.env['TMPDIR'] !== undefined || !hasRoom()) return undefined;
  const folder = mkdtempSync(join(memory, 'create-stackbilder-app-'));
  // As with the system's own, whoever a test runs as may pass through it.
  chmodSync(folder, 0o755);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  if (!mayExecute(folder)) {
    remove();
    return undefined;
  }
  process.env['TMPDIR'] = folder;
  return remove;
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory);
    return Math.min(bavail * bsize, freemem()) >= roomInBytes;
  } catch {
    // No Linux, or a container without it.
    return false;
  }
}

/** Containers often mount it so that no program in it may be started. */
function mayExecute(folder: string): boolean {
  const program = join(folder, 'program');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 });
  return spawnSync(program).status === 0;
}
