import type { Host } from './host.ts';
import { isTerminal } from './terminal.ts';

const frames = ['-', '\\', '|', '/'];
const frameMilliseconds = 120;

/**
 * Shows on standard error that a long step is under way: one moving line on a terminal, else a plain line.
 * Returns how to end it.
 */
export function showProgress(label: string, emit: Host['emit']): (outcome: string) => void {
  if (!isTerminal(2) || process.env.TERM === 'dumb') {
    emit(2, `${label} ...\n`);
    return (outcome) => emit(2, `${label}: ${outcome}\n`);
  }
  const began = process.hrtime();
  let frame = 0;
  const draw = () => {
    const [seconds] = process.hrtime(began);
    emit(2, `\r\u001B[2K${frames[frame % frames.length]} ${label} (${seconds} s)`);
    frame += 1;
  };
  draw();
  const timer = setInterval(draw, frameMilliseconds);
  return (outcome) => {
    clearInterval(timer);
    emit(2, `\r\u001B[2K${label}: ${outcome}\n`);
  };
}
