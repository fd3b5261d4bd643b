/** Matches a control's id as a whole word: `AUTH-1` stands neither in `AUTH-12` nor in `XAUTH-1`. */
export function wholeWord(control: string): RegExp {
  const literal = control.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w-])${literal}(?![\\w-])`);
}
