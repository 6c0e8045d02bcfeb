// How the server ends a connection: its answer, FIN, then it reads and throws away, so that no RST of ours costs the peer the answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSE, DrivenServer, get, post } from './driven-server.ts';

const ok = { handler: () => ({ body: 'ok' }) };

test('the FIN goes out with the last answer, and reading goes on', async () => {
  const server = new DrivenServer(ok);
  const client = server.connect();
  await client.send(get('/', CLOSE));
  assert.match(client.received, /ok$/);
  assert.deepEqual(client.calls, ['end', 'resume']);
  assert.equal(client.connection.state, 'draining');
  await client.send('what still comes is thrown away');
  assert.deepEqual(client.calls, ['end', 'resume']);
});

test('the connection is over when the peer has sent its FIN too', async () => {
  const server = new DrivenServer(ok);
  const client = server.connect();
  await client.send(get('/', CLOSE));
  await client.end();
  assert.deepEqual(server.closed, ['1 peerSentClose']);
  assert.equal(client.over, '', 'an orderly end');
  assert.equal(client.connection.state, 'closed');
  assert.equal(server.core.connections.size, 0);
});

test('a peer that sends no FIN is given lingerMs', async () => {
  const server = new DrivenServer({ ...ok, timeouts: { lingerMs: 700 } });
  const client = server.connect();
  await client.send(get('/', CLOSE));
  await server.advance(699);
  assert.deepEqual(server.closed, []);
  await server.advance(1);
  assert.deepEqual(server.closed, ['1 peerSentClose']);
  assert.deepEqual(client.calls, ['end', 'resume', 'destroy']);
});

test('bytes of the peer do not prolong it', async () => {
  const server = new DrivenServer({ ...ok, timeouts: { lingerMs: 1_000 } });
  const client = server.connect();
  await client.send(get('/', CLOSE));
  for (let time = 0; time < 9; time += 1) {
    await server.advance(100);
    await client.send('more');
  }
  await server.advance(100);
  assert.deepEqual(server.closed, ['1 peerSentClose']);
});

test('a peer that sends more than a mebibyte is cut off before that', async () => {
  const server = new DrivenServer(ok);
  const client = server.connect();
  await client.send(get('/', CLOSE));
  await client.send(Buffer.alloc(1_048_576));
  assert.deepEqual(server.closed, []);
  await client.send('x');
  assert.deepEqual(server.closed, ['1 peerSentClose']);
});

test('a client that sends a large body gets its refusal although nobody reads the body', async () => {
  const server = new DrivenServer({ handler: () => ({ status: 403, body: 'no' }) });
  const client = server.connect();
  await client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(400_000)}`);
  await client.send('x'.repeat(600_000));
  assert.match(client.received, /403 Forbidden\r\n(?:.+\r\n)*Connection: close\r\n(?:.+\r\n)*\r\nno$/);
  assert.equal(client.over, undefined, 'no RST');
  assert.ok(client.ended);
  await client.end();
  assert.equal(client.over, '');
  assert.deepEqual(server.closed, ['1 bodyNotConsumed']);
});

test('the time to linger begins when the peer has taken its answer, and ends as it should', async () => {
  const server = new DrivenServer({ handler: () => ({ body: 'x'.repeat(100_000) }) });
  const client = server.connect({ readBytes: 10_000 });
  client.pause();
  await client.send(get('/', CLOSE));
  await server.advance(30_000);
  await client.readOnce();
  assert.deepEqual(server.closed, [], 'a slow reader is not a silent one');
  await client.resume();
  assert.equal(client.received.length, client.received.indexOf('\r\n\r\n') + 4 + 100_000);
  assert.ok(client.ended);
  await server.advance(1_999);
  assert.deepEqual(server.closed, [], 'it has lingerMs to end its side');
  await server.advance(2_001);
  assert.deepEqual(server.closed, ['1 peerSentClose']);
});

test('what is pending below the high-water mark is not lost to lingerMs', async () => {
  const server = new DrivenServer({ handler: () => ({ body: 'x'.repeat(10_000) }) });
  const client = server.connect({ highWaterMarkBytes: 65_536 });
  client.pause();
  await client.send(get('/', CLOSE));
  await server.advance(10_000);
  await client.resume();
  assert.equal(client.received.length, client.received.indexOf('\r\n\r\n') + 4 + 10_000);
  assert.equal(client.over, undefined);
});

test('bytes of the peer are counted by themselves, however much of the answer is pending', async () => {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(2_000_000, 'x');
  }
  const server = new DrivenServer({ handler: () => ({ headers: { 'content-length': '2000000' }, body: body() }) });
  const client = server.connect();
  client.pause();
  await client.send(get('/', CLOSE));
  for (let read = 0; read < 20; read += 1) await client.readOnce();
  await server.advance(60_000);
  await client.readOnce();
  await client.send('something that nobody asked for');
  await client.resume();
  assert.equal(client.received.length, client.received.indexOf('\r\n\r\n') + 4 + 2_000_000);
  assert.equal(client.over, undefined);
});

test('a peer that takes nothing of its last answer is destroyed after writeMs', async () => {
  const server = new DrivenServer({ handler: () => ({ body: 'x'.repeat(100_000) }), timeouts: { writeMs: 5_000 } });
  const client = server.connect();
  client.pause();
  await client.send(get('/', CLOSE));
  await server.advance(4_999);
  assert.deepEqual(server.closed, []);
  await server.advance(1);
  assert.deepEqual(server.closed, ['1 peerSentClose']);
});

test('the server closes a half-closed connection by itself when everything is answered', async () => {
  const server = new DrivenServer(ok);
  const client = server.connect();
  client.write(get());
  await client.end();
  assert.match(client.received, /ok$/);
  assert.ok(client.ended);
  assert.deepEqual(server.closed, ['1 peerClosed']);
  assert.equal(client.over, '');
});

test('a half-closed client gets the answer that takes long, and every pipelined one', async () => {
  const server = new DrivenServer({
    handler: async (request) => {
      await new Promise<void>((resolve) => void server.clock.startTimer(50_000, resolve));
      return { body: new URL(request.url).pathname };
    },
  });
  const client = server.connect();
  client.write(get('/1') + post('body', '', '/2') + get('/3'));
  await client.end();
  await server.advance(50_000);
  await server.advance(50_000);
  await server.advance(50_000);
  assert.match(client.received, /\/1HTTP.*\/2HTTP.*\/3$/s);
  assert.ok(client.ended);
  assert.deepEqual(server.closed, ['1 peerClosed']);
});

test('a FIN on an idle connection ends it at once', async () => {
  const server = new DrivenServer(ok);
  const client = server.connect();
  await client.send(get());
  await client.end();
  assert.ok(client.ended);
  assert.deepEqual(server.closed, ['1 peerClosed']);
});

test('a FIN before any byte ends the connection without a word', async () => {
  const server = new DrivenServer(ok);
  const client = server.connect();
  await client.end();
  assert.equal(client.received, '');
  assert.deepEqual(server.closed, ['1 peerClosed']);
});

test('a FIN within a head is answered with 400', async () => {
  const server = new DrivenServer(ok);
  const client = server.connect();
  client.write('GET / HTTP/1.1\r\nHo');
  await client.end();
  assert.match(client.received, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.deepEqual(server.closed, ['1 protocolError']);
});

test('a RST while idle ends the connection as peerReset', async () => {
  const server = new DrivenServer(ok);
  const client = server.connect();
  await client.send(get());
  await client.reset();
  assert.deepEqual(server.closed, ['1 peerReset']);
});
