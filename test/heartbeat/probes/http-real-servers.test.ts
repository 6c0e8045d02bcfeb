// How heartbeats of HTTP get along with the idle timeouts, the limits and the refusals of real servers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { CalmMemory, Heartbeat, http2Probe, httpProbe } from '#src/heartbeat/index.js';
import type { HeartbeatEvent, Probe } from '#src/heartbeat/index.js';
import { externalProgram } from '../../support/external-program.ts';
import { freePort } from '../peer-process.ts';
import { startApache, startNginx, startPerdura } from './http-servers.ts';

const nginx = externalProgram('nginx');
const apache = externalProgram('apache2');

/** Events of a heartbeat until there are so many of the type; misses fail the test. */
async function collect(
  t: TestContext,
  probe: Probe,
  intervalMs: number,
  type: HeartbeatEvent['type'],
  count: number,
): Promise<HeartbeatEvent[]> {
  const heartbeat = new Heartbeat({ probe, intervalMs, jitter: 0, timeoutMs: 3_000, calm: new CalmMemory() });
  t.after(() => heartbeat.stop());
  const events: HeartbeatEvent[] = [];
  heartbeat.start();
  for await (const event of heartbeat) {
    events.push(event);
    assert.notEqual(event.type, 'missed', JSON.stringify(event));
    if (events.filter((one) => one.type === type).length >= count) break;
  }
  heartbeat.stop();
  return events;
}

/** Over which connection so many signals were acknowledged, in order. */
async function connections(t: TestContext, probe: Probe, intervalMs: number, count: number): Promise<string> {
  const events = await collect(t, probe, intervalMs, 'ack', count);
  return events.map((event) => (event.type === 'ack' ? event.connection : event.type)).join(' ');
}

describe('a heartbeat of nginx', () => {
  test(
    'that is slower than its idle timeout meets a new connection each time, and that is no alarm',
    nginx,
    async (t) => {
      const port = await freePort();
      await using _ = await startNginx(nginx.path, port, { server: 'keepalive_timeout 300ms;' });
      assert.equal(await connections(t, httpProbe(`http://127.0.0.1:${port}/`), 700, 4), 'new new new new');
    },
  );

  test('that is faster keeps the connection for longer than that', nginx, async (t) => {
    const port = await freePort();
    await using _ = await startNginx(nginx.path, port, { server: 'keepalive_timeout 900ms;' });
    const told = await connections(t, httpProbe(`http://127.0.0.1:${port}/`), 250, 8);
    assert.equal(told, 'new kept kept kept kept kept kept kept');
  });

  test('respects how many requests it takes on one connection', nginx, async (t) => {
    const port = await freePort();
    await using _ = await startNginx(nginx.path, port, { server: 'keepalive_requests 3;' });
    const told = await connections(t, httpProbe(`http://127.0.0.1:${port}/`), 30, 7);
    assert.equal(told, 'new kept kept new kept kept new');
  });

  test('slows down where it says that there are too many requests', nginx, async (t) => {
    const port = await freePort();
    await using _ = await startNginx(nginx.path, port, {
      http: 'limit_req_zone $binary_remote_addr zone=all:1m rate=2r/s; limit_req_status 429;',
      server: 'limit_req zone=all;',
    });
    const events = await collect(t, httpProbe(`http://127.0.0.1:${port}/`), 100, 'ack', 8);
    const calmed = events.filter((event) => event.type === 'calmed');
    assert.ok(calmed.length >= 1 && calmed.length <= 4, JSON.stringify(calmed));
    assert.equal(calmed[0]?.reason, 'answered 429');
    // Twice a second is what it puts up with.
    const details = events.filter((event) => event.type === 'ack').map(({ detail }) => detail);
    assert.deepEqual(details.slice(-3), ['200', '200', '200']);
  });

  test(
    'with OPTIONS * is answered with 400 and the end of the connection, so HEAD is the default',
    nginx,
    async (t) => {
      const port = await freePort();
      await using _ = await startNginx(nginx.path, port);
      const probe = httpProbe(`http://127.0.0.1:${port}/`, { method: 'OPTIONS', target: '*' });
      const events = await collect(t, probe, 30, 'ack', 3);
      const facts = events.map((event) => event.type === 'ack' && `${event.detail} ${event.connection}`);
      assert.deepEqual(facts, ['400 new', '400 new', '400 new']);
    },
  );

  test('with PING proves that it lives and does not move its idle timer, which a request does', nginx, async (t) => {
    const port = await freePort();
    const server = 'keepalive_timeout 700ms; client_header_timeout 700ms;';
    await using _ = await startNginx(nginx.path, port, { listen: 'http2', server });
    const told = await connections(t, http2Probe(`h2c://127.0.0.1:${port}`), 150, 12);
    const news = told.split(' ').filter((connection) => connection === 'new').length;
    assert.ok(news >= 2 && told.includes('kept kept'), told);
  });
});

describe('a heartbeat of Apache', () => {
  test('keeps the connection with OPTIONS *, up to its last request', apache, async (t) => {
    const port = await freePort();
    await using _ = await startApache(apache.path, port, 'KeepAliveTimeout 1\nMaxKeepAliveRequests 4');
    const probe = httpProbe(`http://127.0.0.1:${port}/`, { method: 'OPTIONS', target: '*', expectStatus: 200 });
    const told = await connections(t, probe, 200, 10);
    // It takes one more than it is told to.
    assert.equal(told, 'new kept kept kept kept new kept kept kept kept');
  });
});

describe('a heartbeat of perdura', () => {
  test('keeps the connection for longer than the idle timeout of the server', async (t) => {
    const port = await freePort();
    await using _ = await startPerdura(port, ['--keep-alive-timeout', '1s']);
    const told = await connections(t, httpProbe(`http://127.0.0.1:${port}/`), 500, 8);
    assert.equal(told, 'new kept kept kept kept kept kept kept');
  });
});
