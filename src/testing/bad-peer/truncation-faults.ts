// Answers that end too early: less body than was announced, no last chunk, a head that was cut.
import { encodeAnswer } from './answer.ts';
import type { FaultBase, FaultDefinition } from './fault-definition.ts';
import { count, ending, oneOf } from './parameter.ts';
import { end, FAULT, write } from './step.ts';
import type { Ending } from './step.ts';

const LAST_CHUNK_BYTES = '0\r\n\r\n'.length;

/** Announces a `Content-Length` and closes before all of it was sent. */
export interface ShortBody extends FaultBase {
  readonly kind: 'shortBody';
  /** At most the whole body. Default 1. */
  readonly missingBytes?: number;
  /** Default `fin`. */
  readonly ending?: Ending;
}

export const SHORT_BODY: FaultDefinition<ShortBody> = {
  parameters: { missingBytes: count(1, 1), ending: ending('fin') },
  atAnswer: ({ missingBytes, ending: how }, answer) => {
    const { head, body } = encodeAnswer({ ...answer, framing: 'length' });
    return [FAULT, write(head, body.subarray(0, Math.max(0, body.length - missingBytes))), end(how)];
  },
};

/** Sends the whole body in chunks and closes without the last chunk. */
export interface MissingLastChunk extends FaultBase {
  readonly kind: 'missingLastChunk';
  /** Default `fin`. */
  readonly ending?: Ending;
}

export const MISSING_LAST_CHUNK: FaultDefinition<MissingLastChunk> = {
  parameters: { ending: ending('fin') },
  atAnswer: ({ ending: how }, answer) => {
    const { head, body } = encodeAnswer({ ...answer, framing: 'chunked' });
    return [FAULT, write(head, body.subarray(0, Math.max(0, body.length - LAST_CHUNK_BYTES))), end(how)];
  },
};

/** Where a {@link CutHead} is cut. */
export type HeadCut = 'statusLine' | 'fieldName' | 'finalLineEnd';

/** Closes in the middle of the response head. */
export interface CutHead extends FaultBase {
  readonly kind: 'cutHead';
  /** In the status line, in the name of its first field, or before the last line end. Default `finalLineEnd`. */
  readonly at?: HeadCut;
  /** Default `fin`. */
  readonly ending?: Ending;
}

function cutLength(head: Buffer, at: HeadCut): number {
  if (at === 'finalLineEnd') return head.length - 2;
  return at === 'statusLine' ? 'HTTP/1.1 2'.length : head.indexOf('\n') + 1 + 'Con'.length;
}

export const CUT_HEAD: FaultDefinition<CutHead> = {
  parameters: {
    at: oneOf<HeadCut>(['statusLine', 'fieldName', 'finalLineEnd'], 'finalLineEnd'),
    ending: ending('fin'),
  },
  atAnswer: ({ at, ending: how }, answer) => {
    const { head } = encodeAnswer(answer);
    return [FAULT, write(head.subarray(0, cutLength(head, at))), end(how)];
  },
};
