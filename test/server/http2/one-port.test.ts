// Two protocols on one port without TLS: whoever begins with the preface of HTTP/2 speaks it, everybody else HTTP/1 (RFC 9113 §3.3).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CONNECTION_PREFACE } from '#src/inspect/http2/frames.js';
import { rawExchange } from '../../support/raw-client.ts';
import { eventually, serveHttp2 } from './served.ts';

describe('a port without TLS', () => {
  test('answers HTTP/1.1 and HTTP/2 side by side', async (context) => {
    const served = await serveHttp2(context);
    const client = await served.connect();
    assert.equal((await client.fetch(1, { path: '/two' })).body, '/two');
    const { bytes } = await rawExchange(served.server.port, [
      'GET /one HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    ]);
    assert.match(bytes, /^HTTP\/1\.1 200 OK\r\n/);
    assert.ok(bytes.endsWith('/one'));
    assert.deepEqual(served.server.connections()[0]?.protocol, 'h2');
  });

  for (const broken of [
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\rX',
    'PRI * HTTP/2.0\r\n\r\nsm\r\n\r\n',
    'PRI * HTTP/2.1\r\n\r\nSM\r\n\r\n',
  ]) {
    test(`answers ${JSON.stringify(broken)} in HTTP/1.1, as what it is there`, async (context) => {
      const served = await serveHttp2(context);
      const { bytes, ended } = await rawExchange(served.server.port, [broken]);
      assert.match(bytes, /^HTTP\/1\.1 (?:400|505) /);
      assert.equal(ended, 'fin');
      assert.deepEqual(served.asked, []);
    });
  }

  test('answers a request of HTTP/1.1 that begins as the preface does', async (context) => {
    const served = await serveHttp2(context);
    const { bytes } = await rawExchange(served.server.port, [
      'P',
      'ROPFIND /props HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    ]);
    assert.match(bytes, /^HTTP\/1\.1 200 OK\r\n/);
    assert.deepEqual(served.asked, ['/props']);
  });

  test('ignores the upgrade to h2c, which RFC 9113 has given up, and answers in HTTP/1.1', async (context) => {
    const served = await serveHttp2(context);
    const { bytes } = await rawExchange(served.server.port, [
      'GET /one HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n' +
        'GET /two HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    ]);
    assert.deepEqual(bytes.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 200']);
    assert.deepEqual(served.asked, ['/one', '/two']);
  });

  test('forgets a client that goes in the middle of its preface', async (context) => {
    const served = await serveHttp2(context);
    const client = await served.connect({ hello: false });
    client.write(CONNECTION_PREFACE.slice(0, 5));
    await eventually(() => served.server.connections().length === 1);
    client.destroy();
    await eventually(() => served.server.connections().length === 0);
  });
});
