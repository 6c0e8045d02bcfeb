// How a connection on a plain port comes to HTTP/2 (RFC 9113 §3.3, §3.4): by its first bytes, however they are split, and nothing that
// only begins like them is read otherwise than by a server that knows HTTP/1 alone.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { serve } from '#src/server/index.js';
import type { Server, TraceEvent } from '#src/server/index.js';
import { ManualClock } from '#src/testing/index.js';
import { RawConnection } from '../../support/raw-client.ts';
import { DrivenServer, get } from '../driven-server.ts';
import { RawHttp2Client, requestFrame, settingsFrame } from './raw-http2-client.ts';
import { eventually, serveHttp2 } from './served.ts';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** Says nothing by itself: an acknowledgement before its own SETTINGS would break the rules (RFC 9113 §3.4). */
const HOLDS_BACK = { hello: false, acknowledges: false };

/** Long enough for the server to read what was written, so that the next write is another read. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}

describe('the preface', { timeout: 60_000 }, () => {
  test('makes a connection one of HTTP/2, wherever it is split', async (context) => {
    const { connect, server } = await serveHttp2(context);
    for (let at = 1; at <= PREFACE.length; at += 1) {
      const client = await connect(HOLDS_BACK);
      client.write(PREFACE.slice(0, at));
      await turns();
      client.write(PREFACE.slice(at), settingsFrame(), requestFrame(1, { path: `/${at}` }));
      assert.equal((await client.answer(1)).body, `/${at}`);
      client.destroy();
    }
    await eventually(() => server.connections().length === 0);
  });

  test('may come byte by byte, with all that follows', async (context) => {
    const { connect } = await serveHttp2(context);
    const client = await connect(HOLDS_BACK);
    for (const byte of Buffer.concat([Buffer.from(PREFACE), settingsFrame(), requestFrame(1, { path: '/slow' })])) {
      client.write(Uint8Array.of(byte));
      await new Promise(setImmediate);
    }
    assert.equal((await client.answer(1)).body, '/slow');
  });

  test('leaves the connection what it was to its observers', async (context) => {
    const events: TraceEvent[] = [];
    const { connect, server } = await serveHttp2(context, { trace: (event) => void events.push(event) });
    const client = await connect();
    await client.fetch(1);
    assert.deepEqual(
      server.connections().map(({ id, protocol, requests }) => ({ id, protocol, requests })),
      [{ id: 1, protocol: 'h2', requests: 1 }],
    );
    client.destroy();
    await eventually(() => events.length === 3);
    assert.deepEqual(
      events.map((event) => [event.type, event.type === 'exchange' ? event.exchange.request?.version : '']),
      [
        ['opened', ''],
        ['exchange', '2.0'],
        ['closed', ''],
      ],
    );
  });

  test('counts only as the first bytes of a connection', async (context) => {
    const { server } = await serveHttp2(context);
    const client = await RawConnection.open(server.port);
    context.after(() => client.destroy());
    client.write(get());
    await client.readUntil('/');
    client.write(PREFACE);
    assert.match(await client.readToEnd(), /HTTP\/1\.1 505 /);
  });

  test('is refused where HTTP/2 is switched off', async (context) => {
    const { server } = await serveHttp2(context, { http2: false });
    const client = await RawHttp2Client.open(server.port, { hello: false });
    client.expectText();
    client.write(PREFACE);
    assert.equal(await client.ended(), 'fin');
    assert.match(client.text, /^HTTP\/1\.1 505 /);
  });

  test('is refused where the transport has no stream to give away', async () => {
    const server = new DrivenServer({ handler: () => ({}) });
    const client = server.connect();
    await client.send(PREFACE);
    assert.match(client.received, /^HTTP\/1\.1 505 /);
  });
});

describe('what only begins like the preface', { timeout: 60_000 }, () => {
  const whole: readonly string[] = [
    'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx',
    'PUT / HTTP/1.0\r\n\r\n',
    'PROPFIND / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'PRI /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'PRI * HTTP/1.1\r\nHost: a\r\n\r\n',
    'PRI * HTTP/2.0\r\nHost: a\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\rX',
  ];

  test('is read as HTTP/1, wherever it is split', async (context) => {
    const [both, alone] = await Promise.all([start(context, true), start(context, false)]);
    for (const bytes of whole) {
      const expected = await converse(alone, [bytes]);
      for (const at of [1, 2, 3, 4, 6, 14, 18, 20]) {
        const pieces = [bytes.slice(0, at), bytes.slice(at)];
        assert.equal(await converse(both, pieces), expected, `${JSON.stringify(bytes)} split at ${at}`);
      }
    }
  });

  test('and then ends is answered as HTTP/1 answers it', async (context) => {
    const [both, alone] = await Promise.all([start(context, true), start(context, false)]);
    for (let length = 1; length < PREFACE.length; length += 1) {
      const pieces = [PREFACE.slice(0, length)];
      assert.equal(await converse(both, pieces, true), await converse(alone, pieces, true), `${length} bytes`);
    }
  });

  for (const length of [1, 3, 11]) {
    test(`and then goes silent gets the 408 of a head that is late (${length} bytes)`, async () => {
      for (const http2 of [true, false]) {
        const server = new DrivenServer({ handler: () => ({}), http2 });
        server.core.http2 = http2 ? { accept: () => undefined, takeOver: () => 'notYet' } : undefined;
        const client = server.connect();
        await client.send(PREFACE.slice(0, length));
        // Each byte has earned some time.
        await server.advance(20_100);
        assert.match(client.received, /^HTTP\/1\.1 408 /);
      }
    });
  }

  test('is not taken for an idle connection', async () => {
    const server = new DrivenServer({ handler: () => ({}) });
    server.core.http2 = { accept: () => undefined, takeOver: () => 'notYet' };
    const client = server.connect();
    await client.send('P');
    assert.equal(client.connection.closeIdle('shed'), false);
  });
});

async function start(context: TestContext, http2: boolean): Promise<Server> {
  const server = await serve({
    port: 0,
    http2,
    clock: new ManualClock(),
    fetch: async (request) => new Response(`${request.method} ${await request.text()}`),
  });
  context.after(() => server.destroy());
  return server;
}

/** Everything that is answered, to the end. */
async function converse(server: Server, pieces: readonly string[], ends = false): Promise<string> {
  const client = await RawConnection.open(server.port);
  for (const piece of pieces) {
    client.write(piece);
    await turns();
  }
  if (ends) client.end();
  const text = await client.readToEnd();
  client.destroy();
  return text;
}
