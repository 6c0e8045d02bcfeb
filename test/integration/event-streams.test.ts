// Streams of events as they are: servers that are stopped and killed under them, and a proxy that cuts what is silent.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { Session } from '#src/client/index.js';
import type { EventsState, ServerSentEvent } from '#src/client/index.js';
import { sseHeartbeat } from '#src/heartbeat/index.js';
import { eventStream, serve } from '#src/server/index.js';
import { PeerProcess, freePort } from '../heartbeat/peer-process.ts';
import { externalProgram } from '../support/external-program.ts';
import { ServedFiles } from './reloading/served-files.ts';
import { ServerProcess, findFreePort } from './reloading/server-process.ts';

/** What a notice may be late. */
const SLACK_MS = 150;

const FIXTURE = fileURLToPath(new URL('fixtures/event-server.js', import.meta.url));

const start = (port: number, epochMs: number): Promise<PeerProcess> =>
  new PeerProcess(process.execPath, [FIXTURE, String(port), String(epochMs)]).untilListening(port);

/** A listener that wants every event once, in order, and takes each as it comes. */
class Listener {
  readonly states: EventsState[] = [];
  readonly session = new Session();
  readonly #told = new EventEmitter();
  #count = 0;

  constructor(url: string, livenessMs: number) {
    const onState = (state: EventsState): void => {
      this.states.push(state);
      this.#told.emit(state.type, state);
    };
    const timeouts = { headersMs: 300 };
    void this.#read(this.session.events(url, { livenessMs, retryMs: 50, maxRetryMs: 200, timeouts, onState })).catch(
      (error: unknown) => this.#told.emit('error', error),
    );
  }

  /** Resolves when so many more were heard. */
  async hear(count: number): Promise<void> {
    for (const until = this.#count + count; this.#count < until;) await once(this.#told, 'event');
  }

  /** Resolves with the next state of the type that is told from now on. */
  async told<Type extends EventsState['type']>(type: Type): Promise<EventsState & { type: Type }> {
    const [state] = (await once(this.#told, type)) as [EventsState & { type: Type }];
    return state;
  }

  async #read(events: AsyncIterable<ServerSentEvent>): Promise<void> {
    for await (const { data } of events) {
      this.#count += 1;
      assert.equal(data, `event ${this.#count}`);
      this.#told.emit('event');
    }
  }
}

describe('a stream of events', () => {
  test(
    'goes on where it was, without loss and without duplicates, when its server was stopped and continues',
    { timeout: 30_000 },
    async (t) => {
      const port = await freePort();
      await using server = await start(port, Date.now());
      const listener = new Listener(`http://127.0.0.1:${port}/`, 400);
      t.after(() => listener.session.close());
      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      t.after(() => delay.disable());
      for (let round = 0; round < 2; round += 1) {
        await listener.hear(20);
        const stale = listener.told('stale');
        delay.reset();
        server.stop();
        const stoppedMs = performance.now();
        const { silentMs } = await stale;
        const tookMs = performance.now() - stoppedMs;
        const lateMs = Math.max(0, delay.max / 1e6 - 5);
        t.diagnostic(
          `stopped: told after ${tookMs.toFixed(0)} ms, of them silent ${silentMs.toFixed(0)} (loop late by ${lateMs.toFixed(0)})`,
        );
        assert.ok(tookMs < 400 + SLACK_MS + lateMs, `${tookMs} ms`);
        // Whoever comes to a stopped server waits for the head of an answer.
        await listener.told('reconnecting');
        const opened = listener.told('open');
        server.continue();
        const { lastEventId } = await opened;
        assert.ok(Number(lastEventId) >= 20, 'it goes on behind what was heard');
        await listener.hear(50);
      }
    },
  );

  test('finds its server again when that was killed and came back', { timeout: 30_000 }, async (t) => {
    const port = await freePort();
    const epochMs = Date.now();
    const first = await start(port, epochMs);
    const listener = new Listener(`http://127.0.0.1:${port}/`, 5_000);
    t.after(() => listener.session.close());
    await listener.hear(20);
    const lost = listener.told('reconnecting');
    await first.kill();
    assert.equal((await lost).failures, 0);
    const refused = await listener.told('reconnecting');
    assert.ok(refused.failures > 0);
    const second = await start(port, epochMs);
    t.after(() => second.kill());
    await listener.hear(100);
    assert.deepEqual(
      listener.states.filter(({ type }) => type === 'stale'),
      [],
    );
  });
});

/** Serves one event after so long, and heartbeats meanwhile where there are any. Resolves with its port. */
type Upstream = (t: TestContext, eventAfterMs: number, heartbeatMs: number) => Promise<number>;

const UPSTREAMS: Readonly<Record<string, Upstream>> = {
  'eventStream of serve()': async (t, eventAfterMs, heartbeatMs) => {
    const server = await serve({
      port: 0,
      fetch: (request, context) => {
        const events = eventStream(request, context, { heartbeatMs });
        const timer = setTimeout(() => events.send({ data: 'at last' }), eventAfterMs);
        void events.closed.then(() => clearTimeout(timer));
        return events;
      },
    });
    t.after(() => server.destroy());
    return server.port;
  },
  'sseHeartbeat on node:http': async (t, eventAfterMs, heartbeatMs) => {
    const server = http.createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' }).flushHeaders();
      if (heartbeatMs < Infinity) sseHeartbeat(response, { intervalMs: heartbeatMs, event: 'heartbeat' });
      const timer = setTimeout(() => response.write('data: at last\n\n'), eventAfterMs);
      response.on('close', () => clearTimeout(timer));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  },
};

const nginx = externalProgram('nginx');

/** nginx that ends answers of which nothing came for a second. Resolves with its URL. */
async function startProxy(t: TestContext, upstreamPort: number): Promise<string> {
  const files = new ServedFiles();
  const port = await findFreePort();
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${files.path(name)};`,
  );
  files.write(
    'nginx.conf',
    `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid ${files.path('nginx.pid')};
events { worker_connections 64; }
http {
  ${folders.join('\n  ')}
  access_log off;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${upstreamPort};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_read_timeout 1s;
    }
  }
}
`,
  );
  const proxy = new ServerProcess(nginx.path, [
    '-p',
    files.folder,
    '-e',
    files.path('error.log'),
    '-c',
    files.path('nginx.conf'),
  ]);
  t.after(async () => {
    await proxy.stop('SIGTERM');
    files.remove();
  });
  await proxy.accepting({ port, host: '127.0.0.1' });
  return `http://127.0.0.1:${port}/`;
}

