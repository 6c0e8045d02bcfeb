// A path below DocumentRoot. Apache's core does this for requests that no module knows a file for, and rules that came to a path ask it for the same.
import type { ApacheRequest } from './apache-request.ts';
import { normalisePath } from './url-path.ts';

/** APR's APR_PATH_MAX, less the slashes and the zero that it makes room for. */
const MAX_PATH_BYTES = 4092;

/** The file's name; undefined where there can be none, which is logged: the request ends with 403. */
export function findBelowRoot(root: string, path: string, request: ApacheRequest): string | undefined {
  const below = normalisePath(path, true);
  const relative = path.replace(/^\/+/, '');
  if (below === undefined || below.includes('\0') || root.length + relative.length > MAX_PATH_BYTES) {
    request.services.log(request, 'error', 'core', `AH00127: Cannot map ${request.facts.requestLine} to file`);
    return undefined;
  }
  return root.endsWith('/') ? root + below.slice(1) : root + below;
}
