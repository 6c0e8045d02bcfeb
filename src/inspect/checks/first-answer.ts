// Is there an answer at all, what does it promise, and does the connection outlive it (RFC 9112 §9.3)?
import { ConnectError } from '../../errors.ts';
import { CheckFailure, defineCheck } from '../check.ts';
import type { Check, CheckRun } from '../check.ts';
import type { Measurements } from '../measurements.ts';
import type { Peer } from '../peer/peer.ts';
import type { Answer, NoAnswer, Reply } from '../peer/reply.ts';

/** The rest of what makes no sense comes with it. */
const SETTLE_MS = 150;

/** In place of a fault: the server is in order, and yet there is nothing to inspect. */
const HTTP2_ONLY = 'it is HTTP/2, and the port seems to take nothing else; what is inspected has to speak HTTP/1.1';

export const firstAnswer: Check = defineCheck({
  id: 'first-answer',
  title: 'Whether it answers, and keeps the connection',
  measures: [
    'status',
    'unanswered',
    'unansweredFault',
    'server',
    'altSvc',
    'http11Persistent',
    'http11CloseAnnounced',
    'advertisedTimeoutMs',
    'advertisedMax',
    'advertisedField',
    'advertisedInConnection',
    'maxCountsDown',
    'answerFraming',
    'bytesBehindAnswer',
  ],
  kind: 'first',
  cost: () => ({ connections: 2, requests: 4 }),
  run: async (run) => {
    const peer = await openFirst(run);
    if (peer === undefined) return { unanswered: 'reset' };
    const first = await peer.exchange(run.format());
    if (first.kind === 'none') {
      // What came first may be cut.
      if (first.why === 'malformed') await peer.ending(SETTLE_MS);
      return describeFailure(first, peer.beganWithHttp2);
    }
    run.noteFirstBody(first.bodyBytes);
    const second = await run.askAgain(peer);
    const promises = second?.kind === 'answer' ? await readPromises(run, first, second) : describePromise(first);
    return {
      ...describeAnswer(first),
      ...promises,
      ...describePersistence(first, second),
      bytesBehindAnswer: peer.unasked === 'bytes',
    };
  },
});

/** Undefined where the server resets what it has accepted: whether that is seen before the connection counts as open is a matter of luck. */
async function openFirst(run: CheckRun): Promise<Peer | undefined> {
  try {
    return await run.open('the first requests');
  } catch (error) {
    if (error instanceof CheckFailure && isReset(error.cause)) return undefined;
    throw error;
  }
}

function isReset(error: unknown): boolean {
  return error instanceof ConnectError && (error.cause as { code?: unknown } | undefined)?.code === 'ECONNRESET';
}

/** Apache promises only those who ask for it, as browsers do. */
async function readPromises(run: CheckRun, first: Answer, second: Answer): Promise<Partial<Measurements>> {
  if (first.headers.has('keep-alive')) return { ...describePromise(first), maxCountsDown: countsDown(first, second) };
  const peer = await run.open('asks for persistence in words');
  const method = run.cheapMethod;
  const request = run.format({ method, fieldLines: 'Connection: keep-alive\r\n' });
  const asked = await peer.exchange(request, method);
  if (asked.kind === 'none' || !asked.headers.has('keep-alive')) return describePromise(first);
  const again = await peer.exchange(request, method);
  return { ...describePromise(asked), maxCountsDown: again.kind === 'none' ? null : countsDown(asked, again) };
}

function describeAnswer({ status, headers, framing }: Answer): Partial<Measurements> {
  return {
    status,
    server: headers.get('server'),
    altSvc: headers.get('alt-svc'),
    answerFraming: framing,
  };
}

function describePromise({ headers, hint }: Answer): Partial<Measurements> {
  const connection = headers.get('connection') ?? '';
  return {
    advertisedTimeoutMs: hint.timeoutMs ?? null,
    advertisedMax: hint.max ?? null,
    advertisedField: headers.get('keep-alive'),
    // RFC 9110 §7.6.1: a field for this connection alone is named in Connection.
    advertisedInConnection: headers.has('keep-alive') ? /(?:^|,)[ \t]*keep-alive[ \t]*(?:,|$)/i.test(connection) : null,
  };
}

/** Clients keep to what an answer says: behind one that announces the close, none of them asks again, even where it would be served. */
function describePersistence(
  first: Answer,
  second: Reply | undefined,
): Pick<Measurements, 'http11Persistent' | 'http11CloseAnnounced'> {
  if (announcesClose(first)) return { http11Persistent: false, http11CloseAnnounced: true };
  if (second?.kind === 'answer') return { http11Persistent: true, http11CloseAnnounced: null };
  const isClosed = second === undefined || second.why === 'fin' || second.why === 'reset';
  return { http11Persistent: false, http11CloseAnnounced: isClosed ? false : null };
}

/** An answer of HTTP/1.0 without `keep-alive` is the last one on its connection, and says so by that (RFC 9112 §9.3). */
function announcesClose({ saysClose, saysKeepAlive, minorVersion }: Answer): boolean {
  return saysClose || (minorVersion === 0 && !saysKeepAlive);
}

function describeFailure({ why, begun, fault }: NoAnswer, isHttp2: boolean): Partial<Measurements> {
  // We close nothing here.
  if (why === 'closedByUs') return {};
  return {
    unanswered: why === 'timeout' && begun ? 'slow' : why,
    unansweredFault: why !== 'malformed' ? null : isHttp2 ? HTTP2_ONLY : (fault ?? null),
  };
}

function countsDown(first: Answer, second: Answer): boolean | null {
  if (first.hint.max === undefined || second.hint.max === undefined) return null;
  return second.hint.max < first.hint.max;
}
