// Signals over sockets, on every way to an origin: through tunnels, through a proxy that forwards, through a unix socket.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Session } from '#src/client/index.js';
import type { SessionOptions } from '#src/client/index.js';
import { certificate, until } from '../io/opening.ts';
import { ForwardProxy } from './forward-proxy.ts';
import { startOrigin } from './held-origin.ts';

/** Short, so that several fit into the time of a test. */
const heartbeat = { intervalMs: 40 };

function openSession(context: TestContext, options: SessionOptions): Session {
  const session = new Session({ heartbeat, tls: { ca: certificate('authority') }, ...options });
  context.after(() => session.destroy());
  return session;
}

async function get(session: Session, url: string): Promise<string> {
  return (await session.request(url)).body.text();
}

test('a tunnel is asked end to end: the signal reaches the origin, and the proxy sees nothing of it', async (context) => {
  const proxy = await ForwardProxy.start(context);
  const origin = await startOrigin(context, { secure: true });
  const session = openSession(context, { proxy: proxy.url() });
  assert.equal(await get(session, `${origin.url}/x`), 'GET /x');
  await until(() => origin.requests.length >= 4);
  assert.deepEqual(
    origin.requests.slice(0, 4).map(({ method, url }) => `${method} ${url}`),
    ['GET /x', 'OPTIONS *', 'OPTIONS *', 'OPTIONS *'],
  );
  assert.equal(proxy.lines.length, 1);
  assert.match(proxy.lines[0]!, /^CONNECT /);
  assert.equal(session.stats().connectionsOpened, 1);
});

test('a connection to a proxy that forwards is left alone, beside a tunnel through the same proxy that is not', async (context) => {
  const proxy = await ForwardProxy.start(context);
  const plain = await startOrigin(context);
  const secure = await startOrigin(context, { secure: true });
  const session = openSession(context, { proxy: proxy.url() });
  await get(session, `${plain.url}/x`);
  await get(session, `${secure.url}/x`);
  await until(() => secure.requests.length >= 4);
  assert.equal(plain.requests.length, 1);
  assert.deepEqual(
    session.connections().map((connection) => connection.heartbeat?.warm),
    [undefined, true],
  );
});

test('a unix socket is as any connection', async (context) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heartbeat-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const lines: string[] = [];
  const server = http.createServer((request, response) => {
    lines.push(`${request.method} ${request.url} ${request.headers.host}`);
    response.end();
  });
  context.after(() => server.close());
  const socketPath = path.join(folder, 'server.sock');
  server.listen(socketPath);
  await once(server, 'listening');
  const session = openSession(context, { socketPath });
  await get(session, 'http://service.test/x');
  await until(() => lines.length >= 3);
  assert.deepEqual(lines.slice(0, 3), ['GET /x service.test', 'OPTIONS * service.test', 'OPTIONS * service.test']);
});
