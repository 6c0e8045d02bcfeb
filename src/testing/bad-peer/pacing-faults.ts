// Answers that are right but come in an unusual way: in small pieces, slowly, behind 1xx responses. A good client takes them all.
import { encodeAnswer } from './answer.ts';
import { Rechunker } from '../rechunker.ts';
import type { FaultBase, FaultDefinition } from './fault-definition.ts';
import { count, milliseconds, oneOf } from './parameter.ts';
import { answered, FAULT, pauseFor, write } from './step.ts';
import type { Step } from './step.ts';

/** Sends the answer in pieces with pauses. */
export interface SlowAnswer extends FaultBase {
  readonly kind: 'slowAnswer';
  /** Length of each piece; of a list the last one repeats: `[n, Infinity]` cuts once, behind byte n. Default 1. */
  readonly pieceBytes?: number | readonly number[];
  /** Between two pieces. Default 0: the rest of the turn of the event loop. */
  readonly pauseMs?: number;
  /** The head alone, or all of it. Default `all`. */
  readonly part?: 'head' | 'all';
}

function isPieceLength(value: unknown): boolean {
  return value === Infinity || (Number.isSafeInteger(value) && (value as number) >= 1);
}

export const SLOW_ANSWER: FaultDefinition<SlowAnswer> = {
  parameters: {
    pieceBytes: {
      fallback: 1,
      allowed: 'a whole number, 1 or more (or Infinity), or a list of such numbers that is not empty',
      isAllowed: (value) =>
        Array.isArray(value) ? value.length > 0 && value.every(isPieceLength) : isPieceLength(value),
    },
    pauseMs: milliseconds(0),
    part: oneOf<'head' | 'all'>(['head', 'all'], 'all'),
  },
  atAnswer: ({ pieceBytes, pauseMs, part }, answer) => {
    const { head, body } = encodeAnswer(answer);
    const lengths = typeof pieceBytes === 'number' ? [pieceBytes] : pieceBytes;
    const rechunker = new Rechunker({ coalesceBytes: 1, pieceBytes: lengths });
    const pieces = rechunker.push(part === 'all' ? Buffer.concat([head, body]) : head);
    if (part === 'head' && body.length > 0) pieces.push(body);
    const steps = pieces.flatMap((piece): Step[] => [pauseFor(pauseMs), write(piece)]);
    return [FAULT, ...steps.slice(1), answered(answer.status)];
  },
};

/** Sends 1xx responses before the answer, which RFC 9110 §15.2 allows at any time and in any number. */
export interface InterimResponses extends FaultBase {
  readonly kind: 'interimResponses';
  /** 100, or 103 with a `Link` field. Default 103. */
  readonly status?: 100 | 102 | 103;
  /** Default 1. */
  readonly count?: number;
  /** Behind each of them. Default 0: everything leaves in one segment. */
  readonly pauseMs?: number;
}

const INTERIM: Readonly<Record<100 | 102 | 103, string>> = {
  100: 'HTTP/1.1 100 Continue\r\n\r\n',
  102: 'HTTP/1.1 102 Processing\r\n\r\n',
  103: 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n',
};

export const INTERIM_RESPONSES: FaultDefinition<InterimResponses> = {
  parameters: {
    status: oneOf<100 | 102 | 103>([100, 102, 103], 103),
    count: count(1, 1),
    pauseMs: milliseconds(0),
  },
  atAnswer: ({ status, count: times, pauseMs }, answer) => {
    const { head, body } = encodeAnswer(answer);
    const interim = INTERIM[status];
    if (pauseMs === 0) return [FAULT, write(interim.repeat(times), head, body), answered(answer.status)];
    const steps = Array.from({ length: times }, (): Step[] => [write(interim), pauseFor(pauseMs)]);
    return [FAULT, ...steps.flat(), write(head, body), answered(answer.status)];
  },
};
