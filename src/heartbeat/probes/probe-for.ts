// The probe for a target, by the scheme of its URL: one line for each scheme.
import { OptionError } from '../../errors.ts';
import { checkNames, checkObject, describe, findNearest } from '../../option-checks.ts';
import type { ConnectionOpener, LoopClock } from '../../io/index.ts';
import type { Probe } from '../engine/probe.ts';
import { ftpProbe } from './dialogue/ftp.ts';
import type { ExpectedStatus } from './http/expected-status.ts';
import type { HttpConnectOptions, HttpProbeOptions } from './http/http1-options.ts';
import { http2Probe } from './http/http2.ts';
import { imapProbe } from './dialogue/imap.ts';
import { memcachedProbe } from './dialogue/memcached.ts';
import { mqttProbe } from './mqtt/mqtt.ts';
import { pop3Probe } from './dialogue/pop3.ts';
import { postgresProbe } from './postgresql/postgres-probe.ts';
import type { ProbeConnectionOptions } from './connection/probe-connection.ts';
import { redisProbe } from './dialogue/redis.ts';
import { smtpProbe } from './dialogue/smtp.ts';
import { sseProbe } from './http/sse.ts';
import type { SseProbeOptions } from './http/sse.ts';
import { tcpProbe } from './tcp.ts';
import { webSocketProbe } from './websocket/websocket.ts';
import type { WebSocketProbeOptions } from './websocket/websocket.ts';
import { webProbe } from './http/web.ts';

/** Options of {@link probeFor}: each probe takes those that it has a use for. */
export interface ProbeForOptions {
  /** Options of tls.connect() of node:tls, for targets over TLS. */
  readonly tls?: Readonly<Record<string, unknown>> | undefined;
  /** Fields that are sent with requests of HTTP and WebSocket, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Method of the requests of HTTP. Default HEAD. */
  readonly method?: string | undefined;
  /** Final statuses of HTTP that are a sign of life. Default: any. With it https is asked by a request, over HTTP/1.1, not by PING. */
  readonly expectStatus?: ExpectedStatus | undefined;
  /** Longest time to open a connection. Default Infinity: the deadline of the heartbeat is enough. */
  readonly connectTimeoutMs?: number | undefined;
  /** For tests. Default: the machine's clock. */
  readonly clock?: LoopClock | undefined;
  /** For tests. Default: real sockets. */
  readonly opener?: ConnectionOpener | undefined;
}

/** One scheme. */
interface SchemeRow {
  /** What a signal is, for people. */
  readonly does: string;
  readonly make: (target: string, options: ProbeForOptions) => Probe;
}

