// A session behind a proxy, over sockets: what the proxy sees, what origins see, and what callers are told.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { Session } from '#src/client/index.js';
import type { SessionOptions } from '#src/client/index.js';
import { ConnectError, OptionError, TimeoutError } from '#src/errors.js';
import type { SessionEvent } from '#src/trace.js';
import { certificate, until } from '../io/opening.ts';
import { ForwardProxy } from './forward-proxy.ts';
import { startOrigin } from './held-origin.ts';

function openSession(context: TestContext, options: SessionOptions): Session {
  const session = new Session({ tls: { ca: certificate('authority') }, ...options });
  context.after(() => session.destroy());
  return session;
}

async function text(session: Session, url: string): Promise<string> {
  const { body } = await session.request(url);
  return body.text();
}

describe('a request of http', () => {
  test('goes to the proxy with its whole URL, and connections serve every origin', async (context) => {
    const proxy = await ForwardProxy.start(context);
    const origins = await Promise.all([startOrigin(context), startOrigin(context)]);
    const session = openSession(context, { proxy: proxy.url() });
    for (const origin of [...origins, ...origins]) assert.equal(await text(session, `${origin.url}/a?b#c`), 'GET /a?b');
    assert.deepEqual(
      proxy.lines,
      [...origins, ...origins].map(({ url }) => `GET ${url}/a?b`),
    );
    assert.deepEqual(proxy.connections, [1, 1, 1, 1]);
    assert.equal(proxy.requests[0]?.headers.host, new URL(origins[0].url).host);
    const [info] = session.connections();
    assert.equal(info?.origin, proxy.url());
    assert.equal(info?.proxy, proxy.url());
    assert.equal(info?.requests, 4);
    assert.equal(`http://${info?.remote}`, proxy.url());
  });

  test('tells the proxy nothing of the connection but that it is kept, and OPTIONS * names the origin alone', async (context) => {
    const proxy = await ForwardProxy.start(context);
    const origin = await startOrigin(context);
    const session = openSession(context, { proxy: proxy.url(), baseUrl: origin.url });
    await (await session.request('*', { method: 'OPTIONS' })).body.dump();
    assert.deepEqual(proxy.lines, [`OPTIONS ${origin.url}`]);
    const { headers } = proxy.requests[0]!;
    assert.deepEqual(Object.keys(headers).toSorted(), ['connection', 'host']);
    assert.equal(headers.connection, 'keep-alive');
  });

  test('carries a body, and follows redirects from origin to origin through the proxy', async (context) => {
    const proxy = await ForwardProxy.start(context);
    const end = await startOrigin(context);
    const start = http.createServer((_request, response) =>
      response.writeHead(307, { location: `${end.url}/end` }).end(),
    );
    start.listen(0, '127.0.0.1');
    await once(start, 'listening');
    context.after(() => {
      start.close();
      start.closeAllConnections();
    });
    const session = openSession(context, { proxy: proxy.url('user:password') });
    const { port } = start.address() as AddressInfo;
    const response = await session.fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x' });
    assert.equal(await response.text(), 'POST /end');
    assert.deepEqual(proxy.lines, [`POST http://127.0.0.1:${port}/`, `POST ${end.url}/end`]);
    // Once each: what was for the proxy does not go along with the redirect.
    for (const { headers } of proxy.requests)
      assert.equal(headers['proxy-authorization'], 'Basic dXNlcjpwYXNzd29yZA==');
    assert.equal(end.requests[0]?.headers['proxy-authorization'], undefined);
  });

  test('fails with the name of a proxy that is not there', async (context) => {
    const session = openSession(context, { proxy: 'http://127.0.0.1:1', maxRetries: 0 });
    await assert.rejects(session.request('http://origin.test/'), (error) => {
      assert.ok(error instanceof ConnectError);
      assert.match(
        error.message,
        /^through the proxy http:\/\/127\.0\.0\.1:1 \(option proxy\): cannot connect to 127\.0\.0\.1:1: connection refused/,
      );
      return true;
    });
  });
});

