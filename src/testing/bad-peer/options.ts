// Every option of a bad peer: what it means, its unit, its default and why that default.
import { OptionError } from '../../errors.ts';
import { systemClock } from '../../io/index.ts';
import type { Clock } from '../../io/index.ts';
import type { AnswerFraming, BadPeerAnswer } from './answer.ts';
import { echo } from './echo.ts';
import type { BadPeerEvent } from './event.ts';
import type { BadPeerFault } from './fault-table.ts';
import { checkParameter, count, oneOf } from './parameter.ts';
import type { Parameter } from './parameter.ts';
import type { BadPeerRequest } from './request.ts';

/** Answers a request that was received whole. Where it throws, the answer is 500 with the message. */
export type BadPeerHandler = (request: BadPeerRequest) => BadPeerAnswer | Promise<BadPeerAnswer>;

/** Options of a {@link BadPeer}. */
export interface BadPeerOptions {
  /** What it does wrong; of several that match, the first one acts. Default: nothing, so it is a good peer. */
  readonly fault?: BadPeerFault | readonly BadPeerFault[] | undefined;
  /** Default: an echo of the request as JSON, see {@link BadPeerEcho}. */
  readonly handler?: BadPeerHandler | undefined;
  /** How the bodies of answers are delimited. Default `length`. HTTP/1.0 clients never get `chunked`. */
  readonly framing?: 'length' | 'chunked' | undefined;
  /** How much of a request body is kept for handler and echo. Default 4,096: enough to tell requests apart. */
  readonly keptBodyBytes?: number | undefined;
  /** Is told each event of the log, from within whatever caused it. */
  readonly onEvent?: ((event: BadPeerEvent) => void) | undefined;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
}

/** Options of `startBadPeer`. */
export interface ListeningBadPeerOptions extends BadPeerOptions {
  /** Default 0: any free port; read it from `peer.port`. */
  readonly port?: number | undefined;
  /** Default 127.0.0.1: a peer that misbehaves on purpose is nobody else's business. */
  readonly hostname?: string | undefined;
}

/** Options with every default filled in, but for the faults, which can change. */
export interface ResolvedBadPeerOptions {
  readonly handler: BadPeerHandler;
  readonly framing: AnswerFraming;
  readonly keptBodyBytes: number;
  readonly onEvent: ((event: BadPeerEvent) => void) | undefined;
  readonly clock: Clock;
  readonly port: number;
  readonly hostname: string;
}

function functionOr<Value>(fallback: Value): Parameter<Value> {
  return { fallback, allowed: 'a function', isAllowed: (value) => typeof value === 'function' };
}

const PARAMETERS: { readonly [Name in keyof ResolvedBadPeerOptions]: Parameter<ResolvedBadPeerOptions[Name]> } = {
  handler: functionOr<BadPeerHandler>(echo),
  framing: oneOf<AnswerFraming>(['length', 'chunked'], 'length'),
  keptBodyBytes: count(4_096, 0, true),
  onEvent: functionOr<((event: BadPeerEvent) => void) | undefined>(undefined),
  clock: {
    fallback: systemClock,
    allowed: 'a Clock',
    isAllowed: (value) => typeof (value as Partial<Clock> | null)?.startTimer === 'function',
  },
  port: {
    fallback: 0,
    allowed: 'a whole number from 0 to 65535',
    isAllowed: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535,
  },
  hostname: {
    fallback: '127.0.0.1',
    allowed: "a name or an address, e.g. '127.0.0.1'",
    isAllowed: (value) => typeof value === 'string' && value !== '',
  },
};

/** @throws OptionError for a name that is no option, and for a value that the option cannot have. */
export function resolveBadPeerOptions(options: ListeningBadPeerOptions): ResolvedBadPeerOptions {
  if (typeof options !== 'object' || options === null) {
    throw new OptionError('options', `is ${String(options)}, it must be an object`);
  }
  const given = options as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    if (name !== 'fault' && !Object.hasOwn(PARAMETERS, name)) {
      throw new OptionError(
        name,
        `is not the name of an option; there are: fault, ${Object.keys(PARAMETERS).join(', ')}`,
      );
    }
  }
  const values: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(PARAMETERS)) {
    const value = given[name];
    if (value !== undefined) checkParameter(name, parameter, value);
    values[name] = value ?? parameter.fallback;
  }
  return values as unknown as ResolvedBadPeerOptions;
}
