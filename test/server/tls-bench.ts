// A server over TLS with its trace, and clients of node:tls that write down what they see.
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import tls from 'node:tls';
import { serve } from '#src/server/index.js';
import type { ServeOptions, Server, TraceEvent } from '#src/server/index.js';
import { certificate, identity, until } from '../io/opening.ts';

export { certificate, identity, until };

export const AUTHORITY: Buffer = certificate('authority');

/** A server that ends with the test. */
export interface TlsBench {
  readonly server: Server;
  readonly events: TraceEvent[];
  /** `reason code` of every connection that was refused. */
  readonly refusals: string[];
}

export async function startTls(context: TestContext, options: Partial<ServeOptions> = {}): Promise<TlsBench> {
  const events: TraceEvent[] = [];
  const refusals: string[] = [];
  const { fetch, handler, ...rest } = options;
  const server = await serve({
    port: 0,
    // A clock that stands still is older than the certificates.
    onWarning: () => {},
    tls: identity('localhost'),
    trace: (event) => {
      events.push(event);
      if (event.type === 'refused') refusals.push([event.reason, event.code ?? []].flat().join(' '));
    },
    ...rest,
    ...(fetch === undefined ? { handler: handler ?? (() => ({ body: 'ok' })) } : { fetch }),
  });
  context.after(() => server.destroy());
  return { server, events, refusals };
}

/** `allowHalfOpen` is documented, but missing in @types/node. */
export type TlsClientOptions = tls.ConnectionOptions & { readonly allowHalfOpen?: boolean };

/** A client of node:tls, with everything that it was told. */
export class TlsClient {
  readonly socket: tls.TLSSocket;
  received = '';
  ended = false;
  error: NodeJS.ErrnoException | undefined;

  constructor(port: number, options: TlsClientOptions = {}) {
    this.socket = tls.connect({ port, host: '127.0.0.1', ca: AUTHORITY, servername: 'localhost', ...options });
    this.socket.on('data', (bytes: Buffer) => (this.received += bytes.toString('latin1')));
    this.socket.on('end', () => (this.ended = true));
    this.socket.on('error', (error) => (this.error = error));
  }

  static async open(port: number, options: TlsClientOptions = {}): Promise<TlsClient> {
    const client = new TlsClient(port, options);
    await once(client.socket, 'secureConnect');
    return client;
  }

  /** Sends a request and returns the answer, which has to end in `ok`. */
  async ask(request = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'): Promise<string> {
    this.received = '';
    this.socket.write(request);
    await until(() => this.received.endsWith('ok') || this.socket.destroyed);
    return this.received;
  }

  /** Resolves when the connection is over. */
  async closed(): Promise<void> {
    await until(() => this.socket.closed);
  }
}

/** The first name of the certificate that a client is shown. */
export function shownName(client: TlsClient): string {
  return client.socket.getPeerX509Certificate()?.subjectAltName?.split(', ')[0]?.replace('DNS:', '') ?? '';
}
