// Shutting down: lame duck, drain, deadline. Driven on the product's Drain, with connections in memory and a clock that the test moves.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Drain } from '#src/server/shutdown/drain.js';
import type { CloseOptions, CloseReport } from '#src/server/index.js';
import { Response } from '#src/server/index.js';
import type { ServerConnection } from '#src/server/connection/server-connection.js';
import { DrivenServer, gate, get, post } from './driven-server.ts';
import type { DrivenClient, DrivenOptions } from './driven-server.ts';

/** One shutdown of a driven server; `log` holds the phases and what they do to the listening socket. */
class DrivenDrain {
  readonly log: string[] = [];
  readonly drain: Drain;
  report: CloseReport | undefined;

  constructor(server: DrivenServer, options: CloseOptions = {}) {
    const { core, clock } = server;
    const start = clock.nowMs();
    const note = (what: string): void => void this.log.push(`${clock.nowMs() - start} ${what}`);
    this.drain = new Drain(
      {
        clock,
        connections: core.connections,
        get latestIdle() {
          return core.deadlines.idle.last?.owner;
        },
        announce: () => {
          core.draining = true;
          note('announce');
        },
        stopListening: () => note('stopListening'),
        onPhase: (phase) => note(phase),
      },
      options,
    );
    const before = core.onClosed;
    core.onClosed = (connection, reason) => {
      before(connection, reason);
      this.drain.connectionClosed(connection);
    };
    core.onIdle = (connection) => this.drain.connectionIdle(connection);
    void this.drain.report.then((report) => (this.report = report));
  }
}

/** What it came to, without its phases. */
function inShort(report: CloseReport | undefined): Pick<CloseReport, 'durationMs' | 'closed' | 'destroyed'> {
  assert.ok(report !== undefined);
  const { durationMs, closed, destroyed } = report;
  return { durationMs, closed, destroyed };
}

async function withIdle(options: Partial<DrivenOptions> = {}): Promise<{ server: DrivenServer; client: DrivenClient }> {
  const server = new DrivenServer({ handler: () => ({ body: 'ok' }), ...options });
  const client = server.connect();
  await client.send(get());
  client.take();
  return { server, client };
}