describe('nginx with a proxy_read_timeout of one second', { concurrency: true }, () => {
  for (const [name, startUpstream] of Object.entries(UPSTREAMS)) {
    const hear = async (t: TestContext, heartbeatMs: number): Promise<string[]> => {
      const url = await startProxy(t, await startUpstream(t, 3_000, heartbeatMs));
      const session = new Session();
      t.after(() => session.destroy());
      const story: string[] = [];
      let onCut = (): void => {};
      const cut = new Promise<void>((resolve) => {
        onCut = resolve;
      });
      const onState = ({ type }: EventsState): void => {
        story.push(type);
        if (type === 'reconnecting') onCut();
      };
      const events = session.events(url, { onState });
      const event = events.next().then(({ value }) => void story.push(value?.data ?? 'end'));
      await Promise.race([event, cut]);
      return story;
    };

    test(
      `lets a stream of ${name} live for as long as there are heartbeats`,
      { ...nginx, timeout: 30_000 },
      async (t) => {
        assert.deepEqual(await hear(t, 400), ['open', 'at last']);
      },
    );

    test(`cuts one of ${name} that is silent`, { ...nginx, timeout: 30_000 }, async (t) => {
      assert.deepEqual(await hear(t, Infinity), ['open', 'reconnecting']);
    });
  }
});
