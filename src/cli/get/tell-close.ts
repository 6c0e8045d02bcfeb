// How a connection of a session ended, in words: who ended it, after what, and why that is right. Pure.
import { CLOSE_REASONS } from '../../http/index.ts';
import type { CloseReason, KeepAliveHint } from '../../http/index.ts';
import type { SessionEvent } from '../../trace.ts';
import { formatDuration } from '../../text/index.ts';
import { formatElapsed } from './elapsed.ts';
import type { IdleSpell, KnownConnection, Telling } from './telling.ts';

type ClosedEvent = SessionEvent & { readonly type: 'closed' };

/** The sentence for the end of a connection. */
export function tellClose(event: ClosedEvent, known: KnownConnection): Telling {
  const { connection, reason, unsolicited } = event;
  const name = `connection ${connection.id}`;
  if (unsolicited !== undefined) return tellUnsolicited(name, unsolicited, known.idle);
  if (known.idle !== undefined) {
    const telling = tellIdleClose(name, reason, known.idle, known.serverAdvertised);
    if (telling !== undefined) return telling;
  }
  return tellOtherClose(name, reason, known);
}

function tellIdleClose(
  name: string,
  reason: CloseReason,
  idle: IdleSpell,
  advertised: KeepAliveHint | undefined,
): Telling | undefined {
  const after = `${name} after ${formatElapsed(idle.idleMs)} idle`;
  switch (reason) {
    case 'peerClosed':
      return { text: `the server closed ${after} (${tellPromise(idle.idleMs, advertised)})`, tone: 'warning' };
    case 'peerReset':
      return {
        text: `the server, or something on the way, cut off ${after} (${tellPromise(idle.idleMs, advertised)})`,
        tone: 'warning',
      };
    case 'hintExpired': {
      const { timeoutMs } = advertised ?? {};
      const when = timeoutMs === undefined ? '' : ` at ${formatDuration(timeoutMs)}`;
      return {
        text: `closed ${after}: the server does so${when}, and a request that crosses its close would be lost`,
        tone: 'plain',
      };
    }
    case 'idleTimeout':
      return {
        text:
          idle.because === 'learned'
            ? `closed ${after}: this server has closed connections that idled for longer, without a word`
            : `closed ${after}: our own limit`,
        tone: 'plain',
      };
    case 'draining':
      return { text: `closed ${name}: all is done`, tone: 'quiet' };
    default:
      return undefined;
  }
}

/** Whether the server kept its word. */
function tellPromise(idleMs: number, advertised: KeepAliveHint | undefined): string {
  const timeoutMs = advertised?.timeoutMs;
  if (timeoutMs === undefined) return 'it had not said how long it waits';
  // It counts from when it had sent the answer, a little before we had it.
  const isEarly = idleMs < timeoutMs - 100;
  return `it had promised ${formatDuration(timeoutMs)}${isEarly ? ', and did not keep that' : ''}`;
}

/** A 408 that nobody asked for is how some servers say that they close an idle connection (RFC 9110 §15.5.9). */
function tellUnsolicited(name: string, unsolicited: string, idle: IdleSpell | undefined): Telling {
  const [line = ''] = unsolicited.split('\r\n', 1);
  const after = idle === undefined ? '' : ` after ${formatElapsed(idle.idleMs)} idle`;
  const shown = JSON.stringify(line);
  return {
    text: / 408(?: |$)/.test(line)
      ? `the server closed ${name}${after}, and said so with ${shown}`
      : `closed ${name}${after}: the server sent ${shown} that no request had asked for, which could be taken for the next answer`,
    tone: 'warning',
  };
}

function tellOtherClose(name: string, reason: CloseReason, { phase, serverAdvertised }: KnownConnection): Telling {
  const during = phase === 'answering' ? 'in the middle of an answer' : 'before it answered';
  switch (reason) {
    case 'peerSentClose':
      return { text: `closed ${name}: the server asked for that (Connection: close)`, tone: 'plain' };
    case 'weSentClose':
      return { text: `closed ${name}: we had asked for that (Connection: close)`, tone: 'plain' };
    case 'http10WithoutKeepAlive':
      return { text: `closed ${name}: the server speaks HTTP/1.0 and did not say keep-alive`, tone: 'plain' };
    case 'bodyUntilClose':
      return { text: `the server closed ${name}: that is how it told the end of the body`, tone: 'plain' };
    case 'peerClosed':
      return { text: `the server closed ${name} ${during}`, tone: 'bad' };
    case 'peerReset':
      return { text: `the server, or something on the way, cut off ${name} ${during}`, tone: 'bad' };
    case 'maxRequests':
      return {
        text: `closed ${name}: the server answers no further request on it (${describeMax(serverAdvertised)})`,
        tone: 'plain',
      };
    case 'hintExpired':
      return {
        text: `closed ${name}: the server does not wait for another request (Keep-Alive: timeout=0)`,
        tone: 'plain',
      };
    case 'headTimeout':
      return { text: `gave ${name} up: no answer came in time`, tone: 'bad' };
    case 'bodyTimeout':
      return { text: `gave ${name} up: nothing moved for too long`, tone: 'bad' };
    case 'draining':
      return { text: `closed ${name}: all is done`, tone: 'quiet' };
    case 'aborted':
      return { text: `closed ${name}: what was under way on it is not wanted any more`, tone: 'plain' };
    case 'destroyed':
      return { text: `closed ${name} at once`, tone: 'quiet' };
    default:
      return { text: `closed ${name}: ${CLOSE_REASONS[reason]}`.replace(/\.$/, ''), tone: 'plain' };
  }
}

function describeMax(advertised: KeepAliveHint | undefined): string {
  return advertised?.max === undefined ? 'it announced a limit' : `Keep-Alive: max=${advertised.max}`;
}