describe('a shutdown', () => {
  test('without connections is over at once', async () => {
    const server = new DrivenServer({ handler: () => ({}) });
    const { log, drain } = new DrivenDrain(server);
    assert.deepEqual(log, ['0 announce', '0 lameDuck', '0 stopListening', '0 draining', '0 closed']);
    assert.deepEqual(inShort(await drain.report), { durationMs: 0, closed: 0, destroyed: [] });
    assert.equal(server.clock.pendingTimers, 0);
  });

  test('keeps listening for lameDuckMs even without connections', async () => {
    const server = new DrivenServer({ handler: () => ({}) });
    const shutdown = new DrivenDrain(server, { lameDuckMs: 5_000 });
    await server.advance(4_999);
    assert.deepEqual(shutdown.log, ['0 announce', '0 lameDuck']);
    await server.advance(1);
    assert.deepEqual(shutdown.log.slice(2), ['5000 stopListening', '5000 draining', '5000 closed']);
    assert.equal(shutdown.report?.durationMs, 5_000);
  });

  test('gives a connection that has asked for nothing yet a second for its first request', async () => {
    const server = new DrivenServer({ handler: () => ({}) });
    const client = server.connect();
    const shutdown = new DrivenDrain(server);
    await server.advance(999);
    assert.ok(!client.ended);
    await server.advance(1);
    assert.ok(client.ended);
    await client.end();
    assert.deepEqual(inShort(shutdown.report), { durationMs: 1_000, closed: 1, destroyed: [] });
    assert.deepEqual(server.closed, ['1 draining']);
  });

  test('answers every request with close meanwhile', async () => {
    const { server, client } = await withIdle();
    const shutdown = new DrivenDrain(server, { drainMs: 30_000 });
    await server.advance(10_000);
    assert.ok(!client.ended, 'it was promised 65 seconds');
    await client.send(get());
    assert.match(client.received, /Connection: close\r\n(?:.+\r\n)*\r\nok$/);
    await client.end();
    assert.deepEqual(inShort(shutdown.report), { durationMs: 10_000, closed: 1, destroyed: [] });
  });

  test('keeps an idle connection for as long as was promised to it, where the deadline allows', async () => {
    const { server, client } = await withIdle({ keepAliveTimeoutMs: 5_000 });
    await server.advance(2_000);
    const shutdown = new DrivenDrain(server, { drainMs: 30_000 });
    await server.advance(2_999);
    assert.ok(!client.ended);
    await server.advance(1);
    assert.ok(client.ended, 'five seconds after its answer');
    assert.deepEqual(shutdown.log.slice(2), ['3000 stopListening', '3000 draining']);
    await client.end();
    assert.equal(shutdown.report?.durationMs, 3_000);
  });

  test('keeps it until a second before the deadline where the promise is longer', async () => {
    const { server, client } = await withIdle();
    const shutdown = new DrivenDrain(server, { drainMs: 30_000 });
    await server.advance(28_999);
    assert.ok(!client.ended);
    await server.advance(1);
    assert.ok(client.ended);
    await client.end();
    assert.deepEqual(inShort(shutdown.report), { durationMs: 29_000, closed: 1, destroyed: [] });
  });

  test('keeps it for half the time where there is less than two seconds', async () => {
    const { server, client } = await withIdle();
    void new DrivenDrain(server, { drainMs: 500 });
    await server.advance(249);
    assert.ok(!client.ended);
    await server.advance(1);
    assert.ok(client.ended);
  });

  test('keeps it no longer than idleGraceMs', async () => {
    const { server, client } = await withIdle();
    const shutdown = new DrivenDrain(server, { idleGraceMs: 700 });
    await server.advance(699);
    assert.ok(!client.ended);
    await server.advance(1);
    assert.ok(client.ended);
    await client.end();
    assert.equal(shutdown.report?.durationMs, 700);
  });

  test('closes it at once with idleGraceMs: 0', async () => {
    const { server, client } = await withIdle();
    void new DrivenDrain(server, { idleGraceMs: 0 });
    await server.run();
    assert.ok(client.ended);
  });

  test('is over early when the idle ones leave by themselves', async () => {
    const { server, client } = await withIdle();
    const shutdown = new DrivenDrain(server);
    await server.advance(1_000);
    await client.end();
    assert.deepEqual(inShort(shutdown.report), { durationMs: 1_000, closed: 1, destroyed: [] });
  });

  test('honours lameDuckMs also where no timeout is advertised', async () => {
    const { server, client } = await withIdle({ keepAliveTimeoutMs: Infinity });
    const shutdown = new DrivenDrain(server, { lameDuckMs: 5_000 });
    await server.advance(4_999);
    assert.deepEqual(shutdown.log, ['0 announce', '0 lameDuck']);
    await server.advance(1);
    assert.ok(client.ended);
  });

  test('stops listening first where others accept in its place, and keeps its promises all the same', async () => {
    const { server, client } = await withIdle({ keepAliveTimeoutMs: 5_000 });
    const shutdown = new DrivenDrain(server, { stopListeningFirst: true });
    assert.deepEqual(shutdown.log, ['0 announce', '0 lameDuck', '0 stopListening']);
    await server.advance(4_999);
    assert.ok(!client.ended);
    await server.advance(1);
    assert.ok(client.ended);
    await client.end();
    assert.deepEqual(shutdown.log.slice(3), ['5000 draining', '5000 closed'], 'it stops listening once');
  });

  test('that stopped listening first does not stop again when it is abandoned', async () => {
    const { server } = await withIdle();
    const shutdown = new DrivenDrain(server, { stopListeningFirst: true });
    shutdown.drain.abandon();
    await server.run();
    assert.deepEqual(shutdown.log.slice(2), ['0 stopListening', '0 closed']);
  });

  test('waits for what is in flight, which ends with close', async () => {
    const answer = gate<Response>();
    const server = new DrivenServer({ fetch: () => answer.promise });
    const client = server.connect();
    await client.send(get());
    const shutdown = new DrivenDrain(server);
    assert.deepEqual(shutdown.log.at(-1), '0 draining');
    await server.advance(20_000);
    assert.ok(!client.ended);
    answer.open(new Response('done'));
    await server.run();
    assert.match(client.received, /Connection: close\r\n(?:.+\r\n)*\r\ndone$/);
    await client.end();
    assert.deepEqual(inShort(shutdown.report), { durationMs: 20_000, closed: 1, destroyed: [] });
  });

  test('destroys at the deadline, and reports who held on', async () => {
    const server = new DrivenServer({ fetch: () => new Promise<Response>(() => {}) });
    const client = server.connect();
    const aborted: string[] = [];
    const other = server.connect();
    await client.send(get());
    await other.send('GET / HTTP/1.1\r\n');
    const shutdown = new DrivenDrain(server, { drainMs: 10_000 });
    await server.advance(9_999);
    assert.equal(shutdown.report, undefined);
    await server.advance(1);
    const { destroyed, ...rest } = inShort(shutdown.report);
    assert.deepEqual(rest, { durationMs: 10_000, closed: 0 });
    assert.deepEqual(
      destroyed.map((info) => [info.id, info.state, info.requests, info.ageMs]),
      [
        [1, 'active', 1, 10_000],
        [2, 'opened', 0, 10_000],
      ],
    );
    assert.deepEqual(server.closed, ['1 draining', '2 draining']);
    assert.equal(shutdown.log.at(-1), '10000 closed');
    assert.deepEqual(aborted, []);
    assert.equal(server.clock.pendingTimers, 1, 'only the head deadline’s timer, which the owner stops');
  });

  test('destroys handlers that never settle: their signal says so', async () => {
    const reasons: string[] = [];
    const server = new DrivenServer({
      fetch: (request) => {
        request.signal.addEventListener('abort', () => reasons.push(String(request.signal.reason)));
        return new Promise<Response>(() => {});
      },
    });
    const client = server.connect();
    await client.send(get());
    void new DrivenDrain(server, { drainMs: 1_000 });
    await server.advance(1_000);
    assert.deepEqual(reasons, ['AbortedError: the connection was destroyed: draining']);
    assert.ok(client.ended || client.over !== undefined);
  });

  test('looks at each connection a few times at the most, however many leave one by one', async () => {
    const server = new DrivenServer({ handler: () => ({}) });
    let looks = 0;
    const crowd = Array.from({ length: 2_000 }, (_, index) => ({
      idleAtMs: 0,
      get promisedUntilMs() {
        looks += 1;
        return 5_000 + index;
      },
      closeIdle: () => true,
      info: () => ({ requests: 1 }),
    })) as unknown as ServerConnection[];
    for (const connection of crowd) server.core.connections.add(connection);
    const { drain, log } = new DrivenDrain(server);
    for (const connection of crowd) {
      server.core.connections.delete(connection);
      drain.connectionClosed(connection);
    }
    assert.equal(log.at(-1), '0 closed');
    assert.ok(looks <= 4 * crowd.length, `${looks} looks`);
  });

  test('that is abandoned ends at once', async () => {
    const { server, client } = await withIdle();
    const shutdown = new DrivenDrain(server);
    await server.advance(10);
    shutdown.drain.abandon();
    await server.run();
    assert.deepEqual(shutdown.log.slice(2), ['10 stopListening', '10 closed']);
    assert.equal(shutdown.report?.destroyed.length, 1);
    assert.ok(client.ended);
    shutdown.drain.abandon();
    await server.run();
    assert.equal(shutdown.log.length, 4);
  });

  test('lets a half-received head come to its end, and answers it with close', async () => {
    const { server, client } = await withIdle();
    await client.send('GET / HT');
    const shutdown = new DrivenDrain(server, { idleGraceMs: 0 });
    await server.run();
    assert.ok(!client.ended);
    await client.send('TP/1.1\r\nHost: a\r\n\r\n');
    assert.match(client.received, /Connection: close\r\n(?:.+\r\n)*\r\nok$/);
    await client.end();
    assert.equal(shutdown.report?.closed, 1);
  });
});

