// Faults in what a peer says about the life of its connections: hints that lie, ends that nobody announced, and announced ends that do not come.
import { encodeAnswer } from './answer.ts';
import type { ReadyAnswer } from './answer.ts';
import type { FaultBase, FaultDefinition } from './fault-definition.ts';
import { count, ending, endingOrNone, fieldValue, milliseconds } from './parameter.ts';
import { answered, end, endOrMute, FAULT, waitFor, write } from './step.ts';
import type { Ending, Step } from './step.ts';

function sendWith(answer: ReadyAnswer, fieldLines: string): Step[] {
  const { head, body } = encodeAnswer({ ...answer, fieldLines: answer.fieldLines + fieldLines });
  return [write(head, body), answered(answer.status)];
}

/** Promises an idle time in `Keep-Alive`, and keeps another one. */
export interface LyingHint extends FaultBase {
  readonly kind: 'lyingHint';
  /** The value of `Keep-Alive`, sent as it is, junk included. Default `timeout=5`. */
  readonly advertise?: string;
  /** When it really closes. Default 0; Infinity: never. */
  readonly afterMs?: number;
  /** Default `fin`. */
  readonly ending?: Ending;
}

export const LYING_HINT: FaultDefinition<LyingHint> = {
  parameters: { advertise: fieldValue('timeout=5'), afterMs: milliseconds(0), ending: ending('fin') },
  atAnswer: ({ advertise }, answer) => sendWith(answer, `Keep-Alive: ${advertise}\r\n`),
  atIdle: ({ afterMs, ending: how }) => [...waitFor(afterMs), FAULT, end(how)],
};

/** Promises so many further requests in `Keep-Alive: max=`, counted down as Apache does, and serves another number. */
export interface LyingMax extends FaultBase {
  readonly kind: 'lyingMax';
  /** In the first answer; one less in each further one, never below 0. Default 2. */
  readonly max?: number;
  /** Answers before it closes without announcement. An honest peer gives `max` + 1. Default 2: one too few for the default `max`. */
  readonly serves?: number;
  /** The other parameter of the hint. Default 5. */
  readonly timeoutSeconds?: number;
  /** Default `fin`. */
  readonly ending?: Ending;
}

export const LYING_MAX: FaultDefinition<LyingMax> = {
  parameters: { max: count(2, 0), serves: count(2, 1, true), timeoutSeconds: count(5, 0), ending: ending('fin') },
  atAnswer: ({ max, serves, timeoutSeconds, ending: how }, answer, { number }) => {
    const hint = `Keep-Alive: timeout=${timeoutSeconds}, max=${Math.max(0, max + 1 - number)}\r\n`;
    return [...sendWith(answer, hint), ...(number >= serves ? [FAULT, end(how)] : [])];
  },
};

/** Closes behind an answer without `Connection: close`, also where further requests wait behind it. */
export interface UnannouncedClose extends FaultBase {
  readonly kind: 'unannouncedClose';
  /** Answers on the connection before it. Default 1. */
  readonly afterAnswers?: number;
  /** Default `fin`. */
  readonly ending?: Ending;
}

export const UNANNOUNCED_CLOSE: FaultDefinition<UnannouncedClose> = {
  parameters: { afterAnswers: count(1, 1), ending: ending('fin') },
  atAnswer: ({ afterAnswers, ending: how }, answer, { number }) =>
    number < afterAnswers ? undefined : [...sendWith(answer, ''), FAULT, end(how)],
};

/** Says `Connection: close`, and then closes late or not at all. */
export interface AnnouncedClose extends FaultBase {
  readonly kind: 'announcedClose';
  /** Default `none`: the connection stays open, and what arrives on it is ignored. */
  readonly ending?: Ending | 'none';
  /** From the answer to the end. Default 0. */
  readonly afterMs?: number;
}

export const ANNOUNCED_CLOSE: FaultDefinition<AnnouncedClose> = {
  parameters: { ending: endingOrNone('none'), afterMs: milliseconds(0) },
  atAnswer: ({ ending: how, afterMs }, answer) => [
    FAULT,
    ...sendWith(answer, 'Connection: close\r\n'),
    ...waitFor(afterMs),
    endOrMute(how),
  ],
};
