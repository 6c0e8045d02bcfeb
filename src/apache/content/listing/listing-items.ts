// Icons, their texts, descriptions and what is left out: lists of patterns, the first that matches decides. Pure.
import { hasStars, matchesStars } from './star-match.ts';

/** One word of AddIcon, AddAlt and their kin. */
export interface ListingItem {
  readonly by: 'path' | 'type' | 'encoding';
  /** Below which folder. */
  readonly applyPath: string;
  readonly applyTo: string;
  readonly value: string;
}

/** One word of AddDescription. */
export interface ListingDescription {
  readonly pattern: string;
  readonly isStarred: boolean;
  /** The whole path is compared, not just the name. */
  readonly isPath: boolean;
  readonly text: string;
}

/** One word of IndexIgnore. */
export interface IgnoredName {
  readonly applyPath: string;
  readonly pattern: string;
}

/** What is known of an entry. Only its path: what type and encoding are for, folders do not have. */
export interface ListedFile {
  readonly path: string;
  readonly type: string | undefined;
  readonly encoding: string | undefined;
}

/** Of a folder itself, and of the column of icons. */
export const FOLDER_NAME = '^^DIRECTORY^^';
export const BLANK_NAME = '^^BLANKICON^^';

export function makeItem(by: ListingItem['by'], value: string, to: string, folder: string | undefined): ListingItem {
  const name = by === 'path' && to === '**DIRECTORY**' ? FOLDER_NAME : by === 'encoding' ? to.toLowerCase() : to;
  // The end of a name is enough.
  const applyTo = by === 'path' && !hasStars(name) ? `*${name}` : name;
  return { by, value, applyTo, applyPath: `${folder ?? ''}*` };
}

export function makeDescription(text: string, to: string): ListingDescription {
  const isPath = to.includes('/');
  const isStarred = isPath || hasStars(to);
  return { text, isPath, isStarred, pattern: isStarred ? `${isPath ? '*/' : '*'}${to}*` : to };
}

export function makeIgnored(to: string, folder: string | undefined): IgnoredName {
  return { applyPath: `${folder ?? ''}*`, pattern: to.slice(to.lastIndexOf('/') + 1) };
}

export function findItem(items: readonly ListingItem[], file: ListedFile): string | undefined {
  const isSpecial = file.path.startsWith('^');
  const type = file.type?.split(';', 1)[0]!.trim().toLowerCase();
  const encoding = file.encoding?.toLowerCase();
  for (const { by, applyPath, applyTo, value } of items) {
    if (!isSpecial && !matchesStars(file.path, applyPath)) continue;
    if (by === 'path' || isSpecial) {
      if (matchesStars(file.path, applyTo)) return value;
    } else if (encoding === undefined) {
      if (by === 'type' && type !== undefined && matchesStars(type, applyTo.toLowerCase())) return value;
    } else if (by === 'encoding' && matchesStars(encoding, applyTo.toLowerCase())) {
      return value;
    }
  }
  return undefined;
}

export function findDescription(descriptions: readonly ListingDescription[], path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return descriptions.find(({ pattern, isPath, isStarred }) => {
    const subject = isPath ? path : name;
    return isStarred ? matchesStars(subject, pattern) : subject.includes(pattern);
  })?.text;
}

export function isIgnored(ignored: readonly IgnoredName[], path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return ignored.some(({ applyPath, pattern }) => matchesStars(path, applyPath) && matchesStars(name, pattern));
}
