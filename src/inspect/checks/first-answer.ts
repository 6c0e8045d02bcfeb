// Is there an answer at all, what does it promise, and does the connection outlive it (RFC 9112 §9.3)?
import { ConnectError } from '../../errors.ts';
import { CheckFailure, defineCheck } from '../check.ts';
import type { Check, CheckRun } from '../check.ts';
import type { Measurements } from '../measurements.ts';
import type { Peer } from '../peer.ts';
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
    const peer = await openFirst(run);
    if (peer === undefined) return { unanswered: 'reset' };
    const first = await peer.exchange(run.format());
    if (first.kind === 'none') return describeFailure(first);
    run.noteFirstBody(first.bodyBytes);
    const bytesBehindAnswer = peer.unaskedBytes !== '';
    const second = await run.askAgain(peer);
    const isPersistent = second?.kind === 'answer';
    return {
      ...describeAnswer(first),
      http11Persistent: isPersistent,
      http11CloseAnnounced: isPersistent ? null : first.saysClose,
      maxCountsDown: isPersistent ? countsDown(first, second) : null,
      bytesBehindAnswer: bytesBehindAnswer || peer.unaskedBytes !== '',
    };
  },
});

/** Undefined where somebody accepts and resets at once: nobody would have refused, and that may show before the connection is open. */
async function openFirst(run: CheckRun): Promise<Peer | undefined> {
  try {
    return await run.open('the first requests');
  } catch (error) {
    const cause = error instanceof CheckFailure && error.cause instanceof ConnectError ? error.cause.cause : undefined;
    if (cause instanceof Error && (cause as NodeJS.ErrnoException).code === 'ECONNRESET') return undefined;
    throw error;
  }
}

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

function describeFailure({ why, begun, fault }: NoAnswer): Partial<Measurements> {
  // We close nothing here.
  if (why === 'closedByUs') return {};
  return {
    unanswered: why === 'timeout' && begun ? 'slow' : why,
    unansweredFault: why === 'malformed' ? (fault ?? null) : null,
  };
}

function countsDown(first: Answer, second: Answer): boolean | null {
  if (first.hint.max === undefined || second.hint.max === undefined) return null;
  return second.hint.max < first.hint.max;
}
