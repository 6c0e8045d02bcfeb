// The middlebox on loopback: what real sockets show of each way to forget, and the example of its document.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { ListenError, MisuseError } from '#src/errors.js';
import { Middlebox, startMiddlebox } from '#src/testing/middlebox/index.js';
import type { MiddleboxEvent, MiddleboxOptions } from '#src/testing/middlebox/index.js';
import { RawConnection } from '../support/raw-client.ts';

// Compiled, this file is build/test/testing/middlebox-sockets.test.js.
const root = path.resolve(import.meta.dirname, '../../..');

/** An echo server and how many connections it has. */
async function startEcho(context: TestContext): Promise<{ port: number; sockets: Set<net.Socket> }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => socket.write(bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as net.AddressInfo).port, sockets };
}

interface Started {
  readonly box: Middlebox;
  readonly echo: { readonly port: number; readonly sockets: ReadonlySet<net.Socket> };
  readonly client: RawConnection;
  /** Resolves with the first event of the type, now or later. */
  readonly waitFor: (type: MiddleboxEvent['type']) => Promise<MiddleboxEvent>;
}

async function start(context: TestContext, options: Omit<MiddleboxOptions, 'target'>): Promise<Started> {
  const echo = await startEcho(context);
  const events: MiddleboxEvent[] = [];
  let wake = (): void => {};
  const box = await startMiddlebox({
    target: { port: echo.port },
    onEvent: (event) => {
      events.push(event);
      wake();
    },
    ...options,
  });
  context.after(() => box.close());
  const client = await RawConnection.open(box.port);
  context.after(() => client.destroy());
  client.write('a');
  assert.equal(await client.readUntil('a'), 'a');
  const waitFor = async (type: MiddleboxEvent['type']): Promise<MiddleboxEvent> => {
    for (;;) {
      const found = events.find((event) => event.type === type);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return { box, echo, client, waitFor };
}

describe('a middlebox on loopback', () => {
  test('forgets silently: the client learns nothing, and the server keeps a connection that nobody has', async (context) => {
    const { box, echo, client, waitFor } = await start(context, { forgetAfterMs: 30 });
    await waitFor('forgotten');
    client.write('lost');
    await waitFor('swallowed');
    assert.equal(client.ending, undefined);
    client.destroy();
    assert.equal(echo.sockets.size, 1);
    assert.equal(box.flows()[0]?.state, 'forgotten');
    assert.equal(box.flows()[0]?.swallowedBytes, 4);
  });

  test('of the kind rst breaks the connection of the one who sends next', async (context) => {
    const { echo, client, waitFor } = await start(context, { forgetAfterMs: 30, kind: 'rst' });
    await waitFor('forgotten');
    assert.equal(client.ending, undefined);
    client.write('late');
    await client.readToEnd();
    assert.equal(client.ending, 'reset');
    assert.equal(echo.sockets.size, 1);
  });

  test('of the kind fin ends both sides while they are silent', async (context) => {
    const { client, waitFor } = await start(context, { forgetAfterMs: 30, kind: 'fin' });
    assert.equal(await client.readToEnd(), '');
    assert.equal(client.ending, 'fin');
    client.end();
    await waitFor('closed');
  });

  test('passes a megabyte both ways unharmed', async (context) => {
    const { client } = await start(context, { forgetAfterMs: 5_000 });
    const sent = Buffer.alloc(1_000_000, '0123456789');
    client.write(sent);
    client.write('.');
    assert.equal(await client.readUntil('.'), `${sent.toString('latin1')}.`);
  });

  test('passes what the client says and ends before the target has accepted', async (context) => {
    const echo = await startEcho(context);
    const box = await startMiddlebox({ target: { port: echo.port }, forgetAfterMs: 5_000 });
    context.after(() => box.close());
    const client = await RawConnection.open(box.port);
    client.write('quick');
    client.end();
    assert.equal(await client.readToEnd(), 'quick');
  });

  test('answers with RST where nobody listens behind it', async (context) => {
    const spare = net.createServer().listen(0, '127.0.0.1');
    await once(spare, 'listening');
    const { port } = spare.address() as net.AddressInfo;
    spare.close();
    await once(spare, 'close');
    const refusals: MiddleboxEvent[] = [];
    const box = await startMiddlebox({
      target: { port },
      forgetAfterMs: 5_000,
      onEvent: (event) => refusals.push(event),
    });
    context.after(() => box.close());
    const client = await RawConnection.open(box.port);
    await client.readToEnd();
    assert.equal(client.ending, 'reset');
    assert.deepEqual(
      refusals.map(({ type }) => type),
      ['refused'],
    );
  });

  test('listens once, says why it cannot, and lets everything go when it is closed', async (context) => {
    const { box, client } = await start(context, { forgetAfterMs: 5_000 });
    await assert.rejects(box.listen(), MisuseError);
    await assert.rejects(startMiddlebox({ target: { port: 1 }, forgetAfterMs: 1, port: box.port }), ListenError);
    await box.close();
    await client.readToEnd();
    assert.deepEqual(box.flows(), []);
    await assert.rejects(RawConnection.open(box.port), { code: 'ECONNREFUSED' });
    await assert.rejects(box.listen(), MisuseError);
  });

  test('is documented with every option and every kind', () => {
    const page = readFileSync(path.join(root, 'docs/middlebox.md'), 'utf8');
    for (const name of ['target', 'forgetAfterMs', 'kind', 'port', 'hostname', 'connectTimeoutMs', 'onEvent', 'clock'])
      assert.match(page, new RegExp(`^\\| \`${name}\` \\|`, 'm'), name);
    for (const kind of ['silent', 'rst', 'fin']) assert.match(page, new RegExp(`^\\| \`'${kind}'\` \\|`, 'm'), kind);
  });
});
