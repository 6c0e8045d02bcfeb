// Which HTTP a heartbeat speaks where nobody has said which: what ALPN chooses, connection by connection.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { webProbe } from '#src/heartbeat/index.js';
import type { Acknowledgement, HttpProbeOptions } from '#src/heartbeat/index.js';
import { startCleartextHttp2, startHttps, startSecureHttp2 } from '../../inspect/tls-servers.ts';
import { certificate, identity } from '../../io/opening.ts';
import { startRawHttp2Peer } from './raw-http2-peer.ts';

const TLS = { tls: { ca: certificate('authority') } };

async function twoSignals(t: TestContext, url: string, options: HttpProbeOptions = TLS): Promise<Acknowledgement[]> {
  const probe = webProbe(url, options);
  t.after(() => probe.close?.());
  const send = async (): Promise<Acknowledgement> => (await probe.send(AbortSignal.timeout(5_000))) ?? {};
  return [await send(), await send()];
}

function facts(acknowledgements: readonly Acknowledgement[]): (string | undefined)[][] {
  return acknowledgements.map(({ connection, detail }) => [connection, detail]);
}

const PINGS = [
  ['new', 'PING'],
  ['kept', 'PING'],
];
const REQUESTS = [
  ['new', '200'],
  ['kept', '200'],
];

describe('a heartbeat of whatever HTTP a server speaks', () => {
  test('is PING over TLS where the server speaks HTTP/2', async (t) => {
    const port = await startSecureHttp2(t);
    assert.deepEqual(facts(await twoSignals(t, `https://127.0.0.1:${port}/`)), PINGS);
  });

  test('is a request over TLS where it does not', async (t) => {
    const port = await startHttps(t);
    assert.deepEqual(facts(await twoSignals(t, `https://127.0.0.1:${port}/`)), REQUESTS);
  });

  test('is a request without TLS', async (t) => {
    const port = await startCleartextHttp2(t);
    assert.deepEqual(facts(await twoSignals(t, `http://127.0.0.1:${port}/`)), REQUESTS);
  });

  test('is a request where an option or the URL says something of it', async (t) => {
    const port = await startSecureHttp2(t);
    const url = `https://127.0.0.1:${port}/`;
    for (const option of [
      { method: 'GET' },
      { target: '/' },
      { headers: {} },
      { expectStatus: 200 },
      { drainBytes: 9 },
    ]) {
      assert.deepEqual(facts(await twoSignals(t, url, { ...TLS, ...option })), REQUESTS, JSON.stringify(option));
    }
    assert.deepEqual(facts(await twoSignals(t, `https://user:password@127.0.0.1:${port}/`)), REQUESTS);
  });

  test('follows a server that speaks another HTTP when it is back', async (t) => {
    const before = await startRawHttp2Peer(undefined, { alpn: ['h2'] });
    const url = `https://127.0.0.1:${before.port}/`;
    const probe = webProbe(url, TLS);
    t.after(() => probe.close?.());
    assert.deepEqual(facts([(await probe.send(AbortSignal.timeout(5_000))) ?? {}]), [['new', 'PING']]);
    await before[Symbol.asyncDispose]();
    const server = createServer(identity('localhost'), (_request, response) => void response.end('ok\n'));
    server.listen(before.port, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    assert.deepEqual(facts([(await probe.send(AbortSignal.timeout(5_000))) ?? {}]), [['new', '200']]);
  });
});
