// Readiness and liveness: what the server itself answers, in which state, and that nothing keeps it from answering.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import type { IncomingHttpHeaders } from 'node:http2';
import { describe, test } from 'node:test';
import { OptionError } from '#src/errors.js';
import { Admission } from '#src/server/admission/admission.js';
import { resolveServeOptions, serve } from '#src/server/index.js';
import type { HealthOptions, TraceEvent } from '#src/server/index.js';
import { DATE, DrivenServer, gate, get } from './driven-server.ts';
import type { DrivenClient, DrivenOptions } from './driven-server.ts';

const HEALTH: HealthOptions = { readiness: '/readyz', liveness: '/livez' };

/** `handler` counts what reached it. */
class CheckedServer {
  handled = 0;
  readonly server: DrivenServer;

  constructor(health: HealthOptions = HEALTH, options: Partial<DrivenOptions> = {}) {
    this.server = new DrivenServer({
      handler: () => {
        this.handled += 1;
        return { body: 'handler' };
      },
      health,
      ...options,
    });
  }

  /** `status body` of a request on a connection of its own. */
  async ask(path: string): Promise<string> {
    const client = this.server.connect();
    await client.send(get(path));
    return inShort(client);
  }
}

function inShort(client: DrivenClient): string {
  const [, status, body] = /^HTTP\/1\.1 (\d+) [^]*?\r\n\r\n([^]*)$/.exec(client.received) ?? [];
  return `${status} ${body?.trim()}`;
}

