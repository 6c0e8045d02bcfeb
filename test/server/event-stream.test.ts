// Server-sent events (HTML standard, §9.2): what stands on the wire, signs of life, slow clients, and every way a stream ends.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MisuseError, OptionError } from '#src/errors.js';
import { formatComment, formatEvent } from '#src/server/long-answers/event-message.js';
import type { EventMessage } from '#src/server/long-answers/event-message.js';
import { eventStream } from '#src/server/index.js';
import type { EventStream, EventStreamOptions } from '#src/server/index.js';
import { DrivenServer, get } from './driven-server.ts';
import type { DrivenClient } from './driven-server.ts';

interface Talk {
  readonly server: DrivenServer;
  readonly client: DrivenClient;
  readonly events: EventStream;
  /** What the client was told since the last call, without chunks. */
  readonly heard: () => string;
}

/** A client that listens, and the stream that it listens to. */
async function listen(options: EventStreamOptions = {}, request = get(), highWaterMarkBytes = 16_384): Promise<Talk> {
  let events: EventStream | undefined;
  const server = new DrivenServer({
    fetch: (incoming, context) => {
      events = eventStream(incoming, context, { clock: server.clock, random: () => 0, ...options });
      return events;
    },
  });
  const client = server.connect({ highWaterMarkBytes });
  await client.send(request);
  assert.ok(events !== undefined);
  let unread = '';
  // How often there will be a sign of life is told first, and the affair of one test.
  let hasBegun = false;
  const heard = (): string => {
    unread += client.take();
    const head = /^HTTP[^]*?\r\n\r\n/.exec(unread)?.[0] ?? '';
    const chunks = unread.slice(head.length);
    unread = '';
    const told = decodeChunks(chunks);
    if (hasBegun) return told;
    hasBegun = told !== '';
    return told.replace(/^heartbeat: \d+\n\n/m, '');
  };
  return { server, client, events, heard };
}

function decodeChunks(text: string): string {
  let decoded = '';
  for (let at = 0; at < text.length;) {
    const lineEnd = text.indexOf('\r\n', at);
    const length = Number.parseInt(text.slice(at, lineEnd), 16);
    if (length === 0) return `${decoded}<end>`;
    decoded += text.slice(lineEnd + 2, lineEnd + 2 + length);
    at = lineEnd + 4 + length;
  }
  return decoded;
}

/** The standard's own way of reading a stream (§9.2.6), as plain as it can be written down. */
function interpret(stream: string): { type: string; data: string; lastEventId: string }[] {
  const dispatched: { type: string; data: string; lastEventId: string }[] = [];
  let [data, type, lastEventId] = ['', '', ''];
  const lines = stream.split(/\r\n|\r|\n/);
  lines.pop();
  for (const line of lines) {
    if (line === '') {
      if (data !== '') dispatched.push({ type: type || 'message', data: data.slice(0, -1), lastEventId });
      [data, type] = ['', ''];
      continue;
    }
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data += `${value}\n`;
    if (name === 'event') type = value;
    if (name === 'id' && !value.includes('\0')) lastEventId = value;
  }
  return dispatched;
}

describe('an event', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ' ', ':', '\r', '\n', '\0', 'é', '✓', 'data: ') });
  const line = fc.string({ unit: fc.constantFrom('a', ' ', ':', 'é', 'x') });

  test('is understood as it was meant, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ data: text, event: line, id: line })), (messages) => {
        const heard = interpret(messages.map((message) => formatEvent(message)).join(formatComment('a\rb\nc')));
        const meant = messages.map(({ data, event, id }) => ({
          type: event === '' ? 'message' : event,
          data: data.replace(/\r\n|\r/g, '\n'),
          lastEventId: id,
        }));
        assert.deepEqual(heard, meant);
      }),
    );
  });

  test('has one line for each line of its data', () => {
    assert.equal(formatEvent({ data: 'a\nb\r\nc\rd' }), 'data: a\ndata: b\ndata: c\ndata: d\n\n');
    assert.equal(formatEvent({ data: '' }), 'data: \n\n');
    assert.equal(
      formatEvent({ event: 'tick', id: '7', retryMs: 100, data: 'x' }),
      'event: tick\nid: 7\nretry: 100\ndata: x\n\n',
    );
    assert.equal(formatComment(''), ': \n\n');
  });

  test('cannot smuggle a field into another', () => {
    const bad: EventMessage[] = [
      { event: 'a\ndata: b' },
      { event: 'a\r' },
      { id: 'a\nb' },
      { id: 'a\0' },
      { retryMs: 1.5 },
      { retryMs: -1 },
      { retryMs: Infinity },
      { data: 5 as never },
      { data: null as never },
    ];
    for (const message of bad) assert.throws(() => formatEvent(message), MisuseError);
  });
});

