// What `request` makes of a call: method, fields, framing, idempotence. And whatever a caller says, it is one request or an error.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { OptionError } from '#src/errors.js';
import { Headers } from '#src/http/index.js';
import type { HeadersInput } from '#src/http/index.js';
import { USER_AGENT } from '#src/client/request/user-agent.js';
import type { RequestOptions } from '#src/client/options.js';
import { bodyText, encoderOf, receiveRequests, sentBytes } from './sent-request.ts';

const URL_TEXT = 'http://a.example/x?y';
const HOST = 'Host: a.example\r\n';
const plain = encoderOf();

/** The field lines behind Host. */
function linesOf(options: RequestOptions, encoder = plain): string {
  const { fieldLines } = encoder.encode(URL_TEXT, options);
  assert.ok(fieldLines.startsWith(HOST), fieldLines);
  return fieldLines.slice(HOST.length);
}

/** Asserts that these options are refused, naming `option`, and returns the message. */
function refused(option: string, options: object, encoder = plain): string {
  let message = '';
  assert.throws(
    () => encoder.encode(URL_TEXT, options),
    (error) => {
      assert.ok(error instanceof OptionError, String(error));
      assert.equal(error.option, option);
      ({ message } = error);
      return true;
    },
  );
  return message;
}

describe('a request', () => {
  test('without anything is a GET with a Host and nothing else', () => {
    const { origin, ...request } = plain.encode(URL_TEXT, {});
    assert.equal(origin.origin, 'http://a.example');
    assert.deepEqual(request, {
      method: 'GET',
      target: '/x?y',
      url: URL_TEXT,
      fieldLines: HOST,
      body: { kind: 'none' },
      idempotent: true,
      close: false,
    });
  });

  test('says no more of itself than its caller and its session do', () => {
    const encoder = encoderOf({ headers: { accept: 'a/b', 'X-Session': '1' } }, 'gzip');
    assert.equal(linesOf({}, encoder), 'accept: a/b\r\nx-session: 1\r\n');
    assert.equal(linesOf({ headers: { b: '2' } }, encoder), 'accept: a/b\r\nx-session: 1\r\nb: 2\r\n');
  });

  test("has its own field instead of the session's of that name, every line of it", () => {
    const encoder = encoderOf({
      headers: [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ],
    });
    for (let i = 0; i < 3; i += 1) {
      assert.equal(linesOf({ headers: { A: '4' } }, encoder), 'b: 2\r\na: 4\r\n');
      assert.equal(linesOf({ headers: { a: '' } }, encoder), 'b: 2\r\na: \r\n');
      assert.equal(linesOf({ headers: { c: '5' } }, encoder), 'a: 1\r\nb: 2\r\na: 3\r\nc: 5\r\n');
    }
  });

  test('is the same whatever its headers are given as', () => {
    const pairs: [string, string][] = [
      ['b', '1'],
      ['a', '2'],
      ['cookie', 'x=y'],
    ];
    const lines = 'b: 1\r\na: 2\r\ncookie: x=y\r\n';
    for (const headers of [pairs, new Map(pairs), Object.fromEntries(pairs), new Headers(pairs)]) {
      assert.equal(linesOf({ headers }), lines);
    }
    assert.equal(linesOf({ headers: new globalThis.Headers(pairs) }), 'a: 2\r\nb: 1\r\ncookie: x=y\r\n');
  });

  test('has the value of this call, never that of one before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'A', 'authorization'), fc.constantFrom('', ' 1', '1', '2'))),
        (calls) => {
          for (const [name, value] of calls) {
            assert.equal(linesOf({ headers: { [name]: value } }), `${name.toLowerCase()}: ${value.trim()}\r\n`);
          }
        },
      ),
    );
  });

  test('takes numbers for text, and nothing else: undefined is a variable that was not set', () => {
    assert.equal(linesOf({ headers: { a: 5 as never } }), 'a: 5\r\n');
    for (const value of [undefined, null, true, ['a', 'b'], {}, Symbol('s')]) {
      refused('headers.a', { headers: { a: value } });
    }
    for (const headers of [null, 'a: b', 5, [['a']], [['a', 'b', 'c']], ['a', 'b']]) refused('headers', { headers });
  });

  test('goes where its user and password do, unless it has an Authorization of its own', () => {
    const url = 'http://user:secret@a.example/';
    const basic = `authorization: Basic ${btoa('user:secret')}\r\n`;
    const encoder = encoderOf({ headers: { authorization: 'session' } });
    assert.equal(plain.encode(url, {}).fieldLines, HOST + basic);
    assert.equal(encoder.encode(url, {}).fieldLines, HOST + basic);
    assert.equal(
      encoder.encode(url, { headers: { Authorization: 'own' } }).fieldLines,
      `${HOST}authorization: own\r\n`,
    );
    assert.equal(plain.encode(url, {}).url, 'http://a.example/');
  });

  test('of OPTIONS can be for the server as a whole', () => {
    const request = encoderOf({ baseUrl: URL_TEXT }).encode('*', { method: 'options' });
    assert.deepEqual([request.method, request.target, request.url], ['OPTIONS', '*', 'http://a.example']);
    assert.equal(encoderOf({ baseUrl: URL_TEXT }).encode('*', {}).target, '/*');
  });

  test('is refused for options that do not exist, or cannot be', () => {
    assert.match(refused('header', { header: {} }), /did you mean headers\?/);
    refused('json', { json: {} });
    for (const idempotent of ['yes', 1, null]) refused('idempotent', { idempotent });
    for (const signal of [{}, null, 'x', new AbortController()]) refused('signal', { signal });
    for (const onInterim of [{}, null, 'x']) refused('onInterim', { onInterim });
    for (const timeouts of [null, 5, []]) refused('timeouts', { timeouts });
    refused('timeouts.connectMs', { timeouts: { connectMs: 5 } });
    for (const value of [0, -1, NaN, '5', null]) refused('timeouts.headersMs', { timeouts: { headersMs: value } });
    const { signal } = new AbortController();
    plain.encode(URL_TEXT, {
      url: 'x',
      signal,
      idempotent: true,
      timeouts: { bodyMs: Infinity },
      onInterim() {},
    } as object);
  });
});

