// The body of a request: the ways to read it, back-pressure, what becomes of it when nobody does, and framing that breaks.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DrivenServer, gate, get, post } from './driven-server.ts';
import type { DrivenOptions } from './driven-server.ts';

const chunkedHead = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n';

/** Posts a body to a handler; returns what the handler made of it. */
async function read<Value>(
  request: string | Buffer,
  take: (request: Request) => Promise<Value>,
): Promise<Value | undefined> {
  let value: Value | undefined;
  const server = new DrivenServer({
    handler: async (incoming) => {
      value = await take(incoming);
      return { body: 'ok' };
    },
  });
  const client = server.connect();
  await client.send(request);
  assert.deepEqual(server.errors, []);
  assert.match(client.received, /ok$/);
  return value;
}

async function collect(stream: ReadableStream<Uint8Array> | null): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of stream!) all.push(piece);
  return Buffer.concat(all).toString();
}

describe('a request body', () => {
  test('is read as text, JSON, bytes, buffer or blob', async () => {
    const utf8 = Buffer.from('señal €').toString('latin1');
    assert.equal(await read(post(utf8), (request) => request.text()), 'señal €');
    assert.deepEqual(await read(post('{"a":[1]}'), (request) => request.json()), { a: [1] });
    assert.deepEqual(Buffer.from((await read(post('abc'), (request) => request.arrayBuffer()))!).toString(), 'abc');
    const blob = (await read(post('abc', 'Content-Type: text/x\r\n'), (request) => request.blob()))!;
    assert.equal(`${blob.type} ${await blob.text()}`, 'text/x abc');
  });

  test('is read as form data, urlencoded and multipart', async () => {
    const form = (await read(post('a=1&b=%C3%B1', 'Content-Type: application/x-www-form-urlencoded\r\n'), (request) =>
      request.formData(),
    ))!;
    assert.deepEqual(
      [...form],
      [
        ['a', '1'],
        ['b', 'ñ'],
      ],
    );
    const parts = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n';
    const multipart = (await read(post(parts, 'Content-Type: multipart/form-data; boundary=x\r\n'), (request) =>
      request.formData(),
    ))!;
    assert.deepEqual([...multipart], [['a', '1']]);
  });

  test('is read as a stream, and may be chunked', async () => {
    const request = `${chunkedHead}\r\n3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nTrailer: x\r\n\r\n`;
    assert.equal(await read(request, (incoming) => collect(incoming.body)), 'abcde');
    assert.equal(await read(request, (incoming) => incoming.text()), 'abcde');
  });

  test('is read with a reader that brings its own buffer', async () => {
    const text = await read(post('abcdef'), async (request) => {
      const reader = request.body!.getReader({ mode: 'byob' });
      let all = '';
      for (;;) {
        const { done, value } = await reader.read(new Uint8Array(4));
        if (done) return all;
        all += Buffer.from(value).toString();
      }
    });
    assert.equal(text, 'abcdef');
  });

  test('that does not exist is null, and empty text', async () => {
    assert.equal(await read(get(), async (request) => request.body), null);
    assert.equal(await read(get(), (request) => request.text()), '');
    assert.equal(await read(post(''), (request) => request.text()), '');
  });

  test('arrives as it was sent, however it is cut', async () => {
    const body = fc.uint8Array({ minLength: 1, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(body, fc.integer({ min: 1, max: 40 }), async (bytes, readBytes) => {
        let got: ArrayBuffer | undefined;
        const server = new DrivenServer({
          handler: async (request) => {
            got = await request.arrayBuffer();
            return {};
          },
        });
        const client = server.connect({ readBytes });
        await client.send(
          Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes.length}\r\n\r\n`), bytes]),
        );
        assert.deepEqual(new Uint8Array(got!), Uint8Array.from(bytes));
      }),
      { numRuns: 40 },
    );
  });
});

describe('a body is consumed once', () => {
  const twice: Record<string, (request: Request) => Promise<unknown>> = {
    'text, text': async (request) => [await request.text(), await request.text()],
    'json, text': async (request) => [await request.json(), await request.text()],
    'text, formData': async (request) => [await request.text(), await request.formData()],
    'formData, formData': async (request) => [await request.formData(), await request.formData()],
    'stream, text': async (request) => [await collect(request.body), await request.text()],
    'body looked at, text, text': async (request) => [request.body, await request.text(), await request.text()],
    'a part of the stream, text': async (request) => {
      const reader = request.body!.getReader();
      await reader.read();
      reader.releaseLock();
      return await request.text();
    },
    'cancelled stream, text': async (request) => {
      await request.body!.cancel();
      return await request.text();
    },
    'locked stream, text': async (request) => {
      request.body!.getReader();
      return await request.text();
    },
    'text, clone': async (request) => [await request.text(), request.clone()],
    'clone, text, text': async (request) => [request.clone(), await request.text(), await request.text()],
  };
  for (const [what, take] of Object.entries(twice)) {
    test(`${what} is a TypeError`, async () => {
      let thrown: unknown;
      await read(post('"0"', 'Content-Type: application/x-www-form-urlencoded\r\n'), async (request) => {
        await take(request).catch((error: unknown) => (thrown = error));
      });
      assert.ok(thrown instanceof TypeError, String(thrown));
    });
  }

  test('and bodyUsed says so', async () => {
    const used = await read(post('abc'), async (request) => {
      const states = [request.bodyUsed, request.body === null, request.bodyUsed];
      await request.text();
      return [...states, request.bodyUsed];
    });
    assert.deepEqual(used, [false, false, false, true]);
  });
});

describe('a clone', () => {
  test('is a real Request with the same fields, and each of both bodies can be read', async () => {
    const got = await read(post('abc', 'X-A: 1\r\n', '/path?q'), async (request) => {
      const clone = request.clone();
      assert.ok(clone instanceof Request);
      const before = request.bodyUsed;
      const texts = [await clone.text(), request.bodyUsed, await request.text(), request.bodyUsed];
      return [clone.url, clone.method, clone.headers.get('x-a'), before, ...texts];
    });
    assert.deepEqual(got, ['http://a/path?q', 'POST', '1', false, 'abc', false, 'abc', true]);
  });

  test('may be read after the original, and cloned again', async () => {
    const got = await read(post('abc'), async (request) => {
      const first = request.clone();
      const second = request.clone();
      return [await request.text(), await first.text(), await second.text()];
    });
    assert.deepEqual(got, ['abc', 'abc', 'abc']);
  });

  test('of a request without a body has none', async () => {
    assert.equal(await read(get(), async (request) => request.clone().body), null);
  });
});

describe('back-pressure', () => {
  const slowReader = (): { server: DrivenServer; start: () => Promise<void> } => {
    const begin = gate();
    const server = new DrivenServer({
      handler: async (request) => {
        await begin.promise;
        return { body: `${(await request.text()).length}` };
      },
    });
    return {
      server,
      start: async () => {
        begin.open();
        await server.run();
      },
    };
  };

  test('stops reading from the connection at 64 KiB, and not before', async () => {
    const { server, start } = slowReader();
    const client = server.connect();
    await client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n`);
    await client.send('x'.repeat(65_535));
    assert.ok(!client.paused);
    await client.send('x');
    assert.ok(client.paused);
    await start();
    assert.ok(!client.paused);
    await client.send('x'.repeat(34_464));
    assert.match(client.received, /100000$/);
  });

  test('holds bytes and not chunks: small ones are gathered while they wait, in order', async () => {
    const reading = gate();
    const pieces: Uint8Array[] = [];
    const server = new DrivenServer({
      handler: async (request) => {
        await reading.promise;
        for await (const piece of request.body!) pieces.push(piece);
        return { body: 'ok' };
      },
    });
    const sizes = [1, 5_000, 1, 3, 1_024, 1_025, ...Array.from({ length: 20_000 }, () => 1)];
    let sent = '';
    let chunks = '';
    for (const [index, size] of sizes.entries()) {
      const data = String.fromCharCode(0x61 + (index % 26)).repeat(size);
      sent += data;
      chunks += `${size.toString(16)}\r\n${data}\r\n`;
    }
    const client = server.connect();
    await client.send(`${chunkedHead}\r\n${chunks}0\r\n\r\n`);
    reading.open();
    await server.run();
    assert.ok(Buffer.concat(pieces).equals(Buffer.from(sent)));
    assert.ok(pieces.length < 10, `${pieces.length} pieces`);
    assert.match(client.received, /ok$/);
  });

  test('reaches a client that sends everything at once: no more than the mark and one read is taken', async () => {
    const { server, start } = slowReader();
    const client = server.connect({ readBytes: 10_000 });
    await client.send(post('x'.repeat(1_000_000)));
    assert.ok(client.connection.state === 'active' && client.paused);
    await start();
    assert.match(client.received, /1000000$/);
  });

  test('holds while an answer is blocked and taken again: a drain does not read past an unread body', async () => {
    const begin = gate();
    const server = new DrivenServer({
      handler: async (request) => ({
        headers: { 'content-length': '200000' },
        body: (async function* () {
          yield Buffer.alloc(100_000);
          await begin.promise;
          await request.text();
          yield Buffer.alloc(100_000);
        })(),
      }),
    });
    const client = server.connect({ readBytes: 10_000 });
    client.pause();
    await client.send(post('x'.repeat(500_000)));
    assert.ok(client.paused, 'nobody reads the body');
    await client.resume();
    assert.ok(client.paused, 'still nobody does');
    begin.open();
    await server.run();
    assert.equal(client.received.length, client.received.indexOf('\r\n\r\n') + 4 + 200_000);
  });
});

describe('a body that nobody reads', () => {
  const ignore: DrivenOptions = { handler: (request) => ({ body: request.method }) };

  test('is drained where it is small, and the next request is served', async () => {
    const server = new DrivenServer(ignore);
    const client = server.connect();
    await client.send(post('x'.repeat(1_000)) + get());
    assert.match(client.received, /keep-alive.*POSTHTTP.*keep-alive.*GET$/s);
  });

  test('is drained where it comes after its answer', async () => {
    const server = new DrivenServer(ignore);
    const client = server.connect();
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n');
    assert.match(client.take(), /keep-alive.*POST$/s);
    assert.equal(client.connection.state, 'active', 'the request is not over');
    await client.send('x'.repeat(60_000));
    await client.send('x'.repeat(40_000));
    assert.equal(client.connection.state, 'idle');
    await client.send(get());
    assert.match(client.received, /GET$/);
  });

  test('is drained although reading was stopped for its sake', async () => {
    const answer = gate();
    const server = new DrivenServer({
      handler: async (request) => {
        if (request.method === 'POST') await answer.promise;
        return { body: request.method };
      },
    });
    const client = server.connect();
    await client.send(post('x'.repeat(200_000)) + get());
    assert.ok(client.paused);
    answer.open();
    await server.run();
    assert.match(client.received, /POSTHTTP.*GET$/s);
  });

  test('closes the connection where it is known to be too large, and the answer says so', async () => {
    const server = new DrivenServer({ ...ignore, limits: { drainBytes: 1_000 } });
    const client = server.connect();
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n');
    assert.match(client.take(), /Connection: keep-alive/);
    const other = server.connect();
    await other.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n');
    assert.match(other.received, /Connection: close\r\n(?:.+\r\n)*\r\nPOST$/);
    assert.ok(other.ended);
    await other.end();
    assert.deepEqual(server.closed, ['2 bodyNotConsumed']);
  });

  test('counts only what is still to come', async () => {
    const server = new DrivenServer({
      limits: { drainBytes: 1_000 },
      handler: async (request) => {
        await request.body!.getReader().read();
        return { body: 'seen enough' };
      },
    });
    const client = server.connect();
    await client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1500\r\n\r\n${'x'.repeat(600)}`);
    assert.match(client.received, /Connection: keep-alive.*seen enough$/s);
  });

  test('closes the connection, announced, where the handler stopped reading in the middle of a large one', async () => {
    const server = new DrivenServer({
      handler: async (request) => {
        await request.body!.getReader().read();
        return { body: 'seen enough' };
      },
    });
    const client = server.connect();
    await client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n${'x'.repeat(600)}`);
    assert.match(client.received, /Connection: close\r\n(?:.+\r\n)*\r\nseen enough$/);
    assert.ok(client.ended);
  });

  test('of unknown length does not end the connection where its end comes within the turn', async () => {
    const server = new DrivenServer(ignore);
    const client = server.connect();
    await client.send(`${chunkedHead}\r\n3\r\nabc\r\n0\r\n\r\n${get()}`);
    assert.match(client.received, /Connection: keep-alive\r\n(?:.+\r\n)*\r\nPOSTHTTP.*GET$/s);
  });

  test('of unknown length ends the connection otherwise, and the answer says so', async () => {
    const server = new DrivenServer(ignore);
    const client = server.connect();
    await client.send(`${chunkedHead}\r\n3\r\nabc\r\n`);
    assert.match(client.received, /Connection: close\r\n(?:.+\r\n)*\r\nPOST$/);
    assert.ok(client.ended);
    await client.end();
    assert.deepEqual(server.closed, ['1 bodyNotConsumed']);
  });

  test('cannot be read after the answer is out', async () => {
    const late = gate<unknown>();
    const server = new DrivenServer({
      handler: (request) => {
        void Promise.resolve()
          .then(() => request.text())
          .catch((error: unknown) => late.open(error));
        return { body: 'early' };
      },
    });
    const client = server.connect();
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n');
    assert.match(String(await late.promise), /discarded/);
    await client.send(`abc${get()}`);
    assert.match(client.received, /early.*early$/s);
  });

  test('is whole or an error for whoever reads it after the answer, never a part of it', async () => {
    for (const arrived of [10, 20, 30]) {
      const answer = gate();
      let late = '';
      const server = new DrivenServer({
        handler: async (request) => {
          await answer.promise;
          void request.text().then(
            (text) => (late = `${text.length} of 30`),
            () => (late = 'error'),
          );
          return { body: 'early' };
        },
      });
      const client = server.connect();
      await client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n');
      for (let sent = 0; sent < arrived; sent += 10) await client.send('0123456789');
      answer.open();
      await server.run();
      assert.equal(late, arrived === 30 ? '30 of 30' : 'error');
      assert.match(client.received, /Connection: keep-alive.*early$/s);
    }
  });
});

describe('a body whose framing breaks', () => {
  test('is answered with 400 and closes although the handler runs; what the handler returns later is ignored', async () => {
    const answer = gate<{ body: string }>();
    let aborted: unknown;
    const server = new DrivenServer({
      handler: (request) => {
        request.signal.addEventListener('abort', () => (aborted = request.signal.reason));
        return answer.promise;
      },
    });
    const client = server.connect();
    await client.send(`${chunkedHead}\r\n3\r\nabc\r\nnot a size\r\n`);
    assert.match(client.received, /^HTTP\/1\.1 400 Bad Request\r\n(?:.+\r\n)*Connection: close\r\n/);
    assert.ok(client.ended);
    assert.match(String(aborted), /ProtocolError: a chunk size is malformed/);
    const before = client.received;
    answer.open({ body: 'late' });
    await server.run();
    assert.equal(client.received, before);
    assert.deepEqual(server.errors, []);
    await client.end();
    assert.deepEqual(server.closed, ['1 protocolError']);
  });

  test('fails what the handler reads, and its failure is not reported as one of its own', async () => {
    const seen: unknown[] = [];
    const server = new DrivenServer({
      handler: async (request) => {
        try {
          return { body: await request.text() };
        } catch (error) {
          seen.push(error);
          throw error;
        }
      },
    });
    const client = server.connect();
    await client.send(`${chunkedHead}\r\n3\r\nabcd`);
    assert.match(client.received, /^HTTP\/1\.1 400 /);
    assert.match(String(seen[0]), /a chunk is longer than its size says/);
    assert.deepEqual(server.errors, []);
  });

  test('is answered with 400 also where the answer was to be made of it, and nobody is told of an error', async () => {
    const server = new DrivenServer({ fetch: (request) => new Response(request.body) });
    const client = server.connect();
    await client.send(`${chunkedHead}\r\nnot a size\r\n`);
    assert.match(client.received, /^HTTP\/1\.1 400 /);
    assert.deepEqual(server.errors, []);
    await client.end();
    assert.deepEqual(server.closed, ['1 protocolError']);
  });

  test('by the end of the connection is answered with 400 too', async () => {
    const server = new DrivenServer({ handler: async (request) => ({ body: await request.text() }) });
    const client = server.connect();
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc');
    await client.end();
    assert.match(client.received, /^HTTP\/1\.1 400 .*ended within a message/s);
    assert.deepEqual(server.closed, ['1 protocolError']);
  });

  test('by its size is answered with 413, announced or met on the way', async () => {
    const options: DrivenOptions = {
      limits: { bodyBytes: 10 },
      handler: async (request) => ({ body: await request.text() }),
    };
    const client = new DrivenServer(options).connect();
    await client.send(post('x'.repeat(11)));
    assert.match(client.received, /^HTTP\/1\.1 413 Content Too Large\r\n(?:.+\r\n)*Connection: close\r\n/);
    const other = new DrivenServer(options).connect();
    await other.send(`${chunkedHead}\r\n5\r\nhello\r\n6\r\n world\r\n`);
    assert.match(other.received, /^HTTP\/1\.1 413 /);
    assert.ok(other.ended);
    const third = new DrivenServer(options).connect();
    await third.send(post('x'.repeat(10)));
    assert.match(third.received, /xxxxxxxxxx$/);
  });

  test('after its answer is out ends the connection without another one', async () => {
    const server = new DrivenServer({ handler: () => ({ body: 'early' }) });
    const client = server.connect();
    await client.send(`${chunkedHead}\r\n`);
    await client.send('not a size\r\n');
    assert.equal(client.received.split('HTTP/1.1').length - 1, 1);
    assert.ok(client.ended);
  });
});

describe('Expect: 100-continue', () => {
  const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
  const expecting = (version = '1.1', value = '100-continue'): string =>
    `POST / HTTP/${version}\r\nHost: a\r\nContent-Length: 4\r\nExpect: ${value}\r\n\r\n`;
  const echo: DrivenOptions = { handler: async (request) => ({ body: await request.text() }) };

  test('is granted when the handler reads, once', async () => {
    const server = new DrivenServer(echo);
    const client = server.connect();
    await client.send(expecting());
    assert.equal(client.take(), CONTINUE);
    await client.send('bo');
    await client.send('dy');
    assert.match(client.take(), /^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*Connection: keep-alive\r\n(?:.+\r\n)*\r\nbody$/);
  });

  test('is granted in any letter case, and by a look into the stream', async () => {
    const server = new DrivenServer({ handler: async (request) => ({ body: await collect(request.body) }) });
    const client = server.connect();
    await client.send(expecting('1.1', '100-Continue'));
    assert.equal(client.take(), CONTINUE);
    await client.send('body');
    assert.match(client.take(), /body$/);
  });

  test('is granted when the answer is made of the body', async () => {
    const server = new DrivenServer({ fetch: (request) => new Response(request.body) });
    const client = server.connect();
    await client.send(expecting());
    assert.ok(client.received.startsWith(CONTINUE), client.received);
    await client.send('body');
    assert.match(client.received, /keep-alive.*\r\n4\r\nbody\r\n0\r\n\r\n$/s);
  });

  test('is refused by an answer without it, which closes: nobody knows whether the body still comes', async () => {
    const server = new DrivenServer({ handler: () => ({ status: 403, body: 'no' }) });
    const client = server.connect();
    await client.send(expecting());
    assert.match(client.received, /^HTTP\/1\.1 403 Forbidden\r\n(?:.+\r\n)*Connection: close\r\n(?:.+\r\n)*\r\nno$/);
    assert.ok(client.ended);
  });

  test('needs no grant where the body is there already', async () => {
    const server = new DrivenServer(echo);
    const client = server.connect();
    await client.send(`${expecting()}body`);
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(client.received, /body$/);
  });

  test('is ignored in HTTP/1.0', async () => {
    const server = new DrivenServer(echo);
    const client = server.connect();
    await client.send(expecting('1.0'));
    assert.equal(client.received, '');
    await client.send('body');
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n.*body$/s);
  });

  test('with any other expectation is answered with 417 and closes', async () => {
    let called = false;
    const server = new DrivenServer({
      handler: () => {
        called = true;
        return {};
      },
    });
    const client = server.connect();
    await client.send(expecting('1.1', 'something-else'));
    assert.match(client.received, /^HTTP\/1\.1 417 Expectation Failed\r\n(?:.+\r\n)*Connection: close\r\n/);
    assert.ok(client.ended);
    assert.equal(called, false);
  });

  test('without a body asks for nothing', async () => {
    const server = new DrivenServer(echo);
    const client = server.connect();
    await client.send(get('/', 'Expect: 100-continue\r\n'));
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n/);
  });

  test('of a request that waits for the one before it is granted when its turn comes', async () => {
    const first = gate();
    const server = new DrivenServer({
      handler: async (request) => {
        if (request.method === 'GET') await first.promise;
        return { body: await request.text() };
      },
    });
    const client = server.connect();
    await client.send(get() + expecting());
    assert.equal(client.received, '');
    first.open();
    await server.run();
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*\r\nHTTP\/1\.1 100 Continue\r\n\r\n$/);
    await client.send('body');
    assert.match(client.received, /body$/);
  });
});
