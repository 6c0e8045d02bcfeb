// The path of a URL before anybody looks for a file: slashes and dot segments, then percent escapes. Pure; Apache's rules, not those of WHATWG.

/** What is in a target of a request line. */
export interface ParsedTarget {
  /** As it was sent, without the query. */
  readonly path: string;
  readonly query: string | undefined;
  /** Of the absolute form; undefined elsewhere. */
  readonly host: string | undefined;
}

/** Cuts a target into its parts. */
export function parseTarget(target: string): ParsedTarget {
  let rest = target;
  let host: string | undefined;
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(target);
  // `http:/x` names no host, and Apache takes it for the path behind the scheme.
  const bare = scheme === null ? /^https?:(?=[/?#]|$)/i.exec(target) : null;
  rest = rest.slice(bare?.[0].length ?? 0);
  if (scheme !== null) {
    const end = target.slice(scheme[0].length).search(/[/?#]/);
    const authority =
      end === -1 ? target.slice(scheme[0].length) : target.slice(scheme[0].length, scheme[0].length + end);
    rest = target.slice(scheme[0].length + authority.length);
    host = authority.slice(authority.lastIndexOf('@') + 1);
  }
  const fragment = rest.indexOf('#');
  if (fragment !== -1) rest = rest.slice(0, fragment);
  const question = rest.indexOf('?');
  const path = question === -1 ? rest : rest.slice(0, question);
  return { path: path === '' ? '/' : path, query: question === -1 ? undefined : rest.slice(question + 1), host };
}

/** What is wrong with a path. */
export type PathFault = 'aboveRoot' | 'badEscape' | 'forbiddenEscape';

/** How AllowEncodedSlashes stands: `%2F` is not found, stays as it is, or is a slash. */
export type EncodedSlashes = 'off' | 'nodecode' | 'on';

/** The decoded path, or what is wrong with it: `badEscape` and `aboveRoot` are 400, `forbiddenEscape` (%00, %2F) is 404. */
export function decodePath(path: string, slashes: EncodedSlashes, mergeSlashes: boolean): { path: string } | PathFault {
  // An escape that is none counts even in a segment that `..` takes away.
  if (hasBadEscape(path)) return 'badEscape';
  const plain = decodeUnreserved(path);
  const normal = normalisePath(plain, mergeSlashes);
  if (normal === undefined) return 'aboveRoot';
  const decoded = unescapePath(normal, slashes);
  if (typeof decoded === 'string') return decoded;
  if (slashes !== 'on') return decoded;
  const again = normalisePath(decoded.path, mergeSlashes);
  return again === undefined ? 'aboveRoot' : { path: again };
}

/** What is left of a path that has a fault, as `REQUEST_URI` and `%U` tell it: as far as Apache had come with it. */
export function readFaultyPath(path: string, slashes: EncodedSlashes, mergeSlashes: boolean): string {
  const { path: normal, leavesRoot } = followSegments(decodeUnreserved(path), mergeSlashes);
  if (leavesRoot || hasBadEscape(path)) return normal;
  const decoded = unescapeAll(normal, slashes);
  const zero = decoded.indexOf('\0');
  return zero === -1 ? decoded : decoded.slice(0, zero);
}

/** Whether a percent sign has no two digits behind it. */
export function hasBadEscape(path: string): boolean {
  return path.includes('%') && /%(?![0-9A-Fa-f]{2})/.test(path);
}

/** Letters, digits, `-._~` mean the same written as they are: a dot must not hide behind its escape. */
function decodeUnreserved(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (escape, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escape;
  });
}

/** Slashes merged, `.` and `..` followed. Undefined: it would leave the root. */
export function normalisePath(path: string, mergeSlashes: boolean): string | undefined {
  const { path: normal, leavesRoot } = followSegments(path, mergeSlashes);
  return leavesRoot ? undefined : normal;
}

/** Where `..` would leave the root, it stays there. */
function followSegments(path: string, mergeSlashes: boolean): { readonly path: string; readonly leavesRoot: boolean } {
  if (!path.includes('//') && !path.includes('/.')) return { path, leavesRoot: false };
  if (!path.startsWith('/')) return { path, leavesRoot: false };
  let leavesRoot = false;
  const segments: string[] = [];
  const parts = path.slice(1).split('/');
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at]!;
    const last = at === parts.length - 1;
    if (part === '.') {
      if (last) segments.push('');
    } else if (part === '..') {
      if (segments.length === 0) leavesRoot = true;
      segments.pop();
      if (last) segments.push('');
    } else if (part !== '' || last || !mergeSlashes) {
      segments.push(part);
    }
  }
  return { path: `/${segments.join('/')}`, leavesRoot };
}

/** Percent escapes undone, in a path that has no others. `%2F` stays where `slashes` says so. */
function unescapePath(path: string, slashes: EncodedSlashes): { path: string } | PathFault {
  if (!path.includes('%')) return { path };
  if (path.includes('%00') || (slashes === 'off' && /%2f/i.test(path))) return 'forbiddenEscape';
  return { path: unescapeAll(path, slashes) };
}

function unescapeAll(path: string, slashes: EncodedSlashes): string {
  return path.replace(/%(..)/gs, (escape, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code === 0x2f && slashes === 'nodecode' ? escape : String.fromCharCode(code);
  });
}
