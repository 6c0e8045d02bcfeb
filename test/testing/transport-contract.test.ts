// Every kind of transport keeps the same promises: in memory, behind faults that do nothing, and over real sockets.
import { once } from 'node:events';
import net from 'node:net';
import type { TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SocketTransport } from '#src/io/index.js';
import type { Transport } from '#src/io/index.js';
import { transportPair, withFaults } from '#src/testing/index.js';
import { NetTransport } from '../support/net-transport.ts';
import { describeTransport, type JoinedTransports } from '../support/transport-suite.ts';

const TURNS = 200_000;

/** Turns of the event loop, not time: the count only bounds a test that fails. */
async function settle(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    if (condition()) return;
    await nextTurn();
  }
  throw new Error('The condition never held.');
}

async function joinSockets(
  context: TestContext,
  transportOver: (socket: net.Socket) => Transport,
): Promise<JoinedTransports> {
  const server = net.createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const accepted = once(server, 'connection') as Promise<[net.Socket]>;
  const client = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const [socket] = await accepted;
  if (client.connecting) await once(client, 'connect');
  context.after(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  return { one: transportOver(client), other: transportOver(socket), settle };
}

describeTransport('in memory, delivered by hand', async () => {
  const pair = transportPair();
  return {
    one: pair[0],
    other: pair[1],
    settle: async (condition) => {
      while (!condition()) if (pair.deliver() === 0) throw new Error('Nothing is left to deliver.');
    },
  };
});

describeTransport('in memory, delivered by microtask', async () => {
  const [one, other] = transportPair({ delivery: 'microtask' });
  return { one, other, settle };
});

describeTransport('in memory, behind faults that do nothing', async () => {
  const [one, other] = transportPair({ delivery: 'microtask' });
  return { one: withFaults(one, {}), other: withFaults(other, {}), settle };
});

describeTransport('over sockets', (context) => joinSockets(context, (socket) => new SocketTransport(socket)));

describeTransport('over sockets, as the peers of tests have them', (context) =>
  joinSockets(context, (socket) => new NetTransport(socket)),
);
