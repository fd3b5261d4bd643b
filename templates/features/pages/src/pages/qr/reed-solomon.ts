/** Multiplies in the field GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1. */
export function multiply(one: number, other: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((other >> bit) & 1) * one;
  }
  return product;
}

/** The correction bytes of a block: its remainder by the generator polynomial of that degree. */
export function remainderOf(block: readonly number[], degree: number): number[] {
  const generator = generatorOf(degree);
  let remainder = Array.from({ length: degree }, () => 0);
  for (const byte of block) {
    const [first = 0, ...rest] = remainder;
    const factor = byte ^ first;
    remainder = [...rest, 0].map((value, index) => value ^ multiply(generator[index] ?? 0, factor));
  }
  return remainder;
}

/** The product of (x - 2^i) for i below the degree, without its leading 1. */
function generatorOf(degree: number): number[] {
  let coefficients = [1];
  let root = 1;
  for (let index = 0; index < degree; index += 1) {
    const shifted = [...coefficients, 0];
    coefficients = shifted.map(
      (value, place) => value ^ multiply(coefficients[place - 1] ?? 0, root),
    );
    root = multiply(root, 2);
  }
  return coefficients.slice(1);
}
