// One server takes the listening socket of another over: who comes, and who has come before, is answered.
import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { MisuseError } from '#src/errors.js';
import { serve } from '#src/server/index.js';
import type { Server, ServeOptions } from '#src/server/index.js';
import { RawConnection } from '../support/raw-client.ts';
import { identity, TlsClient } from './tls-bench.ts';

async function start(context: TestContext, name: string, options: Partial<ServeOptions> = {}): Promise<Server> {
  const server = await serve({ handler: () => ({ body: `${name} answers` }), port: 0, ...options });
  context.after(() => server.destroy());
  return server;
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

async function ask(connection: RawConnection): Promise<string> {
  connection.write(GET);
  return await connection.readUntil(' answers');
}

describe('takeOver', () => {
  test('gives new connections to the new server, and leaves those that there are to the old one', async (context) => {
    const old = await start(context, 'old');
    const before = await RawConnection.open(old.port);
    assert.match(await ask(before), /old answers$/);
    const next = await start(context, 'next', { takeOver: old });
    assert.equal(next.port, old.port);
    assert.equal(next.url, old.url);
    const after = await RawConnection.open(next.port);
    assert.match(await ask(after), /next answers$/);
    const closing = old.close({ drainMs: 5_000 });
    assert.match(await ask(before), /Connection: close.*old answers$/is);
    const report = await closing;
    assert.equal(report.destroyed.length, 0);
    assert.match(await ask(await RawConnection.open(next.port)), /next answers$/, 'the socket still listens');
  });

  test('goes from plain HTTP to TLS', async (context) => {
    const old = await start(context, 'old');
    const handler = (): { body: string } => ({ body: 'ok' });
    const next = await start(context, 'next', { takeOver: old, tls: identity('localhost'), handler });
    await old.close();
    const client = await TlsClient.open(next.port);
    assert.match(await client.ask(), /^HTTP\/1\.1 200 /);
    client.socket.destroy();
  });

  test('frees the port when the last one is closed', async (context) => {
    const old = await start(context, 'old');
    const next = await start(context, 'next', { takeOver: old });
    const last = await start(context, 'last', { takeOver: next });
    await old.close();
    await next.close();
    await last.close();
    const again = await start(context, 'again', { port: last.port });
    assert.equal(again.port, last.port);
  });

  test('is refused where the server was closed, taken over, or is none', async (context) => {
    const old = await start(context, 'old');
    await start(context, 'next', { takeOver: old });
    await assert.rejects(start(context, 'another', { takeOver: old }), MisuseError);
    const closed = await start(context, 'closed');
    await closed.close();
    await assert.rejects(start(context, 'late', { takeOver: closed }), MisuseError);
    await assert.rejects(start(context, 'odd', { takeOver: net.createServer() as unknown as Server }), MisuseError);
  });
});
