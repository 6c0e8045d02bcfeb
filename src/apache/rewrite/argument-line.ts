// Cuts the text of RewriteRule and RewriteCond into its words. mod_rewrite has a parser of its own: a backslash stays, and escapes white space only.

/** Two words, and the flags if there are any. What stands behind them is ignored, as Apache does. */
export interface ArgumentLine {
  readonly first: string;
  readonly second: string;
  readonly third: string | undefined;
}

const WHITE_SPACE = ' \t\n\v\f\r';

function isSpace(character: string | undefined): boolean {
  return character !== undefined && character !== '' && WHITE_SPACE.includes(character);
}

/** Where a word stands, and where the next one may begin; `closed` says that something ended it before the text did. */
interface Word {
  readonly text: string;
  readonly next: number;
  readonly closed: boolean;
}

function readWord(text: string, from: number): Word {
  let at = from;
  while (isSpace(text[at])) at += 1;
  const quote = text[at] === '"' || text[at] === "'" ? text[at] : undefined;
  if (quote !== undefined) at += 1;
  const start = at;
  while (at < text.length) {
    const character = text[at]!;
    if (quote === undefined ? isSpace(character) : character === quote) {
      return { text: text.slice(start, at), next: at + 1, closed: true };
    }
    at += character === '\\' && isSpace(text[at + 1]) ? 2 : 1;
  }
  return { text: text.slice(start), next: text.length, closed: false };
}

/** Undefined where there are not two words. */
export function parseArgumentLine(text: string): ArgumentLine | undefined {
  const first = readWord(text, 0);
  if (!first.closed) return undefined;
  const second = readWord(text, first.next);
  let next = second.next;
  while (isSpace(text[next])) next += 1;
  const third = next < text.length ? readWord(text, next).text : undefined;
  return { first: first.text, second: second.text, third };
}