describe('a method', () => {
  for (const [given, sent] of [
    ['get', 'GET'],
    ['Post', 'POST'],
    ['patch', 'PATCH'],
    ['QUERY', 'QUERY'],
    ['query', 'query'],
    ['TRACE', 'TRACE'],
    ["!#$%&'*+-.^_`|~1", "!#$%&'*+-.^_`|~1"],
  ] as const) {
    test(`${given} is sent as ${sent}`, () => {
      assert.equal(plain.encode(URL_TEXT, { method: given }).method, sent);
    });
  }

  test('that is no token is refused, and so is CONNECT', () => {
    for (const method of ['', ' GET', 'GET ', 'GE T', 'GET\r\nHost: b', 'GÉT', 5, null, {}, 'CONNECT', 'connect']) {
      refused('method', { method });
    }
  });

  test('decides whether the request may be sent twice, unless the caller does', () => {
    const isIdempotent = (options: RequestOptions): boolean => plain.encode(URL_TEXT, options).idempotent;
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'put']) {
      assert.equal(isIdempotent({ method }), true);
      assert.equal(isIdempotent({ method, headers: { a: 'b' } }), true);
      assert.equal(isIdempotent({ method, idempotent: false }), false);
    }
    for (const method of ['POST', 'PATCH', 'QUERY']) {
      assert.equal(isIdempotent({ method }), false);
      assert.equal(isIdempotent({ method, headers: { a: 'b' } }), false);
      assert.equal(isIdempotent({ method, idempotent: true }), true);
      for (const name of ['Idempotency-Key', 'x-idempotency-key']) {
        for (let i = 0; i < 3; i += 1) {
          assert.equal(isIdempotent({ method, headers: { [name]: '1' } }), true);
          assert.equal(isIdempotent({ method, headers: { [name]: ' ' } }), false);
        }
        assert.equal(isIdempotent({ method, headers: { [name]: '1' }, idempotent: false }), false);
      }
    }
  });
});

