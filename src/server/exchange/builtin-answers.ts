// Answers that the server gives by itself: to requests that no handler should see, and where something went wrong.
import { reasonPhrase } from '../../http/status.ts';
import type { Answer } from '../handler.ts';
import type { RequestFacts } from '../request/request-facts.ts';

/** A short text answer. `detail` is ours, never input of the peer. */
export function statusAnswer(status: number, detail?: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const title = `${status} ${reasonPhrase(status)}`;
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
    body: detail === undefined ? `${title}\n` : `${title}: ${detail}\n`,
  };
}

/** The answer to a request that is the server's own affair; undefined where the handler is to be asked. */
export function decideBuiltinAnswer(head: RequestFacts): Answer | undefined {
  // RFC 9110 §9.3.6: an origin server opens no tunnels.
  if (head.form === 'authority') return statusAnswer(501, 'this server opens no tunnels', { connection: 'close' });
  // RFC 9110 §9.3.8: TRACE would echo fields that may hold secrets; the Fetch standard forbids it for the same reason.
  if (head.method === 'TRACE')
    return statusAnswer(405, undefined, { allow: 'GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE' });
  // RFC 9110 §9.3.7: OPTIONS * asks nothing but whether somebody is there.
  if (head.form === 'asterisk') return { status: 204 };
  // RFC 9110 §10.1.1; in HTTP/1.0 an expectation is ignored.
  if (
    head.fields.expect !== undefined &&
    head.minorVersion > 0 &&
    head.fields.expect.toLowerCase() !== '100-continue'
  ) {
    return statusAnswer(417, 'the only expectation known here is 100-continue', { connection: 'close' });
  }
  return undefined;
}

/**
 * What somebody is told who speaks plain HTTP on a port for TLS; undefined where it does not look like HTTP. A request begins with its
 * method in capital letters by custom (RFC 9110 §9.1), as does the preface of HTTP/2.
 */
export function answerPlainHttp(first: Buffer, date: string): string | undefined {
  const letter = first[0] ?? 0;
  if (letter < 0x41 || letter > 0x5a) return undefined;
  const body = '400 Bad Request: this port speaks TLS; use https:// instead of http://\n';
  return (
    `HTTP/1.1 400 Bad Request\r\nDate: ${date}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** The whole of a 408 that answers no request: a close notice for whoever was about to send one (RFC 9110 §15.5.9). */
export function formatRequestTimeout(date: string): string {
  return `HTTP/1.1 408 Request Timeout\r\nDate: ${date}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
}
