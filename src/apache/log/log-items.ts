// What a letter of LogFormat stands for. An item that has nothing to say gives undefined, which is written as a hyphen.
import { isHeadOnly } from '../answer/status-lines.ts';
import { nameOfHost, portOfHost } from '../config/own-name.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { plainServerName } from '../request/server-name.ts';
import { escapeLogItem } from './escape-item.ts';
import { formatClfTime, formatTime } from './format-time.ts';

/** What is known when an answer is out. */
export interface LogEntry {
  /** The request that the client sent, the last of those that came of it, and the one whose answer it was. */
  readonly original: ApacheRequest;
  readonly final: ApacheRequest;
  readonly answering: ApacheRequest;
  readonly bodyBytes: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly aborted: boolean;
  /** The connection stays open, and the next answer will not be the last. */
  readonly persistent: boolean;
  readonly processId: number;
}

/** One letter. `request` is the one that is asked for by `<` or `>`. */
export interface LogItem {
  /** Without `<` and `>` it is of the request that the client sent. */
  readonly ofOriginal?: true;
  readonly write: (entry: LogEntry, request: ApacheRequest, argument: string) => string | undefined;
}

type Write = LogItem['write'];

const ofFinal = (write: Write): LogItem => ({ write });
const ofOriginal = (write: Write): LogItem => ({ write, ofOriginal: true });
const escaped = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : escapeLogItem(text);

export const LOG_ITEMS: Readonly<Record<string, LogItem>> = {
  a: ofFinal((_, { connection }) => connection.remoteAddress),
  A: ofFinal((_, { connection }) => connection.localAddress),
  b: ofFinal((entry, request) => (bytesOf(entry, request) === 0 ? undefined : String(bytesOf(entry, request)))),
  B: ofFinal((entry, request) => String(bytesOf(entry, request))),
  C: ofFinal((_, request, name) => escaped(findCookie(request, name))),
  D: ofOriginal(({ durationMs }) => String(Math.round(durationMs * 1_000))),
  e: ofFinal((_, { env }, name) => escaped(env.get(name))),
  f: ofFinal((_, { filename }) => escaped(filename)),
  h: ofFinal((_, { connection }) => connection.remoteAddress),
  H: ofFinal((_, { facts }) => formatVersion(facts.version)),
  i: ofFinal((_, { headersIn }, name) => escaped(headersIn.getAll(name))),
  I: ofFinal(({ receivedBytes }) => String(receivedBytes)),
  k: ofFinal((_, { connection }) => String(Math.max(0, connection.keepAlives - 1))),
  l: ofFinal(() => undefined),
  L: ofFinal(() => undefined),
  m: ofFinal((_, { method }) => escaped(method)),
  n: ofFinal((_, { notes }, name) => escaped(notes.get(name))),
  o: ofFinal((_, request, name) => escaped(fieldOut(request, name))),
  O: ofFinal(({ sentBytes }) => String(sentBytes)),
  p: ofFinal((_, request, which) => portOf(request, which)),
  P: ofFinal(({ processId }, _, which) => (which === 'hextid' ? processId.toString(16) : String(processId))),
  q: ofFinal((_, { query }) => (query === undefined ? '' : escapeLogItem(`?${query}`))),
  r: ofOriginal((_, { facts }) => escapeLogItem(facts.requestLine)),
  R: ofFinal((_, { handler }) => escaped(handler)),
  s: ofOriginal((_, { status }) => String(status)),
  S: ofFinal(({ receivedBytes, sentBytes }) => String(receivedBytes + sentBytes)),
  t: ofFinal((entry, _, format) => formatMoment(entry, format)),
  T: ofOriginal(({ durationMs }, _, unit) => formatDuration(durationMs, unit)),
  u: ofFinal((_, { user }) => (user === '' ? '""' : escaped(user))),
  U: ofOriginal((_, { path }) => escaped(path)),
  v: ofFinal((_, { host, services, connection }) =>
    escaped(nameOfHost(host) ?? services.defaultServerName ?? connection.localAddress),
  ),
  V: ofFinal((_, request) => escaped(plainServerName(request))),
  // Of the module for TLS: a variable, and names from before there were variables.
  c: ofFinal((_, request, name) => escaped(request.services.tlsVariable?.(request, OLD_TLS_NAMES[name] ?? ''))),
  x: ofFinal((_, request, name) => escaped(request.services.tlsVariable?.(request, name))),
  X: ofFinal(({ aborted, persistent }) => (aborted ? 'X' : persistent ? '+' : '-')),
  '^ti': ofFinal(() => undefined),
  '^to': ofFinal(() => undefined),
};

/** Only one of the requests has sent anything. */
function bytesOf({ answering, bodyBytes }: LogEntry, request: ApacheRequest): number {
  return request === answering ? bodyBytes : 0;
}

const OLD_TLS_NAMES: Readonly<Record<string, string>> = { version: 'SSL_PROTOCOL', cipher: 'SSL_CIPHER' };

function formatVersion(version: number): string {
  return `HTTP/${Math.floor(version / 1_000)}.${version % 1_000}`;
}

/** Fields that the core adds at the end are in the tables only as far as modules set them; the type is beside them. */
function fieldOut(request: ApacheRequest, name: string): string | undefined {
  if (name.toLowerCase() === 'content-type')
    return isHeadOnly(request.status) ? undefined : request.contentType?.replace(/[\t ]*;.*$/s, '');
  // What was meant for errors, too, is sent first.
  const tables = [request.errorHeadersOut, request.headersOut];
  if (name.toLowerCase() !== 'set-cookie') return tables[0]!.get(name) ?? tables[1]!.get(name);
  const all = tables.map((table) => table.getAll(name)).filter((value) => value !== undefined);
  return all.length === 0 ? undefined : all.join(', ');
}

function findCookie({ headersIn }: ApacheRequest, name: string): string | undefined {
  for (const pair of (headersIn.getAll('Cookie') ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim().toLowerCase() === name.toLowerCase()) {
      return pair.slice(equals + 1).trim();
    }
  }
  return undefined;
}

function portOf(request: ApacheRequest, which: string): string {
  if (which === 'local') return String(request.connection.localPort);
  if (which === 'remote') return String(request.connection.remotePort);
  return String(portOfHost(request.host) || (request.connection.tls ? 443 : 80));
}

function formatDuration(durationMs: number, unit: string): string {
  if (unit === 'us') return String(Math.round(durationMs * 1_000));
  return String(Math.floor(unit === 'ms' ? durationMs : durationMs / 1_000));
}

function formatMoment(entry: LogEntry, format: string): string {
  const atEnd = format.startsWith('end:');
  const atMs = atEnd ? entry.startedAtMs + entry.durationMs : entry.startedAtMs;
  const rest = format.replace(/^(?:begin|end):/, '');
  switch (rest) {
    case '':
      return formatClfTime(atMs);
    case 'sec':
      return String(Math.floor(atMs / 1_000));
    case 'msec':
      return String(Math.floor(atMs));
    case 'usec':
      return String(Math.floor(atMs * 1_000));
    case 'msec_frac':
      return String(Math.floor(atMs % 1_000)).padStart(3, '0');
    case 'usec_frac':
      return String(Math.floor((atMs % 1_000) * 1_000)).padStart(6, '0');
    default:
      return formatTime(rest, atMs);
  }
}
