// What goes wrong in listeners and with clients: no stack reaches the client, nobody takes a part for the whole, and the owner is told.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { RawConnection } from '../support/raw-client.js';
import { deferred, exchange, get, listenPerdura, post } from './engines.js';

void describe('Where a listener on perdura/node fails', () => {
  const failures = {
    throws: () => {
      throw new Error('a secret');
    },
    rejects: async () => {
      await Promise.resolve();
      throw new Error('a secret');
    },
    'throws behind a head that has not left': (_request: IncomingMessage, response: ServerResponse) => {
      response.writeHead(200, { 'X-Secret': '1' });
      response.write('half a secret');
      throw new Error('a secret');
    },
  };
  for (const [name, listener] of Object.entries(failures)) {
    void test(`and ${name}, the client gets 500 and the connection goes on`, async (t) => {
      const { port, errors } = await listenPerdura(t, listener);
      const [failed, next] = await exchange(port, get('/') + get('/'), [false, false]);
      assert.deepEqual([failed!.status, failed!.body, next!.status], [500, '500 Internal Server Error\n', 500]);
      assert.doesNotMatch(failed!.body + [...failed!.fields].join(), /secret/);
      assert.deepEqual(
        errors.map((error) => (error as Error).message),
        ['a secret', 'a secret'],
      );
    });
  }

  void test('in the middle of its answer, the answer breaks off', async (t) => {
    const { port, errors } = await listenPerdura(t, async (_request, response) => {
      response.write('part');
      await new Promise((resolve) => setTimeout(resolve, 10));
      throw new Error('half way');
    });
    const connection = await RawConnection.open(port);
    connection.write(get('/'));
    const bytes = await connection.readToEnd();
    assert.match(bytes, /4\r\npart\r\n$/);
    assert.deepEqual(errors.map(String), ['Error: half way']);
  });

  void test('after its answer, only the owner hears of it', async (t) => {
    const { port, errors } = await listenPerdura(t, async (_request, response) => {
      response.end('whole');
      await new Promise((resolve) => setTimeout(resolve, 10));
      throw new Error('too late');
    });
    const [answer] = await exchange(port, get('/'));
    assert.equal(answer!.body, 'whole');
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(errors.map(String), ['Error: too late']);
  });

  void test('and announces more than it gives, the client is not left waiting', async (t) => {
    const { port, errors } = await listenPerdura(t, (_request, response) => {
      response.writeHead(200, { 'Content-Length': '10' });
      response.end('short');
    });
    assert.equal((await exchange(port, get('/')))[0]!.status, 500);
    assert.match(String(errors[0]), /announced 10 bytes and gave 5/);
  });

  void test('what it writes afterwards goes nowhere, and it can see so', async (t) => {
    let late: ServerResponse | undefined;
    const { port } = await listenPerdura(t, (_request, response) => {
      late = response;
      throw new Error('at once');
    });
    await exchange(port, get('/'));
    assert.deepEqual([late!.destroyed, late!.writableFinished], [true, false]);
    const [error] = await new Promise<[Error | null | undefined]>((resolve) => {
      late!.write('too late', (failure) => resolve([failure]));
    });
    assert.equal((error as NodeJS.ErrnoException).code, 'ERR_STREAM_DESTROYED');
  });
});

void describe('Where a client fails a listener on perdura/node', () => {
  void test('and leaves in the middle of its upload, the listener is told', async (t) => {
    const told = deferred<string[]>();
    const { port, errors } = await listenPerdura(t, (request, response) => {
      const events: string[] = [];
      request.on('data', () => events.push('data'));
      request.on('aborted', () => events.push('aborted'));
      request.on('error', (error: NodeJS.ErrnoException) => events.push(`error ${error.code}`));
      response.on('close', () => events.push(`close ${response.writableFinished}`));
      request.on('close', () => told.resolve(events));
    });
    const connection = await RawConnection.open(port);
    connection.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
    await new Promise((resolve) => setTimeout(resolve, 20));
    connection.reset();
    assert.deepEqual(await told.promise, ['data', 'aborted', 'close false', 'error ECONNRESET']);
    assert.deepEqual(errors, []);
  });

  void test('and breaks the framing of its body, it gets 400 and the listener is told', async (t) => {
    const closed = deferred<boolean>();
    const { port } = await listenPerdura(t, (request) => {
      request.resume();
      request.on('close', () => closed.resolve(request.aborted));
    });
    const [answer] = await exchange(port, 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n');
    assert.deepEqual([answer!.status, answer!.closes, await closed.promise], [400, true, true]);
  });

  void test('and sends more than the server takes, it gets 413', async (t) => {
    const closed = deferred<boolean>();
    const { port } = await listenPerdura(
      t,
      (request) => {
        request.resume();
        request.on('close', () => closed.resolve(request.aborted));
      },
      { serve: { limits: { bodyBytes: 3 } } },
    );
    const [answer] = await exchange(
      port,
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n',
    );
    assert.deepEqual([answer!.status, await closed.promise], [413, true]);
  });

  void test('and closes its side after the request, it gets an answer that is at hand, and is gone for a later one', async (t) => {
    const gone = deferred<void>();
    const { port } = await listenPerdura(t, (request, response) => {
      response.on('close', () => gone.resolve());
      if (request.url === '/now') response.end('for you');
    });
    const atOnce = await RawConnection.open(port);
    atOnce.write(get('/now'));
    atOnce.end();
    assert.match(await atOnce.readToEnd(), /for you$/);
    const later = await RawConnection.open(port);
    later.write(get('/later'));
    later.end();
    assert.equal(await later.readToEnd(), '');
    await gone.promise;
  });

  void test('and leaves before its turn, those behind it on the connection are told as well', async (t) => {
    const closed: string[] = [];
    const all = deferred<void>();
    const { port } = await listenPerdura(t, (request, response) => {
      response.on('close', () => {
        closed.push(`${request.url} ${response.writableFinished}`);
        if (closed.length === 2) all.resolve();
      });
      if (request.url === '/second') response.end('has to wait');
    });
    const connection = await RawConnection.open(port);
    connection.write(get('/first') + get('/second'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    connection.reset();
    await all.promise;
    assert.deepEqual(closed, ['/first false', '/second false']);
  });
});

void describe('Timeouts of a listener', () => {
  void test('destroy a connection on which nothing happens, unless somebody listens', async (t) => {
    const { port, server } = await listenPerdura(t, (request) => {
      request.socket.setTimeout(30);
    });
    const connection = await RawConnection.open(port);
    connection.write(get('/'));
    assert.equal(await connection.readToEnd(), '');
    server.on('timeout', (socket: { end(): void }) => socket.end());
    const second = await RawConnection.open(port);
    const timedOut = once(server, 'timeout');
    second.write(get('/'));
    await timedOut;
    await second.readToEnd();
  });

  void test('are told to the response that asked for one', async (t) => {
    const { port } = await listenPerdura(t, (_request, response) => {
      response.setTimeout(30, () => response.writeHead(503).end('too slow'));
    });
    const [answer] = await exchange(port, post('/', 'abc'));
    assert.deepEqual([answer!.status, answer!.body], [503, 'too slow']);
  });
});
