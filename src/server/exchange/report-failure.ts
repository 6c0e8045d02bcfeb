// Tells the server's owner of a failure of what it gave to the server, whether or not there is a request to show.
import type { ServerCore } from '../server-core.ts';

/** Of a request that could not be read nothing is known but where it came to. */
export function reportFailure(core: ServerCore, error: unknown, request: Request | undefined): void {
  core.options.onError(error, request ?? new globalThis.Request(core.base));
}
