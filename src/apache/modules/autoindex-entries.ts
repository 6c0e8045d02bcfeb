// What of a folder is listed: everything that the client might have, with icons and descriptions.
import { isThenable } from '../../thenable.ts';
import { compareEntries } from '../content/listing/listing-entry.ts';
import type { EntryOrder, ListingEntry } from '../content/listing/listing-entry.ts';
import { FOLDER_NAME, findDescription, findItem, isIgnored } from '../content/listing/listing-items.ts';
import type { ListedFile } from '../content/listing/listing-items.ts';
import { findTitle } from '../content/listing/html-title.ts';
import { hasFlag } from '../content/listing/listing-options.ts';
import type { ListingOrder } from '../content/listing/listing-query.ts';
import type { FolderEntry } from '../files/file-lookup.ts';
import { matchesWildcard } from '../files/wildcard.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { spend } from '../request/work-budget.ts';
import type { Autoindex } from './autoindex-parts.ts';

/** Files that are looked at before other connections have their turn: two or three milliseconds. */
const LOOKS_PER_TURN = 100;

/**
 * What each file that is looked at may cost beside the look, in steps of the request's budget: some microseconds, for rules and sections of
 * the folder. Those of one request would be used up by the first thousands of files.
 */
const STEPS_PER_FILE = 200;

/** How much of a file is looked at for its title. */
const TITLE_BYTES = 8_191;

const FOLDER_FILE: ListedFile = { path: FOLDER_NAME, type: undefined, encoding: undefined };

/** Sorted. The request's file name is that of the folder, with its slash. */
export async function collectEntries(
  request: ApacheRequest,
  settings: Autoindex,
  order: ListingOrder,
  names: readonly FolderEntry[],
): Promise<ListingEntry[]> {
  const entries: ListingEntry[] = [];
  const parent = makeParent(request, settings, order);
  if (parent !== undefined) entries.push(parent);
  let looks = 0;
  for (const listed of names) {
    const { name } = listed;
    if (order.pattern !== undefined && !matchesPattern(order.pattern, name)) continue;
    if (isIgnored(settings.ignored, `${request.filename!}${name}`)) continue;
    looks += 1;
    request.budget.settle(request.budget.remaining + STEPS_PER_FILE);
    if (looks % LOOKS_PER_TURN === 0) await request.services.nextTurn?.();
    const looking = request.services.lookUpEntry(listed, request);
    const found = isThenable(looking) ? await looking : looking;
    // What is left out for want of steps must not look as if it were not there.
    if (request.budget.remaining === 0) spend(request, 1);
    const entry = makeEntry(request, settings, order, found, name);
    if (entry !== undefined) entries.push(entry);
  }
  const { flags, column, direction } = order;
  const entryOrder: EntryOrder = {
    column,
    direction,
    // Apache knows folders as such only where their icons are looked for.
    foldersFirst: hasFlag(flags, 'foldersfirst') && isFancy(order),
    byVersion: hasFlag(flags, 'versionsort'),
    ignoreCase: hasFlag(flags, 'ignorecase'),
  };
  return entries.toSorted((first, second) => compareEntries(first, second, entryOrder));
}

function isFancy({ flags }: ListingOrder): boolean {
  return hasFlag(flags, 'fancyindexing') || hasFlag(flags, 'htmltable');
}

/** As fnmatch with backslashes as they are, and a dot in front only matched by a dot. */
function matchesPattern(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  return matchesWildcard(pattern.replaceAll('\\', '\\\\'), name);
}

/** Undefined at the root, and where `..` is ignored. */
function makeParent(request: ApacheRequest, settings: Autoindex, order: ListingOrder): ListingEntry | undefined {
  const path = request.path.replace(/\/+$/, '');
  const place = `${request.filename!}..`;
  if (path === '' || isIgnored(settings.ignored, place)) return undefined;
  const file: ListedFile = { path: place, type: undefined, encoding: undefined };
  return {
    name: path.slice(0, path.lastIndexOf('/') + 1),
    isParent: true,
    isFolder: true,
    sizeBytes: undefined,
    modifiedMs: undefined,
    ...(isFancy(order)
      ? {
          icon: findItem(settings.icons, file) ?? findItem(settings.icons, FOLDER_FILE),
          alt: findItem(settings.alts, file) ?? findItem(settings.alts, FOLDER_FILE) ?? 'PARENTDIR',
          description: findDescription(settings.descriptions, place),
        }
      : { icon: undefined, alt: undefined, description: undefined }),
  };
}

/** Undefined: the client could not have it, or it is neither file nor folder. */
function makeEntry(
  request: ApacheRequest,
  settings: Autoindex,
  order: ListingOrder,
  found: ApacheRequest,
  name: string,
): ListingEntry | undefined {
  const { fileStats, status } = found;
  if (fileStats?.kind !== 'folder' && fileStats?.kind !== 'file') return undefined;
  const isForbidden = status === 401 || status === 403;
  if (!(status >= 200 && status < 400) && !(isForbidden && hasFlag(order.flags, 'showforbidden'))) return undefined;
  // One with an index is told as that file, which it is not.
  const isFolder = fileStats.kind === 'folder' || found.unparsedPath.endsWith('/');
  const entry = { name: isFolder ? `${name}/` : name, isParent: false, isFolder };
  if (!isFancy(order)) {
    return {
      ...entry,
      sizeBytes: undefined,
      modifiedMs: undefined,
      icon: undefined,
      alt: undefined,
      description: undefined,
    };
  }
  const path = `${request.filename!}${name}`;
  const file: ListedFile = isFolder
    ? { path, type: undefined, encoding: undefined }
    : { path, type: found.contentType, encoding: found.contentEncoding };
  const icon = findItem(settings.icons, file);
  const alt = findItem(settings.alts, file);
  return {
    ...entry,
    sizeBytes: isFolder ? undefined : fileStats.sizeBytes,
    modifiedMs: fileStats.modifiedUs / 1000,
    icon: icon ?? (isFolder ? findItem(settings.icons, FOLDER_FILE) : undefined),
    alt: alt ?? (isFolder ? (findItem(settings.alts, FOLDER_FILE) ?? 'DIR') : undefined),
    description: findDescription(settings.descriptions, path) ?? scanTitle(found, order),
  };
}

/** IndexOptions ScanHTMLTitles. */
function scanTitle(found: ApacheRequest, order: ListingOrder): string | undefined {
  if (!hasFlag(order.flags, 'scanhtmltitles') || found.status !== 200 || found.fileStats?.kind !== 'file')
    return undefined;
  if (found.contentEncoding !== undefined || !/^(?:text\/html|application\/xhtml\+xml)/i.test(found.contentType ?? ''))
    return undefined;
  const lengthBytes = Math.min(found.fileStats.sizeBytes, TITLE_BYTES);
  const bytes = found.services.files.readBytes(found.filename ?? '', 0, lengthBytes);
  return bytes === undefined ? undefined : findTitle(Buffer.from(bytes).toString('latin1'));
}
