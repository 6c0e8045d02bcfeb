// Answers of an HTTP/1.0 server to an HTTP/1.1 client: the version decides about persistence (RFC 9112 §9.3) and framing (§6.1).
import { encodeAnswer } from './answer.ts';
import type { FaultBase, FaultDefinition } from './fault-definition.ts';
import { endingOrNone, flag, oneOf } from './parameter.ts';
import { answered, end, FAULT, write } from './step.ts';
import type { Ending } from './step.ts';

/** Answers as HTTP/1.0. */
export interface Http10Answer extends FaultBase {
  readonly kind: 'http10Answer';
  /** Whether it says `Connection: keep-alive`, without which nobody may use the connection again. Default false. */
  readonly keepAlive?: boolean;
  /** How the body is delimited. `chunked` does not exist in HTTP/1.0: the client must close afterwards (RFC 9112 §6.1). Default `length`. */
  readonly framing?: 'length' | 'chunked' | 'untilClose';
  /** Behind the answer. Default `none`, so that a client that uses the connection again is seen; `untilClose` needs an end. */
  readonly ending?: Ending | 'none';
}

export const HTTP_10_ANSWER: FaultDefinition<Http10Answer> = {
  parameters: {
    keepAlive: flag(false),
    framing: oneOf<'length' | 'chunked' | 'untilClose'>(['length', 'chunked', 'untilClose'], 'length'),
    ending: endingOrNone('none'),
  },
  atAnswer: ({ keepAlive, framing, ending: how }, answer) => {
    const fieldLines = answer.fieldLines + (keepAlive ? 'Connection: keep-alive\r\n' : '');
    const { head, body } = encodeAnswer({ ...answer, minorVersion: 0, framing, fieldLines });
    const last = framing === 'untilClose' && how === 'none' ? 'fin' : how;
    return [FAULT, write(head, body), answered(answer.status), ...(last === 'none' ? [] : [end(last)])];
  },
};
