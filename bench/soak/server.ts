// The server that is watched, in a process of its own: one port without TLS and one with it, HTTP/1.1 and HTTP/2 on both. It answers,
// streams and takes bodies, and tells how it fares when asked.
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Response, eventStream, serve } from '#src/server/index.js';
import type { ConnectionInfo, HandlerContext, ServeOptions } from '#src/server/index.js';
import { answerParent } from '../process/answer-parent.ts';
import { EVENTS, EVENT_PAUSE_MS, HEARTBEAT_MS, PAGE, PATHS, PIECE, PIECES, PIECE_PAUSE_MS } from './asked.ts';
import { makeCertificate } from './certificate.ts';
import type { Targets } from './open-socket.ts';
import { PROTOCOLS } from './shares.ts';
import type { Protocol } from './shares.ts';

/** How the server fares; delays since the last time. */
export interface ServerSample {
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly lagMeanMs: number;
  readonly lagMaxMs: number;
  readonly connections: number;
  readonly connectionsByProtocol: Readonly<Record<Protocol, number>>;
  readonly requests: number;
  /** Handlers that are not done: requests whose bodies are awaited, streams that are neither at their end nor cancelled. */
  readonly underWay: number;
  /** Descriptors of the process; undefined where the system does not tell. */
  readonly descriptors: number | undefined;
  /** What keeps the event loop alive, timers included. */
  readonly handles: number;
  readonly errors: number;
  /** The first of them. */
  readonly errorMessages: readonly string[];
  /** User and system time since the start. */
  readonly cpuMs: number;
}

const MESSAGES = 10;

let requests = 0;
let errors = 0;
let underWay = 0;
const errorMessages: string[] = [];

async function* slowly(): AsyncGenerator<string> {
  underWay += 1;
  try {
    for (let piece = 0; piece < PIECES; piece += 1) {
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve, PIECE_PAUSE_MS));
      yield PIECE;
    }
  } finally {
    underWay -= 1;
  }
}

function tellEvents(request: Request, context: HandlerContext): Response {
  const events = eventStream(request, context, { heartbeatMs: HEARTBEAT_MS });
  let told = 0;
  underWay += 1;
  const timer = setInterval(() => {
    told += 1;
    events.send({ data: String(told) });
    if (told === EVENTS) events.close();
  }, EVENT_PAUSE_MS);
  void events.closed.then(() => {
    clearInterval(timer);
    underWay -= 1;
  });
  return events;
}

async function takeBody(request: Request): Promise<Response> {
  underWay += 1;
  try {
    return new Response(`${(await request.text()).length}\n`);
  } finally {
    underWay -= 1;
  }
}

const options: ServeOptions = {
  port: 0,
  // The clients must be able to say what was closed too early.
  keepAliveTimeoutMs: 120_000,
  onError: (error, request) => {
    errors += 1;
    if (errorMessages.length < MESSAGES) errorMessages.push(`${request.method} ${request.url}: ${String(error)}`);
  },
  fetch: (request, context) => {
    requests += 1;
    if (request.method === 'POST') return takeBody(request);
    if (request.url.endsWith(PATHS.stream)) return new Response(slowly());
    return request.url.endsWith(PATHS.events) ? tellEvents(request, context) : new Response(PAGE);
  },
};

const certificate = await makeCertificate();
const plain = await serve(options);
// That its certificate is its own is known.
const secure = await serve({ ...options, tls: certificate, onWarning: () => {} });

function countConnections(): Record<Protocol, number> {
  const counts = Object.fromEntries(PROTOCOLS.map((protocol) => [protocol, 0])) as Record<Protocol, number>;
  for (const { protocol, tls } of [...plain.connections(), ...secure.connections()] as readonly ConnectionInfo[]) {
    if (protocol === 'h2') counts[tls === undefined ? 'h2c' : 'h2 over TLS'] += 1;
    else counts[tls === undefined ? 'http/1.1' : 'http/1.1 over TLS'] += 1;
  }
  return counts;
}

function countDescriptors(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return undefined;
  }
}

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

answerParent(plain.port, {
  /** Those that were opened first: what stays for long is among them. */
  connections: (): readonly ConnectionInfo[] => [...plain.connections(), ...secure.connections()].slice(0, MESSAGES),
  targets: (): Targets => ({ plainPort: plain.port, tlsPort: secure.port, certificate: certificate.cert }),
  sample: (): ServerSample => {
    const { rss, heapUsed, external } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const lagMeanMs = delay.mean / 1e6 - 10;
    const lagMaxMs = delay.max / 1e6 - 10;
    delay.reset();
    const connectionsByProtocol = countConnections();
    return {
      residentBytes: rss,
      heapBytes: heapUsed,
      externalBytes: external,
      lagMeanMs,
      lagMaxMs,
      connections: Object.values(connectionsByProtocol).reduce((sum, count) => sum + count, 0),
      connectionsByProtocol,
      requests,
      underWay,
      descriptors: countDescriptors(),
      handles: process.getActiveResourcesInfo().length,
      errors,
      errorMessages,
      cpuMs: (user + system) / 1_000,
    };
  },
});
