// Plain `(req, res)` listeners on perdura/node: what they may rely on, beyond the events.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, test } from 'node:test';
import { AnswerReader } from '../integration/read-answers.js';
import { RawConnection } from '../support/raw-client.js';
import { ENGINES, deferred, exchange, get, listen, listenPerdura, post, readAnswer } from './engines.js';

void describe('A listener on perdura/node', () => {
  void test('gets the target, the fields and the version as they were sent', async (t) => {
    const seen: unknown[] = [];
    for (const engine of ENGINES) {
      const { port } = await listen(t, engine, (request, response) => {
        const { method, url, httpVersion, rawHeaders, headers, headersDistinct } = request;
        response.end(JSON.stringify({ method, url, httpVersion, rawHeaders, headers, headersDistinct }));
      });
      const fields = 'HOST: b\r\nX-A: 1\r\nx-a: 2\r\nCookie: a\r\nCookie: b\r\nSet-Cookie: c\r\nAccept: é\r\n';
      const [answer] = await exchange(port, `GET http://a/%7e/../x?y=%zz HTTP/1.1\r\n${fields}\r\n`);
      const [old] = await exchange(port, `GET //double HTTP/1.0\r\nConnection: close\r\n\r\n`);
      seen.push([JSON.parse(answer!.body), JSON.parse(old!.body)]);
    }
    assert.deepEqual(seen[1], seen[0]);
  });

  void test('gets a real IncomingMessage and a real ServerResponse', async (t) => {
    const { url } = await listenPerdura(t, async (request, response) => {
      const http = await import('node:http');
      const isReal = request instanceof http.IncomingMessage && response instanceof http.ServerResponse;
      response.end(String(isReal && response.req === request && request.socket === response.socket));
    });
    assert.equal(await (await fetch(url)).text(), 'true');
  });

  void test('keeps working where a framework sets other prototypes', async (t) => {
    const { url } = await listenPerdura(t, (request, response) => {
      const prototypes = [Object.getPrototypeOf(request) as object, Object.getPrototypeOf(response) as object];
      Object.setPrototypeOf(request, Object.create(Object.getPrototypeOf(prototypes[0]!) as object) as object);
      Object.setPrototypeOf(response, Object.create(Object.getPrototypeOf(prototypes[1]!) as object) as object);
      request.pipe(response);
    });
    assert.equal(await (await fetch(url, { method: 'POST', body: 'there and back' })).text(), 'there and back');
  });

  void test('has one socket for all requests of a connection, which knows the client', async (t) => {
    const sockets = new Set<unknown>();
    const { port } = await listenPerdura(t, (request, response) => {
      sockets.add(request.socket);
      const { remoteAddress, remotePort, remoteFamily, localPort } = request.socket;
      response.end(JSON.stringify({ remoteAddress, remotePort, remoteFamily, localPort }));
    });
    const connection = await RawConnection.open(port);
    t.after(() => connection.destroy());
    const reader = new AnswerReader();
    for (let round = 0; round < 2; round += 1) {
      connection.write(get('/'));
      assert.deepEqual(JSON.parse((await readAnswer(connection, reader)).body), {
        remoteAddress: '127.0.0.1',
        remotePort: connection.localPort,
        remoteFamily: 'IPv4',
        localPort: port,
      });
    }
    await exchange(port, get('/'));
    assert.equal(sockets.size, 2);
  });

  void test('is told by write and `drain` how fast the client reads, and buffers no more than it is let', async (t) => {
    let mostBuffered = 0;
    let drains = 0;
    const pieces = 400;
    const { port } = await listenPerdura(t, async (_request, response) => {
      for (let piece = 0; piece < pieces; piece += 1) {
        if (!response.write(Buffer.alloc(50_000, 97))) {
          assert.equal(response.writableNeedDrain, true);
          mostBuffered = Math.max(mostBuffered, response.writableLength);
          await once(response, 'drain');
          drains += 1;
        }
      }
      response.end();
    });
    const connection = await RawConnection.open(port, { timeoutMs: 20_000 });
    t.after(() => connection.destroy());
    connection.write(get('/', 'Connection: close\r\n'));
    await connection.readUntil('\r\n\r\n');
    connection.pause();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const whilePaused = drains;
    assert.ok(whilePaused < pieces / 2, `the listener went on while nobody read: ${whilePaused}`);
    connection.resume();
    assert.ok((await connection.readToEnd()).length > pieces * 50_000);
    assert.ok(drains > whilePaused);
    assert.ok(mostBuffered <= 150_000, `at most ${mostBuffered} bytes wait`);
  });

  void test('has its callbacks of write and end called, in order, when the bytes are out', async (t) => {
    const order: string[] = [];
    const { url, server } = await listenPerdura(t, (_request, response) => {
      response.on('finish', () => order.push('finish'));
      response.write('a', () => {
        order.push('a');
        response.write('b', 'latin1', () => {
          order.push('b');
          response.end('c', () => order.push('end'));
        });
      });
    });
    assert.equal(await (await fetch(url)).text(), 'abc');
    const closed = once(server, 'close');
    server.close();
    await closed;
    assert.deepEqual(order.slice(0, 2), ['a', 'b']);
    // Which of the two comes first depends on the version of Node.js.
    assert.deepEqual(order.slice(2).toSorted(), ['end', 'finish']);
  });

  void test('sends text in the encoding that it names', async (t) => {
    const { port } = await listenPerdura(t, (_request, response) => {
      response.write('é', 'latin1');
      response.write('6162', 'hex');
      response.end('Yw==', 'base64');
    });
    assert.equal((await exchange(port, get('/')))[0]!.body, '\u00e9abc');
  });

  void test('sends head and pieces when they are written, not when it ends', async (t) => {
    let response: ServerResponse | undefined;
    const { port } = await listenPerdura(t, (_request, given) => {
      response = given;
      given.writeHead(200, { 'X-Early': 'yes' });
      given.flushHeaders();
    });
    const connection = await RawConnection.open(port);
    t.after(() => connection.destroy());
    connection.write(get('/'));
    assert.match(await connection.readUntil('\r\n\r\n'), /x-early: yes\r\n/i);
    response!.write('piece');
    await connection.readUntil('piece');
    response!.end();
    await connection.readUntil('0\r\n\r\n');
  });

  void test('sends interim responses ahead of the answer', async (t) => {
    const { port } = await listenPerdura(t, (_request, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: ['</a.css>; rel=preload', '</b.js>; rel=preload'], 'x-more': '1' });
      response.end('hello');
    });
    const connection = await RawConnection.open(port);
    t.after(() => connection.destroy());
    connection.write(get('/'));
    const bytes = await connection.readUntil('hello');
    const statuses = [...bytes.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    assert.deepEqual(statuses, ['102', '103', '200']);
    assert.match(
      bytes,
      /103 Early Hints\r\nlink: <\/a\.css>; rel=preload, <\/b\.js>; rel=preload\r\nx-more: 1\r\n\r\n/i,
    );
  });

  void test('may ask for interim responses when it is too late for them, and none is sent', async (t) => {
    const asked = deferred<unknown>();
    const { port } = await listenPerdura(t, (_request, response) => {
      response.write('begun');
      setImmediate(() => {
        try {
          response.writeProcessing();
          asked.resolve(undefined);
        } catch (error) {
          asked.resolve(error);
        }
        response.end(' ended');
      });
    });
    const answers = exchange(port, get('/'));
    assert.equal(await asked.promise, undefined);
    assert.deepEqual(
      (await answers).map(({ status, body }) => [status, body]),
      [[200, 'begun ended']],
    );
  });

  void test('makes the client go on when it reads a body that is held back', async (t) => {
    const { port } = await listenPerdura(t, async (request, response) => {
      let body = '';
      for await (const piece of request) body += String(piece);
      response.end(body);
    });
    const connection = await RawConnection.open(port);
    t.after(() => connection.destroy());
    connection.write('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n');
    await connection.readUntil('HTTP/1.1 100 Continue\r\n\r\n');
    connection.write('body');
    assert.match(await connection.readUntil('body'), /^HTTP\/1\.1 200 OK/);
  });

  void test('may answer without making the client go on, and then the connection ends', async (t) => {
    const { port } = await listenPerdura(t, (_request, response) => void response.writeHead(417).end('no'));
    const [answer] = await exchange(
      port,
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n',
    );
    assert.deepEqual([answer!.status, answer!.body, answer!.closes], [417, 'no', true]);
  });

  void test('is asked by `checkContinue` where the server listens for it', async (t) => {
    const { port, server } = await listenPerdura(t, () => assert.fail('not for this one'));
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      response.writeContinue();
      request.pipe(response);
    });
    const connection = await RawConnection.open(port);
    t.after(() => connection.destroy());
    connection.write('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n');
    await connection.readUntil('HTTP/1.1 100 Continue\r\n\r\n');
    connection.write('body');
    await connection.readUntil('body');
  });

  void test('gets trailers of a request, and sends its own', async (t) => {
    const { port } = await listenPerdura(t, async (request, response) => {
      response.setHeader('Trailer', 'X-Sum');
      await pipeline(
        request,
        async function* (pieces: AsyncIterable<Buffer>) {
          yield* pieces;
        },
        response,
        { end: false },
      );
      response.addTrailers({ 'X-Sum': String(request.trailers['x-sum']) });
      response.end();
    });
    const [answer] = await exchange(
      port,
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n',
    );
    assert.deepEqual([answer!.body, answer!.trailers?.get('x-sum')], ['abc', '7']);
  });

  void test('states the reason phrase and the fields that it was given, cookies line by line', async (t) => {
    const { port } = await listenPerdura(t, (_request, response) => {
      response.statusMessage = 'Well Done';
      response.setHeader('Set-Cookie', ['a=1', 'b=2']);
      response.appendHeader('X-A', '1').appendHeader('X-A', '2');
      response.removeHeader('X-Gone');
      response.end();
    });
    const connection = await RawConnection.open(port);
    t.after(() => connection.destroy());
    connection.write(get('/'));
    const head = await connection.readUntil('\r\n\r\n');
    assert.match(head, /^HTTP\/1\.1 200 Well Done\r\n/);
    assert.match(head, /set-cookie: a=1\r\nset-cookie: b=2\r\nx-a: 1\r\nx-a: 2\r\n/i);
  });

  void test('keeps a connection to HTTP/1.0 where the length is known when it ends', async (t) => {
    const { port } = await listenPerdura(t, (_request, response) => {
      response.write('known ');
      response.end('at once');
    });
    const request = 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n';
    const answers = await exchange(port, request + request, [false, false]);
    assert.deepEqual(
      answers.map(({ body, closes }) => [body, closes]),
      [
        ['known at once', false],
        ['known at once', false],
      ],
    );
  });

  void test('ends the connection where it says that it should not be kept', async (t) => {
    const { port } = await listenPerdura(t, (_request, response) => {
      response.shouldKeepAlive = false;
      response.end('last');
    });
    assert.equal((await exchange(port, get('/')))[0]!.closes, true);
  });

  // Node.js 24 and later.
  if ('signal' in IncomingMessage.prototype)
    void test('has a signal that does not outlive the exchange', async (t) => {
      const signals: AbortSignal[] = [];
      const { port, server } = await listenPerdura(t, (request, response) => {
        signals.push((request as unknown as { signal: AbortSignal }).signal);
        if (request.url === '/') response.end(String(request.socket.listenerCount('close')));
      });
      const connection = await RawConnection.open(port);
      const reader = new AnswerReader();
      const listeners = new Set<string>();
      for (let round = 0; round < 3; round += 1) {
        connection.write(get('/'));
        listeners.add((await readAnswer(connection, reader)).body);
      }
      assert.equal(listeners.size, 1, 'requests leave no listeners behind');
      connection.write(get('/never'));
      await once(server, 'request');
      const aborted = once(signals[3]!, 'abort');
      connection.reset();
      await aborted;
      assert.deepEqual(
        signals.map((signal) => signal.aborted),
        [false, false, false, true],
      );
    });

  void test('serves many requests at the same time on their own connections', async (t) => {
    const { url } = await listenPerdura(
      t,
      (request, response) => void Readable.from([request.url ?? '']).pipe(response),
    );
    const targets = Array.from({ length: 50 }, (_, index) => `/${index}`);
    const bodies = await Promise.all(targets.map(async (target) => await (await fetch(url + target)).text()));
    assert.deepEqual(bodies, targets);
  });

  void test('sees the same errors of misuse as on node:http', async (t) => {
    const seen: unknown[] = [];
    for (const engine of ENGINES) {
      const codes: unknown[] = [];
      const attempt = (action: () => unknown): void => {
        try {
          action();
          codes.push('done');
        } catch (error) {
          codes.push((error as NodeJS.ErrnoException).code);
        }
      };
      const { port } = await listen(t, engine, (_request, response) => {
        attempt(() => response.setHeader('bad name', '1'));
        attempt(() => response.setHeader('X-A', 'line\nbreak'));
        attempt(() => response.writeHead(99));
        attempt(() => response.writeHead(200, { 'X A': '1' }));
        attempt(() => response.writeHead(200, ['X-A', 'line\nbreak']));
        attempt(() => response.writeHead(200, { Trailer: 'X-B', 'Content-Length': '2' }));
        attempt(() => response.write(7));
        response.strictContentLength = true;
        attempt(() => response.writeHead(200, { 'Content-Length': '2' }));
        attempt(() => response.setHeader('X-Late', '1'));
        attempt(() => response.writeHead(200));
        attempt(() => response.end('too long'));
        attempt(() => response.end('ok'));
      });
      const [answer] = await exchange(port, post('/', ''));
      seen.push([codes, answer!.body]);
    }
    assert.deepEqual(seen[1], seen[0]);
  });
});
