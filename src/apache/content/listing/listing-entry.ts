// The entries of a listing and their order. Pure.
import type { SortColumn, SortDirection } from './listing-query.ts';

/** One line of a listing. */
export interface ListingEntry {
  /** A folder's with its slash; the parent's is the path of its URL. */
  readonly name: string;
  readonly isParent: boolean;
  readonly isFolder: boolean;
  /** Undefined for folders, and where nobody shows it. */
  readonly sizeBytes: number | undefined;
  readonly modifiedMs: number | undefined;
  readonly icon: string | undefined;
  /** The text for an icon. */
  readonly alt: string | undefined;
  readonly description: string | undefined;
}

/** How entries are compared. */
export interface EntryOrder {
  readonly column: SortColumn;
  readonly direction: SortDirection;
  readonly foldersFirst: boolean;
  readonly byVersion: boolean;
  readonly ignoreCase: boolean;
}

/** The parent is always first, folders next where that is wanted; names decide between equals. */
export function compareEntries(first: ListingEntry, second: ListingEntry, order: EntryOrder): number {
  if (first.isParent !== second.isParent) return first.isParent ? -1 : 1;
  if (order.foldersFirst && first.isFolder !== second.isFolder) return first.isFolder ? -1 : 1;
  const [low, high] = order.direction === 'A' ? [first, second] : [second, first];
  const compare = order.byVersion ? compareVersions : compareBytes;
  let result = 0;
  if (order.column === 'M') result = (low.modifiedMs ?? -1) - (high.modifiedMs ?? -1);
  else if (order.column === 'S') result = (low.sizeBytes ?? -1) - (high.sizeBytes ?? -1);
  else if (order.column === 'D') result = compare(low.description ?? '', high.description ?? '');
  if (result === 0 && order.ignoreCase) result = compare(low.name.toLowerCase(), high.name.toLowerCase());
  return result === 0 ? compare(low.name, high.name) : result;
}

function compareBytes(first: string, second: string): number {
  return first < second ? -1 : first > second ? 1 : 0;
}

/** As isspace() in the C locale; the end of the text is none. */
function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function endOfDigits(text: string, start: number): number {
  let at = start;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

/** APR's characters have a sign: those above 127 come before all others. */
function signedCode(text: string, at: number): number {
  const code = at < text.length ? text.charCodeAt(at) : 0;
  return code > 127 ? code - 256 : code;
}

/** Numbers in names count as numbers, those with a leading zero as fractions; white space does not count (APR's strnatcmp). */
export function compareVersions(first: string, second: string): number {
  let at = 0;
  let other = 0;
  for (;;) {
    while (isSpace(first.charCodeAt(at))) at += 1;
    while (isSpace(second.charCodeAt(other))) other += 1;
    if (isDigit(first.charCodeAt(at)) && isDigit(second.charCodeAt(other))) {
      const isFraction = first[at] === '0' || second[other] === '0';
      const left = first.slice(at, endOfDigits(first, at));
      const right = second.slice(other, endOfDigits(second, other));
      const result = isFraction ? compareBytes(left, right) : left.length - right.length || compareBytes(left, right);
      if (result !== 0) return result;
    }
    if (at >= first.length && other >= second.length) return 0;
    const difference = signedCode(first, at) - signedCode(second, other);
    if (difference !== 0) return difference;
    at += 1;
    other += 1;
  }
}