describe('a stream of events', () => {
  test('goes out at once, as what it is, and says that its connection ends with it', async () => {
    const { client } = await listen();
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n/);
    for (const line of [
      'content-type: text/event-stream',
      'cache-control: no-cache, no-transform',
      'x-accel-buffering: no',
      'Connection: close',
      'Transfer-Encoding: chunked',
    ])
      assert.ok(client.received.includes(`\r\n${line}\r\n`), line);
  });

  test('sends each event when it happens', async () => {
    const { server, events, heard } = await listen();
    heard();
    assert.equal(events.send({ data: 'one' }), true);
    await server.run();
    assert.equal(heard(), 'data: one\n\n');
    events.send({ data: 'two' });
    events.comment('hm');
    await server.run();
    assert.equal(heard(), 'data: two\n\n: hm\n\n');
  });

  test('begins with what was sent before it was returned', async () => {
    const server = new DrivenServer({
      fetch: (request, context) => {
        const events = eventStream(request, context, { clock: server.clock, retryMs: 500 });
        events.send({ data: 'welcome' });
        return events;
      },
    });
    const client = server.connect();
    await client.send(get());
    assert.ok(client.received.includes('retry: 500\n\ndata: welcome\n\n'));
  });

  test('knows what the client saw last, also where that is not ASCII', async () => {
    const id = Buffer.from('é✓').toString('latin1');
    const { events } = await listen({}, get('/', `Last-Event-ID: ${id}\r\n`));
    assert.equal(events.lastEventId, 'é✓');
    const first = await listen();
    assert.equal(first.events.lastEventId, '');
  });

  test('ends when it is closed, behind what was sent, and the connection with it', async () => {
    const { server, client, events, heard } = await listen();
    events.send({ data: 'last' });
    events.close();
    assert.equal(events.send({ data: 'too late' }), false);
    await server.run();
    assert.equal(heard(), 'data: last\n\n<end>');
    assert.ok(client.ended);
    assert.equal(await events.closed, 'closed');
    assert.ok(events.signal.aborted);
    assert.deepEqual(server.errors, []);
  });

  test('is over when the client goes away', async () => {
    const { server, client, events } = await listen();
    const { signal } = events;
    assert.ok(!signal.aborted);
    await client.reset();
    assert.equal(await events.closed, 'disconnected');
    assert.match(String(signal.reason), /disconnected/);
    assert.equal(events.send({ data: 'x' }), false);
    assert.deepEqual(server.errors, []);
    await server.advance(100_000);
    assert.equal(server.clock.pendingTimers, 0);
  });

  test('is over at once for HEAD', async () => {
    const { events, client } = await listen({}, get().replace('GET', 'HEAD'));
    assert.equal(await events.closed, 'disconnected');
    assert.match(client.received, /content-type: text\/event-stream/);
  });
});

