// Static files: what applications import from `perdura/server/static`.
import type { AnswerHandler } from '../handler.ts';
import { resolveStaticOptions, type StaticOptions } from './options.ts';
import { RootFolder } from './root-folder.ts';
import { StaticFiles } from './static-files.ts';

export { DEFAULT_STATIC_OPTIONS, type StaticMemoryOptions, type StaticOptions } from './options.ts';

/**
 * A handler that serves the files of a folder: GET and HEAD with conditional requests (RFC 9110 §13), single byte ranges (§14),
 * precompressed siblings (§12.5.3) and index files. Nothing outside the folder is reachable, whatever the path or the links
 * in it; names that start with a dot are not served, `/.well-known/` apart.
 *
 * ```ts
 * const server = await serve({ handler: staticFiles('public', { cacheControl: 'max-age=3600' }) });
 * ```
 *
 * Each large file that is being sent holds one descriptor: allow the process two for each connection.
 *
 * @param root The folder. A relative one is resolved now, against the working directory. May be a symbolic link that is
 *   pointed elsewhere later.
 * @throws OptionError where the folder does not exist, or an option has a value that it cannot have.
 */
export function staticFiles(root: string, options: StaticOptions = {}): AnswerHandler {
  const files = new StaticFiles(RootFolder.open(root), resolveStaticOptions(options));
  return (request) => files.answer(request);
}
