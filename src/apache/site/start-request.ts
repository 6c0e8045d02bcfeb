// From what the server read to the request that modules see; and what is wrong with a head that could be read.
import type { VirtualHost } from '../config/virtual-host.ts';
import { MatchBudget } from '../regex/index.ts';
import { ApacheRequest } from '../request/apache-request.ts';
import type { ConnectionFacts } from '../request/connection-facts.ts';
import type { RequestFacts } from '../request/apache-request.ts';
import { FieldTable } from '../request/field-table.ts';
import type { SiteServices } from '../request/site-services.ts';
import { readRefusedLine } from '../request/read-refused-line.ts';
import { parseTarget } from '../request/url-path.ts';
import type { SeenRequest } from './plain-on-tls.ts';

/** A request before its virtual host is known. */
export function startRequest(
  raw: SeenRequest,
  connection: ConnectionFacts,
  services: SiteServices<ApacheRequest>,
  defaultHost: VirtualHost,
): ApacheRequest {
  const request = new ApacheRequest(
    readFacts(raw),
    collectFields(raw.fields),
    connection,
    services,
    defaultHost,
    new MatchBudget(),
  );
  const { method, target } = request.facts;
  request.unparsedPath = target;
  request.headerOnly = method === 'HEAD';
  // CONNECT names a place, not a path: what is asked of it is asked of the root.
  if (method === 'CONNECT' && !target.startsWith('/')) {
    request.path = '/';
    request.urlHost = target;
  } else if (target === '*') {
    request.path = '*';
  } else {
    const { path, query, host } = parseTarget(target);
    // RFC 9112 §3.2.4: to ask about the server itself through a proxy, a URL without a path is sent.
    request.path = method === 'OPTIONS' && PATHLESS.test(target) ? '*' : path;
    request.query = query;
    request.urlHost = host;
  }
  request.expectsContinue = /^100-continue$/i.test(request.headersIn.get('Expect') ?? '');
  // Apache serves it, and trusts nothing that comes behind it.
  const length = request.headersIn.get('Content-Length');
  if (length !== undefined && request.headersIn.has('Transfer-Encoding') && isLength(length)) {
    request.headersIn.unset('Content-Length');
    request.closes = true;
  }
  return request;
}

/** One number: what is sent twice, or with a sign, is refused whatever else frames the body. */
export function isLength(value: string): boolean {
  return /^\d+$/.test(value);
}

const PATHLESS = /^(?:https?:(?:\/\/[^/?#]*)?)?(?:[?#]|$)/i;

/** A head that was given up has a line, and nobody who has taken it apart. */
function readFacts(raw: SeenRequest): RequestFacts {
  const { startedAtMs } = raw;
  if (raw.method === '') {
    const { text, method, target, version } = readRefusedLine(raw.requestLine);
    return { requestLine: text, method, target, version, startedAtMs };
  }
  const { requestLine, method, target } = raw;
  return { requestLine, method, target, version: parseVersion(raw.version), startedAtMs };
}

/** 9 for HTTP/0.9, 1001 for HTTP/1.1. */
function parseVersion(text: string): number {
  const version = /^HTTP\/(\d)\.(\d)$/i.exec(text);
  return version === null ? (text === '' ? 9 : 1_000) : Number(version[1]) * 1_000 + Number(version[2]);
}

/** Fields of the same name become one, as modules expect: `a, b`, at the place of the first. */
export function collectFields(fields: readonly string[]): FieldTable {
  const table = new FieldTable();
  for (let at = 0; at + 1 < fields.length; at += 2) table.merge(fields[at]!, fields[at + 1]!);
  return table;
}
