// The sentence of an error whose cause is a lost connection: what happened, why the request was not sent again, what to do.
import type { LossEvidence, LossKind } from '../../errors.ts';
import { RETRY_REFUSALS } from './retry.ts';
import type { RetryRefusal } from './retry.ts';

/** What the sentence is made of. */
export interface LossDescription {
  readonly evidence: LossEvidence;
  /** Absolute, without user and password. */
  readonly url: string;
  readonly refusal: RetryRefusal;
  /** The deadline that was missed, where there was one. */
  readonly timeoutMs?: number;
  /** What the server did wrong, where it broke the protocol. */
  readonly fault?: string;
  /** The limit of the session that the response is beyond, where that is what was wrong with it. */
  readonly limit?: { readonly option: string; readonly value: number } | undefined;
}

const EVENTS: Readonly<Record<LossKind, string>> = {
  fin: 'the server closed the connection',
  reset: 'the connection was reset',
  writeFailed: 'the connection did not take the request',
  timeout: 'the server stayed silent',
  protocolError: 'the server broke the protocol',
  requestTimeout: 'the server answered 408 Request Timeout',
};

/** The message of a ConnectionLostError, or of a TimeoutError while a response was awaited. */
export function describeLoss({ evidence, url, refusal, timeoutMs, fault, limit }: LossDescription): string {
  const { because, remedy } = limit === undefined ? RETRY_REFUSALS[refusal] : describeLimit(limit);
  const waited = timeoutMs === undefined ? '' : ` for ${timeoutMs} ms`;
  const event = limit === undefined ? EVENTS[evidence.kind] : 'the response is larger than the session takes';
  const wrong = fault === undefined ? '' : `: ${fault},`;
  const attempts = evidence.attempts > 1 ? ` at attempt ${evidence.attempts}` : '';
  return (
    `${evidence.method} ${url}: ${event}${wrong}${waited}${attempts} ${describeProgress(evidence)}` +
    ` (connection ${evidence.connectionId}, ${describeConnection(evidence)}).` +
    ` Not sent again: ${because}. To do: ${remedy}.`
  );
}

function describeLimit({ option, value }: { readonly option: string; readonly value: number }): {
  because: string;
  remedy: string;
} {
  return { because: `${option} is ${value}`, remedy: `raise ${option}, or ask for less` };
}

function describeProgress(evidence: LossEvidence): string {
  if (evidence.responseBytes > 0) return `after ${evidence.responseBytes} bytes of the response`;
  if (evidence.requestComplete) return 'before any byte of the response';
  return `when ${evidence.bytesSent} bytes of the request were sent`;
}

function describeConnection(evidence: LossEvidence): string {
  if (!evidence.reused) return 'new';
  const { timeoutMs, max } = evidence.serverAdvertised ?? {};
  const promises = [
    ...(timeoutMs === undefined ? [] : [`timeout=${timeoutMs / 1000}`]),
    ...(max === undefined ? [] : [`max=${max}`]),
  ];
  const promised = promises.length === 0 ? '' : `, the server promised ${promises.join(', ')}`;
  return `reused after ${Math.round(evidence.idleMs)} ms idle${promised}`;
}