describe('a health check', () => {
  test('is answered with the state in a few bytes, on a connection that ends', async () => {
    const { server } = new CheckedServer();
    const client = server.connect();
    await client.send(get('/readyz'));
    assert.equal(
      client.received,
      'HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncache-control: no-store\r\n' +
        `${DATE}Connection: close\r\nContent-Length: 10\r\n\r\naccepting\n`,
    );
    assert.ok(client.ended);
  });

  test('has no body where HEAD asks, and its length all the same', async () => {
    const { server } = new CheckedServer();
    const client = server.connect();
    await client.send('HEAD /livez HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n[^]*Content-Length: 10\r\n[^]*\r\n\r\n$/);
  });

  test('never reaches the handler, and other paths always do', async () => {
    const checked = new CheckedServer();
    for (const path of ['/readyz', '/readyz?verbose', '/livez']) assert.equal(await checked.ask(path), '200 accepting');
    assert.equal(checked.handled, 0);
    for (const path of ['/', '/readyz/', '/readyzz', '/a/readyz', '/Readyz']) {
      assert.equal(await checked.ask(path), '200 handler');
    }
    assert.equal(checked.handled, 5);
  });

  test('is GET or HEAD: other methods get 405', async () => {
    const checked = new CheckedServer();
    const client = checked.server.connect();
    await client.send('POST /readyz HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    assert.match(client.received, /^HTTP\/1\.1 405 [^]*\r\nallow: GET, HEAD\r\n/);
    assert.equal(checked.handled, 0);
  });

  test('is the affair of the handler where no path is named', async () => {
    const checked = new CheckedServer({ readiness: '/readyz' });
    assert.equal(await checked.ask('/livez'), '200 handler');
  });

  test('stands in the trace only where that is asked for', async () => {
    for (const traced of [false, true]) {
      const checked = new CheckedServer({ ...HEALTH, traced });
      await checked.ask('/readyz');
      await checked.ask('/');
      const exchanges = checked.server.events.filter(({ type }) => type === 'exchange');
      assert.equal(exchanges.length, traced ? 2 : 1);
    }
  });
});

describe('readiness', () => {
  test('fails from lame duck on', async () => {
    const checked = new CheckedServer();
    for (const state of ['lameDuck', 'draining'] as const) {
      checked.server.core.state = state;
      assert.equal(await checked.ask('/readyz'), `503 ${state}`);
    }
  });

  test('asks the application, for which only `true` is ready', async () => {
    for (const [ready, answer] of [
      [() => true, '200 accepting'],
      [() => false, '503 accepting, not ready'],
      [() => 'yes', '503 accepting, not ready'],
      [() => Promise.resolve(true), '503 accepting, not ready'],
    ] as const) {
      const checked = new CheckedServer({ ...HEALTH, ready: ready as () => boolean });
      assert.equal(await checked.ask('/readyz'), answer);
      assert.equal(await checked.ask('/livez'), '200 accepting');
    }
  });

  test('fails where the application throws, whose error is told to onError and not to the peer', async () => {
    const checked = new CheckedServer({
      ...HEALTH,
      ready: () => {
        throw new Error('secret');
      },
    });
    assert.equal(await checked.ask('/readyz'), '503 accepting, not ready');
    assert.deepEqual(checked.server.errors.map(String), ['Error: secret']);
  });

  test('does not bother the application any more once the server is told to stop', async () => {
    let asked = 0;
    const checked = new CheckedServer({ ...HEALTH, ready: () => (asked += 1) > 0 });
    checked.server.core.state = 'lameDuck';
    assert.equal(await checked.ask('/readyz'), '503 lameDuck');
    assert.equal(asked, 0);
  });
});

describe('liveness', () => {
  test('holds through lame duck and fails when connections are no longer accepted', async () => {
    const checked = new CheckedServer();
    checked.server.core.state = 'lameDuck';
    assert.equal(await checked.ask('/livez'), '200 lameDuck');
    checked.server.core.state = 'draining';
    assert.equal(await checked.ask('/livez'), '503 draining');
  });

  test('fails at lame duck where that is asked for', async () => {
    const checked = new CheckedServer({ ...HEALTH, livenessFailsAt: 'lameDuck' });
    assert.equal(await checked.ask('/livez'), '200 accepting');
    checked.server.core.state = 'lameDuck';
    assert.equal(await checked.ask('/livez'), '503 lameDuck');
  });
});

/** Lets a connection in as the listener does; undefined where it is refused. */
function letIn(server: DrivenServer): DrivenClient | undefined {
  if (new Admission(server.core).admit({ remote: '127.0.0.1:1' }) !== true) return undefined;
  const client = server.connect();
  // The driven server does not count; the real one does.
  server.core.connections.delete(client.connection);
  server.core.add(client.connection);
  return client;
}

describe('a server without room', () => {
  /** Two busy connections where two are allowed. */
  async function full(
    health?: HealthOptions,
  ): Promise<{ server: DrivenServer; admit: () => DrivenClient | undefined }> {
    const never = gate<object>();
    const server = new DrivenServer({
      handler: () => never.promise,
      limits: { connections: 2 },
      ...(health === undefined ? {} : { health }),
    });
    for (let open = 0; open < 2; open += 1) await letIn(server)?.send(get());
    return { server, admit: () => letIn(server) };
  }

  test('answers checks all the same, and refuses everything else with 503', async () => {
    const { server, admit } = await full(HEALTH);
    const check = admit();
    await check?.send(get('/livez'));
    assert.equal(inShort(check!), '200 accepting');
    const other = admit();
    await other?.send(get());
    assert.equal(inShort(other!), '503 503 Service Unavailable: too many connections');
    assert.ok(other?.ended);
    assert.equal(server.errors.length, 0);
  });

  test('lets nobody in where no checks were asked for', async () => {
    const { admit } = await full();
    assert.equal(admit(), undefined);
  });

  test('keeps eight places for them, and takes one back from whoever says nothing for a second', async () => {
    const { server, admit } = await full(HEALTH);
    const silent = Array.from({ length: 8 }, admit);
    assert.ok(silent.every((client) => client !== undefined));
    assert.equal(admit(), undefined, 'the ninth');
    await server.advance(1_000);
    const check = admit();
    await check?.send(get('/readyz'));
    assert.equal(inShort(check!), '200 accepting');
    assert.deepEqual(
      silent.map((client) => client?.ended),
      [true, ...Array.from({ length: 7 }, () => false)],
    );
  });
});

describe('a newcomer for whom another connection was shed', () => {
  test('is served like everybody else, while the other one still says goodbye', async () => {
    const checked = new CheckedServer(HEALTH, { limits: { connections: 1 } });
    const { server } = checked;
    const old = letIn(server);
    await old?.send(get());
    await server.advance(1_000);
    const newcomer = letIn(server);
    await server.run();
    assert.ok(old?.ended);
    assert.equal(server.core.connections.size, 2);
    await newcomer?.send(get());
    assert.equal(inShort(newcomer!), '200 handler');
  });
});

describe('over HTTP/2', () => {
  test('checks are answered in the same way, before any handler and untold', async (t) => {
    const told: TraceEvent[] = [];
    const handler = (): object => ({ body: 'handler' });
    const server = await serve({ handler, port: 0, health: HEALTH, trace: (event) => void told.push(event) });
    const session = connect(server.url);
    t.after(() => {
      session.destroy();
      server.destroy();
    });
    const ask = async (path: string, method = 'GET'): Promise<string> => {
      const stream = session.request({ ':path': path, ':method': method });
      stream.setEncoding('latin1');
      const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders & { ':status'?: number }];
      let text = '';
      for await (const piece of stream) text += String(piece);
      return `${headers[':status']} ${text.trim()}`;
    };
    assert.equal(await ask('/readyz?a'), '200 accepting');
    assert.equal(await ask('/livez'), '200 accepting');
    assert.equal(await ask('/readyz', 'DELETE'), '405 405 Method Not Allowed');
    assert.equal(await ask('/'), '200 handler');
    assert.equal(told.filter(({ type }) => type === 'exchange').length, 1);
  });
});

describe('options of health', () => {
  const refused = (option: string, health: unknown): void =>
    assert.throws(
      () => resolveServeOptions({ handler: () => ({}), health: health as HealthOptions }),
      (error) => error instanceof OptionError && error.option === option,
    );

  test('that make no sense are refused with their names', () => {
    for (const path of ['readyz', '', '/a b', '/a?b', '/a#b', 5, null, 'http://a/']) {
      refused('health.readiness', { readiness: path });
      refused('health.liveness', { liveness: path });
    }
    refused('health', {});
    refused('health', 5);
    refused('health.liveness', { readiness: '/a', liveness: '/a' });
    refused('health.ready', { readiness: '/a', ready: true });
    refused('health.traced', { readiness: '/a', traced: 1 });
    refused('health.livenessFailsAt', { liveness: '/a', livenessFailsAt: 'closed' });
    refused('health.rediness', { rediness: '/a' });
  });
});
