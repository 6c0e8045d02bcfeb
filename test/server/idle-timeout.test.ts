// How long an idle connection is kept, and how it is ended.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CLOSE, DrivenServer, get } from './driven-server.ts';
import type { DrivenClient, DrivenOptions } from './driven-server.ts';

async function idleClient(options: Partial<DrivenOptions>): Promise<{ server: DrivenServer; client: DrivenClient }> {
  const server = new DrivenServer({ handler: () => ({ body: 'ok' }), ...options });
  const client = server.connect();
  await client.send(get());
  client.take();
  return { server, client };
}

describe('an idle connection', () => {
  const cases: { options: Partial<DrivenOptions>; realMs: number }[] = [
    { options: {}, realMs: 68_250 },
    { options: { keepAliveTimeoutMs: 5_000 }, realMs: 6_000 },
    { options: { keepAliveTimeoutMs: 5_000, keepAliveGraceMs: 0 }, realMs: 5_000 },
    { options: { keepAliveTimeoutMs: 5_000, keepAliveGraceMs: 250 }, realMs: 5_250 },
    { options: { keepAliveTimeoutMs: 5_900, keepAliveGraceMs: 0 }, realMs: 5_900 },
    { options: { keepAliveTimeoutMs: 100, keepAliveGraceMs: 0 }, realMs: 1_000 },
  ];
  for (const { options, realMs } of cases) {
    test(`with ${JSON.stringify(options)} ends after ${realMs} ms, silently, and not a millisecond before`, async () => {
      const { server, client } = await idleClient(options);
      await server.advance(realMs - 1);
      assert.ok(!client.ended);
      await server.advance(1);
      assert.ok(client.ended);
      assert.equal(client.received, '');
      await client.end();
      assert.deepEqual(server.closed, ['1 idleTimeout']);
    });

    test(`with ${JSON.stringify(options)} answers a request one millisecond before, and waits anew`, async () => {
      const { server, client } = await idleClient(options);
      await server.advance(realMs - 1);
      await client.send(get());
      assert.match(client.take(), /ok$/);
      await server.advance(realMs - 1);
      assert.ok(!client.ended);
      await server.advance(1);
      assert.ok(client.ended);
    });
  }

  test('without a timeout is kept for ever and costs no timer', async () => {
    const { server, client } = await idleClient({ keepAliveTimeoutMs: Infinity });
    await server.advance(20_000);
    assert.equal(server.clock.pendingTimers, 0);
    await server.advance(1e12);
    await client.send(get());
    assert.match(client.received, /ok$/);
  });

  test('is counted from the end of its last answer, not from the request', async () => {
    const server = new DrivenServer({
      handler: async () => {
        await new Promise<void>((resolve) => void server.clock.startTimer(30_000, resolve));
        return { body: 'ok' };
      },
      keepAliveTimeoutMs: 5_000,
    });
    const client = server.connect();
    await client.send(get());
    await server.advance(30_000);
    assert.match(client.received, /ok$/);
    await server.advance(5_999);
    assert.ok(!client.ended);
    await server.advance(1);
    assert.ok(client.ended);
  });

  test('is not kept longer by empty lines', async () => {
    const { server, client } = await idleClient({ keepAliveTimeoutMs: 5_000 });
    await server.advance(5_000);
    await client.send('\r\n\r\n');
    await server.advance(1_000);
    assert.ok(client.ended);
    assert.equal(client.received, '');
  });

  test('that ended is no longer listened to: a request that crosses the close is not executed', async () => {
    let calls = 0;
    const { server, client } = await idleClient({
      handler: () => {
        calls += 1;
        return { body: 'ok' };
      },
    });
    await server.advance(68_250);
    assert.ok(client.ended);
    await client.send(get());
    assert.equal(client.received, '');
    assert.equal(calls, 1);
  });

  test(`with idleClose '408' says so before its FIN`, async () => {
    const { server, client } = await idleClient({ idleClose: '408', keepAliveTimeoutMs: 5_000 });
    await server.advance(6_000);
    assert.equal(
      client.received,
      `HTTP/1.1 408 Request Timeout\r\nDate: Sun, 09 Sep 2001 01:46:46 GMT\r\n${CLOSE}Content-Length: 0\r\n\r\n`,
    );
    assert.ok(client.ended);
    assert.deepEqual(client.calls, ['end', 'resume']);
    await client.end();
    assert.deepEqual(server.closed, ['1 idleTimeout']);
  });

  test(`that never said a byte gets no 408 even with idleClose '408'`, async () => {
    const server = new DrivenServer({ handler: () => ({}), idleClose: '408' });
    const client = server.connect();
    await server.advance(20_000);
    assert.ok(client.ended);
    assert.equal(client.received, '');
  });
});
