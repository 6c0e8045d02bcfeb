// Fields that must not go out as they are: what a client sent, decoded, may have got into them (RFC 9110 §5.5; response splitting).
import type { ApacheRequest } from '../request/apache-request.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const FORBIDDEN = /[\0-\x08\x0a-\x1f\x7f]/;

/**
 * Takes fields away that would break the head, and tells the log. True: there was one, and the answer must be 500.
 * httpd gives up the whole answer; what stays here goes the way of all fields when an answer becomes an error.
 */
export function dropInvalidFields(request: ApacheRequest): boolean {
  let found = false;
  for (const table of [request.headersOut, request.errorHeadersOut]) {
    for (let at = 0; at < table.size; at += 1) {
      const name = table.nameAt(at);
      const value = table.valueAt(at);
      const isNameFault = !TOKEN.test(name);
      if (!isNameFault && !FORBIDDEN.test(value)) continue;
      found = true;
      const message = isNameFault
        ? `AH02429: Response header name '${name}' contains invalid characters, aborting request`
        : `AH02430: Response header '${name}' value of '${value}' contains invalid characters, aborting request`;
      request.services.log(request, 'error', 'http', message);
    }
    if (!found) continue;
    table.replaceValues((value, name) => (TOKEN.test(name) && !FORBIDDEN.test(value) ? value : undefined));
  }
  const { contentType, contentEncoding, contentLanguages } = request;
  const isFault = (value: string | undefined): boolean => value !== undefined && FORBIDDEN.test(value);
  if (!isFault(contentType) && !isFault(contentEncoding) && !contentLanguages.some(isFault)) return found;
  request.services.log(
    request,
    'error',
    'http',
    'AH02430: The type of the answer contains invalid characters, aborting request',
  );
  request.contentType = undefined;
  request.contentEncoding = undefined;
  request.contentLanguages = [];
  return true;
}
