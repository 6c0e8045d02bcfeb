// The record of a finished exchange for access logs and metrics. Made only where somebody traces.
import { formatVersion } from '../../http/version.ts';
import type { ConnectionInfo, ExchangeRecord } from '../../trace.ts';
import type { ServerExchange } from './server-exchange.ts';

/** What is told of an exchange whose answer is out. */
export function toExchangeRecord(exchange: ServerExchange, connection: ConnectionInfo, nowMs: number): ExchangeRecord {
  const { head } = exchange;
  return {
    connection,
    requestNumber: exchange.number,
    request:
      head === undefined
        ? undefined
        : { method: head.method, target: head.target, version: formatVersion(head.minorVersion === 0 ? 0 : 1) },
    requestField: (name) => head?.lines.get(name),
    status: exchange.status,
    bodyBytes: exchange.bodyBytes,
    startedAtMs: exchange.startedAtMs,
    durationMs: nowMs - exchange.startedMonotonicMs,
    persistent: exchange.persistent,
    ...(exchange.client === undefined ? {} : { client: exchange.client.info }),
  };
}
