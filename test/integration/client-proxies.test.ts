// A session through real proxies: what is forwarded and what is tunnelled, and that connections to them are kept.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Session } from '#src/client/index.js';
import type { SessionOptions } from '#src/client/index.js';
import { ConnectError } from '#src/errors.js';
import { startOrigin } from '../client/held-origin.ts';
import { certificate, until } from '../io/opening.ts';
import { externalProgram } from '../support/external-program.ts';
import { RealProxy } from './real-proxies.ts';

const apache = externalProgram('apache2');
const nginx = externalProgram('nginx');

function openSession(options: SessionOptions): Session {
  return new Session({ tls: { ca: certificate('authority') }, ...options });
}

async function get(session: Session, url: string): Promise<string> {
  const { status, body } = await session.request(url);
  return `${status} ${await body.text()}`;
}

const portOf = (url: string): string => new URL(url).port;

/** All that it was asked for, once so many requests are over. */
async function logOf(proxy: RealProxy, count: number): Promise<string[][]> {
  await until(() => proxy.log().length >= count);
  return proxy.log();
}

describe('Apache as a proxy', () => {
  test('forwards requests to all origins on one connection that is kept', apache, async (context) => {
    await using proxy = await RealProxy.apache(apache.path, ['1']);
    const origins = await Promise.all([startOrigin(context), startOrigin(context)]);
    await using session = openSession({ proxy: proxy.url });
    for (const { url } of [...origins, ...origins, ...origins]) {
      assert.equal(await get(session, `${url}/a?b=1`), '200 GET /a?b=1');
    }
    const posted = await session.request(`${origins[0].url}/p`, { method: 'POST', body: 'x'.repeat(100_000) });
    assert.equal(await posted.body.text(), 'POST /p');
    const log = await logOf(proxy, 7);
    assert.equal(new Set(log.map(([port]) => port)).size, 1);
    assert.equal(log.length, 7);
    for (const { requests } of origins) assert.ok(requests.every(({ url }) => url?.startsWith('/')));
  });

  test('opens a tunnel that is kept', apache, async (context) => {
    const origin = await startOrigin(context, { secure: true });
    await using proxy = await RealProxy.apache(apache.path, [portOf(origin.url)]);
    await using session = openSession({ proxy: proxy.url });
    for (let request = 0; request < 5; request += 1) assert.equal(await get(session, `${origin.url}/a`), '200 GET /a');
    assert.equal(session.connections()[0]?.requests, 5);
    await session.close();
    // It writes a tunnel down when that has ended.
    const log = await logOf(proxy, 1);
    assert.deepEqual(
      log.map(([, method, , status]) => `${method} ${status}`),
      ['CONNECT 200'],
    );
  });

  test('wants a user and a password, and gets them for both', apache, async (context) => {
    const [plain, secure] = await Promise.all([startOrigin(context), startOrigin(context, { secure: true })]);
    await using proxy = await RealProxy.apache(apache.path, [portOf(secure.url)], true);
    await using session = openSession({ proxy: proxy.urlWithCredentials });
    for (const { url } of [plain, secure]) assert.equal(await get(session, `${url}/a`), '200 GET /a');
    for (const { requests } of [plain, secure]) assert.equal(requests[0]?.headers['proxy-authorization'], undefined);
    await using stranger = openSession({ proxy: proxy.url });
    assert.match(await get(stranger, plain.url), /^407 /);
    await assert.rejects(stranger.request(secure.url), (error) => {
      assert.ok(error instanceof ConnectError && error.status === 407);
      assert.match(error.message, /it wants a user and a password \(407, Basic realm="a proxy"\)/);
      return true;
    });
  });

  test('refuses tunnels to other ports, and says when it cannot reach a host', apache, async (context) => {
    const origin = await startOrigin(context, { secure: true });
    await using proxy = await RealProxy.apache(apache.path, ['1']);
    await using session = openSession({ proxy: proxy.url, maxRetries: 0 });
    await assert.rejects(session.request(origin.url), { name: 'ConnectError', status: 403 });
    await assert.rejects(session.request('https://127.0.0.1:1'), { name: 'ConnectError', status: 503 });
    assert.match(await get(session, 'http://127.0.0.1:1/'), /^503 /);
  });

  test('gets no more connections than it may', apache, async (context) => {
    const [plain, secure] = await Promise.all([
      startOrigin(context, { holds: true }),
      startOrigin(context, { secure: true, holds: true }),
    ]);
    await using proxy = await RealProxy.apache(apache.path, [portOf(secure.url)]);
    await using session = openSession({ proxy: proxy.url, limits: { perProxy: 3 } });
    const answers = [plain, secure].flatMap(({ url }) =>
      [1, 2, 3, 4].map((number) => get(session, `${url}/${number}`)),
    );
    await until(() => plain.requests.length + secure.requests.length === 3);
    assert.equal(session.connections().length, 3);
    for (const origin of [plain, secure]) origin.release();
    assert.equal(new Set(await Promise.all(answers)).size, 4);
  });
});

describe('nginx as a proxy', () => {
  test('forwards requests to all origins on one connection that is kept', nginx, async (context) => {
    await using proxy = await RealProxy.nginx(nginx.path);
    const origins = await Promise.all([startOrigin(context), startOrigin(context)]);
    await using session = openSession({ proxy: proxy.url });
    for (const { url } of [...origins, ...origins]) assert.equal(await get(session, `${url}/a`), '200 GET /a');
    const log = await logOf(proxy, 4);
    assert.equal(new Set(log.map(([port]) => port)).size, 1);
    assert.equal(log.length, 4);
  });

  test('opens no tunnels, and the error says so', nginx, async () => {
    await using proxy = await RealProxy.nginx(nginx.path);
    await using session = openSession({ proxy: proxy.url });
    await assert.rejects(session.request('https://origin.test/'), (error) => {
      assert.ok(error instanceof ConnectError && (error.status === 400 || error.status === 405));
      assert.match(error.message, /it answered CONNECT with 40[05]; check that it is a proxy that opens tunnels/);
      return true;
    });
  });
});
