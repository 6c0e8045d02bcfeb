// Where files are that directives name: below ServerRoot, or anywhere.
import path from 'node:path';

/** The absolute path, without `.`, `..` and doubled slashes. A slash at the end stays, as in Apache. */
export function belowServerRoot(name: string, serverRoot: string): string {
  return path.posix.normalize(name.startsWith('/') ? name : `${serverRoot}/${name}`);
}
