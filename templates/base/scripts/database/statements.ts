/**
 * The statements of a SQL file as one line each: comments gone, words in lower case, names without
 * their quotes, texts empty, a blank between any two signs. So that rules about them are short.
 */
export function statementsOf(sql: string): string[] {
  const statements: string[][] = [[]];
  let depth = 0;
  for (const [sign] of sql.matchAll(signs)) {
    if (sign.startsWith('--') || sign.startsWith('/*')) continue;
    const statement = statements.at(-1) ?? [];
    const word = wordOf(sign);
    if (sign === ';' && depth === 0) {
      statements.push([]);
      continue;
    }
    statement.push(word);
    // The body of a trigger has semicolons of its own.
    if (!/^create (temp |temporary )?trigger /.test(`${statement.join(' ')} `)) continue;
    if (word === 'begin' || word === 'case') depth += 1;
    if (word === 'end') depth -= 1;
  }
  return statements
    .map((words) => words.join(' ').replace(/\bmain \. /g, ''))
    .filter((statement) => statement !== '');
}

const signs =
  /--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|[\p{L}\p{N}_$]+|\S/gu;

function wordOf(sign: string): string {
  if (sign.startsWith("'")) return "''";
  const name = /^["`[](.*)["`\]]$/s.exec(sign)?.[1];
  return (name?.replace(/\s/g, '_') ?? sign).toLowerCase();
}
