// Whether a target in the context of a server is a path of the file system, or one below DocumentRoot.
import path from 'node:path';
import type { FileLookup } from '../files/file-lookup.ts';
import type { RewriteRule } from './rule.ts';

/**
 * Apache's rule: its first segment is there in the root of the file system, and the rule itself says so: by its text, by [UnsafePrefixStat],
 * or because the path lies below one of `roots`. What a client wrote must not decide.
 */
export function isFilePath(
  target: string,
  rule: RewriteRule | undefined,
  roots: readonly string[],
  files: FileLookup,
): boolean {
  const segment = target.replace(/^\/+/, '').split('/', 1)[0]!;
  const first = path.posix.normalize(`/${segment}`);
  const stats = files.stat(first);
  if (stats === undefined || stats === 'denied') return false;
  if (rule === undefined || rule.flags.unsafePrefixStat || rule.target.source.startsWith(first)) return true;
  return roots.some((root) => target.startsWith(root));
}
