// The head of a request as HTTP/2 brings it (RFC 9113 §8.2, §8.3), held to the same rules as one of HTTP/1. No I/O.
import { isServableHost } from '../../http/host.ts';
import { lowerCaseToken } from '../../http/tokens.ts';
import { decideTargetForm } from '../../wire/index.ts';
import type { ProtocolFault, TargetForm } from '../../wire/index.ts';
import type { ServerLimits } from '../options/limits.ts';
import type { RequestFacts, RequestLines } from '../request/request-facts.ts';

/** What a field line has in HTTP/1 beside name and value: the limit of bytes means the same in both. */
const LINE_BYTES = 4;

/** RFC 9112 §3.2: visible ASCII but `#`, which ends a reference and is never sent. */
const TARGET = /^[!"$-~]+$/;

/** See the head of the file. */
export class Http2RequestHead implements RequestFacts {
  readonly method: string;
  readonly form: TargetForm;
  readonly target: string;
  readonly host: string | undefined;
  /** Whatever holds for peers of HTTP/1.1 holds here. */
  readonly minorVersion = 1;
  readonly fields: { readonly expect: string | undefined };
  readonly lines: Http2Fields;
  /** What `content-length` announces. That the body has as many bytes is checked below us. */
  readonly contentLength: number | undefined;

  constructor(
    start: { method: string; form: TargetForm; target: string; host: string | undefined },
    fields: { expect: string | undefined },
    contentLength: number | undefined,
    lines: Http2Fields,
  ) {
    this.method = start.method;
    this.form = start.form;
    this.target = start.target;
    this.host = start.host;
    this.fields = fields;
    this.contentLength = contentLength;
    this.lines = lines;
  }
}

/** The fields of a request, without those that begin with a colon. */
export class Http2Fields implements RequestLines {
  readonly #list: readonly string[];
  /** Index of the first field that is none of the pseudo-fields, which stand first (RFC 9113 §8.3). */
  readonly #start: number;

  constructor(list: readonly string[], start: number) {
    this.#list = list;
    this.#start = start;
  }

  get(lowerCaseName: string): string | undefined {
    let joined: string | undefined;
    const separator = lowerCaseName === 'cookie' ? '; ' : ', ';
    for (let at = this.#start; at < this.#list.length; at += 2) {
      if (this.#list[at] !== lowerCaseName) continue;
      const value = this.#list[at + 1]!;
      joined = joined === undefined ? value : joined + separator + value;
    }
    return joined;
  }

  loadFields(): string[] {
    const list = this.#list.slice(this.#start);
    // RFC 9113 §8.2.3: what was parted for the sake of compression is one field again for everybody else.
    const cookie = list.indexOf('cookie');
    if (cookie !== -1 && list.includes('cookie', cookie + 2)) return joinCookies(list, this.get('cookie')!);
    return list;
  }
}

/** A name may also be a value, so only every other element is looked at. */
function joinCookies(list: readonly string[], cookie: string): string[] {
  const joined: string[] = [];
  let done = false;
  for (let at = 0; at < list.length; at += 2) {
    const isCookie = list[at] === 'cookie';
    if (!isCookie || !done) joined.push(list[at]!, isCookie ? cookie : list[at + 1]!);
    done ||= isCookie;
  }
  return joined;
}

/** Nearly all requests of a server name the same host: the last good value is compared and not parsed again. */
let lastGoodHost = '';

/** Reads a list of names and values in turn, as it arrived, or says what is wrong with it. */
export function readHttp2RequestHead(
  list: readonly string[],
  limits: Required<ServerLimits>,
): Http2RequestHead | ProtocolFault {
  let method = '';
  let path: string | undefined;
  let authority: string | undefined;
  let host: string | undefined;
  let expect: string | undefined;
  let contentLength: number | undefined;
  let cookies = 0;
  let bytes = 0;
  let start = 0;
  for (let at = 0; at < list.length; at += 2) {
    const name = list[at]!;
    const value = list[at + 1]!;
    bytes += name.length + value.length + LINE_BYTES;
    switch (name) {
      case ':method':
        method = value;
        break;
      case ':path':
        path = value;
        break;
      case ':authority':
        authority = value;
        break;
      case 'host':
        if (host !== undefined) return 'badHost';
        host = value;
        break;
      case 'expect':
        expect = expect === undefined ? value : `${expect}, ${value}`;
        break;
      case 'content-length':
        contentLength = Number(value);
        break;
      case 'cookie':
        cookies += 1;
        break;
      default:
    }
    if (name.charCodeAt(0) === COLON) start = at + 2;
  }
  const count = (list.length - start) / 2 - Math.max(0, cookies - 1);
  const target = method === 'CONNECT' ? authority : path;
  if (target === undefined) return 'badTarget';
  if (target.length > limits.targetBytes) return 'targetTooLong';
  if (bytes > limits.headerBytes) return 'headTooLarge';
  if (count > limits.headerFields) return 'tooManyFields';
  if (lowerCaseToken(method) === undefined) return 'badMethod';
  const form = TARGET.test(target) ? readForm(method, target) : 'badTarget';
  if (form === 'badTarget') return form;
  // RFC 9113 §8.3.1: Host is as good where there is no :authority, and must not name another where there is.
  if (host !== undefined && authority !== undefined && !namesSame(host, authority)) return 'badHost';
  const named = authority ?? host;
  if (named !== undefined && named !== lastGoodHost) {
    if (!isServableHost(named)) return 'badHost';
    lastGoodHost = named;
  }
  return new Http2RequestHead(
    { method, form, target, host: named },
    { expect },
    contentLength,
    new Http2Fields(list, start),
  );
}

const COLON = 0x3a;
const SLASH = 0x2f;

/** RFC 9113 §8.3.1: a path or an asterisk; the absolute form belongs to HTTP/1. */
function readForm(method: string, target: string): TargetForm | 'badTarget' {
  if (method !== 'CONNECT' && target.charCodeAt(0) === SLASH) return 'origin';
  const form = decideTargetForm(method, target);
  return form === 'absolute' ? 'badTarget' : form;
}

/** Hosts have no letter case (RFC 9110 §4.2.3). */
function namesSame(host: string, authority: string): boolean {
  return host === authority || host.toLowerCase() === authority.toLowerCase();
}