describe('a request of https', () => {
  test('goes through a tunnel that is kept, and the proxy sees nothing else of it', async (context) => {
    const proxy = await ForwardProxy.start(context);
    const origin = await startOrigin(context, { secure: true });
    const events: SessionEvent[] = [];
    const session = openSession(context, { proxy: proxy.url('user:password'), trace: (event) => events.push(event) });
    for (let request = 0; request < 3; request += 1) assert.equal(await text(session, `${origin.url}/a`), 'GET /a');
    const authority = new URL(origin.url).host;
    assert.deepEqual(proxy.lines, [`CONNECT ${authority}`]);
    const { 'user-agent': userAgent, ...headers } = proxy.requests[0]!.headers;
    assert.match(userAgent ?? '', /^perdura/);
    assert.deepEqual(headers, { host: authority, 'proxy-authorization': 'Basic dXNlcjpwYXNzd29yZA==' });
    for (const { headers: seen, url } of origin.requests) {
      assert.equal(seen['proxy-authorization'], undefined);
      assert.equal(url, '/a');
    }
    const [info] = session.connections();
    assert.equal(info?.origin, origin.url);
    assert.equal(info?.proxy, proxy.url());
    assert.equal(info?.requests, 3);
    const opened = events.find((event) => event.type === 'opened');
    assert.ok(opened?.type === 'opened' && opened.opening.tls?.protocol === 'TLSv1.3');
    assert.ok(opened.opening.totalMs >= opened.opening.connectMs + opened.opening.tls.handshakeMs);
    assert.deepEqual(events[0], { type: 'connecting', origin: origin.url, proxy: proxy.url() });
  });

  test('has a tunnel for each origin, and resumes the TLS session of an earlier one', async (context) => {
    const proxy = await ForwardProxy.start(context);
    const origins = await Promise.all([startOrigin(context, { secure: true }), startOrigin(context, { secure: true })]);
    const resumed: (boolean | undefined)[] = [];
    const session = openSession(context, {
      proxy: proxy.url(),
      maxRequestsPerConnection: 1,
      trace: (event) => void (event.type === 'opened' && resumed.push(event.opening.tls?.resumed)),
    });
    for (const { url } of [...origins, ...origins]) await text(session, url);
    assert.deepEqual(proxy.connections, [1, 2, 3, 4]);
    assert.deepEqual(resumed, [false, false, true, true]);
  });

  test('can be preconnected', async (context) => {
    const proxy = await ForwardProxy.start(context);
    const origin = await startOrigin(context, { secure: true });
    const session = openSession(context, { proxy: proxy.url() });
    await session.preconnect(origin.url, 2);
    assert.equal(proxy.requests.length, 2);
    await text(session, origin.url);
    assert.equal(proxy.accepted, 2);
  });

  test('trusts the certificate of the origin, and not of the proxy', async (context) => {
    const proxy = await ForwardProxy.start(context);
    const origin = await startOrigin(context, { secure: true, certificateName: 'other-name' });
    const session = openSession(context, { proxy: proxy.url(), maxRetries: 0 });
    await assert.rejects(session.request(origin.url), (error) => {
      assert.ok(error instanceof ConnectError);
      assert.equal(error.origin, origin.url);
      assert.equal(error.status, undefined);
      assert.match(error.message, /^through the proxy .*: cannot connect to 127\.0\.0\.1:\d+: .*certificate/);
      return true;
    });
    await until(() => proxy.open === 0);
  });

  test('is given up within the exchange with the proxy, and the connection with it', async (context) => {
    const proxy = await ForwardProxy.start(context, { answer: '' });
    const session = openSession(context, { proxy: proxy.url() });
    const controller = new AbortController();
    const request = session.request('https://origin.test/', { signal: controller.signal });
    await until(() => proxy.requests.length === 1);
    controller.abort(new Error('enough'));
    await assert.rejects(request, /enough/);
    session.destroy();
    await until(() => proxy.open === 0);
  });

  test('fails in time where the proxy is silent', async (context) => {
    const proxy = await ForwardProxy.start(context, { answer: 'HTTP/1.1 200' });
    const session = openSession(context, { proxy: proxy.url(), timeouts: { connectMs: 50 } });
    await assert.rejects(session.request('https://origin.test/'), (error) => {
      assert.ok(error instanceof TimeoutError);
      assert.equal(error.phase, 'connect');
      assert.match(
        error.message,
        /^cannot connect to origin\.test:443 through the proxy .* within 50 ms: it has not answered CONNECT; .*timeouts\.connectMs$/,
      );
      return true;
    });
    await until(() => proxy.open === 0);
    assert.equal(proxy.requests.length, 1);
  });

  test('fails in time where the origin is silent behind the tunnel', async (context) => {
    const proxy = await ForwardProxy.start(context, { answer: 'HTTP/1.1 200 OK\r\n\r\n' });
    const session = openSession(context, { proxy: proxy.url(), timeouts: { connectMs: 50 } });
    await assert.rejects(
      session.request('https://origin.test/'),
      /the TLS handshake through its tunnel was not finished/,
    );
    await until(() => proxy.open === 0);
  });
});

