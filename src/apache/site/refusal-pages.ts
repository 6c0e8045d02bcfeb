// What Apache answers to a request that cannot be read, or does not come in time.
import type { Refusal, RefusalCause } from '../../server/index.ts';

/** Status, and what the page says was wrong (HTML). */
export interface ExplainedRefusal {
  readonly status: number;
  readonly notes: string | undefined;
  /** Apache had begun to answer when it noticed: the length is not told. */
  readonly hidesLength?: boolean;
  /** For the error log, where somebody wanted the body. */
  readonly line?: string;
}

export const FIELD_TOO_LONG = 'Size of a request header field exceeds server limit.';

/** With the place of a word that is not there. */
const BAD_CHUNK = 'AH01590: Error reading/parsing chunk  ';

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
      return { status: 400, notes: FIELD_TOO_LONG };
    case 'tooManyFields':
      return { status: 400, notes: "The number of request header fields exceeds this server's limit." };
    case 'bodyTooLarge':
      return { status: 413, notes: undefined, hidesLength: true };
    case 'badChunkSize':
    case 'badChunkExtension':
    case 'badChunkEnd':
      return { status: 400, notes: undefined, hidesLength: true, line: BAD_CHUNK };
    case 'badLineEnd':
      return { status: 400, notes: undefined, hidesLength: refusal.headComplete };
    default:
      return { status: 400, notes: undefined };
  }
}

const LINE_FAULTS: ReadonlySet<RefusalCause> = new Set<RefusalCause>([
  'badMethod',
  'badTarget',
  'badVersion',
  'versionNotSupported',
  'requestLineTooLong',
  'targetTooLong',
]);

/** Whether it is the request line that is wrong: otherwise it can be looked at by itself. */
export function isLineFault({ cause, fields }: Refusal): boolean {
  return LINE_FAULTS.has(cause) || (cause === 'badLineEnd' && fields.length === 0);
}

/** Nothing came but empty lines, too many of them. */
export function isNothing({ cause, requestLine }: Refusal): boolean {
  return cause === 'badMethod' && requestLine === undefined;
}
