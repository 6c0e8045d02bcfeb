// Every address of a name, where all of them are asked for: servers on several addresses of loopback, found through a lookup of the test.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { inspect } from '#src/inspect/index.js';
import { certificate, identity, tlsAcceptor } from '../io/opening.ts';
import { plainAnswer } from './raw-server.ts';

const ONLY = { only: ['addresses'], allAddresses: true } as const;

interface Host {
  readonly address: string;
  readonly fieldLines: string;
}

interface Fleet {
  readonly port: number;
  /** Addresses in the order in which they were connected to. */
  readonly order: readonly string[];
}

/** One port on several addresses, each with a server of its own. */
async function startFleet(
  context: TestContext,
  hosts: readonly Host[],
  secure: (onSocket: (socket: net.Socket) => void) => (socket: net.Socket) => void = (onSocket) => onSocket,
): Promise<Fleet> {
  const order: string[] = [];
  let port = 0;
  for (const { address, fieldLines } of hosts) {
    const serve = secure((socket) => {
      socket.on('data', () => {
        const isLast = /close/i.test(fieldLines);
        if (isLast) socket.end(plainAnswer('ok\n', fieldLines));
        else socket.write(plainAnswer('ok\n', fieldLines));
      });
    });
    const sockets = new Set<net.Socket>();
    const server = net.createServer((socket) => {
      order.push(address);
      sockets.add(socket);
      socket.on('error', () => {});
      serve(socket);
    });
    server.listen(port, address);
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
    context.after(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
  }
  return { port, order };
}

const lookUp =
  (...addresses: readonly string[]) =>
  (): Promise<{ address: string; family: 4 }[]> =>
    Promise.resolve(addresses.map((address) => ({ address, family: 4 as const })));

describe('the check of all addresses', () => {
  test('tells of each how it behaves, and asks them one after the other', async (context) => {
    const fleet = await startFleet(context, [
      { address: '127.0.0.1', fieldLines: 'Server: one\r\nKeep-Alive: timeout=7\r\n' },
      { address: '127.0.0.2', fieldLines: 'Server: two\r\nConnection: close\r\n' },
    ]);
    const report = await inspect(`http://perdura.test:${fleet.port}/`, {
      ...ONLY,
      lookup: lookUp('127.0.0.1', '127.0.0.2', '127.0.0.3'),
    });
    const { addresses } = report.measurements;
    assert.deepEqual(
      addresses!.map((one) => ({ ...one, newConnectionMs: 0 })),
      [
        {
          address: '127.0.0.1',
          newConnectionMs: 0,
          status: 200,
          http11Persistent: true,
          advertisedTimeoutMs: 7_000,
          server: 'one',
        },
        {
          address: '127.0.0.2',
          newConnectionMs: 0,
          status: 200,
          http11Persistent: false,
          advertisedTimeoutMs: null,
          server: 'two',
        },
        {
          address: '127.0.0.3',
          newConnectionMs: 0,
          status: null,
          http11Persistent: null,
          advertisedTimeoutMs: null,
          server: null,
        },
      ],
    );
    const [one, two, three] = addresses!.map(({ newConnectionMs }) => newConnectionMs);
    assert.ok(one! > 0 && two! > 0);
    assert.equal(three, null, 'nobody listens there');
    assert.equal(report.checks.at(-1)?.outcome, 'measured');
    assert.deepEqual(fleet.order, ['127.0.0.1', '127.0.0.1', '127.0.0.2'], 'the first is that of the first answer');
    for (const [index, { startedMs }] of report.connections.entries()) {
      assert.ok(index === 0 || startedMs >= report.connections[index - 1]!.endedMs, 'one after the other');
    }
    assert.equal(
      report.address,
      `127.0.0.1:${fleet.port}`,
      'the other checks stay with the address that answered first',
    );
    assert.match(report.connections.at(-1)!.events[0]!.text, /connection refused/);
  });

  test('goes on behind one that does not answer', async (context) => {
    const fleet = await startFleet(context, [{ address: '127.0.0.1', fieldLines: '' }]);
    const silent = net.createServer((socket) => void socket.on('error', () => {}).resume());
    silent.listen(fleet.port, '127.0.0.2');
    await once(silent, 'listening');
    context.after(() => silent.close());
    const { measurements } = await inspect(`http://perdura.test:${fleet.port}/`, {
      ...ONLY,
      responseTimeoutMs: 200,
      lookup: lookUp('127.0.0.1', '127.0.0.2', '127.0.0.1'),
    });
    assert.equal(measurements.addresses!.length, 2, 'each once');
    const [, second] = measurements.addresses!;
    assert.deepEqual([second?.address, second?.status], ['127.0.0.2', null]);
    assert.ok(second!.newConnectionMs !== null, 'it could be reached');
  });

  test('checks the certificate of each against the name', async (context) => {
    const secure = (onSocket: (socket: net.Socket) => void): ((socket: net.Socket) => void) =>
      tlsAcceptor({ ...identity('localhost'), allowHalfOpen: false }, onSocket);
    const hosts = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, fieldLines: '' }));
    const fleet = await startFleet(context, hosts, secure);
    const { measurements } = await inspect(`https://perdura.test:${fleet.port}/`, {
      ...ONLY,
      tls: { ca: certificate('authority') },
      lookup: lookUp('127.0.0.1', '127.0.0.2'),
    });
    assert.deepEqual(
      measurements.addresses!.map(({ status }) => status),
      [200, 200],
    );
  });

  test('looks at sixteen at most, and at none where that was not asked for', async (context) => {
    const fleet = await startFleet(context, [{ address: '127.0.0.1', fieldLines: 'Connection: close\r\n' }]);
    const many = Array.from({ length: 20 }, (_, index) => `127.0.1.${index}`);
    const lookup = lookUp('127.0.0.1', ...many);
    const all = await inspect(`http://perdura.test:${fleet.port}/`, { ...ONLY, lookup });
    assert.equal(all.measurements.addresses!.length, 16);
    assert.ok(all.cost.connections <= 17);
    const one = await inspect(`http://perdura.test:${fleet.port}/`, { only: ['addresses'], lookup });
    assert.deepEqual(one.checks.at(-1)?.reason, 'it was not asked for');
    assert.equal(one.measurements.addresses, null);
  });

  test('fails where the name does not resolve any more', async (context) => {
    const fleet = await startFleet(context, [{ address: '127.0.0.1', fieldLines: '' }]);
    let isGone = false;
    const report = await inspect(`http://perdura.test:${fleet.port}/`, {
      ...ONLY,
      lookup: async () => {
        if (isGone) throw Object.assign(new Error('getaddrinfo ENOTFOUND perdura.test'), { code: 'ENOTFOUND' });
        isGone = true;
        return [{ address: '127.0.0.1', family: 4 }];
      },
    });
    const { outcome, reason } = report.checks.at(-1)!;
    assert.equal(outcome, 'failed');
    assert.match(reason, /cannot look up perdura\.test: the name does not resolve \(ENOTFOUND\)/);
  });
});
