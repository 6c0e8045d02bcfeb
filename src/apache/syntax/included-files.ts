// Which files an Include means: one, all of a folder with the folders in it, or what wildcards match, in the order of their bytes.
import type { FileLookup } from '../files/file-lookup.ts';
import { hasWildcard, matchesWildcard } from '../files/wildcard.ts';
import { ConfigurationError } from './configuration-error.ts';
import { MAX_INCLUDE_FOLDER_DEPTH } from './reading-limits.ts';

/** Apache's, in front of what it says of folders and wildcards. */
const PREFIX = 'Include/IncludeOptional: ';

function isFolder(files: FileLookup, path: string): boolean {
  const stats = files.stat(path);
  return stats !== undefined && stats !== 'denied' && stats.kind === 'folder';
}

function join(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}

/** How the system says why a path cannot be opened. What can be, and is no file, Apache calls a bad descriptor. */
export function reasonOfFailure(files: FileLookup, path: string): string {
  return files.explain(path)?.words.replace(/^\(\d+\)/, '') ?? 'Bad file descriptor';
}

/** A dot at the beginning of a name is matched by a dot alone. */
function matchesName(pattern: string, name: string): boolean {
  return (!name.startsWith('.') || pattern.startsWith('.')) && matchesWildcard(pattern, name);
}

function listSorted(files: FileLookup, folder: string): string[] {
  const entries = files.list(folder);
  if (entries === undefined) {
    throw new ConfigurationError(`${PREFIX}Could not open directory ${folder}: ${reasonOfFailure(files, folder)}`);
  }
  return entries
    .map(({ name }) => name)
    .filter((name) => name !== '.' && name !== '..')
    .toSorted((a, b) => (a < b ? -1 : 1));
}

function* filesAt(files: FileLookup, path: string, depth: number, isOptional: boolean): Generator<string> {
  if (isFolder(files, path)) {
    if (depth > MAX_INCLUDE_FOLDER_DEPTH) {
      throw new ConfigurationError(
        `${PREFIX}Directory '${path}' exceeds the maximum include directory nesting level of ${MAX_INCLUDE_FOLDER_DEPTH}. You have probably a recursion somewhere.`,
      );
    }
    for (const name of listSorted(files, path)) yield* filesAt(files, join(path, name), depth + 1, isOptional);
    return;
  }
  const stats = files.stat(path);
  if (isOptional && (stats === undefined || stats === 'denied')) return;
  yield path;
}

function* filesMatching(
  files: FileLookup,
  folder: string,
  segments: readonly string[],
  isOptional: boolean,
): Generator<string> {
  const [segment = '', ...rest] = segments;
  if (!hasWildcard(segment)) {
    const path = join(folder, segment);
    if (rest.length === 0) yield* filesAt(files, path, 0, isOptional);
    else yield* filesMatching(files, path, rest, isOptional);
    return;
  }
  if (isOptional && !isFolder(files, folder)) return;
  const names = listSorted(files, folder).filter(
    (name) => matchesName(segment, name) && (rest.length === 0 || isFolder(files, join(folder, name))),
  );
  if (names.length === 0 && !isOptional) {
    throw new ConfigurationError(`${PREFIX}No matches for the wildcard '${segment}' in '${folder}', failing`);
  }
  for (const name of names) {
    const path = join(folder, name);
    if (rest.length === 0) yield* filesAt(files, path, 0, isOptional);
    else yield* filesMatching(files, path, rest, isOptional);
  }
}

/**
 * The files, one after the other: what cannot be found is told when it is its turn.
 *
 * @param pattern absolute, without dot segments
 * @throws ConfigurationError
 */
export function* findIncludedFiles(files: FileLookup, pattern: string, isOptional: boolean): Generator<string> {
  if (hasWildcard(pattern)) yield* filesMatching(files, '/', pattern.split('/').slice(1), isOptional);
  else yield* filesAt(files, pattern, 0, isOptional);
}