describe('a body', () => {
  test('implies its media type, unless request or session give one', () => {
    const session = encoderOf({ headers: { 'content-type': 'application/json' } });
    assert.equal(linesOf({ method: 'POST', body: 'a' }), 'content-type: text/plain;charset=UTF-8\r\n');
    assert.equal(linesOf({ method: 'POST', body: Buffer.from('a') }), '');
    assert.equal(linesOf({ method: 'POST', body: 'a', headers: { 'Content-Type': 'a/b' } }), 'content-type: a/b\r\n');
    assert.equal(linesOf({ method: 'POST', body: 'a' }, session), 'content-type: application/json\r\n');
  });

  test('that is a form has the one media type with its boundary', () => {
    const session = encoderOf({ headers: { 'content-type': 'application/json' } });
    const body = new FormData();
    for (const encoder of [plain, session]) {
      assert.match(
        linesOf({ method: 'POST', body }, encoder),
        /^content-type: multipart\/form-data; boundary=\S+\r\n$/,
      );
    }
    refused('headers.content-type', { method: 'POST', body, headers: { 'content-type': 'multipart/form-data' } });
  });

  test('can go with GET, DELETE and OPTIONS, never with TRACE', async () => {
    for (const method of ['GET', 'DELETE', 'OPTIONS']) {
      const request = plain.encode(URL_TEXT, { method, body: 'x' });
      assert.equal(receiveRequests(await sentBytes(request))[0]?.body, 'x');
    }
    refused('body', { method: 'TRACE', body: 'x' });
    plain.encode(URL_TEXT, { method: 'TRACE', body: null });
  });

  test('has the Content-Length that the caller gives only where it is its own', async () => {
    for (const value of ['5', ' 5 ']) {
      const request = plain.encode(URL_TEXT, {
        method: 'POST',
        body: ['he', 'llo'],
        headers: { 'content-length': value },
      });
      assert.match((await sentBytes(request)).toString(), /\r\nContent-Length: 5\r\n\r\nhello$/);
    }
    for (const value of ['4', '5, 5', '+5', '5x', '', '0x5', '5'.repeat(16)]) {
      refused('headers.content-length', { method: 'POST', body: 'hello', headers: { 'content-length': value } });
    }
    refused('headers.content-length', {
      body: ['a'],
      headers: [
        ['content-length', '1'],
        ['content-length', '2'],
      ],
    });
    refused('headers.content-length', { headers: { 'content-length': '5' } });
  });
});

describe('fields that belong to the connection', () => {
  for (const name of [
    'transfer-encoding',
    'Keep-Alive',
    'proxy-connection',
    'upgrade',
    'http2-settings',
    'TE',
    'trailer',
  ]) {
    test(`${name} is refused with a reason, every time`, () => {
      for (const value of ['chunked', '', 'x']) {
        assert.match(
          refused(`headers.${name.toLowerCase()}`, { headers: { [name]: value } }),
          /cannot be set: .*leave/,
        );
      }
    });
  }

  test('Expect is refused with a hint', () => {
    assert.match(refused('headers.expect', { headers: { expect: '100-continue' } }), /holdBack: 'continue'/);
  });

  test('Connection can say close, or keep-alive, and becomes no line', () => {
    for (const [value, close] of [
      ['close', true],
      ['Close', true],
      ['keep-alive', false],
      ['keep-alive, close', true],
      ['', false],
    ] as const) {
      const { fieldLines, close: closes } = plain.encode(URL_TEXT, { headers: { connection: value } });
      assert.deepEqual([fieldLines, closes], [HOST, close]);
    }
    for (const value of ['upgrade', 'TE', 'close, x-a'])
      refused('headers.connection', { headers: { connection: value } });
  });

  test('Host can be another one, once', () => {
    const withHost = (host: string): string => plain.encode(URL_TEXT, { headers: { Host: host } }).fieldLines;
    for (const host of ['b.example', 'b.example:8080', '[::1]:1']) assert.equal(withHost(host), `Host: ${host}\r\n`);
    for (const host of ['', 'a b', 'a/b', 'a:b', 'a@b', 'a\r\nb: c', '..0', '1.2.3.4.5']) {
      refused('headers.host', { headers: { host } });
    }
    refused('headers.host', {
      headers: [
        ['host', 'a'],
        ['Host', 'a'],
      ],
    });
  });
});

