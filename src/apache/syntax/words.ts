// The words of a line: quotes and backslashes as Apache reads them. A quote that is not closed ends with the line.

/** A word without its quotes, and what stands behind it. */
export interface TakenWord {
  readonly word: string;
  /** Without white space in front. */
  readonly rest: string;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function skipSpace(text: string, from: number): number {
  let index = from;
  while (index < text.length && isSpace(text.charCodeAt(index))) index += 1;
  return index;
}

/** Without white space at both ends. */
export function trimSpace(text: string): string {
  const start = skipSpace(text, 0);
  let end = text.length;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function endOfQuoted(text: string, from: number, quote: string): number {
  let index = from;
  while (index < text.length && text[index] !== quote) {
    const isEscape = text[index] === '\\' && (text[index + 1] === quote || text[index + 1] === '\\');
    index += isEscape ? 2 : 1;
  }
  return index;
}

function endOfPlain(text: string, from: number): number {
  let index = from;
  while (index < text.length && !isSpace(text.charCodeAt(index))) index += 1;
  return index;
}

/** A backslash goes before the quote and before another backslash; without quotes only before another. */
function unescapeWord(text: string, quote: string | undefined): string {
  if (!text.includes('\\')) return text;
  let result = '';
  for (let index = 0; index < text.length; index += 1) {
    const next = text[index + 1];
    if (text[index] === '\\' && (next === '\\' || (quote !== undefined && next === quote))) index += 1;
    result += text.charAt(index);
  }
  return result;
}

/** The first word. Empty where there is none, or where it is `""`. */
export function takeWord(text: string): TakenWord {
  const start = skipSpace(text, 0);
  const first = text[start];
  if (first === '"' || first === "'") {
    const end = endOfQuoted(text, start + 1, first);
    const word = unescapeWord(text.slice(start + 1, end), first);
    return { word, rest: text.slice(skipSpace(text, Math.min(end + 1, text.length))) };
  }
  const end = endOfPlain(text, start);
  return { word: unescapeWord(text.slice(start, end), undefined), rest: text.slice(skipSpace(text, end)) };
}

/** Every word up to the end, or up to an empty one. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  for (let rest = text; rest !== '';) {
    const taken = takeWord(rest);
    if (taken.word === '') break;
    words.push(taken.word);
    rest = taken.rest;
  }
  return words;
}
