// Event streams over HTTP/2: the same as over HTTP/1, but many on one connection, which outlives them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { eventStream, serve } from '#src/server/index.js';
import type { EventStream, Server } from '#src/server/index.js';

interface Listener {
  readonly stream: ClientHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  readonly heard: () => string;
}

async function listen(client: ClientHttp2Session): Promise<Listener> {
  const stream = client.request({ ':path': '/' });
  let text = '';
  stream.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  return { stream, headers, heard: () => text };
}

async function start(t: TestContext): Promise<{ server: Server; client: ClientHttp2Session; streams: EventStream[] }> {
  const streams: EventStream[] = [];
  const server = await serve({
    port: 0,
    fetch: (request, context) => {
      const events = eventStream(request, context, { onWarning: (text) => assert.fail(text) });
      streams.push(events);
      return events;
    },
  });
  const client = http2.connect(server.url);
  t.after(() => {
    client.destroy();
    server.destroy();
  });
  return { server, client, streams };
}

test(
  'streams of events share a connection of HTTP/2, end one by one, and with a shutdown',
  { timeout: 20_000 },
  async (t) => {
    const { server, client, streams } = await start(t);
    const listeners = await Promise.all(Array.from({ length: 8 }, () => listen(client)));
    assert.equal(server.connections().length, 1);
    const [first, second, ...rest] = listeners;
    assert.equal(first!.headers['content-type'], 'text/event-stream');
    assert.equal(first!.headers['x-accel-buffering'], 'no');

    for (const [index, events] of streams.entries()) events.send({ id: String(index), data: 'hello' });
    for (const [index, { stream, heard }] of listeners.entries()) {
      while (!heard().includes('data')) await once(stream, 'data');
      assert.equal(heard(), `heartbeat: 15000\n\nid: ${index}\ndata: hello\n\n`);
    }

    streams[0]!.close();
    await once(first!.stream, 'end');
    second!.stream.close();
    assert.equal(await streams[1]!.closed, 'disconnected');
    assert.ok(!client.closed, 'the others go on');

    const ended = Promise.all(rest.map(({ stream }) => once(stream, 'end')));
    const { destroyed, durationMs } = await server.close({ drainMs: 10_000, idleGraceMs: 0 });
    await ended;
    assert.deepEqual(destroyed, []);
    assert.ok(durationMs < 5_000);
    for (const { heard } of rest) assert.match(heard(), /\n\nretry: \d+\n\n$/);
    for (const events of streams.slice(2)) assert.equal(await events.closed, 'draining');
  },
);
