/**
 * SHA-256 (FIPS 180-4) in plain TypeScript, for the library: it must run where Node's crypto is absent and
 * the platform's own digest is only asynchronous. The command line uses Node's.
 */

const roundConstants = new Int32Array(64);
const initialState = new Int32Array(8);

/** First 32 bits of the fractional part. */
function fraction(value: number): number {
  return ((value - Math.floor(value)) * 2 ** 32) | 0;
}

// The constants are the roots of the first primes: square roots for the state, cube roots for the rounds.
for (let candidate = 2, found = 0; found < roundConstants.length; candidate += 1) {
  let prime = true;
  for (let divisor = 2; divisor * divisor <= candidate; divisor += 1)
    if (candidate % divisor === 0) prime = false;
  if (!prime) continue;
  if (found < initialState.length) initialState[found] = fraction(Math.sqrt(candidate));
  roundConstants[found] = fraction(Math.cbrt(candidate));
  found += 1;
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function padded(message: Uint8Array): DataView {
  const length = Math.ceil((message.length + 9) / 64) * 64;
  const bytes = new Uint8Array(length);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(length - 8, Math.floor(message.length / 2 ** 29));
  view.setUint32(length - 4, (message.length << 3) >>> 0);
  return view;
}

function compress(state: Int32Array, schedule: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let round = 0; round < 64; round += 1) {
    const mixedE = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const chosen = (e & f) ^ (~e & g);
    const first = (h + mixedE + chosen + (roundConstants[round] ?? 0) + (schedule[round] ?? 0)) | 0;
    const mixedA = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + mixedA + majority) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = (state[index] ?? 0) + word;
  });
}

/** Hex SHA-256 of a text's UTF-8 bytes. */
export function sha256(text: string): string {
  const view = padded(new TextEncoder().encode(text));
  const state = Int32Array.from(initialState);
  const schedule = new Int32Array(64);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let index = 0; index < 16; index += 1) schedule[index] = view.getInt32(block + index * 4);
    for (let index = 16; index < 64; index += 1) {
      const near = schedule[index - 2] ?? 0;
      const far = schedule[index - 15] ?? 0;
      schedule[index] =
        (schedule[index - 16] ?? 0) +
        (rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3)) +
        (schedule[index - 7] ?? 0) +
        (rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10));
    }
    compress(state, schedule);
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