describe('heartbeats', () => {
  test('go out every 15 seconds while nothing else does', async () => {
    const { server, heard } = await listen();
    heard();
    await server.advance(14_999);
    assert.equal(heard(), '');
    await server.advance(1);
    assert.equal(heard(), ': \n\n');
    await server.advance(15_000);
    assert.equal(heard(), ': \n\n');
  });

  test('are put off by every event', async () => {
    const { server, events, heard } = await listen({ heartbeatMs: 1_000 });
    for (let round = 0; round < 5; round += 1) {
      await server.advance(900);
      events.send({ data: 'x' });
    }
    await server.run();
    assert.equal(heard(), 'data: x\n\n'.repeat(5));
    await server.advance(999);
    assert.equal(heard(), '');
    await server.advance(1);
    assert.equal(heard(), ': \n\n');
  });

  test('can be switched off, and stop with the stream', async () => {
    const off = await listen({ heartbeatMs: Infinity });
    off.heard();
    await off.server.advance(1_000_000);
    assert.equal(off.heard(), '');
    const { server, events } = await listen();
    events.close();
    await server.run();
    await server.advance(100_000);
    assert.equal(server.clock.pendingTimers, 0);
  });

  test('are announced as the stream begins, behind what was sent before', async () => {
    const { client } = await listen({ heartbeatMs: 1_500.5, retryMs: 7 });
    assert.ok(client.received.includes('retry: 7\n\nheartbeat: 1501\n\n'));
    const off = await listen({ heartbeatMs: Infinity });
    assert.ok(!off.client.received.includes('heartbeat'));
  });

  test('come earlier by chance, by a tenth at most', async () => {
    const { server, heard } = await listen({ random: () => 1 });
    heard();
    await server.advance(13_499);
    assert.equal(heard(), '');
    await server.advance(1);
    assert.equal(heard(), ': \n\n');
    const half = await listen({ random: () => 0.5, heartbeatJitter: 0.2 });
    half.heard();
    await half.server.advance(13_500);
    assert.equal(half.heard(), ': \n\n');
  });

  test('are events of a name where scripts shall hear them, with the interval as data', async () => {
    const { server, client, heard } = await listen({ heartbeatMs: 1_000, heartbeatEvent: 'beat' });
    const beat = 'event: beat\nheartbeat: 1000\ndata: {"intervalMs":1000}\n\n';
    assert.ok(client.received.includes(beat), 'the first as the stream begins');
    heard();
    await server.advance(1_000);
    assert.equal(heard(), beat);
    const [event] = interpret(beat);
    assert.deepEqual(event, { type: 'beat', data: '{"intervalMs":1000}', lastEventId: '' });
  });

  test('that scripts shall hear are put off by what scripts hear, and by nothing else', async () => {
    const { server, events, heard } = await listen({ heartbeatMs: 1_000, heartbeatEvent: 'beat' });
    heard();
    await server.advance(900);
    events.comment('for the path');
    events.send({ retryMs: 5 });
    events.send({ id: '7' });
    await server.advance(100);
    assert.match(heard(), /event: beat\n/);
    await server.advance(900);
    events.send({ data: '' });
    await server.advance(999);
    assert.ok(!heard().includes('beat'));
    await server.advance(1);
    assert.match(heard(), /event: beat\n/);
  });

  test('do not pile up for a client that does not read', async () => {
    const { server, client, events } = await listen({ heartbeatMs: 1_000 }, get(), 1_024);
    client.pause();
    events.send({ data: 'x'.repeat(2_000) });
    await server.run();
    events.send({ data: 'y' });
    events.send({ data: 'z' });
    for (let second = 0; second < 30; second += 1) await server.advance(1_000);
    assert.equal(events.queuedBytes, 'data: z\n\n'.length);
  });
});

describe('a client that does not read', () => {
  /** Sends until the stream is over, and looks that memory does not grow meanwhile. */
  async function flood({ server, client, events }: Talk): Promise<void> {
    client.pause();
    for (let sent = 0; events.send({ data: 'x'.repeat(990) }); sent += 1) {
      assert.ok(events.queuedBytes <= 10_000);
      assert.ok(sent < 100);
      await server.run();
    }
    assert.equal(events.queuedBytes, 0);
    assert.equal(await events.closed, 'overflow');
  }

  test('is dropped when more waits for it than is allowed, and told so when it reads on', async () => {
    const talk = await listen({ maxQueuedBytes: 10_000 }, get(), 1_024);
    await flood(talk);
    await talk.client.resume();
    assert.ok(!talk.heard().includes('<end>'), 'what is missing must be noticed');
    assert.ok(talk.client.ended);
    assert.match(String(talk.server.errors[0]), /does not read its events.*10000 bytes.*maxQueuedBytes/);
  });

  test('and never reads on is gone with the deadline of writing', async () => {
    const talk = await listen({ maxQueuedBytes: 10_000 }, get(), 1_024);
    await flood(talk);
    await talk.server.advance(60_000);
    assert.deepEqual(talk.server.closed, ['1 writeTimeout']);
  });

  test('makes a source that can wait wait', async () => {
    const { server, client, events } = await listen({}, get(), 1_024);
    client.pause();
    for (let count = 0; count < 5; count += 1) {
      events.send({ data: 'x'.repeat(2_000) });
      await server.run();
    }
    let ready = false;
    void events.whenReady().then(() => (ready = true));
    await server.run();
    assert.ok(!ready);
    await client.resume();
    assert.ok(ready);
    await events.whenReady();
    assert.equal(events.queuedBytes, 0);
  });

  test('gets all of it, in order, if it reads in time', async () => {
    const { server, client, events, heard } = await listen({}, get(), 1_024);
    client.pause();
    for (let count = 0; count < 50; count += 1) {
      events.send({ data: `${count} ${'x'.repeat(500)}` });
      await server.run();
    }
    events.close();
    await client.resume();
    const told = interpret(heard().replace('<end>', ''));
    assert.deepEqual(
      told.map(({ data }) => Number.parseInt(data, 10)),
      Array.from({ length: 50 }, (_, index) => index),
    );
  });
});