describe('whatever a caller says', () => {
  const hostile = fc.string({
    unit: fc.oneof(
      fc.constantFrom(...'\r\n\t\0 :;,/?#@[]%\\"\x7f\x85\u2028\u010d\u010a'.split(''), '\r\n', '\r\n\r\n'),
      fc.constantFrom('GET / HTTP/1.1', 'Host: b', 'a', 'Z', '0', '..', 'http://', '{', '}', '|', '^', '`'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 8,
  });
  /** Mostly good, so that what is bad is met by something that was about to be sent. */
  const mostly = (good: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.oneof({ weight: 6, arbitrary: good }, { weight: 1, arbitrary: hostile });
  const name = mostly(
    fc.constantFrom(
      'x-a',
      'X-B',
      'cookie',
      'authorization',
      'range',
      'content-type',
      'host',
      'connection',
      'content-length',
    ),
  );
  const method = mostly(fc.constantFrom('POST', 'PUT', 'patch', 'GET'));
  const url = fc.oneof(
    hostile.map((text) => `http://a.example/${text}`),
    hostile.map((text) => `http://a.example${text}`),
    hostile.map((text) => `http://${text}@a.example/`),
    hostile.map((text) => `http://${text}/`),
    hostile,
  );
  const value = mostly(fc.constantFrom('1', 'close', 'b.example', '0', '\xff', ' a\t'));
  const fields = fc.array(fc.tuple(name, value), { maxLength: 3 });
  const sessionName = mostly(fc.constantFrom('x-a', 'cookie', 'authorization', 'accept', 'content-type'));
  const sessionFields = fc.array(fc.tuple(sessionName, value), { maxLength: 2 });
  const body = fc.constantFrom(undefined, '', 'x', 'ä', ['GET / HTTP/1.1\r\n\r\n', 'y']);
  const trimmed = (text: string): string => text.replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');

  for (const way of ['request', 'fetch'] as const) {
    test(`to ${way}, it is exactly one request with what was said, or an error`, async () => {
      let sent = 0;
      await fc.assert(
        fc.asyncProperty(method, url, fields, body, sessionFields, async (aMethod, aUrl, own, aBody, common) => {
          let request;
          try {
            const encoder = encoderOf({ baseUrl: 'http://base.example/', headers: common }, 'gzip');
            const init = { method: aMethod, headers: own, ...(aBody === undefined ? {} : { body: aBody }) };
            request = way === 'request' ? encoder.encode(aUrl, init) : encoder.encodeFetch(aUrl, init).request;
          } catch (error) {
            const cause = way === 'request' || !(error instanceof TypeError) ? error : error.cause;
            assert.ok(cause instanceof OptionError, String(error));
            return;
          }
          const bytes = await sentBytes(request).catch((error: unknown) => {
            // The length of a body in pieces is taken on trust, and checked while it is sent.
            assert.match(String(error), /MisuseError: the body is (?:longer|shorter) than its Content-Length/);
          });
          if (bytes === undefined) return;
          sent += 1;
          const received = receiveRequests(bytes);
          assert.equal(received.length, 1);
          const [only] = received;
          assert.ok(only?.ended);
          assert.equal(only.method.toUpperCase(), aMethod.toUpperCase());
          assert.equal(only.target, request.target);
          assert.equal(only.body, Buffer.from([aBody ?? ''].flat().join('')).toString('latin1'));
          const has = (wanted: string): boolean => own.some(([other]) => other.toLowerCase() === wanted);
          const expected = [...common.filter(([other]) => !has(other.toLowerCase())), ...own]
            .filter(([other]) => !/^(?:host|connection|content-length)$/i.test(other))
            .map(([other, text]) => `${other.toLowerCase()}: ${trimmed(text)}`);
          const found = only.fields.flatMap((text, at) => (at % 2 === 0 ? [`${text}: ${only.fields[at + 1]}`] : []));
          // Connection is the wire's; the others are those that the library adds where nobody gave them.
          const added =
            /^(?:connection: close|authorization: Basic .*|content-type: text\/plain;charset=UTF-8|accept: \*\/\*|user-agent: perdura.*|accept-encoding: (?:gzip|identity))$/;
          const rest = [...expected];
          for (const line of found) {
            const at = rest.indexOf(line);
            if (at === -1) assert.match(line, added);
            else rest.splice(at, 1);
          }
          // A password in the URL goes before the session's Authorization.
          assert.deepEqual(
            rest.filter((line) => !line.startsWith('authorization:')),
            [],
          );
        }),
        { numRuns: 3_000 },
      );
      assert.ok(sent > 300, `only ${sent} were sent`);
    });
  }

  test('a value of a field is in no error: it may be a secret', () => {
    for (const headers of [
      { a: 'secret\n!' },
      [['a', 'secret\0']],
      { a: 'secret\x01' },
      { 'content-length': 'secret' },
    ]) {
      for (const send of [
        () => plain.encode(URL_TEXT, { headers: headers as HeadersInput }),
        () => plain.encodeFetch(URL_TEXT, { headers: headers as HeadersInput }),
      ]) {
        assert.throws(send, (error) => error instanceof Error && !error.message.includes('secret'));
      }
    }
  });
});

test('a body in pieces is what it says after its head', async () => {
  const request = plain.encode(URL_TEXT, { method: 'PUT', body: new Blob(['abc']) });
  assert.equal(await bodyText(request), 'abc');
});

test('User-Agent has the version of the package', () => {
  const manifest = path.resolve(import.meta.dirname, '../../../package.json');
  const { name, version } = JSON.parse(readFileSync(manifest, 'utf8')) as { name: string; version: string };
  assert.equal(USER_AGENT, `${name}/${version}`);
});
