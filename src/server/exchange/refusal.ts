// What the server would answer by itself to a request that is broken or late, told to whoever wants to answer in its place.
import { PROTOCOL_FAULTS } from '../../wire/index.ts';
import type { PartialHead, ProtocolFault, RequestHead } from '../../wire/index.ts';
import type { Answer, HandlerContext } from '../handler.ts';

/** What the rest of a request did not come in time for. */
export type LateReading = 'headTimeout' | 'bodyTimeout' | 'slowBody';

/** Why a request is refused: what is wrong with it, or which time is over. */
export type RefusalCause = ProtocolFault | LateReading;

/** A request that no handler gets, or whose body broke off before its handler answered. */
export interface Refusal {
  readonly cause: RefusalCause;
  /** What the server would answer. */
  readonly status: number;
  /** In a sentence or less, without anything that the client sent. */
  readonly message: string;
  /** Whether the head was complete, so that it is the body that is broken or late. */
  readonly headComplete: boolean;
  /** As it was sent, without its line end, one character for each byte; undefined where it is not complete. */
  readonly requestLine: string | undefined;
  /** Names as sent and values in turn: all of them, or those of the whole lines before the one that is broken. */
  readonly fields: readonly string[];
}

/** Answers what the server would refuse by itself. Undefined: the connection ends without a word. */
export type RefuseHandler = (
  refusal: Refusal,
  context: HandlerContext,
) => Answer | undefined | Promise<Answer | undefined>;

/** What is told of a request that broke off; `head` where it was complete, `partial` what came of it where it was not. */
export function describeRefusal(
  error: Error,
  cause: RefusalCause,
  head: RequestHead | undefined,
  partial: PartialHead | undefined,
): Refusal {
  return {
    cause,
    status: isFault(cause) ? PROTOCOL_FAULTS[cause].status : 408,
    message: error.message,
    headComplete: head !== undefined,
    requestLine: head === undefined ? partial?.requestLine : head.requestLine,
    fields: head === undefined ? (partial?.fields ?? []) : head.lines.loadRawFields(),
  };
}

function isFault(cause: RefusalCause): cause is ProtocolFault {
  return cause in PROTOCOL_FAULTS;
}
