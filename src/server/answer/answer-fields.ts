// Fields that a handler gave as checked text for the wire. What they mean for an answer is encode-answer.ts's affair.
import { MisuseError } from '../../errors.ts';
import { listFromRecord } from '../../http/field-list.ts';
import { Headers } from '../../http/headers.ts';
import { isFieldValue } from '../../http/tokens.ts';
import type { AnswerHeaders } from '../handler.ts';

/** Names in lower case and values in turn, in the order in which they were given. Not to be changed. */
export function listFields(headers: AnswerHeaders): readonly string[] {
  if (headers instanceof Headers) return headers.flatList();
  // The usual record needs no Headers around its list.
  if (Symbol.iterator in headers) return new Headers(headers).flatList();
  return listFromRecord(headers);
}

/** The last line of each field: most answers of a server say the same as the one before. */
const lastLines = new Map<string, { readonly value: string; readonly line: string }>();
const MAX_LAST_LINES = 64;

/** `name: value` and CR LF. The Fetch standard lets control characters pass that HTTP does not (RFC 9110 §5.5). */
export function formatLine(name: string, value: string): string {
  const last = lastLines.get(name);
  if (last !== undefined && last.value === value) return last.line;
  if (!isFieldValue(value))
    throw new MisuseError(`the handler gave the field ${name} a value with a control character`);
  const line = `${name}: ${value}\r\n`;
  // Long values are seldom sent twice, and cookies are secrets, which nobody should keep.
  if (value.length <= 64 && name !== 'set-cookie' && (last !== undefined || lastLines.size < MAX_LAST_LINES))
    lastLines.set(name, { value, line });
  return line;
}
