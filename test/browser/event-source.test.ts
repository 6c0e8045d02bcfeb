// Event streams as a browser hears them: its EventSource goes on where it was cut off by a restart, and nothing is lost or told twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Response, eventStream, serve } from '#src/server/index.js';
import type { EventStream, ServeOptions, Server } from '#src/server/index.js';
import { identity } from '../io/opening.ts';
import { externalProgram } from '../support/external-program.ts';
import { Chromium } from './chromium.ts';
import { Page } from './page.ts';

const chromium = externalProgram('chromium');

/** A feed that outlives the servers that tell it, as a database would. */
class Feed {
  readonly #told: string[] = [];
  readonly #listeners = new Set<EventStream>();
  readonly lastEventIds: string[] = [];

  add(data: string): void {
    this.#told.push(data);
    for (const events of this.#listeners) events.send({ id: String(this.#told.length), event: 'news', data });
  }

  /** What was missed first, then what comes. */
  tell(events: EventStream): void {
    this.lastEventIds.push(events.lastEventId);
    const from = Number(events.lastEventId);
    for (const [index, data] of this.#told.entries()) {
      if (index >= from) events.send({ id: String(index + 1), event: 'news', data });
    }
    this.#listeners.add(events);
    void events.closed.then(() => this.#listeners.delete(events));
  }
}

async function start(t: TestContext, feed: Feed, options: Partial<ServeOptions>): Promise<Server> {
  const server = await serve({
    port: 0,
    ...options,
    fetch: (request, context) => {
      if (!request.url.endsWith('/events'))
        return new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
      const events = eventStream(request, context, { drainingRetryMs: 200, heartbeatMs: 50 });
      feed.tell(events);
      return events;
    },
  });
  t.after(() => server.destroy());
  return server;
}

const LISTEN = `
  globalThis.heard = [];
  globalThis.source = new EventSource('/events');
  source.addEventListener('news', ({ data, lastEventId }) => heard.push(lastEventId + ' ' + data));
  new Promise((resolve) => { source.onopen = () => resolve('open'); })`;

/** Resolves when so many events were heard. */
const hear = (count: number): string =>
  `new Promise((resolve) => { const look = () => heard.length < ${count} ? setTimeout(look, 10) : resolve(heard); look(); })`;

const PROTOCOLS: Readonly<Record<string, Partial<ServeOptions>>> = {
  'http/1.1': {},
  h2: { tls: identity('localhost') },
};

for (const [protocol, options] of Object.entries(PROTOCOLS)) {
  test(
    `an EventSource over ${protocol} comes back after a drain and a restart on the same port, and goes on behind the last event`,
    { ...chromium, timeout: 60_000 },
    async (t) => {
      await using browser = await Chromium.launch(chromium.path);
      const feed = new Feed();
      const first = await start(t, feed, options);
      const page = await Page.open(browser);
      await page.send('Security.setIgnoreCertificateErrors', { ignore: true });
      await page.goTo(first.url);
      assert.equal(await page.evaluate(LISTEN), 'open');
      feed.add('one');
      feed.add('two\nlines');
      assert.deepEqual(await page.evaluate(hear(2)), ['1 one', '2 two\nlines']);
      const { destroyed, durationMs } = await first.close({ drainMs: 10_000, idleGraceMs: 0 });
      assert.deepEqual(destroyed, []);
      assert.ok(durationMs < 5_000, 'the stream did not hold the shutdown up');
      feed.add('three, while nobody listened');
      await start(t, feed, { ...options, port: first.port });
      await page.evaluate(hear(3));
      feed.add('four');
      assert.deepEqual(await page.evaluate(hear(4)), [
        '1 one',
        '2 two\nlines',
        '3 three, while nobody listened',
        '4 four',
      ]);
      // A browser has spare connections open: it may have come back to the first server, and been sent away again.
      assert.deepEqual([...new Set(feed.lastEventIds)], ['', '2']);
      assert.equal(await page.evaluate('source.readyState'), 1);
      const streams = page.resources.filter(({ url }) => url.endsWith('/events'));
      assert.ok(streams.length > 0);
      for (const stream of streams) assert.equal(stream.protocol, protocol);
    },
  );
}

test(
  'a script in a browser hears heartbeats that are events, and learns how often they come; comments it does not hear',
  {
    ...chromium,
    timeout: 60_000,
  },
  async (t) => {
    await using browser = await Chromium.launch(chromium.path);
    const server = await serve({
      port: 0,
      fetch: (request, context) => {
        const { pathname } = new URL(request.url);
        if (pathname === '/events')
          return eventStream(request, context, { heartbeatMs: 40, heartbeatEvent: 'heartbeat' });
        if (pathname === '/comments') return eventStream(request, context, { heartbeatMs: 40 });
        return new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
      },
    });
    t.after(() => server.destroy());
    const page = await Page.open(browser);
    await page.goTo(server.url);
    await page.evaluate(`
    globalThis.heard = [];
    globalThis.others = [];
    for (const path of ['/events', '/comments']) {
      const source = new EventSource(path);
      source.onmessage = source.onerror = (event) => others.push(path + ' ' + event.type);
      source.addEventListener('heartbeat', (event) => heard.push(path + ' ' + JSON.parse(event.data).intervalMs + ' ' + event.lastEventId));
    }`);
    const heard = (await page.evaluate(hear(5))) as string[];
    assert.deepEqual([...new Set(heard)], ['/events 40 ']);
    assert.deepEqual(await page.evaluate('others'), []);
  },
);
