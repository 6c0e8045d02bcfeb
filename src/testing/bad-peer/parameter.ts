// The parameters of faults: their defaults, and the check that names option, value and what is allowed.
import { OptionError } from '../../errors.ts';
import { isFieldValue } from '../../http/tokens.ts';
import { ENDINGS } from './step.ts';
import type { Ending } from './step.ts';

/** One parameter of a fault. */
export interface Parameter<Value> {
  readonly fallback: Value;
  /** What is allowed, as the end of the sentence "it must be …". */
  readonly allowed: string;
  isAllowed(value: unknown): boolean;
}

/** @throws OptionError where the value is not one that the parameter can have. */
export function checkParameter(option: string, parameter: Parameter<unknown>, value: unknown): void {
  if (parameter.isAllowed(value)) return;
  const shown = typeof value === 'string' ? `'${value}'` : String(value);
  throw new OptionError(option, `is ${shown}, it must be ${parameter.allowed}`);
}

/** A duration. `Infinity` means never. */
export function milliseconds(fallback: number): Parameter<number> {
  return {
    fallback,
    allowed: 'a number of milliseconds, 0 or more (Infinity: never)',
    isAllowed: (value) => typeof value === 'number' && value >= 0,
  };
}

/** A count. With `endless`, Infinity is allowed. */
export function count(fallback: number, lowest: number, endless: boolean = false): Parameter<number> {
  return {
    fallback,
    allowed: `a whole number, ${lowest} or more${endless ? ' (or Infinity)' : ''}`,
    isAllowed: (value) =>
      typeof value === 'number' && value >= lowest && (Number.isSafeInteger(value) || (endless && value === Infinity)),
  };
}

/** One of several values. */
export function oneOf<Value extends string | number>(values: readonly Value[], fallback: Value): Parameter<Value> {
  const names = values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value)));
  return {
    fallback,
    allowed: `one of ${names.join(', ')}`,
    isAllowed: (value) => (values as readonly unknown[]).includes(value),
  };
}

/** Yes or no. */
export function flag(fallback: boolean): Parameter<boolean> {
  return { fallback, allowed: 'true or false', isAllowed: (value) => typeof value === 'boolean' };
}

/** The value of a field, sent as it is. */
export function fieldValue(fallback: string): Parameter<string> {
  return {
    fallback,
    allowed: 'text that can be the value of a field: no line ends, no NUL, nothing above U+00FF',
    isAllowed: (value) => typeof value === 'string' && isFieldValue(value),
  };
}

/** How a connection is ended. */
export function ending(fallback: Ending): Parameter<Ending> {
  return oneOf(ENDINGS, fallback);
}

/** How a connection is ended, or that it is not. */
export function endingOrNone(fallback: Ending | 'none'): Parameter<Ending | 'none'> {
  return oneOf<Ending | 'none'>([...ENDINGS, 'none'], fallback);
}