describe('the report of a shutdown', () => {
  test('says what each phase came to: connections open at first, new, ended, and requests', async () => {
    const { server, client } = await withIdle({ keepAliveTimeoutMs: 5_000 });
    const slow = server.connect();
    await slow.send('GET / HT');
    const shutdown = new DrivenDrain(server, { lameDuckMs: 2_000 });
    await server.advance(1_000);
    await client.send(get());
    await client.end();
    const newcomer = server.connect();
    await newcomer.send(get());
    await newcomer.end();
    await server.advance(1_000);
    await slow.send('TP/1.1\r\nHost: a\r\n\r\n');
    await server.advance(500);
    await slow.end();
    assert.deepEqual(shutdown.report, {
      durationMs: 2_500,
      lameDuck: { durationMs: 2_000, open: 2, opened: 1, closed: 2, requests: 2 },
      draining: { durationMs: 500, open: 1, opened: 0, closed: 1, requests: 1 },
      closed: 3,
      destroyed: [],
    });
  });

  test('has nothing in a phase that never began, and counts those that were destroyed as not ended', async () => {
    const { server } = await withIdle();
    const shutdown = new DrivenDrain(server, { lameDuckMs: 60_000 });
    await server.advance(10);
    shutdown.drain.abandon();
    await server.run();
    assert.deepEqual(shutdown.report?.lameDuck, { durationMs: 10, open: 1, opened: 0, closed: 0, requests: 0 });
    assert.deepEqual(shutdown.report?.draining, { durationMs: 0, open: 0, opened: 0, closed: 0, requests: 0 });
    assert.equal(shutdown.report?.destroyed.length, 1);
  });
});

