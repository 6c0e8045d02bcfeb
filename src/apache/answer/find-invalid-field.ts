// What must not go out as a field, whoever set it: a line end in a value would begin another field, or another answer (RFC 9110 §5.5).
import { contentTypeField } from '../modules/core-mime.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { hasToken } from './keep-alive.ts';

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** RFC 9110 §5.5: visible characters, spaces, tabs, and bytes beyond ASCII. */
const VALUE = /^[\t\u0020-\u007E\u0080-\u00FF]*$/;

/** Apache's words for what is wrong with one of the fields. `quiet`: Apache does not tell it. Undefined: all may go out. */
export type InvalidField = { readonly message: string } | 'quiet' | undefined;

/** Looks at all that becomes a field when the head goes out. */
export function findInvalidField(request: ApacheRequest): InvalidField {
  const { headersOut, errorHeadersOut, contentEncoding, contentLanguages } = request;
  for (const table of [errorHeadersOut, headersOut]) {
    for (let at = 0; at < table.size; at += 1) {
      const invalid = judgeField(table.nameAt(at), table.valueAt(at));
      if (invalid !== undefined) return invalid;
    }
  }
  const contentType = contentTypeField(request);
  const invalid =
    (contentType === undefined ? undefined : judgeField('Content-Type', contentType)) ??
    (contentEncoding === undefined ? undefined : judgeField('Content-Encoding', contentEncoding)) ??
    (contentLanguages.length === 0 ? undefined : judgeField('Content-Language', contentLanguages.join(',')));
  if (invalid !== undefined) return invalid;
  const coding = headersOut.getAll('Transfer-Encoding') ?? errorHeadersOut.getAll('Transfer-Encoding');
  // Whatever it is, the body is not in it.
  return coding === undefined || hasToken(coding.slice(coding.lastIndexOf(',') + 1), 'chunked') ? undefined : 'quiet';
}

function judgeField(name: string, value: string): InvalidField {
  if (name === '') return { message: 'AH02428: Empty response header name, aborting request' };
  if (!TOKEN.test(name)) {
    return { message: `AH02429: Response header name '${name}' contains invalid characters, aborting request` };
  }
  if (VALUE.test(value)) return undefined;
  return {
    message: `AH02430: Response header '${name}' value of '${value}' contains invalid characters, aborting request`,
  };
}
