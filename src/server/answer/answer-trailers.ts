// Trailer fields of an answer (RFC 9110 §6.5): evaluated when its body has ended, and held to what may stand there.
import { MisuseError } from '../../errors.ts';
import { isFieldValue } from '../../http/tokens.ts';
import { listFields } from './answer-fields.ts';
import type { AnswerTrailers } from '../handler.ts';
import { isThenable } from '../../thenable.ts';

/**
 * RFC 9110 §6.5.1: what frames, routes, modifies, authenticates, caches or describes a message must be known before its content;
 * and what belongs to one connection is the server's.
 */
const FORBIDDEN: ReadonlySet<string> = new Set(
  [
    'connection content-length keep-alive proxy-connection te trailer transfer-encoding upgrade',
    'expect host if-match if-modified-since if-none-match if-range if-unmodified-since max-forwards range',
    'authorization cookie proxy-authenticate proxy-authorization set-cookie www-authenticate',
    'age cache-control date expires location pragma retry-after vary warning',
    'content-encoding content-range content-type',
  ].flatMap((names) => names.split(' ')),
);

/** To be called when an answer is encoded. @throws MisuseError where they are neither a function nor a promise. */
export function checkTrailers(trailers: unknown): void {
  // A promise may fail while the body is still on its way, or may never be asked.
  ignoreTrailers(trailers);
  if (typeof trailers === 'function' || isThenable(trailers)) return;
  throw new MisuseError('trailers must be a function or a promise: they are evaluated when the body has ended');
}

/**
 * The fields, names in lower case and values in turn. To be called once, when the body has ended.
 * Rejects with what the handler's function threw, or with MisuseError for a name or value that may not stand there.
 */
export async function resolveTrailers(trailers: AnswerTrailers): Promise<readonly string[]> {
  const fields = listFields(await (typeof trailers === 'function' ? trailers() : trailers));
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]!;
    if (FORBIDDEN.has(name)) throw new MisuseError(`the field ${name} may not be sent as a trailer (RFC 9110 §6.5.1)`);
    if (!isFieldValue(fields[at + 1]!))
      throw new MisuseError(`the handler gave the trailer ${name} a value with a control character`);
  }
  return fields;
}

/** A promise that fails before anybody asks for it would end the process. */
export function ignoreTrailers(trailers: unknown): void {
  if (isThenable(trailers)) trailers.then(undefined, () => {});
}
