// Gives one exchange up, and tells whoever works for it.
import { LazyRequest } from '../request/request.ts';
import type { ServerExchange } from './server-exchange.ts';

/** Its handler, its body and its source are told; nothing is sent. */
export function abandon(exchange: ServerExchange, error: Error): void {
  exchange.progress = 'done';
  exchange.watcher?.onEnd(error);
  exchange.body?.fail(error);
  if (exchange.request !== undefined) LazyRequest.abort(exchange.request, error);
  exchange.source?.cancel();
}
