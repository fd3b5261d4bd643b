import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Asks in a terminal, without showing what is typed. @returns what was typed; '' for nothing */
export async function askUnseen(what: string): Promise<string> {
  const output = new Writable({ write: (_shown, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  process.stderr.write(`${what}: `);
  try {
    return (await terminal.question('')).trim();
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
