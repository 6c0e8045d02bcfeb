// What happens to the connections of a session in words for people who never read an RFC. Pure: what was known of the connection
// before the event is an argument. How a connection ends is in tell-close.ts.
import { formatKeepAlive, reasonPhrase } from '../../http/index.ts';
import type { KeepAliveHint } from '../../http/index.ts';
import type { IdleLimit, OpeningRecord, RequestSummary, RetryRecord, SessionEvent } from '../../trace.ts';
import { formatDuration } from '../../text/index.ts';
import { formatElapsed } from './elapsed.ts';
import { tellClose } from './tell-close.ts';
import type { IdleSpell, KnownConnection, Telling } from './telling.ts';

/** The sentence for an event; undefined where there is nothing to tell. */
export function tellEvent(event: SessionEvent, known: KnownConnection): Telling | undefined {
  switch (event.type) {
    case 'connecting':
      // What comes of it is told.
      return undefined;
    case 'connectFailed':
      return { text: event.error.message.split(';', 1)[0]!, tone: 'warning' };
    case 'opened':
      return { text: tellOpening(event.connection.id, event.connection.remote, event.opening), tone: 'good' };
    case 'reused':
      return { text: tellReuse(event.connection.id, event.inFlight > 1, known.idle), tone: 'good' };
    case 'idle':
      return { text: tellIdle(event.connection.id, event), tone: 'quiet' };
    case 'validated':
      return {
        text: `looked at connection ${event.connection.id} before using it again: ${event.alive ? 'it is still open' : 'it has ended'}`,
        tone: 'quiet',
      };
    case 'response':
      return {
        text: `${formatStatus(event.status)} on connection ${event.connection.id} after ${formatElapsed(event.waitMs)}`,
        tone: 'plain',
      };
    case 'retried':
      return { text: tellRetry(event.request, event.retry), tone: 'warning' };
    case 'hedged':
      return {
        text:
          `connection ${event.connectionId} has been silent for ${formatElapsed(event.silentMs)}, longer than this server usually takes: ` +
          `asked a second time on a new connection, the first answer counts`,
        tone: 'warning',
      };
    case 'leaked':
      return {
        text: `the answer on connection ${event.connection.id} has waited for ${formatElapsed(event.heldMs)} to be read`,
        tone: 'warning',
      };
    case 'heartbeat':
      return tellHeartbeat(event);
    case 'closed':
      return tellClose(event, known);
  }
}

function tellHeartbeat(event: Extract<SessionEvent, { type: 'heartbeat' }>): Telling {
  const { connection, outcome } = event;
  switch (outcome) {
    case 'ack':
      return {
        text: `connection ${connection.id} is alive: asked, it answered after ${formatElapsed(event.rttMs)}`,
        tone: 'quiet',
      };
    case 'missed':
      return {
        text: `connection ${connection.id} is lost: asked whether it is alive, it was silent for ${formatElapsed(event.silentMs)}`,
        tone: 'warning',
      };
    case 'refused':
      return {
        text: `the server ends connections that are asked whether they are alive, so none is asked for a while`,
        tone: 'warning',
      };
  }
}

/** `200 OK`; the registered phrase, because servers may send any text, or none. */
export function formatStatus(status: number): string {
  return `${status} ${reasonPhrase(status)}`.trimEnd();
}

function tellOpening(id: number, remote: string, { totalMs, lookupMs, connectMs, tls }: OpeningRecord): string {
  const parts = [
    ...(lookupMs > 0 ? [`lookup ${lookupMs.toFixed(1)}`] : []),
    `${remote === '' ? 'socket' : 'TCP'} ${connectMs.toFixed(1)}`,
    ...(tls === undefined
      ? []
      : [`${tls.protocol.replace('TLSv', 'TLS ')}${tls.resumed ? ' resumed' : ''} ${tls.handshakeMs.toFixed(1)}`]),
  ];
  const peer = remote === '' ? 'through the unix socket' : `to ${remote}`;
  return `opened connection ${id} ${peer} in ${formatElapsed(totalMs)} (${parts.join(', ')})`;
}

function tellReuse(id: number, isPipelined: boolean, idle: IdleSpell | undefined): string {
  if (isPipelined) return `sent behind another request on connection ${id}, before that is answered (pipelining)`;
  if (idle === undefined) return `reused connection ${id} at once`;
  const left = idle.deadlineMs - idle.idleMs;
  const deadline = left === Infinity ? '' : `, ${formatElapsed(Math.max(0, left))} before its deadline`;
  return `reused connection ${id} after ${formatElapsed(idle.idleMs)} idle${deadline}`;
}

function tellIdle(
  id: number,
  idle: {
    readonly deadlineMs: number;
    readonly because: IdleLimit;
    readonly serverAdvertised: KeepAliveHint | undefined;
  },
): string {
  const kept =
    idle.deadlineMs === Infinity
      ? `connection ${id} stays open and may idle without limit`
      : `connection ${id} stays open and may idle for ${formatDuration(idle.deadlineMs)}`;
  return `${kept} (${tellLimit(idle.because, idle.serverAdvertised)})`;
}

function tellLimit(because: IdleLimit, advertised: KeepAliveHint | undefined): string {
  const field = formatKeepAlive((advertised?.timeoutMs ?? Infinity) / 1_000, advertised?.max);
  switch (because) {
    case 'serverHint':
      return `the server's Keep-Alive: ${field}`;
    case 'learned':
      return 'learned: this server closes connections that idle for longer';
    case 'option':
      if (advertised?.timeoutMs !== undefined) return `our own limit; the server's Keep-Alive: ${field} is longer`;
      return field === ''
        ? 'our own limit; the server did not say how long it waits'
        : `our own limit; the server's Keep-Alive: ${field} names no time`;
  }
}

/** "sent again on a new connection: " and why that is right. */
function tellRetry({ method }: RequestSummary, { cause, connectionId, idleMs }: RetryRecord): string {
  const connection = connectionId === undefined ? 'the connection' : `connection ${connectionId}`;
  const idled = idleMs > 0 ? ` (it had been idle for ${formatElapsed(idleMs)})` : '';
  const why: Readonly<Record<RetryRecord['cause'], string>> = {
    connectFailed: 'the first could not be opened, so nothing was sent',
    writeFailed: `${connection} had ended already, nothing of the request left this machine${idled}`,
    requestIncomplete: `${connection} ended before the request was complete, so the server cannot have acted on it${idled}`,
    endedBeforeResponse: `${connection} ended before any of the answer came, and ${method} may be repeated${idled}`,
    requestTimeout: `the server gave ${connection} up as idle (408) while the request was on its way${idled}`,
    silent: `${connection} stayed silent, and ${method} may be repeated${idled}`,
    pipelineBroken: `${connection} ended under the request before this one, and ${method} may be repeated`,
  };
  return `sent again on a new connection: ${why[cause]}`;
}
