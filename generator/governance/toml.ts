/** A table of a TOML file, be it a section or written in braces within one. */
export interface Table {
  /** Such as `env.production.vars`; empty at the top. */
  readonly section: string;
  /** Its keys that stand for one text each. */
  readonly texts: ReadonlyMap<string, string>;
  /** Texts in its lists. */
  readonly items: readonly string[];
}

const token =
  /#[^\n]*|^[ \t]*\[+[ \t]*([^\]\n="'{[]+?)[ \t]*\]+|(?:^|(?<=[\s,{]))"?([\w.-]+)"?[ \t]*=[ \t]*|"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|[{}]/gm;

/** The text and the tables of texts in a TOML file: enough to see what is bound, whoever formatted it. */
export function tablesIn(toml: string): readonly Table[] {
  const tables: { section: string; texts: Map<string, string>; items: string[] }[] = [];
  const open = (section: string) => {
    const table = { section, texts: new Map<string, string>(), items: new Array<string>() };
    tables.push(table);
    return table;
  };
  let table = open('');
  let key = '';
  let keyEnd = -1;
  const around: (typeof table)[] = [];
  for (const match of toml.matchAll(token)) {
    const [whole, section, name, double, single] = match;
    const text = double ?? single;
    if (section !== undefined) {
      around.length = 0;
      table = open(section);
    } else if (name !== undefined) {
      key = name;
      keyEnd = match.index + whole.length;
    } else if (whole === '{') {
      around.push(table);
      table = open([table.section, key].filter((part) => part !== '').join('.'));
    } else if (whole === '}') table = around.pop() ?? table;
    else if (text !== undefined && match.index === keyEnd) setText(table, key, text, open);
    else if (text !== undefined) table.items.push(text);
  }
  return tables;
}

/** `ai.binding = "AI"` is a table of its own. */
function setText(
  table: Table & { readonly texts: Map<string, string> },
  key: string,
  text: string,
  open: (section: string) => { readonly texts: Map<string, string> },
): void {
  const dot = key.lastIndexOf('.');
  if (dot === -1) table.texts.set(key, text);
  else open([table.section, key.slice(0, dot)].join('.')).texts.set(key.slice(dot + 1), text);
}
