// A session against a server of node:tls: what is resumed, what an orderly end says, and a restart under load.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session } from '#src/client/index.js';
import type { SessionOptions } from '#src/client/index.js';
import { ConnectError, ConnectionLostError } from '#src/errors.js';
import type { SessionEvent } from '#src/trace.js';

const LIMIT = { timeout: 60_000 };
const pem = (name: string): Buffer =>
  readFileSync(path.resolve(import.meta.dirname, '../../../test/io/fixtures', `${name}.pem`));
const CA = pem('authority');
/** All servers that follow each other on one port have the same, as those behind a load balancer do. */
const TICKET_KEYS = Buffer.alloc(48, 7);

/** Answers with what it was asked for. */
function startServer(port = 0, options: https.ServerOptions = {}): Promise<https.Server> {
  const identity = pem('localhost');
  const settings = { key: identity, cert: identity, ticketKeys: TICKET_KEYS, keepAliveTimeout: 1_000, ...options };
  const server = https.createServer(settings, (request, response) => {
    response.setHeader('X-Echo', `${request.method} ${request.url}`);
    if (request.url === '/until-end') {
      response.socket!.end('HTTP/1.1 200 OK\r\n\r\nall of it');
    } else response.end(request.url);
  });
  server.listen(port, '127.0.0.1');
  return once(server, 'listening').then(() => server);
}

const urlOf = (server: https.Server): string => `https://localhost:${(server.address() as AddressInfo).port}`;

function startSession(server: https.Server, events: SessionEvent[], options: SessionOptions = {}): Session {
  return new Session({ baseUrl: urlOf(server), tls: { ca: CA }, trace: (event) => events.push(event), ...options });
}

const openings = (events: readonly SessionEvent[]): { protocol: string; resumed: boolean }[] =>
  events.flatMap((event) =>
    event.type === 'opened' ? [{ protocol: event.opening.tls!.protocol, resumed: event.opening.tls!.resumed }] : [],
  );

describe('a session over TLS', () => {
  let server: https.Server;
  before(async () => {
    server = await startServer();
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  for (const protocol of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`resumes ${protocol} on every connection behind the first`, LIMIT, async (t) => {
      const events: SessionEvent[] = [];
      await using session = startSession(server, events, {
        maxRequestsPerConnection: 1,
        tls: { ca: CA, minVersion: protocol, maxVersion: protocol },
      });
      for (let count = 0; count < 6; count += 1) {
        const { body } = await session.request(`/${count}`);
        assert.equal(await body.text(), `/${count}`);
      }
      assert.deepEqual(
        openings(events),
        Array.from({ length: 6 }, (_, index) => ({ protocol, resumed: index > 0 })),
      );
      const handshakes = events.flatMap((event) => (event.type === 'opened' ? [event.opening.tls!.handshakeMs] : []));
      t.diagnostic(`handshakes took ${handshakes.map((ms) => ms.toFixed(1)).join(', ')} ms`);
    });
  }

  test('trusts nobody whose certificate it cannot check', LIMIT, async () => {
    await using session = startSession(server, [], { tls: {} });
    await assert.rejects(session.request('/'), ConnectError);
  });

  test('takes a body that close_notify ends for complete', LIMIT, async () => {
    await using session = startSession(server, []);
    const { body } = await session.request('/until-end');
    assert.equal(await body.text(), 'all of it');
  });
});

describe('a server of node:https that is replaced under load', () => {
  test(
    'loses no request that may be repeated, and its successors resume the sessions of the first',
    LIMIT,
    async (t) => {
      let server = await startServer();
      const { port } = server.address() as AddressInfo;
      const events: SessionEvent[] = [];
      // Between two servers nobody listens for a moment.
      await using session = startSession(server, events);
      const startMs = performance.now();
      let [answered, refused, restarts] = [0, 0, 0];
      const isOver = (): boolean => performance.now() - startMs > 2_500 && answered > 100 && restarts > 3;
      const loops = Array.from({ length: 20 }, async (_, number) => {
        for (let count = 0; !isOver(); count += 1) {
          const target = `/${number}/${count}`;
          try {
            const response = await session.request(target);
            assert.equal(await response.body.text(), target);
            assert.equal(response.headers.get('x-echo'), `GET ${target}`);
            answered += 1;
          } catch (error) {
            // Nobody listened, or nobody accepted any more.
            assert.ok(isNeverAccepted(error), String(error));
            refused += 1;
          }
          await sleep(Math.random() * 30);
        }
      });
      while (!isOver()) {
        await sleep(300);
        server.close();
        server.closeIdleConnections();
        server = await startServer(port);
        restarts += 1;
      }
      await Promise.all(loops);
      const resumed = openings(events).filter((opening) => opening.resumed).length;
      const { connectionsOpened, reused, retries, closed } = session.stats();
      t.diagnostic(
        `${answered} answered, ${refused} refused, ${restarts} restarts, ${connectionsOpened} connections (${resumed} resumed), ` +
          `${reused} reused, ${retries} retries, closed ${JSON.stringify(closed)}`,
      );
      assert.ok(resumed > 0);
      server.closeAllConnections();
      server.close();
    },
  );
});

/** A connection that could not be opened, or that the kernel reset because it was waiting to be accepted. */
function isNeverAccepted(error: unknown): boolean {
  return error instanceof ConnectError || (error instanceof ConnectionLostError && !error.evidence.reused);
}
