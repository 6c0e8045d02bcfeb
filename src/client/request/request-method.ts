// Methods as they are sent. Which of them are safe or idempotent is in src/http/methods.ts.
import { OptionError } from '../../errors.ts';
import { isToken } from '../../http/tokens.ts';
import { describe } from '../../option-checks.ts';

/** Methods that the Fetch standard writes in upper case, however they are given. */
export const FETCH_METHODS: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);

/** For `request` also the one that everybody forgets the standard has forgotten. */
export const REQUEST_METHODS: ReadonlySet<string> = new Set([...FETCH_METHODS, 'PATCH']);

/**
 * A method as it is sent (RFC 9110 §9.1: a token, and case-sensitive), in upper case where that is one of `upperCase`.
 * Throws an OptionError; CONNECT is refused, because it makes a tunnel of its connection.
 */
export function toMethod(given: unknown, upperCase: ReadonlySet<string>): string {
  if (typeof given === 'string') {
    if (upperCase.has(given)) return given;
    const upper = given.toUpperCase();
    if (upperCase.has(upper)) return upper;
    if (upper !== 'CONNECT' && isToken(given)) return given;
    if (upper === 'CONNECT') throw new OptionError('method', 'is CONNECT, which makes a tunnel: a session has none');
  }
  throw new OptionError('method', `is ${describe(given)}, it must be a token such as 'GET'`);
}
