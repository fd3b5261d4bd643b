/** Draws the patterns of a version and lays the bytes between them, under mask 0. */
export function placeAll(version: number, bytes: readonly number[]): boolean[][] {
  const size = version * 4 + 17;
  const drawing = new Drawing(size);
  drawing.finders();
  drawing.timing();
  drawing.alignment(alignmentPlaces(version));
  drawing.format();
  if (version >= 7) drawing.version(version);
  drawing.data(bytes);
  return drawing.rows;
}

function alignmentPlaces(version: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const last = version * 4 + 10;
  return [6, ...Array.from({ length: count - 1 }, (_, index) => last - (count - 2 - index) * step)];
}

class Drawing {
  readonly rows: boolean[][];
  readonly #taken = new Set<string>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
    this.rows = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  }

  #set(x: number, y: number, isDark: boolean): void {
    const row = this.rows[y];
    if (row === undefined || x < 0 || x >= this.#size) return;
    row[x] = isDark;
    this.#taken.add(`${x},${y}`);
  }

  /** The three corners, each with its light border. */
  finders(): void {
    for (const [centreX, centreY] of [
      [3, 3],
      [this.#size - 4, 3],
      [3, this.#size - 4],
    ] as const) {
      this.#square(centreX, centreY, 4, (ring) => ring !== 2 && ring !== 4);
    }
  }

  timing(): void {
    for (let place = 8; place < this.#size - 8; place += 1) {
      this.#set(place, 6, place % 2 === 0);
      this.#set(6, place, place % 2 === 0);
    }
  }

  alignment(places: readonly number[]): void {
    const far = places.at(-1);
    for (const x of places) {
      for (const y of places) {
        const isFinder = (x === 6 && (y === 6 || y === far)) || (y === 6 && x === far);
        if (!isFinder) this.#square(x, y, 2, (ring) => ring !== 1);
      }
    }
  }

  #square(centreX: number, centreY: number, radius: number, isDark: (ring: number) => boolean) {
    for (let dy = -radius; dy <= radius; dy += 1) {
      for (let dx = -radius; dx <= radius; dx += 1) {
        this.#set(centreX + dx, centreY + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))));
      }
    }
  }

  /** Level L and mask 0, as their fifteen bits stand in the standard, twice. */
  format(): void {
    const bits = 0b111011111000100;
    const isDark = (bit: number) => ((bits >> bit) & 1) === 1;
    const end = this.#size - 1;
    for (let bit = 0; bit < 15; bit += 1) {
      const near = bit < 6 ? bit : bit < 8 ? bit + 1 : 14 - bit;
      if (bit < 8) this.#set(8, near, isDark(bit));
      else this.#set(bit === 8 ? 7 : near, 8, isDark(bit));
      if (bit < 8) this.#set(end - bit, 8, isDark(bit));
      else this.#set(8, end - 14 + bit, isDark(bit));
    }
    this.#set(8, end - 7, true);
  }

  version(version: number): void {
    let remainder = version;
    for (let round = 0; round < 12; round += 1) {
      remainder = (remainder << 1) ^ ((remainder >> 11) * 0x1f25);
    }
    const bits = (version << 12) | remainder;
    for (let bit = 0; bit < 18; bit += 1) {
      const across = this.#size - 11 + (bit % 3);
      const down = Math.floor(bit / 3);
      this.#set(across, down, ((bits >> bit) & 1) === 1);
      this.#set(down, across, ((bits >> bit) & 1) === 1);
    }
  }

  /** In columns of two from the right, upwards and downwards in turn, around what is drawn. */
  data(bytes: readonly number[]): void {
    let bit = 0;
    for (let right = this.#size - 1; right > 0; right -= 2) {
      if (right === 6) right = 5;
      for (let step = 0; step < this.#size; step += 1) {
        const isUpwards = ((right + 1) & 2) === 0;
        const y = isUpwards ? this.#size - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (this.#taken.has(`${x},${y}`)) continue;
          const value = ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
          this.#set(x, y, (value === 1) !== ((x + y) % 2 === 0));
          bit += 1;
        }
      }
    }
  }
}
