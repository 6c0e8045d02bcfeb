// A request on a server that answers health checks: is it one, and may anything else be asked on its connection? For every version of HTTP.
import type { Answer } from '../handler.ts';
import type { RequestFacts } from '../request/request-facts.ts';
import type { ServerCore } from '../server-core.ts';

/** The exchange of the request, as far as it matters here. */
export interface CheckedExchange {
  /** Whether nobody is told of it. */
  untold: boolean;
}

/** The answer to a check, and to everything else on a connection that was let in for checks alone; undefined where the handler is to be asked. */
export function answerCheck(
  core: ServerCore,
  connection: object,
  exchange: CheckedExchange,
  head: RequestFacts,
  request: Request,
): Answer | undefined {
  const { health, healthLane, options } = core;
  const check = head.form === 'origin' ? health?.answerTo(head.method, head.target) : undefined;
  if (check === undefined) return healthLane?.refuse(connection);
  if (check.error !== undefined) options.onError(check.error, request);
  exchange.untold = health?.traced === false;
  return check.answer;
}
