// How many connections one client may have open: counts that no order of events can upset, and what is refused.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { serve } from '#src/server/index.js';
import type { ServeOptions, TraceEvent } from '#src/server/index.js';
import { AddressCounts } from '#src/server/admission/address-counts.js';
import { openRefused, RawConnection } from '../support/raw-client.ts';
import { identity, TlsClient, until } from './tls-bench.ts';

const WAIT = { timeoutMs: 10_000 };
const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

describe('counts of connections', () => {
  test('are right after any order of comings and goings, and leave nothing behind', () => {
    const remotes = [
      '192.0.2.1:1',
      '192.0.2.2:1',
      '[::ffff:192.0.2.1]:2',
      '[2001:db8::1]:1',
      '[2001:db8::2]:1',
      '[2001:db8:0:1::1]:1',
    ];
    const groups = ['a', 'b', 'a', 'c', 'c', 'd'];
    const step = fc.record({
      comes: fc.boolean(),
      who: fc.nat(remotes.length - 1),
      which: fc.nat(50),
      twice: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 80 }), (limit, steps) => {
        const counts = new AddressCounts(limit);
        const open: { readonly group: string; readonly leave: () => void }[] = [];
        for (const { comes, who, which, twice } of steps) {
          if (comes) {
            const group = groups[who]!;
            const leave = counts.enter(remotes[who]!);
            const has = open.filter((other) => other.group === group).length;
            assert.equal(leave !== undefined, has < limit);
            if (leave !== undefined) open.push({ group, leave });
          } else if (open.length > 0) {
            const [gone] = open.splice(which % open.length, 1);
            gone!.leave();
            if (twice) gone!.leave();
          }
          assert.equal(counts.size, new Set(open.map(({ group }) => group)).size);
        }
        for (const { leave } of open) leave();
        assert.equal(counts.size, 0);
      }),
      { numRuns: 500 },
    );
  });

  test('leave out what has no address', () => {
    const counts = new AddressCounts(1);
    for (let i = 0; i < 3; i++) assert.notEqual(counts.enter(''), undefined);
    assert.equal(counts.size, 0);
  });
});

/** A server whose clients may have `limit` connections each, and what it refused. */
async function start(limit: number, options: Partial<ServeOptions> = {}) {
  const refusals: string[] = [];
  const server = await serve({
    handler: () => ({ body: 'ok' }),
    port: 0,
    limits: { connectionsPerAddress: limit },
    trace: (event: TraceEvent) => {
      if (event.type === 'refused') refusals.push(`${event.remote.replace(/:\d+$/, '')} ${event.reason}`);
    },
    ...options,
  });
  return { server, refusals, [Symbol.asyncDispose]: async () => void (await server.close({ drainMs: 0 })) };
}

async function openServed(port: number): Promise<RawConnection> {
  const connection = await RawConnection.open(port, WAIT);
  connection.write(REQUEST);
  await connection.readUntil(/ok$/);
  return connection;
}

describe('limits.connectionsPerAddress', () => {
  test('refuses the connection above it, and lets one in when one has gone', async () => {
    await using bench = await start(2);
    const { server, refusals } = bench;
    const first = await openServed(server.port);
    const second = await openServed(server.port);
    await openRefused(server.port, REQUEST);
    assert.deepEqual(refusals, ['127.0.0.1 tooManyFromAddress']);
    first.destroy();
    await until(() => server.connections().length === 1);
    const third = await openServed(server.port);
    second.destroy();
    third.destroy();
  });

  test('counts clients that a PROXY header names, not their proxy', async () => {
    await using bench = await start(1, { trust: { proxies: ['loopback'], proxyProtocol: true } });
    const open = async (source: string): Promise<RawConnection> => {
      const connection = await RawConnection.open(bench.server.port, WAIT);
      connection.write(`PROXY TCP${source.includes(':') ? '6 ' : '4 '}${source} 1 2\r\n${REQUEST}`);
      return connection;
    };
    const served = [
      await open('192.0.2.1 198.51.100.1'),
      await open('192.0.2.2 198.51.100.1'),
      await open('2001:db8::1 ::1'),
    ];
    for (const connection of served) await connection.readUntil(/ok$/);
    for (const source of ['192.0.2.1 198.51.100.1', '2001:db8::ffff ::1']) {
      await openRefused(bench.server.port, `PROXY TCP${source.includes(':') ? '6 ' : '4 '}${source} 1 2\r\n`);
    }
    assert.deepEqual(bench.refusals, ['192.0.2.1 tooManyFromAddress', '[2001:db8::ffff] tooManyFromAddress']);
    for (const connection of served) connection.destroy();
  });

  test('counts out handshakes that fail', async () => {
    await using bench = await start(1, { tls: identity('localhost') });
    for (let i = 0; i < 3; i++) {
      const plain = await RawConnection.open(bench.server.port, WAIT);
      plain.write(REQUEST);
      plain.end();
      assert.match(await plain.readToEnd(), /^HTTP\/1\.1 400 /);
      plain.destroy();
      await until(() => bench.refusals.length === i + 1);
    }
    const client = await TlsClient.open(bench.server.port);
    assert.match(await client.ask(REQUEST), /ok$/);
    assert.deepEqual(new Set(bench.refusals), new Set(['127.0.0.1 plainHttp']));
    client.socket.destroy();
  });
});