/** A table, so that a protocol is one line. */
const SCHEMES: Readonly<Record<string, SchemeRow>> = {
  http: { does: 'HEAD on one connection of HTTP/1.1', make: (target, options) => webProbe(target, http(options)) },
  https: {
    does: 'PING where the server speaks HTTP/2, HEAD where not',
    make: (target, options) => webProbe(target, http(options)),
  },
  h2: {
    does: 'PING of HTTP/2 over TLS',
    make: (target, options) => http2Probe(target, connecting(options)),
  },
  h2c: {
    does: 'PING of HTTP/2 without TLS',
    make: (target, options) => http2Probe(target, connecting(options)),
  },
  'sse+http': {
    does: 'listens to a stream of server-sent events',
    make: (target, options) => sseProbe(target, listening(options)),
  },
  'sse+https': {
    does: 'the same over TLS',
    make: (target, options) => sseProbe(target, listening(options)),
  },
  tcp: { does: 'opens a TCP connection', make: (target, options) => tcpProbe(target, raw(options)) },
  tls: {
    does: 'opens a TCP connection and does a TLS handshake',
    make: (target, options) => tcpProbe(target, raw(options)),
  },
  redis: { does: 'PING of Redis', make: (target, options) => redisProbe(target, raw(options)) },
  rediss: { does: 'PING of Redis over TLS', make: (target, options) => redisProbe(target, raw(options)) },
  memcached: { does: 'version of memcached', make: (target, options) => memcachedProbe(target, raw(options)) },
  memcacheds: {
    does: 'version of memcached over TLS',
    make: (target, options) => memcachedProbe(target, raw(options)),
  },
  smtp: { does: 'NOOP of SMTP', make: (target, options) => smtpProbe(target, raw(options)) },
  smtps: { does: 'NOOP of SMTP over TLS', make: (target, options) => smtpProbe(target, raw(options)) },
  ftp: { does: 'NOOP of FTP', make: (target, options) => ftpProbe(target, raw(options)) },
  ftps: { does: 'NOOP of FTP over TLS', make: (target, options) => ftpProbe(target, raw(options)) },
  imap: { does: 'NOOP of IMAP', make: (target, options) => imapProbe(target, raw(options)) },
  imaps: { does: 'NOOP of IMAP over TLS', make: (target, options) => imapProbe(target, raw(options)) },
  pop3: { does: 'CAPA of POP3, or NOOP with a log-in', make: (target, options) => pop3Probe(target, raw(options)) },
  pop3s: { does: 'the same over TLS', make: (target, options) => pop3Probe(target, raw(options)) },
  mqtt: { does: 'PINGREQ of MQTT', make: (target, options) => mqttProbe(target, raw(options)) },
  mqtts: { does: 'PINGREQ of MQTT over TLS', make: (target, options) => mqttProbe(target, raw(options)) },
  postgres: {
    does: 'an empty query of PostgreSQL; without a user, whether it accepts connections',
    make: (target, options) => postgresProbe(target, raw(options)),
  },
  postgresql: { does: 'the same', make: (target, options) => postgresProbe(target, raw(options)) },
  ws: { does: 'ping of WebSocket', make: (target, options) => webSocketProbe(target, webSocket(options)) },
  wss: { does: 'ping of WebSocket over TLS', make: (target, options) => webSocketProbe(target, webSocket(options)) },
};

/** The schemes that {@link probeFor} knows, and what a signal is in each. */
export const PROBE_SCHEMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(SCHEMES).map(([scheme, { does }]) => [scheme, does]),
);

const OPTION_NAMES = ['tls', 'headers', 'method', 'expectStatus', 'connectTimeoutMs', 'clock', 'opener'];

/**
 * The probe for a target: `probeFor('redis://127.0.0.1:6379')`.
 *
 * @throws OptionError where the scheme is not known, or the probe of it cannot use the rest; with what is allowed, never with a password.
 */
export function probeFor(target: string, options: ProbeForOptions = {}): Probe {
  checkObject('options', options);
  checkNames('', options, OPTION_NAMES);
  return rowOf(target).make(target, options);
}

function rowOf(target: unknown): SchemeRow {
  if (typeof target !== 'string') throw new OptionError('target', `is ${describe(target)}, it must be a URL`);
  const [, scheme] = /^([A-Za-z][\w+.-]*):\/\//.exec(target) ?? [];
  if (scheme === undefined) throw new OptionError('target', 'has no scheme; write it as a URL, e.g. tcp://host:port');
  const name = scheme.toLowerCase();
  const row = Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined;
  if (row !== undefined) return row;
  const known = Object.keys(SCHEMES);
  const nearest = findNearest(name, known);
  const advice = nearest === undefined ? '' : `; did you mean ${nearest}://?`;
  throw new OptionError('target', `has the scheme ${name}:, there are ${known.join(', ')}${advice}`);
}

/** What probes on raw connections take of it. */
function raw({ tls, connectTimeoutMs, clock, opener }: ProbeForOptions): ProbeConnectionOptions {
  return { tls, connectTimeoutMs, clock, opener };
}

/** What connections of HTTP take of it. */
function connecting({ tls, connectTimeoutMs, clock, opener }: ProbeForOptions): HttpConnectOptions {
  return { tls, connectTimeoutMs, clock, opener };
}

/** What requests of HTTP take of it. */
function http(options: ProbeForOptions): HttpProbeOptions {
  const { headers, method, expectStatus } = options;
  return { ...connecting(options), headers, method, expectStatus };
}

/** What a listener takes of it. */
function listening(options: ProbeForOptions): SseProbeOptions {
  const { headers } = options;
  return { ...connecting(options), ...(headers === undefined ? {} : { headers }) };
}

/** What a client of WebSocket takes of it. Its library opens its own sockets. */
function webSocket({ tls, headers, clock }: ProbeForOptions): WebSocketProbeOptions {
  return { tls, headers, clock };
}
