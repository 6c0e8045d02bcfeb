// A session against a real nginx that is reloaded under load, that ends idle connections without a word, and that compresses.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Session } from '#src/client/index.js';
import { externalProgram } from '../support/external-program.ts';
import { NginxServer } from './reloading/nginx-server.ts';
import { RARE, RELOAD_TEST, surviveReloads } from './reloading/reload-under-load.ts';

const nginx = externalProgram('nginx');
const options = { ...nginx, ...RELOAD_TEST };

describe('nginx that is reloaded several times a second', () => {
  test('loses no request that may be repeated, and repeats no other', options, async (t) => {
    await using server = await NginxServer.start(nginx.path);
    await surviveReloads(t, server, { holdBack: 'never' });
  });

  test('hardly loses any request where the last byte of the others is held back', options, async (t) => {
    await using server = await NginxServer.start(nginx.path);
    await surviveReloads(t, server, { holdBack: 'lastByte', failedPostShare: RARE });
  });
});

describe('a session with six connections to nginx', () => {
  test('sends a thousand requests over them, and never has a seventh', options, async (t) => {
    await using server = await NginxServer.start(nginx.path);
    await using session = new Session({ baseUrl: server.url, limits: { perOrigin: 6 } });
    let most = 0;
    const bodies = await Promise.all(
      Array.from({ length: 1_000 }, async (_, number) => {
        const file = `/files/${number % 5}.txt`;
        const { body } = await session.request(file);
        most = Math.max(most, session.connections().length);
        return (await body.text()) === server.files.content(file);
      }),
    );
    assert.ok(bodies.every(Boolean));
    assert.equal(most, 6);
    const { connectionsOpened, retries, closed } = session.stats();
    t.diagnostic(`${connectionsOpened} connections, ${retries} retries, closed ${JSON.stringify(closed)}`);
    // Every connection has fifty requests, and nginx announces the last one.
    assert.ok(connectionsOpened >= 20 && connectionsOpened <= 26, `${connectionsOpened} connections`);
    assert.equal(retries, 0);
  });

  test('needs far fewer connections than a session that uses each of them once', options, async (t) => {
    await using server = await NginxServer.start(nginx.path);
    const figures: Record<string, { connections: number; ms: number }> = {};
    for (const [name, sessionOptions] of [
      ['one connection', { limits: { perOrigin: 1 } }],
      ['six connections', { limits: { perOrigin: 6 } }],
      ['one for each request', { maxRequestsPerConnection: 1, limits: { perOrigin: 6 } }],
    ] as const) {
      await using session = new Session({ baseUrl: server.url, ...sessionOptions });
      const startMs = performance.now();
      await Promise.all(Array.from({ length: 300 }, async () => (await session.request('/files/1.txt')).body.dump()));
      const ms = Math.round(performance.now() - startMs);
      figures[name] = { connections: session.stats().connectionsOpened, ms };
    }
    t.diagnostic(JSON.stringify(figures));
    assert.equal(figures['one connection']!.connections, 6);
    assert.ok(figures['six connections']!.connections <= 12);
    assert.equal(figures['one for each request']!.connections, 300);
  });
});

describe('a session over the unix socket of nginx', () => {
  test('keeps its connections, and loses no request to reloads', options, async (t) => {
    await using server = await NginxServer.start(nginx.path);
    await surviveReloads(t, server, { socketPath: server.socketPath, holdBack: 'never' });
  });
});

describe('compressed responses of nginx', () => {
  test('are undone by fetch and left alone by request, on one connection', options, async () => {
    await using server = await NginxServer.start(nginx.path, { directives: 'gzip on; gzip_types text/plain;' });
    await using session = new Session({ baseUrl: server.url });
    for (const number of [5, 10, 19]) {
      const file = `/files/${number}.txt`;
      const response = await session.fetch(file);
      assert.equal(response.headers.get('content-encoding'), 'gzip');
      assert.equal(await response.text(), server.files.content(file));
      const raw = await session.request(file, { headers: { 'accept-encoding': 'gzip' } });
      const bytes = await raw.body.bytes();
      assert.equal(gunzipSync(bytes).toString(), server.files.content(file));
    }
    assert.equal(session.stats().connectionsOpened, 1);
  });
});
