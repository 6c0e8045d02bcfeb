// Percent escapes of paths as Apache writes them: in lower case, and fewer than RFC 3986 asks for.

/** What stays as it is: everything else, slashes aside, becomes `%xx`. */
const OUTSIDE_OF_PATHS = /[^A-Za-z0-9$\-_.+!*'(),:;@&=/~]/g;

/** For a path that is known to begin with a slash, or to stand behind one (Apache's ap_escape_uri). */
export function escapePath(path: string): string {
  return path.replace(OUTSIDE_OF_PATHS, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
