/**
 * A document before it is filled in: pieces of text in order, each with a key that says what it is about. The build
 * finds out with which options each piece is there; the `governance` command joins them as they are.
 */
export interface Unit {
  readonly key: string;
  /** May name `{{title}}` and the like. */
  readonly text: string;
  /** What it was read off, or is about: what one source gave lies together in the package, near what is like it. */
  readonly from?: string;
  /** Where a generated part begins, and where its checksum goes. */
  readonly seal?: 'open' | 'close';
}

export interface Draft {
  readonly path: string;
  readonly units: readonly Unit[];
}

/** How a kind of file says that a part of it is generated. */
const notations = {
  markdown: { open: '<!-- generated: ', close: ' -->' },
  yaml: { open: '# generated: ', close: '' },
} as const;

type Notation = keyof typeof notations;

/** Collects the units of one document. */
export class Sheet {
  readonly units: Unit[] = [];

  add(key: string, text: string, from?: string): this {
    if (text !== '') this.units.push({ key, text, ...(from !== undefined && { from }) });
    return this;
  }

  /** A generated part: what `write` adds, between two lines that a person leaves alone. */
  part(name: string, notation: Notation, write: () => void): this {
    const { open, close } = notations[notation];
    this.add(`open ${name}`, `${open}${name}; what you write belongs outside${close}\n`);
    this.units.push({ key: `seal ${name}`, text: '', seal: 'open' });
    write();
    this.add(`close ${name}`, `${open.replace('generated', 'end of')}${name}, `);
    this.units.push({ key: `sealed ${name}`, text: '', seal: 'close' });
    return this.add(`closed ${name}`, `${close}\n`);
  }

  /** Rows with a separator between them, of which any may be absent. */
  rows(
    key: string,
    rows: readonly { readonly key: string; readonly text: string }[],
    end: string,
  ): this {
    rows.forEach((row, index) => {
      this.add(`${key} ${row.key}`, row.text);
      this.add(`${key} ${row.key} end`, index === rows.length - 1 ? '\n' : end);
    });
    return this;
  }
}
