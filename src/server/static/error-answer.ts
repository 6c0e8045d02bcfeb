// The answers that carry no file: short plain text that never repeats what the request said.
import type { Answer } from '../handler.ts';

/** Every status that the handler gives without a file. */
export type ErrorStatus = 400 | 403 | 404 | 405 | 406 | 412 | 416 | 500 | 503;

const REASONS: Readonly<Record<ErrorStatus, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  412: 'Precondition Failed',
  416: 'Range Not Satisfiable',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** With a 503 (RFC 9110 §10.2.3): what it is about, too many open files, is over when a few answers are. */
const RETRY_AFTER_SECONDS = '1';

/** The methods that a file knows. */
export const ALLOWED_METHODS = 'GET, HEAD, OPTIONS';

/** Text and not HTML: there is nothing in it to be formatted, and nothing that could be injected into. */
export function answerError(
  status: ErrorStatus,
  method: string,
  headers: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): Answer {
  const text = `${status} ${REASONS[status]}\n`;
  return {
    status,
    headers: {
      ...headers,
      'content-type': 'text/plain; charset=utf-8',
      'content-length': String(text.length),
      'x-content-type-options': 'nosniff',
      ...(status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {}),
      ...more,
    },
    body: method === 'HEAD' ? null : text,
  };
}

/** The answer to a method that is not GET or HEAD (RFC 9110 §9.3.7, §15.5.6). */
export function answerOtherMethod(method: string, headers: Readonly<Record<string, string>>): Answer {
  if (method === 'OPTIONS') return { status: 204, headers: { ...headers, allow: ALLOWED_METHODS }, body: null };
  return answerError(405, method, headers, { allow: ALLOWED_METHODS });
}

/**
 * 301 to the folder with its slash, so that relative links in its page resolve. Not 308: only GET and HEAD come here, for which the
 * two mean the same, and old clients (Internet Explorer on Windows 7, HTTP/1.0) know only 301.
 */
export function answerFolderRedirect(location: string, headers: Readonly<Record<string, string>>): Answer {
  return { status: 301, headers: { ...headers, location, 'content-length': '0' }, body: null };
}
