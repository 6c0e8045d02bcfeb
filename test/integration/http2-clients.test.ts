// Clients of HTTP/2 that people really use, against a real server: what they get, also when their connections end under them.
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { serve } from '#src/server/index.js';
import type { ServeOptions, Server } from '#src/server/index.js';
import { identity } from '../io/opening.ts';
import { externalProgram } from '../support/external-program.ts';
import { runProgram } from './run-program.ts';

const TIMEOUT = { timeout: 60_000 };
const HANDLER_MS = 10;

interface Counted {
  readonly server: Server;
  /** Requests that a handler was asked. */
  asked: number;
  connections: number;
  readonly closed: string[];
}

async function startCounted(context: TestContext, options: Partial<ServeOptions> = {}): Promise<Counted> {
  const closed: string[] = [];
  const server = await serve({
    port: 0,
    handler: async ({ url }) => {
      counted.asked += 1;
      if (url.endsWith('/slow')) await wait(HANDLER_MS);
      return { body: 'answered\n' };
    },
    trace: (event) => {
      if (event.type === 'opened') counted.connections += 1;
      if (event.type === 'closed') closed.push(event.reason);
    },
    ...options,
  });
  const counted: Counted = { server, asked: 0, connections: 0, closed };
  context.after(() => server.destroy());
  return counted;
}

/** What h2load counted, by its words. */
async function runH2load(program: string, ...args: string[]): Promise<ReadonlyMap<string, number>> {
  const { stdout } = await runProgram(program, args);
  const line = /^requests: (.*)$/m.exec(stdout.toString('latin1'))?.[1] ?? '';
  return new Map(line.split(', ').map((part) => [part.split(' ')[1] ?? '', Number.parseInt(part, 10)]));
}

describe('h2load', () => {
  const h2load = externalProgram('h2load');
  const options = { ...h2load, ...TIMEOUT };

  test('gets every answer', options, async (context) => {
    const counted = await startCounted(context);
    const counts = await runH2load(h2load.path, '-n', '2000', '-c', '4', '-m', '10', counted.server.url);
    assert.equal(counts.get('succeeded'), 2_000);
    assert.equal(counted.asked, 2_000);
  });

  test('gets every answer over TLS', options, async (context) => {
    const counted = await startCounted(context, { tls: identity('localhost') });
    const counts = await runH2load(h2load.path, '-n', '1000', '-c', '4', '-m', '10', counted.server.url);
    assert.equal(counts.get('succeeded'), 1_000);
  });

  test('gets exactly as many answers on each connection as the limit says', options, async (context) => {
    const counted = await startCounted(context, { maxKeepAliveRequests: 100 });
    const counts = await runH2load(h2load.path, '-n', '2000', '-c', '4', '-m', '10', counted.server.url);
    // It opens no new connections in place of those that ended.
    assert.equal(counts.get('succeeded'), 400);
    assert.equal(counted.asked, 400);
  });

  test(
    'gets the answer to everything that a handler was asked while the server shuts down',
    options,
    async (context) => {
      const counted = await startCounted(context);
      const running = runH2load(h2load.path, '-D', '1', '-c', '4', '-m', '10', `${counted.server.url}slow`);
      while (counted.asked < 50) await wait(1);
      const { destroyed, closed } = await counted.server.close();
      const counts = await running;
      assert.deepEqual(destroyed, []);
      assert.equal(closed, 4);
      assert.equal(counts.get('succeeded'), counted.asked);
    },
  );
});

describe('curl', () => {
  const curl = externalProgram('curl');

  test('goes on with a new connection where one has reached its limit', { ...curl, ...TIMEOUT }, async (context) => {
    const counted = await startCounted(context, { maxKeepAliveRequests: 3, tls: identity('localhost') });
    const urls = Array.from({ length: 10 }, () => counted.server.url);
    const { code, stdout, stderr } = await runProgram(curl.path, ['-sSk', '--http2', ...urls]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout.toString(), 'answered\n'.repeat(10));
    assert.equal(counted.asked, 10);
    assert.equal(counted.connections, 4);
  });

  test('speaks HTTP/2 by prior knowledge', { ...curl, ...TIMEOUT }, async (context) => {
    const { server, closed } = await startCounted(context);
    const args = ['-sS', '--http2-prior-knowledge', '-w', '%{http_version}', server.url];
    const { code, stdout } = await runProgram(curl.path, args);
    assert.equal(code, 0);
    assert.equal(stdout.toString(), 'answered\n2');
    while (closed.length === 0) await wait(1);
    assert.deepEqual(closed, ['peerClosed']);
  });
});

/** What became of requests that were sent until the client knew that it may not. */
interface Sent {
  answered: number;
  readonly failures: string[];
}

describe('a client that goes on asking while the server shuts down', () => {
  test(
    'node:http2: everything that a handler was asked is answered, and the rest was refused',
    TIMEOUT,
    async (context) => {
      const counted = await startCounted(context);
      const session = http2.connect(counted.server.url);
      context.after(() => session.destroy());
      session.on('error', () => {});
      const sent: Sent = { answered: 0, failures: [] };
      const requests: Promise<void>[] = [];
      let report: ReturnType<Server['close']> | undefined;
      while (!session.closed && !session.destroyed) {
        requests.push(askNode(session, sent));
        if (counted.asked >= 20) report ??= counted.server.close();
        await new Promise(setImmediate);
      }
      await Promise.all(requests);
      assert.deepEqual((await report!).destroyed, []);
      assert.equal(sent.answered, counted.asked);
      // Those submitted in the turn in which the GOAWAY was read never left; over TLS those that crossed it were not processed either.
      for (const failure of sent.failures) assert.match(failure, /REFUSED_STREAM|GOAWAY|CANCEL/);
    },
  );

  test('undici: everything that a handler was asked is answered', TIMEOUT, async (context) => {
    const counted = await startCounted(context);
    // Its types do not know of h2c yet.
    const options = { connections: 2, pipelining: 10, allowH2: true, useH2c: true };
    const pool = new Pool(counted.server.url.slice(0, -1), options);
    context.after(() => pool.destroy());
    const sent: Sent = { answered: 0, failures: [] };
    const requests: Promise<void>[] = [];
    let report: ReturnType<Server['close']> | undefined;
    while (sent.failures.length === 0) {
      requests.push(
        pool.request({ path: '/slow', method: 'GET' }).then(
          async ({ body }) => {
            await body.dump();
            sent.answered += 1;
          },
          (error: Error) => void sent.failures.push(error.message),
        ),
      );
      if (counted.asked >= 20) report ??= counted.server.close();
      await wait(1);
    }
    await Promise.all(requests);
    assert.deepEqual((await report!).destroyed, []);
    assert.equal(sent.answered, counted.asked);
  });
});

function askNode(session: http2.ClientHttp2Session, sent: Sent): Promise<void> {
  return new Promise((resolve) => {
    const stream = session.request({ ':path': '/slow' });
    let status = 0;
    stream.on('response', (headers) => {
      status = headers[':status'] ?? 0;
    });
    stream.on('error', (error) => {
      sent.failures.push(error.message);
      resolve();
    });
    stream.on('end', () => {
      if (status === 200) sent.answered += 1;
    });
    stream.on('close', resolve);
    stream.resume();
  });
}
