// What Apache answers to a request that cannot be read, or does not come in time.
import type { Refusal } from '../../server/index.ts';

/** Status, and what the page says was wrong (HTML). */
export interface ExplainedRefusal {
  readonly status: number;
  readonly notes: string | undefined;
  /** Apache had begun to answer when it noticed: the length is not told. */
  readonly hidesLength?: true;
}

/** Undefined: the connection ends without a word. */
export function explainFault(refusal: Refusal): ExplainedRefusal | undefined {
  const { cause, requestLine } = refusal;
  switch (cause) {
    case 'headTimeout':
    case 'bodyTimeout':
    case 'slowBody':
      // Who has not even sent a request line has asked for nothing.
      return requestLine === undefined ? undefined : { status: 408, notes: undefined };
    case 'unexpectedEnd':
      return requestLine === undefined ? undefined : { status: 400, notes: undefined };
    case 'targetTooLong':
    case 'requestLineTooLong':
      return { status: 414, notes: undefined };
    case 'fieldLineTooLong':
    case 'headTooLarge':
      return { status: 400, notes: 'Size of a request header field exceeds server limit.' };
    case 'tooManyFields':
      return { status: 400, notes: "The number of request header fields exceeds this server's limit." };
    case 'bodyTooLarge':
      return { status: 413, notes: undefined };
    case 'badChunkSize':
    case 'badChunkExtension':
    case 'badChunkEnd':
      return { status: 400, notes: undefined, hidesLength: true };
    default:
      return { status: 400, notes: undefined };
  }
}
