/** The words of a command. Some package managers hand on the "--" that stands before them. */
export function givenWords(): string[] {
  return process.argv.slice(2).filter((word) => word !== '--');
}
