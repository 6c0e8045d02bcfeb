// The protocols that the behaviour suite runs over: each one starts a server and connects a client to it.
import type { TestContext } from 'node:test';
import { serve } from '#src/server/index.js';
import type { ServeOptions, Server, TraceEvent } from '#src/server/index.js';
import { certificate, identity } from '../../io/opening.ts';
import type { BehaviourClient } from './behaviour-client.ts';
import { Http1Client } from './http1-client.ts';
import { Http2Client } from './http2-client.ts';

/** One protocol. */
export interface Protocol {
  readonly name: string;
  readonly version: 1 | 2;
  readonly secure: boolean;
}

export const PROTOCOLS: readonly Protocol[] = [
  { name: 'HTTP/1.1', version: 1, secure: false },
  { name: 'HTTP/2 by prior knowledge', version: 2, secure: false },
  { name: 'HTTP/1.1 over TLS', version: 1, secure: true },
  { name: 'HTTP/2 over TLS', version: 2, secure: true },
];

/** A server and a client of it, which end with the test. */
export interface Bench {
  readonly server: Server;
  readonly client: BehaviourClient;
  /** What handlers threw. */
  readonly errors: unknown[];
  readonly events: TraceEvent[];
}

/** Starts a server for one test, with one client. */
export async function startBench(
  context: TestContext,
  protocol: Protocol,
  options: Omit<ServeOptions, 'tls' | 'port' | 'trace' | 'onError'>,
): Promise<Bench> {
  const errors: unknown[] = [];
  const events: TraceEvent[] = [];
  const server = await serve({
    port: 0,
    trace: (event) => void events.push(event),
    onError: (error) => void errors.push(error),
    ...(protocol.secure ? { tls: identity('localhost') } : {}),
    ...options,
  });
  const ca = protocol.secure ? certificate('authority').toString() : undefined;
  const client = protocol.version === 1 ? new Http1Client(server.url, ca) : new Http2Client(server.url, ca);
  context.after(() => {
    client.close();
    server.destroy();
  });
  return { server, client, errors, events };
}

/** A pattern that tells whether something has a body of so many bytes, of which each piece is different. */
export function patternOf(bytes: number): Buffer {
  const pattern = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 1) pattern[at] = (at * 31 + (at >> 10)) & 0xff;
  return pattern;
}