describe('a proxy that opens no tunnel', () => {
  for (const [what, answer, status, attempts, message] of [
    [
      'wants credentials',
      '407 X\r\nProxy-Authenticate: Basic realm="p"',
      407,
      1,
      /it wants a user and a password \(407, Basic realm="p"\); put them into its URL, http:\/\/user:password@127\.0\.0\.1:\d+$/,
    ],
    [
      'wants credentials that we have not',
      '407 X\r\nProxy-Authenticate: NTLM',
      407,
      1,
      /it wants credentials \(407, NTLM\); only Basic is supported/,
    ],
    ['does not allow it', '403 X', 403, 1, /it does not allow that \(403\); ask whoever runs it/],
    ['does not know what it is', '404 X', 404, 1, /it answered CONNECT with 404; check that it is a proxy/],
    ['cannot reach the host', '502 X', 502, 3, /it could not reach the host \(502\); check host and port/],
  ] as const) {
    test(`because it ${what}`, async (context) => {
      const proxy = await ForwardProxy.start(context, { answer: `HTTP/1.1 ${answer}\r\nContent-Length: 9\r\n\r\n` });
      const session = openSession(context, { proxy: proxy.url() });
      await assert.rejects(session.request('https://origin.test:8443/', { method: 'POST' }), (error) => {
        assert.ok(error instanceof ConnectError);
        assert.equal(error.origin, 'https://origin.test:8443');
        assert.equal(error.status, status);
        assert.ok(
          error.message.startsWith(
            `cannot connect to origin.test:8443 through the proxy ${proxy.url()} (option proxy): `,
          ),
        );
        assert.match(error.message, message);
        return true;
      });
      assert.equal(proxy.requests.length, attempts);
      await until(() => proxy.open === 0);
    });
  }

  test('because the password is wrong, which it is asked for once, and which nobody is told', async (context) => {
    const answer = 'HTTP/1.1 407 X\r\nProxy-Authenticate: Basic\r\n\r\n';
    const proxy = await ForwardProxy.start(context, { answer });
    const session = openSession(context, { proxy: proxy.url('user:secret') });
    await assert.rejects(session.request('https://origin.test/'), (error) => {
      assert.match(
        String(error),
        /^(?!.*secret).*it does not accept the user and the password in its URL \(407, Basic\); check them$/,
      );
      return true;
    });
    assert.equal(proxy.requests.length, 1);
  });

  for (const [what, answer, message] of [
    ['says nothing', '', /it closed the connection instead of answering CONNECT/],
    ['says something else', 'SSH-2.0-x\r\n\r\n', /check that it is a proxy/],
    ['has an endless head', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`, /too large/],
    ['speaks before we do', 'HTTP/1.1 200 OK\r\n\r\nhello', /bytes came that belong to no exchange/],
  ] as const) {
    test(`because it ${what}`, async (context) => {
      const proxy = await ForwardProxy.start(context, { answer, ends: true });
      const session = openSession(context, { proxy: proxy.url(), maxRetries: 0 });
      await assert.rejects(session.request('https://origin.test/'), (error) => {
        assert.ok(error instanceof ConnectError && error.status === undefined);
        assert.match(error.message, message);
        return true;
      });
      await until(() => proxy.open === 0);
    });
  }

  test('unless it only says so in HTTP/1.0, or after an interim response', async (context) => {
    // The tunnel leads nowhere: that TLS begins shows that it was taken for one.
    for (const answer of [
      'HTTP/1.0 200 OK\r\n\r\n',
      'HTTP/1.1 102 X\r\n\r\nHTTP/1.1 299 X\r\nContent-Length: 5\r\n\r\n',
    ]) {
      const proxy = await ForwardProxy.start(context, { answer });
      const session = openSession(context, { proxy: proxy.url(), timeouts: { connectMs: 50 } });
      await assert.rejects(session.request('https://origin.test/'), /TLS handshake through its tunnel/);
    }
  });
});

describe('a proxy that speaks TLS', () => {
  test('forwards, and opens tunnels in which TLS is spoken within TLS', async (context) => {
    const proxy = await ForwardProxy.start(context, { secure: true });
    const plain = await startOrigin(context);
    const secure = await startOrigin(context, { secure: true });
    const session = openSession(context, { proxy: proxy.url() });
    for (const { url } of [plain, secure, plain, secure]) assert.equal(await text(session, `${url}/x`), 'GET /x');
    assert.deepEqual(proxy.lines, [`GET ${plain.url}/x`, `CONNECT ${new URL(secure.url).host}`, `GET ${plain.url}/x`]);
    assert.equal(proxy.accepted, 2);
    await session.close();
    await until(() => proxy.open === 0);
  });
});

describe('the environment', () => {
  test('decides where it is asked to', async (context) => {
    const proxy = await ForwardProxy.start(context);
    const [forwarded, direct] = await Promise.all([startOrigin(context), startOrigin(context)]);
    const environment = { HTTP_PROXY: proxy.url('user:password'), NO_PROXY: new URL(direct.url).host };
    const session = openSession(context, { proxy: 'env', environment });
    for (const { url } of [forwarded, direct]) await text(session, url);
    assert.deepEqual(proxy.lines, [`GET ${forwarded.url}/`]);
    assert.equal(direct.requests[0]?.headers['proxy-authorization'], undefined);
    await text(openSession(context, { environment }), forwarded.url);
    assert.equal(proxy.requests.length, 1);
  });

  test('is that of the process, read when the session is made', async (context) => {
    const proxy = await ForwardProxy.start(context);
    const origin = await startOrigin(context);
    const names = ['http_proxy', 'all_proxy', 'no_proxy', 'NO_PROXY'];
    const before = names.map((name) => [name, process.env[name]] as const);
    for (const name of names) delete process.env[name];
    process.env['http_proxy'] = proxy.url();
    const session = openSession(context, { proxy: 'env' });
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await text(session, origin.url);
    assert.equal(proxy.requests.length, 1);
  });
});

describe('credentials for the proxy', () => {
  test('are refused where a request brings them, because an origin could get them', async (context) => {
    for (const url of ['http://origin.test/', 'https://origin.test/']) {
      const session = openSession(context, { proxy: 'http://127.0.0.1:1' });
      const request = session.request(url, { headers: { 'Proxy-Authorization': 'Basic x' } });
      await assert.rejects(
        request,
        (error) => error instanceof OptionError && error.option === 'headers.proxy-authorization',
      );
      assert.equal(session.stats().requests, 0);
    }
  });
});

describe('the limit of connections through a proxy', () => {
  test('holds for tunnels and forwarded requests together, whatever an origin may have', async (context) => {
    const proxy = await ForwardProxy.start(context);
    const origins = await Promise.all(
      [false, false, true, true].map((secure) => startOrigin(context, { secure, holds: true })),
    );
    let open = 0;
    let mostOpen = 0;
    const trace = ({ type }: SessionEvent): void => {
      // One that we have ended no longer counts, although the proxy may not know yet.
      open += type === 'opened' ? 1 : type === 'closed' ? -1 : 0;
      mostOpen = Math.max(mostOpen, open);
    };
    const session = openSession(context, { proxy: proxy.url(), trace, limits: { perProxy: 3, perOrigin: 2 } });
    const requests = origins.flatMap(({ url }) => [1, 2, 3].map((number) => text(session, `${url}/${number}`)));
    await until(() => origins.reduce((sum, { requests: { length } }) => sum + length, 0) === 3);
    for (const origin of origins) origin.release();
    const answers = await Promise.all(requests);
    assert.deepEqual(
      answers,
      origins.flatMap(() => ['GET /1', 'GET /2', 'GET /3']),
    );
    assert.equal(mostOpen, 3);
  });

  test('is not that of an origin where the proxy forwards', async (context) => {
    const proxy = await ForwardProxy.start(context);
    const origin = await startOrigin(context, { holds: true });
    const session = openSession(context, { proxy: proxy.url(), limits: { perOrigin: 1 } });
    const requests = [1, 2, 3].map((number) => text(session, `${origin.url}/${number}`));
    await until(() => origin.requests.length === 3);
    origin.release();
    await Promise.all(requests);
    assert.equal(proxy.mostOpen, 3);
  });

  test('lets an idle tunnel go for a request to another origin', async (context) => {
    const proxy = await ForwardProxy.start(context);
    const origins = await Promise.all([startOrigin(context, { secure: true }), startOrigin(context, { secure: true })]);
    const session = openSession(context, { proxy: proxy.url(), limits: { perProxy: 1 } });
    for (const { url } of [...origins, ...origins]) await text(session, url);
    assert.equal(proxy.accepted, 4);
    assert.equal(session.connections().length, 1);
  });

  test('gives each origin its turn where all of them wait, and says who has the places', async (context) => {
    const proxy = await ForwardProxy.start(context);
    const origins = await Promise.all(
      [false, true, true].map((secure) => startOrigin(context, { secure, holds: true })),
    );
    const answered: string[] = [];
    const session = openSession(context, {
      proxy: proxy.url(),
      limits: { perProxy: 1, queue: 9 },
      trace: (event) => void (event.type === 'response' && answered.push(new URL(event.request.url).origin)),
    });
    const requests = origins.flatMap(({ url }) => [1, 2, 3].map((number) => text(session, `${url}/${number}`)));
    await until(() => origins[0]?.requests.length === 1);
    await assert.rejects(
      Promise.all([session.request(origins[1]!.url), session.request(origins[1]!.url)]),
      (error: Error) => error.message.endsWith(`; 1 through the proxy ${proxy.url()} (limits.perProxy)`),
    );
    for (const origin of origins) origin.release();
    await Promise.all(requests);
    // Nobody has his second answer before everybody has his first.
    assert.deepEqual(new Set(answered.slice(0, 3)), new Set(origins.map(({ url }) => url)));
  });

  test('does not hold for what goes there directly', async (context) => {
    const proxy = await ForwardProxy.start(context);
    const [forwarded, direct] = await Promise.all([
      startOrigin(context, { holds: true }),
      startOrigin(context, { holds: true }),
    ]);
    const environment = { http_proxy: proxy.url(), no_proxy: new URL(direct.url).host };
    const session = openSession(context, { proxy: 'env', environment, limits: { perProxy: 1 } });
    const requests = [forwarded, forwarded, direct, direct].map(({ url }) => text(session, url));
    await until(() => direct.requests.length === 2 && forwarded.requests.length === 1);
    for (const origin of [forwarded, direct]) origin.release();
    await Promise.all(requests);
    assert.equal(proxy.mostOpen, 1);
  });
});
