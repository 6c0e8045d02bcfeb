// Sessions that are taken up again, by tickets: in both versions, over new certificates, and for as long as their keys are good.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { ManualClock } from '#src/testing/index.js';
import { identity, shownName, startTls, TlsClient, until } from './tls-bench.ts';
import type { TlsClientOptions } from './tls-bench.ts';

const DAY_MS = 86_400_000;

/** The session that a connection is given. */
async function sessionOf(port: number, options: TlsClientOptions): Promise<Buffer> {
  const client = new TlsClient(port, options);
  let session: Buffer | undefined;
  client.socket.on('session', (given: Buffer) => (session = given));
  await once(client.socket, 'secureConnect');
  assert.match(await client.ask(), /ok$/);
  await until(() => session !== undefined);
  client.socket.end();
  return session!;
}

/** What the client and the handler say: whether the session was taken up. */
async function resumes(port: number, session: Buffer, options: TlsClientOptions): Promise<boolean> {
  const client = await TlsClient.open(port, { ...options, session });
  const answer = await client.ask();
  const isReused = client.socket.isSessionReused();
  assert.match(answer, new RegExp(`resumed=${isReused} ok$`));
  client.socket.end();
  return isReused;
}

const handler = (_request: Request, { connection }: { connection: { tls?: { resumed: boolean } | undefined } }) => ({
  body: `resumed=${connection.tls?.resumed} ok`,
});

const start = (context: TestContext, options: object = {}) => startTls(context, { handler, ...options });

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  const pinned = { minVersion: version, maxVersion: version };

  describe(`a session of ${version}`, () => {
    test('is taken up again, and the handler knows', async (context) => {
      const { server } = await start(context);
      const session = await sessionOf(server.port, pinned);
      assert.equal(await resumes(server.port, session, pinned), true);
    });

    test('is taken up again for a name with a certificate of its own', async (context) => {
      const tls = { ...identity('localhost'), contexts: [identity('other-name')] };
      const { server } = await start(context, { tls });
      const named = { ...pinned, servername: 'other.test' };
      const session = await sessionOf(server.port, named);
      assert.equal(await resumes(server.port, session, named), true);
    });

    test('outlives new certificates', async (context) => {
      const { server } = await start(context);
      const session = await sessionOf(server.port, pinned);
      server.updateTls(identity('localhost'));
      assert.equal(await resumes(server.port, session, pinned), true);
      const client = await TlsClient.open(server.port, { ...pinned, servername: 'localhost' });
      assert.equal(shownName(client), 'localhost');
      client.socket.destroy();
    });

    test('ends with other ticket keys, which costs a full handshake and nothing else', async (context) => {
      const { server, refusals } = await start(context);
      const session = await sessionOf(server.port, pinned);
      server.updateTls({ ...identity('localhost'), ticketKeys: Buffer.alloc(48, 'new') });
      assert.equal(await resumes(server.port, session, pinned), false);
      assert.deepEqual(refusals, []);
    });

    test('is taken up by another server that has the same ticket keys, and by no other', async (context) => {
      const shared = { tls: { ...identity('localhost'), ticketKeys: Buffer.alloc(48, 'shared') } };
      const first = await start(context, shared);
      const second = await start(context, shared);
      const stranger = await start(context);
      const session = await sessionOf(first.server.port, pinned);
      assert.equal(await resumes(second.server.port, session, pinned), true);
      assert.equal(await resumes(stranger.server.port, session, pinned), false);
    });

    test('ends when random keys are a day old; given ones are left alone', async (context) => {
      const given = { ...identity('localhost'), ticketKeys: Buffer.alloc(48, 'given') };
      for (const [tls, isResumed] of [
        [identity('localhost'), false],
        [given, true],
      ] as const) {
        const clock = new ManualClock();
        const { server } = await start(context, { tls, clock });
        const session = await sessionOf(server.port, pinned);
        await until(() => server.connections().length === 0);
        clock.advance(DAY_MS - 1);
        assert.equal(await resumes(server.port, session, pinned), true);
        await until(() => server.connections().length === 0);
        clock.advance(1);
        assert.equal(await resumes(server.port, session, pinned), isResumed);
        await until(() => server.connections().length === 0);
        const next = await sessionOf(server.port, pinned);
        assert.equal(await resumes(server.port, next, pinned), true);
      }
    });
  });
}
