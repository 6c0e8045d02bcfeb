// Faults on an idle connection: it ends, with or without a 408, or bytes arrive that nobody asked for.
import { encodeAnswer, ownAnswer } from './answer.ts';
import type { FaultBase, FaultDefinition } from './fault-definition.ts';
import { ending, endingOrNone, milliseconds, oneOf } from './parameter.ts';
import { answered, end, endOrMute, FAULT, TURN, waitFor, write } from './step.ts';
import type { Ending } from './step.ts';

/** Ends an idle connection without a word. */
export interface CloseWhenIdle extends FaultBase {
  readonly kind: 'closeWhenIdle';
  /** Idle time before it. Default 0: right behind the answer. */
  readonly afterMs?: number;
  /** Default `fin`. */
  readonly ending?: Ending;
  /** With `afterMs: 0`, whether it happens at once, or at the end of the turn of the event loop. Default `same`. */
  readonly turn?: 'same' | 'next';
}

export const CLOSE_WHEN_IDLE: FaultDefinition<CloseWhenIdle> = {
  parameters: {
    afterMs: milliseconds(0),
    ending: ending('fin'),
    turn: oneOf<'same' | 'next'>(['same', 'next'], 'same'),
  },
  atIdle: ({ afterMs, ending: how, turn }) => [
    ...waitFor(afterMs),
    ...(afterMs === 0 && turn === 'next' ? [TURN] : []),
    FAULT,
    end(how),
  ],
};

/** Sends 408 with `Connection: close` on an idle connection, as HAProxy and Node.js do, and ends it sooner, later, or never. */
export interface RequestTimeoutWhenIdle extends FaultBase {
  readonly kind: 'requestTimeoutWhenIdle';
  /** Idle time before the 408. Default 0. */
  readonly afterMs?: number;
  /** Default `fin`; with `none` the connection stays open, and what arrives on it is ignored. */
  readonly ending?: Ending | 'none';
  /** From the 408 to the end. Default 0. */
  readonly endAfterMs?: number;
}

export const REQUEST_TIMEOUT_WHEN_IDLE: FaultDefinition<RequestTimeoutWhenIdle> = {
  parameters: { afterMs: milliseconds(0), ending: endingOrNone('fin'), endAfterMs: milliseconds(0) },
  atIdle: ({ afterMs, ending: how, endAfterMs }) => {
    const { head, body } = encodeAnswer(ownAnswer(408, true));
    return [...waitFor(afterMs), FAULT, write(head, body), ...waitFor(endAfterMs), endOrMute(how)];
  },
};

/** Bytes that belong to no request. */
export type PoisonBytes = 'response' | 'partialHead' | 'interim' | 'emptyLine' | 'garbage';

const POISON: Readonly<Record<PoisonBytes, string>> = {
  response: 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison',
  partialHead: 'HTTP/1.1 200 OK\r\nContent-Le',
  interim: 'HTTP/1.1 100 Continue\r\n\r\n',
  emptyLine: '\r\n',
  garbage: '\x00\xff\x16\x03 not HTTP\n',
};

const POISON_NAMES = Object.keys(POISON) as readonly PoisonBytes[];

/** Sends bytes behind a good answer that belong to no request, and goes on as if nothing had been. */
export interface Poison extends FaultBase {
  readonly kind: 'poison';
  /** By name, or as they are. Default `response`: a whole answer. */
  readonly bytes?: PoisonBytes | Uint8Array;
  /** Once the connection is idle, or in the segment of the answer itself. Default `whenIdle`. */
  readonly place?: 'whenIdle' | 'behindAnswer';
  /** Idle time before them, with `whenIdle`. Default 0. */
  readonly afterMs?: number;
}

function poisonBytes(bytes: PoisonBytes | Uint8Array): Uint8Array | string {
  return typeof bytes === 'string' ? POISON[bytes] : bytes;
}

export const POISON_DEFINITION: FaultDefinition<Poison> = {
  parameters: {
    bytes: {
      fallback: 'response',
      allowed: `one of ${POISON_NAMES.map((name) => `'${name}'`).join(', ')}, or a Uint8Array that is not empty`,
      isAllowed: (value) =>
        value instanceof Uint8Array ? value.length > 0 : (POISON_NAMES as readonly unknown[]).includes(value),
    },
    place: oneOf<'whenIdle' | 'behindAnswer'>(['whenIdle', 'behindAnswer'], 'whenIdle'),
    afterMs: milliseconds(0),
  },
  atAnswer: ({ bytes, place }, answer) => {
    if (place !== 'behindAnswer') return undefined;
    const { head, body } = encodeAnswer(answer);
    return [FAULT, write(head, body, poisonBytes(bytes)), answered(answer.status)];
  },
  atIdle: ({ bytes, place, afterMs }) =>
    place === 'whenIdle' ? [...waitFor(afterMs), FAULT, write(poisonBytes(bytes))] : undefined,
};
