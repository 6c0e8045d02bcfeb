// The request of an upgrade as libraries made for node:http expect it: fields as an object, a URL without host, the socket beside it.
// What it does not try: to be an IncomingMessage for frameworks, which is the business of an adapter.
import { Readable } from 'node:stream';
import type { Duplex } from 'node:stream';
import { Headers } from '../../http/headers.ts';

/** The part of `http.IncomingMessage` that handlers of upgrades use. */
export interface UpgradeRequest extends Readable {
  readonly method?: string | undefined;
  /** Path and query, as in the request line. */
  readonly url?: string | undefined;
  /** By lower-case name; lines of the same name joined. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Names and values in turn, in order of arrival. */
  readonly rawHeaders: readonly string[];
  readonly httpVersion: string;
  readonly httpVersionMajor: number;
  readonly httpVersionMinor: number;
  readonly complete: boolean;
  /** The socket that was taken over; it has `remoteAddress`, and over TLS `encrypted` and the certificate. */
  readonly socket: Duplex;
}

/** Makes one of a request without a body. */
export function makeUpgradeRequest(request: Request, socket: Duplex): UpgradeRequest {
  const { method } = request;
  const rawHeaders = listHeaders(request.headers);
  return Object.assign(new Readable({ read: endAtOnce }), {
    method,
    url: formatTarget(request.url),
    headers: joinHeaders(rawHeaders),
    rawHeaders,
    httpVersion: '1.1',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    complete: true,
    socket,
  });
}

function endAtOnce(this: Readable): void {
  this.push(null);
}

function listHeaders(headers: globalThis.Headers): readonly string[] {
  return headers instanceof Headers ? [...headers.flatList()] : [...headers].flat();
}

/** `Cookie` lines are joined as RFC 6265 §5.4 would have had them, all others as RFC 9110 §5.3 has it. */
function joinHeaders(list: readonly string[]): Record<string, string> {
  const joined = new Map<string, string>();
  for (let at = 0; at < list.length; at += 2) {
    const name = list[at]!;
    const value = list[at + 1]!;
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : before + (name === 'cookie' ? '; ' : ', ') + value);
  }
  return Object.fromEntries(joined);
}

/** Without the parser of URLs: what a peer sent is passed on as it is. */
function formatTarget(url: string): string {
  const target = /^[a-z]+:\/\/[^/?]*(.*)$/is.exec(url)?.[1] ?? url;
  return target.startsWith('/') ? target : `/${target}`;
}
