// Percent escapes of paths as Apache writes them: in lower case, and fewer than RFC 3986 asks for.

/** What stays as it is: everything else, slashes aside, becomes `%xx`. */
const OUTSIDE_OF_PATHS = /[^A-Za-z0-9$\-_.+!*'(),:;@&=/~]/g;

const NEEDS_ESCAPE = new RegExp(OUTSIDE_OF_PATHS.source);

/** For a path that is known to begin with a slash, or to stand behind one (Apache's ap_escape_uri). */
export function escapePath(path: string): string {
  if (!NEEDS_ESCAPE.test(path)) return path;
  return path.replace(OUTSIDE_OF_PATHS, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
