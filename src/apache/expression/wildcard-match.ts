// File name patterns with *, ? and […], as -strmatch and -fnmatch take them (apr_fnmatch).
import { lowerAscii } from '../syntax/ascii-case.ts';

export interface WildcardOptions {
  /** A slash is matched by a slash only. Default false. */
  readonly pathname?: boolean;
  /** ASCII letters of either case are the same. Default false. */
  readonly ignoreCase?: boolean;
}

type Piece =
  | { readonly kind: 'star' | 'any' }
  | { readonly kind: 'byte'; readonly byte: string }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

/** `[…]` from there on; undefined where it has no end, so that the bracket stands for itself. */
function parseClass(
  pattern: string,
  start: number,
  pathname: boolean,
): { readonly piece: Piece; readonly end: number } | undefined {
  let at = start + 1;
  const negated = pattern[at] === '!' || pattern[at] === '^';
  if (negated) at += 1;
  const ranges: [string, string][] = [];
  for (let first = true; first || pattern[at] !== ']'; first = false) {
    if (pattern[at] === '\\' && at + 1 < pattern.length) at += 1;
    const from = pattern[at];
    if (from === undefined || (pathname && from === '/')) return undefined;
    at += 1;
    let to = from;
    if (pattern[at] === '-' && at + 1 < pattern.length && pattern[at + 1] !== ']') {
      at += pattern[at + 1] === '\\' && at + 2 < pattern.length ? 2 : 1;
      to = pattern[at] ?? from;
      at += 1;
    }
    ranges.push([from, to]);
  }
  return { piece: { kind: 'class', negated, ranges }, end: at + 1 };
}

function parsePieces(pattern: string, pathname: boolean): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < pattern.length;) {
    const byte = pattern.charAt(at);
    if (byte === '[') {
      const found = parseClass(pattern, at, pathname);
      if (found !== undefined) {
        pieces.push(found.piece);
        at = found.end;
        continue;
      }
    }
    if (byte === '*') {
      if (pieces.at(-1)?.kind !== 'star') pieces.push({ kind: 'star' });
    } else if (byte === '?') pieces.push({ kind: 'any' });
    else if (byte === '\\' && at + 1 < pattern.length) {
      at += 1;
      pieces.push({ kind: 'byte', byte: pattern.charAt(at) });
    } else pieces.push({ kind: 'byte', byte });
    at += 1;
  }
  return pieces;
}

function isUpper(byte: string): boolean {
  return byte >= 'A' && byte <= 'Z';
}

/** Where letters are the same in either case, ranges are looked at as they are and, if there are capitals, in small letters. */
function isInRange(byte: string, from: string, to: string, ignoreCase: boolean): boolean {
  if (from <= byte && byte <= to) return true;
  if (!ignoreCase || !(isUpper(byte) || isUpper(from) || isUpper(to))) return false;
  return lowerAscii(from) <= lowerAscii(byte) && lowerAscii(byte) <= lowerAscii(to);
}

function matchesPiece(piece: Piece, byte: string, { pathname = false, ignoreCase = false }: WildcardOptions): boolean {
  if (piece.kind === 'byte') return piece.byte === byte || (ignoreCase && lowerAscii(piece.byte) === lowerAscii(byte));
  if (pathname && byte === '/') return false;
  if (piece.kind !== 'class') return true;
  return piece.ranges.some(([from, to]) => isInRange(byte, from, to, ignoreCase)) !== piece.negated;
}

/** In time of the length of the pattern times that of the text at most. */
export function matchesWildcards(pattern: string, text: string, options: WildcardOptions = {}): boolean {
  const { pathname = false } = options;
  const pieces = parsePieces(pattern, pathname);
  let piece = 0;
  let at = 0;
  // The last star, and where what follows it was tried: an earlier one need not be asked again.
  let star = -1;
  let starAt = 0;
  while (at < text.length || piece < pieces.length) {
    const current = pieces[piece];
    if (current?.kind === 'star') {
      star = piece;
      starAt = at;
      piece += 1;
    } else if (current !== undefined && at < text.length && matchesPiece(current, text.charAt(at), options)) {
      piece += 1;
      at += 1;
    } else {
      if (star === -1 || starAt >= text.length || (pathname && text[starAt] === '/')) return false;
      starAt += 1;
      at = starAt;
      piece = star + 1;
    }
  }
  return true;
}
