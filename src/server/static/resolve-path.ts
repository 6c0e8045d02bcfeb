// From the request's URL, as it was sent, to a path below the root, or a refusal. Pure; no file system, no `new URL`:
// that would decode `%2e%2e` and climb before anybody could look (RFC 3986 §5.2.4, §7.3).

/** The path and the query (with its `?`, or empty) of a URL, not decoded. */
export interface RequestTarget {
  readonly path: string;
  readonly query: string;
}

/** Where a path leads: always below the root. `path` is decoded and starts with a slash; that of a folder ends with one. */
export type ResolvedPath =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'refused'; readonly status: 400 | 404; readonly reason: PathRefusal };

/** Why a path is not looked up at all. */
export type PathRefusal =
  | 'notAbsolute'
  | 'notVisibleAscii'
  | 'badEscape'
  | 'separator'
  | 'nul'
  | 'dotSegment'
  | 'emptySegment'
  | 'hidden'
  | 'windowsName';

/** Cuts an absolute URL into path and query; undefined where it is none. A fragment is never sent, so it is dropped. */
export function readRequestTarget(url: string): RequestTarget | undefined {
  const scheme = url.indexOf('://');
  if (scheme < 0) return undefined;
  const fragment = url.indexOf('#', scheme + 3);
  const end = fragment < 0 ? url.length : fragment;
  const mark = url.indexOf('?', scheme + 3);
  const pathEnd = mark < 0 || mark > end ? end : mark;
  const slash = url.indexOf('/', scheme + 3);
  return { path: slash < 0 || slash > pathEnd ? '/' : url.slice(slash, pathEnd), query: url.slice(pathEnd, end) };
}

/** All that may stand in a request target (RFC 9112 §3.2) apart from the backslash, which browsers read as a slash. */
const VISIBLE_ASCII = /^[\x21-\x5b\x5d-\x7e]*$/;

/** The common case, told apart at a glance: plain names that do not start with a dot. */
const PLAIN_PATH = /^(?:\/[\w~-][\w.~-]*)+\/?$/;

/**
 * Resolves a path. Nothing is normalised: segments are split first and decoded once, each on its own, so that what looked
 * like a name cannot become a separator, and `%252e` stays the name `%2e`. A target that no client makes by accident is 400;
 * a name that cannot be that of a public file is 404.
 *
 * - `.` and `..`, however spelt: 400. Clients resolve them before they send (RFC 3986 §5.2.4).
 * - An encoded separator (`%2f`, `%5c`) or backslash: 400, it means one thing to us and another to the file system or a proxy.
 * - NUL, an escape that is none, bytes that are not UTF-8 (overlong forms, surrogates): 400.
 * - Empty segments (`//`): 404, no file has an empty name; a redirect for `//host` would lead to another host.
 * - Names that start with a dot: 404, as if they were not there. They are `.git`, `.env` and `.htpasswd` far more often than
 *   a page. Only `/.well-known/` is made for the public (RFC 8615 §3), and only at the top.
 */
export function resolvePath(rawPath: string, windows = false): ResolvedPath {
  if (!windows && PLAIN_PATH.test(rawPath)) {
    return { kind: rawPath.endsWith('/') ? 'folder' : 'file', path: rawPath };
  }
  if (!rawPath.startsWith('/')) return refuse(400, 'notAbsolute');
  if (rawPath === '/') return { kind: 'folder', path: '/' };
  if (!VISIBLE_ASCII.test(rawPath)) return refuse(400, 'notVisibleAscii');

  const isFolder = rawPath.endsWith('/');
  const names: string[] = [];
  let refusal: PathRefusal | undefined;
  for (const segment of rawPath.slice(1, isFolder ? -1 : undefined).split('/')) {
    const name = decodeSegment(segment);
    if (name === undefined) return refuse(400, 'badEscape');
    if (name.includes('\0')) return refuse(400, 'nul');
    if (name.includes('/') || name.includes('\\')) return refuse(400, 'separator');
    if (name === '.' || name === '..') return refuse(400, 'dotSegment');
    // Remembered, not returned: what is malformed further on is the graver fault.
    refusal ??= decideNameRefusal(name, names.length === 0, windows);
    names.push(name);
  }
  if (refusal !== undefined) return refuse(404, refusal);
  const path = `/${names.join('/')}`;
  return isFolder ? { kind: 'folder', path: `${path}/` } : { kind: 'file', path };
}

function refuse(status: 400 | 404, reason: PathRefusal): ResolvedPath {
  return { kind: 'refused', status, reason };
}

/** Decoded once. `decodeURIComponent` is as strict as needed: it throws at half an escape and at all that is not UTF-8. */
function decodeSegment(segment: string): string | undefined {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function decideNameRefusal(name: string, first: boolean, windows: boolean): PathRefusal | undefined {
  if (name === '') return 'emptySegment';
  if (name.startsWith('.') && !(first && name === '.well-known')) return 'hidden';
  if (windows && isWindowsTrap(name)) return 'windowsName';
  return undefined;
}

const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])(?:\.|$)/i;

/**
 * Names that Windows takes for something else: a stream or a drive (`a.txt::$DATA`, `c:`), a device (`nul.txt`), a short
 * name (`SECRET~1`, which may stand for a dotfile), or the same file without its last dots and spaces.
 */
function isWindowsTrap(name: string): boolean {
  return /[:*?"<>|]|[. ]$|~\d/.test(name) || WINDOWS_DEVICE.test(name);
}

/**
 * Where a folder that was asked for without its slash is redirected to. A path-absolute reference that cannot become `//host`:
 * it is made from a path that resolved, and those have no empty segment and no backslash. Undefined where the query has
 * what no field may have.
 */
export function formatFolderLocation(target: RequestTarget): string | undefined {
  return /^[\x21-\x7e]*$/.test(target.query) ? `${target.path}/${target.query}` : undefined;
}
