// The statuses that Apache knows, and its reason phrases: some differ from those of today's RFC. Another status becomes a 500.
import { reasonPhrase } from '../../http/status.ts';

/** Where Apache does not say what is registered today; empty: it does not know the status. */
const DIFFERENT: Readonly<Record<number, string>> = {
  103: '',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  416: 'Requested Range Not Satisfiable',
  422: 'Unprocessable Entity',
  425: '',
};

function phraseOf(status: number): string {
  return DIFFERENT[status] ?? reasonPhrase(status);
}

export function isKnownStatus(status: number): boolean {
  return phraseOf(status) !== '';
}

/** `404 Not Found`. */
export function statusText(status: number): string {
  return `${status} ${phraseOf(status) || 'Unknown'}`;
}

export function isRedirect(status: number): boolean {
  return [300, 301, 302, 303, 305, 307, 308].includes(status);
}

/** Answers that are a head and nothing else. */
export function isHeadOnly(status: number): boolean {
  return status === 204 || status === 304;
}

/** After these the connection ends: it is not certain where the next request begins, or the server wants no more (apache.md §3.2). */
export function dropsConnection(status: number): boolean {
  return [400, 408, 411, 413, 414, 500, 501, 503].includes(status);
}
