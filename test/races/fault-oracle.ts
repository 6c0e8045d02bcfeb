// Judges a run: what the peer really executed and answered against what the callers got.
//
// An idempotent request may fail only
// - where its answer had begun, or was no HTTP;
// - where its body is a stream that was read from;
// - where a new connection, on which the fault acted, stayed silent; or new connections on which it acted were lost under it twice.
// The same holds for any other request whose error says that it is safe to send it again.
import { ConnectionLostError, TimeoutError } from '#src/errors.js';
import type { LossEvidence, LossKind } from '#src/errors.js';
import type { BadPeerEcho } from '#src/testing/bad-peer/index.js';
import type { FaultRun, SentRequest } from './fault-run.ts';
import { IDLE_FAULT_KINDS } from './random-fault.ts';

/** What came of a request, as the figures count it. */
export type Outcome = 'own' | 'foreign' | 'peer' | 'aborted' | `${LossKind}${'' | ' within the answer'}`;

/** Why the evidence of an error is what it is; undefined where there is none. */
export function evidenceOf(error: unknown): LossEvidence | undefined {
  if (error instanceof ConnectionLostError || error instanceof TimeoutError) return error.evidence;
  return undefined;
}

/** Names what came of it. Throws where that must not be. */
export function judge(run: FaultRun, request: SentRequest): Outcome {
  const executed = run.peer.executed(request.path);
  check(request.idempotent || executed <= 1, `${request.method} ${request.path} was executed ${executed} times`);
  if (request.aborted === true && (request.error !== undefined || request.text === undefined)) return 'aborted';
  if (request.error !== undefined) return judgeFailure(run, request, executed);
  return judgeAnswer(run, request);
}

function judgeFailure(run: FaultRun, request: SentRequest, executed: number): Outcome {
  const { error, idempotent, oneShot, path } = request;
  const evidence = evidenceOf(error);
  check(evidence !== undefined, `${path} failed with ${String(error)}, which has no evidence`);
  check(evidence.safeToRetry || !idempotent, `${path} is idempotent, and its error says that it is not safe`);
  check(
    !evidence.safeToRetry || idempotent || executed === 0,
    `${path} was executed, and its error says that it is safe`,
  );
  check(evidence.method === request.method, `${path} has the evidence of another request`);
  if (evidence.safeToRetry) {
    const isForGood =
      (evidence.responseBytes > 0 && acted(run, evidence.connectionId)) ||
      (oneShot && /already read from/.test(String(error))) ||
      (!evidence.reused && acted(run, evidence.connectionId) && (evidence.kind === 'timeout' || evidence.attempts > 1));
    check(isForGood, `${path} failed, although a healthy connection could be had: ${String(error)}`);
  }
  // What ends, or speaks, once nothing is under way costs nobody anything where it can be seen.
  check(!isSeenInTime(run), `${path} failed over an end that could be seen: ${String(error)}`);
  return `${evidence.kind}${evidence.responseBytes > 0 ? ' within the answer' : ''}`;
}

function judgeAnswer(run: FaultRun, request: SentRequest): Outcome {
  const { status, text = '', path, idempotent, oneShot, connection, retries = 0 } = request;
  const { kind } = run.fault;
  const echo = status === 200 ? parseEcho(text) : undefined;
  if (echo?.id === path) {
    check(echo.bodyBytes === request.bodyBytes, `${path} was executed with ${echo.bodyBytes} bytes`);
    check(run.peer.executed(path) > 0, `${path} has its answer, but was not executed`);
    return 'own';
  }
  if (status === 408) {
    check(kind === 'requestTimeoutAnswer' || kind === 'requestTimeoutWhenIdle', `${path} got a 408 from nowhere`);
    const isRepeatable = idempotent && !oneShot && connection?.reused === true && retries < run.options.maxRetries;
    check(!isRepeatable, `${path} may be sent again, and got the 408 of a connection that was used before`);
    return 'peer';
  }
  if (kind === 'earlyAnswer' && (text === 'OK\n' || status === 413)) return 'peer';
  check(cannotBeSeen(run), `${path} got what is not its own: ${status} ${text}`);
  return 'foreign';
}

/** Where HTTP/1.1 has nothing that tells the answers apart: the foreign bytes came while this request was in flight. */
function cannotBeSeen({ fault, options, isPrompt, isSplit }: FaultRun): boolean {
  const isPipelined = options.pipelining > 1;
  if (fault.kind === 'missingAnswer' || fault.kind === 'swappedAnswers') return isPipelined;
  if (fault.kind !== 'poison') return false;
  // A request that waited for the connection goes out in the moment of the answer, and what is right behind that comes later.
  const comesLater = fault.place === 'behindAnswer' ? isSplit : fault.afterMs === 0;
  return isPipelined || !isPrompt || comesLater;
}

/** The fault acts on idle connections alone, some time after the last answer, and what it does arrives at once. */
function isSeenInTime({ fault, isPrompt }: FaultRun): boolean {
  if (!isPrompt || !IDLE_FAULT_KINDS.has(fault.kind)) return false;
  return 'afterMs' in fault && fault.afterMs !== undefined && fault.afterMs > 0;
}

function acted(run: FaultRun, connection: number): boolean {
  return run.peer.log.some((event) => event.type === 'fault' && event.connection === connection);
}

function parseEcho(text: string): BadPeerEcho | undefined {
  try {
    return JSON.parse(text) as BadPeerEcho;
  } catch {
    return undefined;
  }
}

function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}
