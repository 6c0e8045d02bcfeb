// Whether a handler may take its connection over for another protocol (RFC 9110 §7.8). Pure.
import type { RequestHead } from '../../wire/index.ts';
import type { ServerExchange } from './server-exchange.ts';

/** Whether a request offers to go on in another protocol. What follows it then is not to be read before it is decided whose it is. */
export function asksUpgrade(head: RequestHead): boolean {
  const { fields, minorVersion, body, lines } = head;
  // RFC 9110 §7.8: in HTTP/1.0 it is ignored, and without the token in Connection a proxy has forwarded it unawares.
  if (!fields.upgrade || minorVersion === 0) return false;
  // RFC 9112 §9.6: nothing is read behind a request that says close, so nothing could be given away either.
  return !fields.close && body.kind === 'none' && lines.get('upgrade') !== undefined;
}

/** Why the connection cannot be taken over on behalf of this exchange; undefined where it can. */
export function decideUpgradeRefusal(exchange: ServerExchange): string | undefined {
  const { head } = exchange;
  if (exchange.progress !== 'waiting' || head === undefined) return 'the request was answered already';
  if (exchange.asksUpgrade) return undefined;
  if (head.minorVersion === 0) return 'an HTTP/1.0 request cannot be upgraded';
  if (head.lines.get('upgrade') === undefined) return 'the request has no Upgrade field';
  if (!head.fields.upgrade) return "the request's Connection field does not name upgrade";
  if (head.fields.close) return "the request's Connection field says close";
  return 'a request with a body cannot be upgraded';
}
