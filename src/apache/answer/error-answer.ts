// Turns a request into the answer to an error: fields of success go, a page comes.
import { errorDocumentOf } from '../modules/core-error-document.ts';
import { allowsTrace } from '../modules/core-trace.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { formatErrorPage } from './error-pages.ts';
import { isHeadOnly, isRedirect } from './status-lines.ts';
import { formatSignature } from './signature.ts';

/** `additionalStatus`: what went wrong while an ErrorDocument was looked for. */
export function makeErrorAnswer(request: ApacheRequest, additionalStatus: number | undefined): void {
  const { status } = request;
  request.outputFilters = [];
  request.content = { kind: 'none' };
  if (isHeadOnly(status)) return;
  const location = request.headersOut.get('Location') ?? request.errorHeadersOut.get('Location') ?? '';
  moveErrorFields(request);
  if ((isRedirect(status) || status === 201) && location !== '') request.headersOut.set('Location', location);
  request.contentLanguages = [];
  request.contentEncoding = undefined;
  request.suppressesCharset = request.env.has('suppress-error-charset');
  request.contentType = request.suppressesCharset ? 'text/html' : 'text/html; charset=iso-8859-1';
  if (status === 405 || status === 501) request.headersOut.set('Allow', formatAllow(request));
  if (request.headerOnly) return;
  request.content = { kind: 'bytes', bytes: Buffer.from(bodyOf(request, location, additionalStatus), 'latin1') };
}

/** Only what was meant for errors too stays, and what modules add from now on counts as the answer's own. */
function moveErrorFields(request: ApacheRequest): void {
  const kept = request.errorHeadersOut.copy();
  request.headersOut.clear();
  request.errorHeadersOut.clear();
  for (const [name, value] of kept) request.headersOut.add(name, value);
}

function bodyOf(request: ApacheRequest, location: string, additionalStatus: number | undefined): string {
  const { status, method } = request;
  const document = errorDocumentOf(request, status);
  if (document?.kind === 'text') return document.value;
  return formatErrorPage({
    status,
    method,
    location,
    admin: request.host.admin,
    notes: request.notes.get('error-notes') ?? '',
    expectation: request.headersIn.get('Expect'),
    additionalStatus,
    signature: formatSignature(request, '<hr>\n'),
  });
}

/** The methods that the Allow field names. TRACE is one wherever it is not switched off. */
export function formatAllow(request: ApacheRequest): string {
  const methods = request.allowedMethods.filter((method) => method !== 'TRACE');
  return (allowsTrace(request) ? [...methods, 'TRACE'] : methods).join(',');
}