describe('a shutdown', () => {
  test('tells every client when to come back, and ends its stream', async () => {
    const { server, client, events, heard } = await listen();
    heard();
    server.core.announceDraining();
    await server.run();
    const told = heard();
    const retryMs = Number(/^retry: (\d+)\n\n<end>$/.exec(told)?.[1]);
    assert.ok(retryMs >= 1_000 && retryMs <= 3_000, told);
    assert.equal(await events.closed, 'draining');
    assert.ok(client.ended, 'a connection that is kept would be asked again');
    assert.deepEqual(server.closed, []);
    await client.end();
    assert.deepEqual(server.closed, ['1 weSentClose']);
  });

  test('spreads those who come back', async () => {
    const told = new Set<string>();
    for (let round = 0; round < 20; round += 1) {
      const { server, heard } = await listen({ drainingRetryMs: 1_000_000 });
      heard();
      server.core.announceDraining();
      await server.run();
      told.add(heard());
    }
    assert.ok(told.size > 10, `${told.size} different times`);
  });

  test('that has begun ends a stream as it begins', async () => {
    let events: EventStream | undefined;
    const server = new DrivenServer({
      fetch: (request, context) => {
        events = eventStream(request, context, { clock: server.clock });
        return events;
      },
    });
    server.core.announceDraining();
    const client = server.connect();
    await client.send(get());
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*\r\nretry: \d+\n\n$/);
    assert.equal(await events?.closed, 'draining');
    assert.ok(client.ended);
  });
});

describe('five streams of one client over HTTP/1.1', () => {
  const remotes = (address: string): { remotes: [string, string] } => ({ remotes: ['127.0.0.1:80', `${address}:5`] });

  test('are warned of once, in words', async () => {
    const warnings: string[] = [];
    const server = new DrivenServer({
      fetch: (request, context) =>
        eventStream(request, context, { clock: server.clock, onWarning: (text) => void warnings.push(text) }),
    });
    const clients: DrivenClient[] = [];
    const come = async (address: string): Promise<void> => {
      const client = server.connect(remotes(address));
      clients.push(client);
      await client.send(get());
    };
    for (let count = 0; count < 4; count += 1) {
      await come('[::1]');
      await come('10.0.0.1');
    }
    await clients[0]!.reset();
    await come('[::1]');
    assert.deepEqual(warnings, [], 'one of five had left');
    await come('[::1]');
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /^\[::1\] has 5 event streams open over HTTP\/1\.1\. .*HTTP\/2/);
    await come('10.0.0.1');
    assert.equal(warnings.length, 1);
  });
});

test('options that make no sense are refused by name', () => {
  const request = new Request('http://a/');
  const context = { connection: { protocol: 'http/1.1' }, draining: new AbortController().signal } as never;
  const bad: Record<string, object> = {
    heartbeatMs: { heartbeatMs: 0 },
    heartbeatEvent: { heartbeatEvent: 'a\nb' },
    heartbeatJitter: { heartbeatJitter: 1.1 },
    random: { random: 5 },
    retryMs: { retryMs: -1 },
    drainingRetryMs: { drainingRetryMs: Infinity },
    maxQueuedBytes: { maxQueuedBytes: 0 },
    heartbeat: { heartbeat: 5 },
    clock: { clock: {} },
    onWarning: { onWarning: 'yes' },
  };
  for (const [name, options] of Object.entries(bad)) {
    assert.throws(
      () => eventStream(request, context, options),
      (error) => error instanceof OptionError && error.option.includes(name),
      name,
    );
  }
});
