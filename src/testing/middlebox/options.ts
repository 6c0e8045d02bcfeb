// Every option of a middlebox: what it means, its unit, its default and why that default.
import { systemClock } from '../../io/index.ts';
import type { Clock } from '../../io/index.ts';
import {
  checkBoundedNumber,
  checkChoice,
  checkFunction,
  checkMethods,
  checkNames,
  checkNumber,
  checkObject,
  describe,
  givenOr,
} from '../../option-checks.ts';
import { OptionError } from '../../errors.ts';
import type { MiddleboxEvent, MiddleboxKind } from './event.ts';

/** Where the middlebox leads to. */
export interface MiddleboxTarget {
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  readonly port: number;
}

/** Options of `startMiddlebox`. */
export interface MiddleboxOptions {
  readonly target: MiddleboxTarget;
  /** How long a flow may be without a byte in either direction. Infinity: it is never forgotten. Can be changed while it runs. */
  readonly forgetAfterMs: number;
  /** Default 'silent': the kind that is hardest to notice. Can be changed while it runs. */
  readonly kind?: MiddleboxKind | undefined;
  /** Default 0: any free port; read it from `box.port`. */
  readonly port?: number | undefined;
  /** Default 127.0.0.1: what loses bytes on purpose is nobody else's business. */
  readonly hostname?: string | undefined;
  /** How long the target may take to accept. Default 10,000, as clients of perdura wait; then the client gets RST. */
  readonly connectTimeoutMs?: number | undefined;
  /** Is told what happens, from within whatever caused it. */
  readonly onEvent?: ((event: MiddleboxEvent) => void) | undefined;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
}

/** Options with every default filled in. */
export interface ResolvedMiddleboxOptions {
  readonly target: { readonly host: string; readonly port: number };
  readonly forgetAfterMs: number;
  readonly kind: MiddleboxKind;
  readonly port: number;
  readonly hostname: string;
  readonly connectTimeoutMs: number;
  readonly onEvent: ((event: MiddleboxEvent) => void) | undefined;
  readonly clock: Clock;
}

export const LOOPBACK = '127.0.0.1';

const OPTION_NAMES: readonly string[] = [
  'target',
  'target.host',
  'target.port',
  'forgetAfterMs',
  'kind',
  'port',
  'hostname',
  'connectTimeoutMs',
  'onEvent',
  'clock',
];

/** @throws OptionError for a name that is no option, and for a value that the option cannot have. */
export function resolveMiddleboxOptions(options: MiddleboxOptions): ResolvedMiddleboxOptions {
  checkObject('options', options);
  checkNames('', options, OPTION_NAMES);
  const { target, forgetAfterMs } = options;
  checkObject('target', target);
  checkNames('target', target, OPTION_NAMES);
  const resolved: ResolvedMiddleboxOptions = {
    target: { host: givenOr(target.host, LOOPBACK), port: target.port },
    forgetAfterMs,
    kind: givenOr(options.kind, 'silent'),
    port: givenOr(options.port, 0),
    hostname: givenOr(options.hostname, LOOPBACK),
    connectTimeoutMs: givenOr(options.connectTimeoutMs, 10_000),
    onEvent: checkFunction('onEvent', options.onEvent),
    clock: givenOr(options.clock, systemClock),
  };
  checkText('target.host', resolved.target.host);
  checkBoundedNumber('target.port', resolved.target.port, 1, 65_535);
  checkForgetAfter(resolved.forgetAfterMs);
  checkKind(resolved.kind);
  checkBoundedNumber('port', resolved.port, 0, 65_535);
  checkText('hostname', resolved.hostname);
  checkNumber('connectTimeoutMs', resolved.connectTimeoutMs, 1);
  checkMethods('clock', resolved.clock, 'Clock', ['nowMs', 'startTimer']);
  return resolved;
}

/** @throws OptionError */
export function checkForgetAfter(value: unknown): void {
  checkNumber('forgetAfterMs', value, 1);
}

/** @throws OptionError */
export function checkKind(value: unknown): void {
  checkChoice('kind', value, ['silent', 'rst', 'fin']);
}

function checkText(name: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') return;
  throw new OptionError(name, `is ${describe(value)}, it must be a name or an address, e.g. '127.0.0.1'`);
}