describe('a connection whose answer said keep-alive before the shutdown and that becomes idle after', () => {
  function streaming(): { server: DrivenServer; client: DrivenClient; finish: () => Promise<void> } {
    const end = gate();
    async function* body(): AsyncGenerator<string> {
      yield 'first';
      await end.promise;
    }
    const server = new DrivenServer({ handler: () => ({ body: body() }), keepAliveTimeoutMs: 5_000 });
    const client = server.connect();
    return {
      server,
      client,
      finish: async () => {
        end.open();
        await server.run();
      },
    };
  }

  test('is kept as promised, then closed', async () => {
    const { server, client, finish } = streaming();
    await client.send(get());
    const shutdown = new DrivenDrain(server, { drainMs: 30_000 });
    await server.advance(1_000);
    await finish();
    assert.match(client.received, /keep-alive.*0\r\n\r\n$/s);
    await server.advance(4_999);
    assert.ok(!client.ended);
    await server.advance(1);
    assert.ok(client.ended);
    await client.end();
    assert.deepEqual(inShort(shutdown.report), { durationMs: 6_000, closed: 1, destroyed: [] });
  });

  test('is closed at once with idleGraceMs: 0', async () => {
    const { server, client, finish } = streaming();
    await client.send(get());
    const shutdown = new DrivenDrain(server, { idleGraceMs: 0 });
    await finish();
    assert.ok(client.ended);
    await client.end();
    assert.deepEqual(inShort(shutdown.report), { durationMs: 0, closed: 1, destroyed: [] });
  });

  test('is closed a second before the deadline, not destroyed at it', async () => {
    const { server, client, finish } = streaming();
    await client.send(get());
    const shutdown = new DrivenDrain(server, { drainMs: 3_000 });
    await finish();
    await server.advance(2_000);
    assert.ok(client.ended);
    await client.end();
    assert.deepEqual(inShort(shutdown.report), { durationMs: 2_000, closed: 1, destroyed: [] });
  });

  test('is treated the same when what was missing is the body of its request', async () => {
    const server = new DrivenServer({ handler: () => ({ body: 'early' }) });
    const client = server.connect();
    await client.send(post('x'.repeat(100)).slice(0, -50));
    assert.match(client.received, /keep-alive.*early$/s);
    const shutdown = new DrivenDrain(server, { idleGraceMs: 0 });
    await server.run();
    assert.ok(!client.ended);
    await client.send('x'.repeat(50));
    assert.ok(client.ended);
    await client.end();
    assert.equal(shutdown.report?.closed, 1);
  });
});
