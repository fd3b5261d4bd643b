import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { hostNode, hostPath } from '../../scripts/host-node.ts';
import { filesBelow } from '../files-below.ts';
import { cli, emptyDirectory, plainEnvironment, runCli } from './command-line.ts';

function start(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
  const child = spawn(hostNode(), [cli, ...words], {
    cwd,
    env: { ...plainEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const ended = new Promise<number | null>((settle) => {
    child.on('close', (code) => settle(code));
  });
  return { child, ended, output: () => output };
}

/** Ends a run at the first sign of writing, or so much later, and waits until it is gone. */
async function endWhileWriting(
  cwd: string,
  parent: string,
  signal: NodeJS.Signals,
  laterNs: number,
): Promise<void> {
  const { child, ended } = start(['my-app', '--yes', '--no-install', '--no-git'], cwd);
  const giveUp = process.hrtime.bigint() + 2_000_000_000n;
  while (readdirSync(parent).length === 0 && process.hrtime.bigint() < giveUp);
  const moment = process.hrtime.bigint() + BigInt(laterNs);
  while (process.hrtime.bigint() < moment);
  child.kill(signal);
  await ended;
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries += 1) await sleep(20);
}

describe('an interrupted run leaves nothing or a complete project', () => {
  test('kill -9 at any moment: never a partial project at the final path', async () => {
    const sample = emptyDirectory();
    await runCli(['my-app', '--yes', '--no-install', '--no-git'], { cwd: sample });
    const whole = filesBelow(join(sample, 'my-app'));
    const outcomes = new Set<string>();
    for (let trial = 0; trial < 40; trial += 1) {
      const cwd = emptyDirectory();
      await endWhileWriting(cwd, cwd, 'SIGKILL', trial * 100_000);
      const project = join(cwd, 'my-app');
      if (!existsSync(project)) outcomes.add('nothing there');
      else outcomes.add(filesBelow(project).join() === whole.join() ? 'complete' : 'partial');
    }
    expect(outcomes).not.toContain('partial');
    // Otherwise the trials would have missed the moment that matters.
    expect(outcomes).toContain('nothing there');
  });

  test.each([
    ['SIGINT', 'a new directory'],
    ['SIGTERM', 'a directory that exists'],
    ['SIGHUP', 'a directory that exists'],
  ] as const)(
    '%s at any moment of writing into %s: all of it, or nothing',
    async (signal, place) => {
      const isThere = place === 'a directory that exists';
      const outcomes = new Set<string>();
      for (let trial = 0; trial < 20; trial += 1) {
        const cwd = emptyDirectory();
        const project = join(cwd, 'my-app');
        if (isThere) mkdirSync(project);
        const parent = isThere ? project : cwd;
        await endWhileWriting(cwd, parent, signal, trial * 500_000);
        const there = existsSync(project) ? filesBelow(project) : [];
        const left = readdirSync(parent).some((name) => name.includes('.partial-'));
        if (left) outcomes.add('a part');
        else if (there.length > 0)
          outcomes.add(there.includes('.stackbilder.json') ? 'complete' : 'a part');
      }
      expect([...outcomes]).toEqual(['complete']);
    },
  );

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s during the install: the project is complete, exit 130, said so',
    async (signal) => {
      const cwd = emptyDirectory();
      const folder = emptyDirectory();
      writeFileSync(join(folder, 'npm'), '#!/bin/sh\ntouch started; exec sleep 30\n');
      chmodSync(join(folder, 'npm'), 0o755);
      const { child, ended, output } = start(['my-app', '--yes'], cwd, {
        PATH: `${folder}:${hostPath()}`,
      });
      await until(() => existsSync(join(cwd, 'my-app/started')));
      child.kill(signal);
      expect(await ended).toBe(130);
      expect(output()).toContain(`Cancelled. The project in ${cwd}/my-app is complete`);
      expect(filesBelow(join(cwd, 'my-app'))).toContain('.stackbilder.json');
      expect(existsSync(join(cwd, 'my-app/.git'))).toBe(false);
    },
  );
});
