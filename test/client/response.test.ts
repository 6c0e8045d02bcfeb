// FetchResponse against what the runtime's own fetch makes of the same bytes, and what it has beyond that.
import assert from 'node:assert/strict';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { inspect } from 'node:util';
import zlib from 'node:zlib';
import type { FetchResponse } from '#src/client/response/response.js';
import { BodyError } from '#src/errors.js';
import { ProtocolError } from '#src/wire/index.js';
import { receiveResponse, receiveSessionResponse } from './received-response.ts';

function answer(status: string, fields: string, body: Uint8Array | string = ''): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${fields}\r\n`, 'latin1'), bytes]);
}

function sized(status: string, fields: string, body: Uint8Array | string): Buffer {
  return answer(status, `Content-Length: ${Buffer.byteLength(body)}\r\n${fields}`, body);
}

const multipart = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1 \u{e9}\r\n--x--\r\n';

/** Bytes of responses by name. The name is also the path under which the server of this file sends them. */
const ANSWERS: Readonly<Record<string, Buffer>> = {
  plain: sized('200 OK', 'Content-Type: text/plain\r\n', 'abc'),
  json: sized('200 OK', 'Content-Type: application/json\r\n', '\u{feff}{"a":[1,"é"]}'),
  empty: sized('200 OK', '', ''),
  'no-reason': sized('200 ', '', 'x'),
  created: sized('201 Made', 'Location: /x\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n', 'x'),
  'no-content': answer('204 No Content', ''),
  'reset-content': sized('205 Reset', '', ''),
  'not-modified': answer('304 Not Modified', 'ETag: "x"\r\n'),
  'not-found': sized('404 Not Found', 'Content-Type: Text/HTML; Charset="ISO-8859-1"\r\n', 'sen\u{303}al'),
  'bad-gateway': sized('502 Bad Gateway', '', '<p>'),
  unassigned: sized('700 Odd', '', 'odd'),
  'invalid-utf-8': sized('200 OK', '', Buffer.from([0x61, 0xc3, 0x28, 0xf0, 0x9f, 0x98, 0x62, 0xff])),
  chunked: answer('200 OK', 'Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n'),
  'until-close': answer('200 OK', 'Connection: close\r\n', 'abc'),
  'two-types': sized('200 OK', 'Content-Type: text/plain\r\nContent-Type: text/html;charset=x\r\n', 'abc'),
  urlencoded: sized('200 OK', 'Content-Type: application/x-www-form-urlencoded\r\n', 'a=1&b=%C3%B1+'),
  multipart: sized('200 OK', 'Content-Type: multipart/form-data; boundary=x\r\n', multipart),
  gzip: sized('200 OK', 'Content-Encoding: gzip\r\nContent-Type: text/plain\r\n', zlib.gzipSync('abc')),
  'unknown-coding': sized('200 OK', 'Content-Encoding: compress\r\n', 'abc'),
  'latin1-reason': sized('404 Nicht sch\u{f6}n', '', ''),
};

const TRUNCATED = {
  /** Cut off by the end of the connection. */
  'truncated-connection': answer('200 OK', 'Content-Length: 10\r\n', '"ab'),
  /** Cut off where nobody but the decoder can tell; the checksum is incomplete, the text is not. */
  'truncated-coding': sized('200 OK', 'Content-Encoding: gzip\r\n', zlib.gzipSync('"abc"').subarray(0, -3)),
};

/** Where we differ from the runtime's own fetch on purpose: what we give instead, by `answer method` and member, and why. */
const DIFFERENCES: Readonly<
  Record<string, { readonly because: string; readonly ours: Readonly<Record<string, unknown>> }>
> = {
  'latin1-reason GET': {
    because: 'Fetch standard: the status message is isomorphic decoded, one character for each byte',
    ours: { statusText: 'Nicht sch\u{f6}n' },
  },
  'latin1-reason HEAD': {
    because: 'as GET',
    ours: { statusText: 'Nicht sch\u{f6}n' },
  },
};

let server: net.Server;
let base = '';

before(async () => {
  server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (request) => {
      const [, method, name] = /^(\w+) \/(\S+)/.exec(request.toString('latin1'))!;
      socket.write(bytesFor(name!, method!));
      if (method === 'GET' && (name === 'until-close' || name === 'truncated-connection')) socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

after(() => server.close());

/** What a client gets: only the bytes that HEAD leaves of an answer. */
function bytesFor(name: string, method: string): Buffer {
  const bytes = { ...ANSWERS, ...TRUNCATED }[name]!;
  return method === 'HEAD' ? bytes.subarray(0, bytes.indexOf('\r\n\r\n') + 4) : bytes;
}

async function both(name: string, method = 'GET'): Promise<{ ours: FetchResponse; theirs: Response }> {
  const url = base + name;
  return { ours: receiveResponse([bytesFor(name, method)], { url, method }), theirs: await fetch(url, { method }) };
}

/** What came of it; of an error only its kind. */
async function outcome(take: () => unknown): Promise<unknown> {
  try {
    return await take();
  } catch (error) {
    return `throws ${(error as Error).name}`;
  }
}

async function formOf(response: Response): Promise<unknown> {
  return [...(await response.formData())];
}

async function blobOf(response: Response): Promise<unknown> {
  const blob = await response.blob();
  return [blob.type, blob.size, await blob.text()];
}

async function streamOf(response: Response): Promise<unknown> {
  if (response.body === null) return null;
  const pieces: Uint8Array[] = [];
  for await (const piece of response.body) pieces.push(piece);
  return Buffer.concat(pieces).toString('latin1');
}

/** Everything that can be looked at without reading the body. */
const LOOKS: Readonly<Record<string, (response: Response) => unknown>> = {
  status: (response) => response.status,
  ok: (response) => response.ok,
  statusText: (response) => response.statusText,
  headers: (response) => [...response.headers],
  type: (response) => response.type,
  url: (response) => response.url,
  redirected: (response) => response.redirected,
  body: (response) => (response.body === null ? null : [response.body.locked, response.body instanceof ReadableStream]),
  bodyUsed: (response) => response.bodyUsed,
  tag: (response) => Object.prototype.toString.call(response),
  instance: (response) => response instanceof Response,
};

/** Every way to read it. */
const READS: Readonly<Record<string, (response: Response) => unknown>> = {
  text: (response) => response.text(),
  json: (response) => response.json(),
  arrayBuffer: async (response) => Buffer.from(await response.arrayBuffer()).toString('latin1'),
  blob: blobOf,
  formData: formOf,
  stream: streamOf,
  'stream with a buffer': async (response) => {
    const reader = response.body?.getReader({ mode: 'byob' });
    const read = await reader?.read(new Uint8Array(2));
    return read === undefined
      ? null
      : [read.done, read.value === undefined ? undefined : Buffer.from(read.value).toString()];
  },
  'body, then text': async (response) => [response.body === null, await response.text(), response.body?.locked],
  'clone, both': async (response) => {
    const clone = response.clone();
    return [await response.text(), await clone.text(), clone.status, clone.url, [...clone.headers]];
  },
  'clone, clone, the last first': async (response) => {
    const first = response.clone();
    const second = first.clone();
    return [await second.text(), await blobOf(first), await response.text()];
  },
  'clone after body': async (response) => [
    response.body === null,
    await response.clone().text(),
    await response.text(),
  ],
  'text, then body': async (response) => [await response.text(), response.body?.locked, response.bodyUsed],
  'text, then text': async (response) => [await response.text(), await response.text()],
  'stream, then text': async (response) => [await streamOf(response), await response.text()],
  'text, then stream': async (response) => [await response.text(), await streamOf(response)],
  'text, then clone': async (response) => [await response.text(), response.clone().status],
  'locked, then text': (response) => [response.body?.getReader() === undefined, response.text()][1],
  'locked, then clone': (response) => [response.body?.getReader() === undefined, response.clone().status][1],
  'released, then text': (response) => {
    response.body?.getReader().releaseLock();
    return response.text();
  },
  'one piece, then text': async (response) => {
    const reader = response.body?.getReader();
    await reader?.read();
    reader?.releaseLock();
    return await response.text();
  },
  'one piece, then bodyUsed': async (response) => {
    const unread = response.bodyUsed;
    const read = response.body?.getReader().read();
    const states = [unread, response.bodyUsed];
    await read?.catch(() => {});
    return states;
  },
  'cancelled, then text': async (response) => {
    await response.body?.cancel();
    return [response.bodyUsed, await response.text()];
  },
  'formData, then bodyUsed': async (response) => {
    await response.formData().catch(() => {});
    return response.bodyUsed;
  },
};

describe('a FetchResponse has, of the same bytes as the runtime’s fetch,', () => {
  for (const name of Object.keys(ANSWERS)) {
    for (const method of ['GET', 'HEAD']) {
      test(`the same in every member: ${method} ${name}`, async () => {
        const differences: Record<string, unknown> = {};
        const compare = async (what: string, look: (response: Response) => unknown): Promise<void> => {
          const { ours, theirs } = await both(name, method);
          const [got, expected] = await Promise.all([outcome(() => look(ours)), outcome(() => look(theirs))]);
          if (inspect(got, { depth: 9 }) !== inspect(expected, { depth: 9 })) differences[what] = got;
          // Let go of what was not read.
          await theirs.body?.cancel().catch(() => {});
        };
        await Promise.all(Object.entries({ ...LOOKS, ...READS }).map(([what, look]) => compare(what, look)));
        assert.deepEqual(differences, { ...DIFFERENCES[`${name} ${method}`]?.ours });
      });
    }
  }
});

describe('a FetchResponse', () => {
  const request = { url: 'http://a/b', method: 'GET' };

  test('has bytes(), which not every runtime has on its own class', async () => {
    const response = receiveResponse([ANSWERS['plain']!], request);
    const bytes = await response.bytes();
    assert.deepEqual([Object.getPrototypeOf(bytes), Buffer.from(bytes).toString()], [Uint8Array.prototype, 'abc']);
    assert.ok(response.bodyUsed);
    await assert.rejects(response.bytes(), TypeError);
    const cloned = receiveResponse([ANSWERS['plain']!], request);
    const clone = cloned.clone();
    assert.deepEqual([await clone.bytes(), await cloned.bytes()], [bytes, bytes]);
    assert.equal((await receiveResponse([ANSWERS['no-content']!], request).bytes()).length, 0);
  });

  test('says which connection it came on, why it was sent again, and what stood behind its body', async () => {
    const response = receiveResponse([ANSWERS['chunked']!], request, true);
    assert.deepEqual(response.connection, { id: 7, reused: false, request: 1 });
    assert.deepEqual(response.retries, []);
    assert.equal(response.redirected, true);
    await response.text();
    assert.equal(response.trailers?.get('x-sum'), '1');
    assert.equal(receiveResponse([ANSWERS['plain']!], request).trailers, undefined);
  });

  test('keeps these in a clone', async () => {
    const response = receiveResponse([ANSWERS['chunked']!], request, true);
    const clone = response.clone();
    assert.deepEqual([clone.connection, clone.redirected], [response.connection, true]);
    assert.equal(await clone.text(), 'abcde');
    assert.equal(clone.trailers?.get('x-sum'), '1');
  });

  test('reads no field and makes no stream before somebody asks for one', async () => {
    const session = receiveSessionResponse([ANSWERS['plain']!]);
    assert.deepEqual(Object.keys(session), [
      'status',
      'statusText',
      'headers',
      'body',
      'httpVersion',
      'connection',
      'retries',
    ]);
    const { status, headers, body, httpVersion } = session;
    assert.deepEqual(
      [status, headers.get('content-type'), await body.text(), httpVersion],
      [200, 'text/plain', 'abc', '1.1'],
    );
    const old = receiveSessionResponse([Buffer.from('HTTP/1.0 200 OK\r\n\r\nabc')]);
    assert.deepEqual([old.httpVersion, await old.body.text()], ['1.0', 'abc']);
  });

  test('shows what it is when it is logged, and does not consume its body for that', async () => {
    const response = receiveResponse([ANSWERS['plain']!], request);
    const shown = inspect(response);
    assert.match(shown, /^Response \{\n {2}status: 200,\n {2}statusText: 'OK',/);
    assert.match(shown, /headers: Headers \{ 'content-length': '3', 'content-type': 'text\/plain' \}/);
    assert.match(shown, /url: 'http:\/\/a\/b'/);
    assert.equal(await response.text(), 'abc');
    assert.match(inspect(response), /bodyUsed: true/);
  });

  for (const [name, bytes] of Object.entries(TRUNCATED)) {
    test(`rejects every way of reading a body that is cut off: ${name}`, async () => {
      const error = name === 'truncated-coding' ? BodyError : ProtocolError;
      for (const what of ['text', 'json', 'arrayBuffer', 'blob', 'formData', 'stream']) {
        const response = receiveResponse([bytes], request);
        await assert.rejects(async () => await READS[what]!(response), error, what);
      }
      await assert.rejects(receiveResponse([bytes], request).bytes(), error);
      const cloned = receiveResponse([bytes], request);
      const clone = cloned.clone();
      await assert.rejects(clone.text(), error);
      await assert.rejects(cloned.text(), error);
    });
  }

  test('differs in that from the runtime’s fetch, which takes the one for an error and the other for a success', async () => {
    await assert.rejects((await fetch(`${base}truncated-connection`)).text(), TypeError);
    assert.equal(await (await fetch(`${base}truncated-coding`)).text(), '"abc"');
  });

  test('gives the connection free where it has a body that nobody can read', () => {
    const session = receiveSessionResponse([sized('205 Reset', '', 'abc')]);
    assert.equal(session.body.used, false);
    const response = receiveResponse([sized('205 Reset', '', 'abc')], request);
    assert.deepEqual([response.body, response.bodyUsed], [null, false]);
  });
});
