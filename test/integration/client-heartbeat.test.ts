// The heartbeat of a session against real servers: nginx that ends idle connections, and a server that freezes with its connections open.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session } from '#src/client/index.js';
import type { SessionEvent, SessionOptions } from '#src/client/index.js';
import { externalProgram } from '../support/external-program.ts';
import { NginxServer } from './reloading/nginx-server.ts';
import { ServerProcess } from './reloading/server-process.ts';

const nginx = externalProgram('nginx');
const LIMIT = { timeout: 60_000 };

describe('nginx that ends connections after two seconds of idle time', () => {
  /** The connections of two requests with a pause of three seconds between them, and what was told. */
  async function pause(heartbeat: SessionOptions['heartbeat']): Promise<{ ids: number[]; events: SessionEvent[] }> {
    await using server = await NginxServer.start(nginx.path, { directives: 'keepalive_timeout 2s;' });
    const events: SessionEvent[] = [];
    await using session = new Session({
      baseUrl: server.url,
      ...(heartbeat !== undefined && { heartbeat }),
      trace: (event) => void events.push(event),
    });
    const ids: number[] = [];
    for (let request = 0; request < 2; request += 1) {
      if (request > 0) await sleep(3_000);
      const { body, connection } = await session.request('/files/1.txt');
      await body.dump();
      ids.push(connection.id);
    }
    return { ids, events };
  }

  test('has a new connection after three seconds without a heartbeat', { ...nginx, ...LIMIT }, async () => {
    const { ids } = await pause(undefined);
    assert.deepEqual(ids, [1, 2]);
  });

  test('has the same one with a heartbeat', { ...nginx, ...LIMIT }, async () => {
    const { ids, events } = await pause({ intervalMs: 900, target: '/files/1.txt' });
    assert.deepEqual(ids, [1, 1]);
    const acks = events.filter((event) => event.type === 'heartbeat');
    assert.ok(acks.length >= 3, `${acks.length} signals`);
    assert.ok(acks.every((event) => event.outcome === 'ack' && event.status === 200));
  });

  test('keeps one where it does not understand OPTIONS *, once that has shown', { ...nginx, ...LIMIT }, async () => {
    const { ids, events } = await pause({ intervalMs: 700 });
    assert.equal(ids.length, 2);
    const opened = events.filter((event) => event.type === 'opened').length;
    const [first, ...rest] = events.filter((event) => event.type === 'heartbeat');
    // Newer ones understand it, and lose no connection.
    const isUnderstood = first?.outcome === 'ack' && first.status < 400;
    assert.equal(opened, isUnderstood ? 1 : 2);
    assert.equal(ids[1], isUnderstood ? 1 : 2);
    assert.ok(rest.length >= 2 && rest.every(({ outcome }) => outcome === 'ack'));
  });
});

/** A server that says its name. */
const SERVER = `
  const server = require('node:http').createServer((request, response) => response.end(process.argv[1]));
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
`;

async function startServer(context: TestContext, name: string): Promise<{ server: ServerProcess; port: number }> {
  const server = new ServerProcess(process.execPath, ['-e', SERVER, name]);
  context.after(() => server.stop('SIGKILL'));
  const [, port] = await server.printed(/port (\d+)\n/);
  return { server, port: Number(port) };
}

/** Passes connections on to the port that is next in turn, as a balancer whose machines come and go. */
async function startBalancer(context: TestContext, state: { port: number }): Promise<string> {
  const sockets = new Set<Socket>();
  const balancer = createServer((client) => {
    const upstream = connect(state.port, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy()).on('close', () => sockets.delete(from));
    }
  });
  balancer.listen(0, '127.0.0.1');
  await once(balancer, 'listening');
  context.after(() => {
    balancer.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${(balancer.address() as AddressInfo).port}/`;
}

describe('a server that is stopped with its connections open', () => {
  const INTERVAL_MS = 150;
  const TIMEOUT_MS = 300;

  test(
    'costs a session with a heartbeat a connection and no request: the next one is answered elsewhere, at once',
    LIMIT,
    async (t) => {
      const frozen = await startServer(t, 'frozen');
      const other = await startServer(t, 'other');
      const state = { port: frozen.port };
      const url = await startBalancer(t, state);
      let tellLost: (event: SessionEvent) => void = () => {};
      const lost = new Promise<SessionEvent>((resolve) => {
        tellLost = resolve;
      });
      const session = new Session({
        heartbeat: { intervalMs: INTERVAL_MS, timeoutMs: TIMEOUT_MS },
        hedgeStale: 'never',
        trace: (event) => {
          if (event.type === 'closed' && event.reason === 'heartbeatLost') tellLost(event);
        },
      });
      t.after(() => session.destroy());
      assert.equal(await (await session.request(url)).body.text(), 'frozen');
      frozen.server.child.kill('SIGSTOP');
      state.port = other.port;
      const stoppedAtMs = performance.now();
      // Timers of a session do not hold the process, so something here has to.
      const holding = setTimeout(() => {}, LIMIT.timeout);
      await lost;
      clearTimeout(holding);
      const noticedMs = performance.now() - stoppedAtMs;
      const askedAtMs = performance.now();
      const { body, connection } = await session.request(url);
      assert.equal(await body.text(), 'other');
      const answeredMs = performance.now() - askedAtMs;
      t.diagnostic(`noticed after ${noticedMs.toFixed(0)} ms, the next request took ${answeredMs.toFixed(1)} ms`);
      assert.equal(connection.id, 2);
      assert.ok(answeredMs < TIMEOUT_MS, `${answeredMs} ms`);
      assert.ok(noticedMs < INTERVAL_MS + TIMEOUT_MS + 500, `${noticedMs} ms`);
      const { retries, hedges, failures, signalsMissed } = session.stats();
      assert.deepEqual(
        { retries, hedges, failures, signalsMissed },
        { retries: 0, hedges: 0, failures: 0, signalsMissed: 1 },
      );
    },
  );

  test('holds up a session without one for as long as a response may take', LIMIT, async (t) => {
    const frozen = await startServer(t, 'frozen');
    const other = await startServer(t, 'other');
    const state = { port: frozen.port };
    const url = await startBalancer(t, state);
    const session = new Session({ hedgeStale: 'never', timeouts: { headersMs: 1_000 } });
    t.after(() => session.destroy());
    assert.equal(await (await session.request(url)).body.text(), 'frozen');
    frozen.server.child.kill('SIGSTOP');
    state.port = other.port;
    await sleep(INTERVAL_MS + TIMEOUT_MS);
    const askedAtMs = performance.now();
    const { body, retries } = await session.request(url);
    assert.equal(await body.text(), 'other');
    assert.ok(performance.now() - askedAtMs >= 1_000);
    assert.equal(retries.length, 1);
  });
});

test('a session with a heartbeat lets the process end', LIMIT, async (t) => {
  const { port } = await startServer(t, 'server');
  const script = `
    const { Session } = await import(process.argv[1]);
    const session = new Session({ heartbeat: { intervalMs: 20 } });
    console.log(await (await session.request(process.argv[2])).body.text());
    const holding = setTimeout(() => console.log(session.stats().signals > 2 ? 'kept' : 'not kept'), 500);
  `;
  const client = import.meta.resolve('#src/client/index.js');
  const url = `http://127.0.0.1:${port}/`;
  await using program = new ServerProcess(process.execPath, ['--input-type=module', '-e', script, client, url]);
  const ended = once(program.child, 'close');
  await ended;
  assert.equal(program.output, 'server\nkept\n');
  assert.equal(program.child.exitCode, 0);
});
