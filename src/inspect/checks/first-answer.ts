// Is there an answer at all, what does it promise, and does the connection outlive it (RFC 9112 §9.3)?
import { defineCheck } from '../check.ts';
import type { Check } from '../check.ts';
import type { Measurements } from '../measurements.ts';
import type { Answer, NoAnswer } from '../reply.ts';

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
  cost: () => ({ connections: 1, requests: 2 }),
  run: async (run) => {
    const peer = await run.open('the first requests');
    const first = await peer.exchange(run.format());
    if (first.kind === 'none') return describeFailure(first);
    run.noteFirstBody(first.bodyBytes);
    const bytesBehindAnswer = peer.unaskedBytes !== '';
    const second = await run.askAgain(peer);
    const isPersistent = second?.kind === 'answer';
    return {
      ...describeAnswer(first),
      http11Persistent: isPersistent,
      http11CloseAnnounced: isPersistent ? null : announcesClose(first),
      maxCountsDown: isPersistent ? countsDown(first, second) : null,
      bytesBehindAnswer: bytesBehindAnswer || peer.unaskedBytes !== '',
    };
  },
});

function describeAnswer({ status, headers, hint, framing }: Answer): Partial<Measurements> {
  const connection = headers.get('connection') ?? '';
  return {
    status,
    server: headers.get('server'),
    altSvc: headers.get('alt-svc'),
    answerFraming: framing,
    advertisedTimeoutMs: hint.timeoutMs ?? null,
    advertisedMax: hint.max ?? null,
    advertisedField: headers.get('keep-alive'),
    // RFC 9110 §7.6.1: a field for this connection alone is named in Connection.
    advertisedInConnection: headers.has('keep-alive') ? /(?:^|,)[ \t]*keep-alive[ \t]*(?:,|$)/i.test(connection) : null,
  };
}

/** An answer of HTTP/1.0 without `keep-alive` is the last one on its connection, and says so by that (RFC 9112 §9.3). */
function announcesClose({ saysClose, saysKeepAlive, minorVersion }: Answer): boolean {
  return saysClose || (minorVersion === 0 && !saysKeepAlive);
}

function describeFailure({ why, begun, fault }: NoAnswer): Partial<Measurements> {
  // We close nothing here.
  if (why === 'closedByUs') return {};
  return { unanswered: why === 'timeout' && begun ? 'slow' : why, unansweredFault: fault ?? null };
}

function countsDown(first: Answer, second: Answer): boolean | null {
  if (first.hint.max === undefined || second.hint.max === undefined) return null;
  return second.hint.max < first.hint.max;
}
