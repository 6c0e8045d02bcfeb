// What `fetch` of a session sends beside what the platform's own sends, for the same arguments. Every difference is in a table here.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { OptionError } from '#src/errors.js';
import type { FetchInit } from '#src/client/request/fetch-call.js';
import { USER_AGENT } from '#src/client/request/user-agent.js';
import { encoderOf, sentBytes } from './sent-request.ts';

/** A request as node:http reads it. */
interface Seen {
  readonly method: string;
  readonly target: string;
  /** By name in lower case, without those of ALWAYS_DIFFERENT. */
  readonly fields: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Fields that differ in every request, and why. */
const ALWAYS_DIFFERENT: Readonly<Record<string, string>> = {
  'user-agent': 'says who it is',
  'accept-language': 'a language is the matter of a person, so nothing is said for him',
  'accept-encoding': 'says what the session can decode',
  'sec-fetch-mode': 'belongs to browsers, whose pages it protects',
  connection: 'persistence is what HTTP/1.1 means without it',
};

let server: http.Server;
let base = '';
let seen: ((request: Seen) => void) | undefined;

before(async () => {
  server = http.createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString('latin1');
      const boundary = /^--\S+/.exec(body)?.[0];
      const fields = Object.entries(request.headers).filter(([name]) => ALWAYS_DIFFERENT[name] === undefined);
      seen?.({
        method: request.method ?? '',
        target: request.url ?? '',
        fields: Object.fromEntries(fields.map(([name, value]) => [name, hideBoundary(name, String(value), boundary)])),
        body: boundary === undefined ? body : body.replaceAll(boundary, '…').trimEnd(),
      });
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => void server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

/** A boundary is different each time, and so is the length of a form. */
function hideBoundary(name: string, value: string, boundary: string | undefined): string {
  if (boundary === undefined) return value;
  return name === 'content-length' ? 'some' : value.replace(boundary.slice(2), '…');
}

type Arguments = readonly [string | URL | Request, FetchInit?];

/** What the server sees of what is sent by `send`. */
async function see(send: () => Promise<unknown>): Promise<Seen> {
  const { promise, resolve } = withResolver<Seen>();
  seen = resolve;
  await send();
  return promise;
}

function withResolver<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => void (resolve = settle));
  return { promise, resolve };
}

async function sendOurs([input, init]: Arguments): Promise<void> {
  const { request } = encoderOf({}, 'gzip').encodeFetch(input, init);
  const socket = net.connect(request.origin.port, request.origin.host);
  socket.end(await sentBytes(request));
  socket.resume();
  await new Promise((resolve) => void socket.once('close', resolve));
}

async function sendTheirs([input, init]: Arguments): Promise<void> {
  const response = await fetch(input, init as RequestInit);
  await response.arrayBuffer();
}

const stream = (): ReadableStream<Uint8Array> => new Blob(['a', 'b']).stream();
const form = (): FormData => {
  const data = new FormData();
  data.append('a"b', 'c\nd');
  data.append('file', new File(['content'], 'ä.txt', { type: 'text/plain' }));
  return data;
};

/** Arguments, made anew for each of the two, because bodies can be read once. */
const SAME: Readonly<Record<string, () => Arguments>> = {
  'a URL': () => [`${base}/a/b?c=d#e`],
  'a URL object': () => [new URL(`${base}/ä?ö=ü`)],
  'a URL with characters that are left as they are': () => [`${base}/a|b^c/%2F%2f?"<>'{}|\\^`],
  'a URL with dots': () => [`${base}/a/./b/../c`],
  'a method in lower case': () => [base, { method: 'delete' }],
  'a method that is no standard one': () => [base, { method: 'PROPFIND' }],
  'a HEAD': () => [base, { method: 'HEAD' }],
  'a POST without a body': () => [base, { method: 'POST' }],
  'a PATCH without a body': () => [base, { method: 'PATCH' }],
  'a POST with null': () => [base, { method: 'POST', body: null }],
  'fields in an object': () => [base, { headers: { 'X-A': ' b\t', accept: 'text/html' } }],
  'fields in pairs': () => [
    base,
    {
      headers: [
        ['x-a', '1'],
        ['x-a', '2'],
      ],
    },
  ],
  'fields in Headers': () => [base, { headers: new Headers({ cookie: 'a=b' }) }],
  'a field that is no text': () => [base, { headers: { 'x-a': 5 as never, 'x-b': undefined as never } }],
  'a field of latin1': () => [base, { headers: { 'x-a': '\xe4' } }],
  'a range': () => [base, { headers: { range: 'bytes=0-1' } }],
  'a text': () => [base, { method: 'POST', body: 'aä' }],
  'an empty text': () => [base, { method: 'POST', body: '' }],
  'a number': () => [base, { method: 'POST', body: 5 as never }],
  'a text with its own type': () => [
    base,
    { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
  ],
  'a text with its length': () => [base, { method: 'POST', body: 'aä', headers: { 'content-length': '3' } }],
  parameters: () => [
    base,
    {
      method: 'POST',
      body: new URLSearchParams([
        ['a', 'ä b'],
        ['a', '&'],
      ]),
    },
  ],
  bytes: () => [base, { method: 'PUT', body: new Uint8Array([1, 2, 255]) }],
  'a buffer': () => [base, { method: 'PUT', body: new Uint8Array([1, 2, 255]).buffer }],
  'part of a buffer': () => [base, { method: 'PUT', body: new DataView(new Uint8Array([1, 2, 3]).buffer, 1, 1) }],
  'a blob': () => [base, { method: 'POST', body: new Blob(['ab'], { type: 'Text/X' }) }],
  'a blob without a type': () => [base, { method: 'POST', body: new Blob(['ab']) }],
  'a stream': () => [base, { method: 'POST', body: stream(), duplex: 'half' }],
  'an async generator': () => [
    base,
    {
      method: 'POST',
      body: (async function* generate() {
        yield Buffer.from('ab');
      })(),
      duplex: 'half',
    },
  ],
  'a form': () => [base, { method: 'POST', body: form() }],
  'a Request': () => [new Request(`${base}/x`, { method: 'DELETE', headers: { 'x-a': 'b' } })],
  'a Request and an init that wins': () => [
    new Request(`${base}/x`, { method: 'PUT', headers: { 'x-a': 'b' }, body: 'a' }),
    { method: 'POST', headers: { 'x-c': 'd' }, body: 'b' },
  ],
  'members that mean nothing here': () => [
    base,
    {
      mode: 'cors',
      credentials: 'omit',
      cache: 'default',
      referrer: '',
      keepalive: false,
      referrerPolicy: 'origin',
    } as FetchInit,
  ],
};

/** The first version of Node.js whose fetch was seen to send the `?` of an empty query. */
const KEEPS_EMPTY_QUERY = 24;

/** Arguments that both send, each in its own way: what of theirs and of ours is different, and why. */
const DIFFERENT: readonly {
  readonly what: string;
  readonly why: string;
  readonly make: () => Arguments;
  readonly theirs: () => Partial<Seen>;
  readonly ours: Partial<Seen>;
}[] = [
  {
    what: 'a URL with an empty query',
    why: 'it is another resource than the one without (RFC 3986 §6.2.3), and browsers keep it',
    make: () => [`${base}/x?`],
    // That of newer versions keeps it as well.
    theirs: () => ({ target: Number.parseInt(process.versions.node, 10) >= KEEPS_EMPTY_QUERY ? '/x?' : '/x' }),
    ours: { target: '/x?' },
  },
  {
    what: 'its own Host',
    why: 'whoever sets it wants it sent',
    make: () => [base, { headers: { host: 'b.example' } }],
    theirs: () => ({ fields: { host: new URL(base).host } }),
    ours: { fields: { host: 'b.example' } },
  },
  {
    what: 'the body of a Request',
    why: 'a Request tells nobody how long its body is, so it is chunked',
    make: () => [new Request(base, { method: 'POST', body: 'ab' })],
    theirs: () => ({ fields: { 'content-length': '2' } }),
    ours: { fields: { 'transfer-encoding': 'chunked' } },
  },
];

/** Arguments that one refuses: both with a TypeError, or the one that is named. */
const REFUSED: readonly (readonly [what: string, make: () => Arguments, by: 'both' | 'ours', why?: string])[] = [
  ['a relative URL', () => ['/x'], 'both'],
  ['no URL', () => ['http://'], 'both'],
  ['another scheme', () => ['ftp://127.0.0.1/'], 'both'],
  ['a user and a password in the URL', () => [base.replace('//', '//a:b@')], 'both'],
  ['a method that is no token', () => [base, { method: 'A B' }], 'both'],
  ['CONNECT', () => [base, { method: 'CONNECT' }], 'both'],
  ['TRACE', () => [base, { method: 'trace' }], 'both'],
  ['TRACK', () => [base, { method: 'TRACK' }], 'both'],
  ['a body with GET', () => [base, { body: 'a' }], 'both'],
  ['a body with HEAD', () => [base, { method: 'HEAD', body: 'a' }], 'both'],
  ['a field name that is none', () => [base, { headers: { 'a b': 'c' } }], 'both'],
  ['a field value with CR and LF', () => [base, { headers: { a: 'b\r\nc: d' } }], 'both'],
  ['a field value with a control character', () => [base, { headers: { a: 'b\x01' } }], 'both'],
  ['a field value beyond latin1', () => [base, { headers: { a: '€' } }], 'both'],
  ['Transfer-Encoding', () => [base, { headers: { 'transfer-encoding': 'chunked' } }], 'both'],
  ['Keep-Alive', () => [base, { headers: { 'keep-alive': 'timeout=5' } }], 'both'],
  ['Upgrade', () => [base, { headers: { upgrade: 'h2c' } }], 'both'],
  ['Expect', () => [base, { headers: { expect: '100-continue' } }], 'both'],
  [
    'a Content-Length that is wrong',
    () => [base, { method: 'POST', body: 'a', headers: { 'content-length': '2' } }],
    'both',
  ],
  [
    'a Content-Length that is no number',
    () => [base, { method: 'POST', body: 'a', headers: { 'content-length': 'x' } }],
    'both',
  ],
  ['a redirect mode that is none', () => [base, { redirect: 'x' as never }], 'both'],
  ['a signal that is none', () => [base, { signal: {} as never }], 'both'],
  ['an init that is no object', () => [base, 5 as never], 'both'],
  ['a Request whose body was read', () => [readRequest()], 'both'],
  ['TE', () => [base, { headers: { te: 'trailers' } }], 'ours', 'it would have to be named in Connection'],
  ['Trailer', () => [base, { headers: { trailer: 'x' } }], 'ours', 'there is no way to send one'],
  ['Proxy-Connection', () => [base, { headers: { 'proxy-connection': 'close' } }], 'ours', 'it means nothing'],
  ['an empty Host', () => [base, { headers: { host: '' } }], 'ours', 'RFC 9112 §3.2'],
  ['a Host that is none', () => [base, { headers: { host: 'a b' } }], 'ours', 'RFC 9112 §3.2'],
  [
    'a plain object as body',
    () => [base, { method: 'POST', body: {} as never }],
    'ours',
    'nobody means [object Object]',
  ],
  ['integrity', () => [base, { integrity: 'sha256-x' }], 'ours', 'it is not verified, so it is not ignored'],
];

function readRequest(): Request {
  const request = new Request(base, { method: 'POST', body: 'a' });
  request.text().catch(() => {});
  return request;
}

describe('both send the same for', () => {
  for (const [what, make] of Object.entries(SAME)) {
    test(what, async () => {
      const theirs = await see(() => sendTheirs(make()));
      assert.deepEqual(await see(() => sendOurs(make())), theirs);
    });
  }
});

describe('ours is different for', () => {
  for (const { what, why, make, theirs: tellTheirs, ours } of DIFFERENT) {
    test(`${what}: ${why}`, async () => {
      const [theySent, weSent] = [await see(() => sendTheirs(make())), await see(() => sendOurs(make()))];
      const theirs = tellTheirs();
      const isSame = (name: keyof Seen): boolean => theirs[name] === undefined;
      for (const name of ['method', 'target', 'body'] as const) {
        if (isSame(name)) assert.equal(weSent[name], theySent[name]);
        else assert.deepEqual([theySent[name], weSent[name]], [theirs[name], ours[name]]);
      }
      assert.deepEqual(without(theySent.fields, theirs.fields), without(weSent.fields, ours.fields));
      for (const [name, value] of Object.entries(theirs.fields ?? {})) assert.equal(theySent.fields[name], value);
      for (const [name, value] of Object.entries(ours.fields ?? {})) assert.equal(weSent.fields[name], value);
    });
  }
});

function without(fields: Seen['fields'], names: Seen['fields'] = {}): Seen['fields'] {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names[name] === undefined));
}

describe('a TypeError answers', () => {
  for (const [what, make, by, why] of REFUSED) {
    test(by === 'both' ? what : `${what}, only with us: ${why}`, async () => {
      await assert.rejects(() => sendOurs(make()), TypeError);
      const [input, init] = make();
      // An error from within the platform's client is the cause of its TypeError, or stands alone.
      if (by === 'both') await assert.rejects(() => fetch(input, init as RequestInit));
    });
  }

  test('with the OptionError that says more as its cause', () => {
    assert.throws(
      () => encoderOf().encodeFetch(base, { headers: { te: 'x' } }),
      (error) =>
        error instanceof TypeError && error.cause instanceof OptionError && error.cause.option === 'headers.te',
    );
  });
});

describe('a call of fetch', () => {
  const encoder = encoderOf({ baseUrl: 'http://a.example/', headers: { 'x-session': '1' } }, 'br');
  const linesOf = (init?: FetchInit, by = encoder): string => by.encodeFetch('/', init).request.fieldLines;

  test('says what the Fetch standard has every client say, behind what the session says', () => {
    const ours = `accept: */*\r\nuser-agent: ${USER_AGENT}\r\naccept-encoding: br\r\n`;
    assert.equal(linesOf(), `Host: a.example\r\nx-session: 1\r\n${ours}`);
    assert.equal(
      linesOf({}, encoderOf({ baseUrl: 'http://a.example/' })),
      `Host: a.example\r\n${ours.replace(/accept-e.*\r\n/, '')}`,
    );
  });

  test('says the own values of session and caller instead', () => {
    const named = encoderOf(
      { baseUrl: 'http://a.example/', headers: { 'User-Agent': 'x', 'accept-encoding': 'y' } },
      'br',
    );
    const lines = 'user-agent: x\r\naccept-encoding: y\r\naccept: */*\r\n';
    assert.equal(linesOf({}, named), `Host: a.example\r\n${lines}`);
    assert.doesNotMatch(linesOf({ headers: { Accept: 'a/b' } }), /\*/);
  });

  test('asks for no coding of a part, unless the caller does', () => {
    assert.match(linesOf({ headers: { range: 'bytes=0-1' } }), /accept-encoding: identity\r\n/);
    assert.doesNotMatch(linesOf({ headers: { range: 'bytes=0-1' } }), /accept-encoding: br/);
    assert.doesNotMatch(linesOf({ headers: { range: 'bytes=0-1', 'accept-encoding': 'x' } }), /identity/);
    assert.doesNotMatch(linesOf({ headers: { range: 'bytes=0-1' } }, encoderOf({ baseUrl: 'http://a/' })), /identity/);
  });

  test('gives back what it says of the exchange', () => {
    const { signal } = new AbortController();
    const onInterim = (): void => {};
    const timeouts = { headersMs: 5 };
    const { call, request } = encoder.encodeFetch('/', {
      signal,
      onInterim,
      timeouts,
      idempotent: false,
      redirect: 'manual',
    });
    assert.deepEqual(
      [call.signal, call.onInterim, call.timeouts, call.redirect],
      [signal, onInterim, timeouts, 'manual'],
    );
    assert.equal(request.idempotent, false);
    const { call: plain } = encoder.encodeFetch('/');
    assert.deepEqual([plain.signal, plain.redirect], [undefined, 'follow']);
  });

  test('takes signal and redirect mode of a Request, unless the init has its own', () => {
    const given = new Request('http://a.example/', { redirect: 'error', signal: new AbortController().signal });
    assert.equal(encoder.encodeFetch(given).call.signal, given.signal);
    assert.equal(encoder.encodeFetch(given).call.redirect, 'error');
    assert.equal(encoder.encodeFetch(given, { signal: null }).call.signal, undefined);
    assert.equal(encoder.encodeFetch(given, { redirect: 'follow' }).call.redirect, 'follow');
  });

  test('has a copy of bytes, as the standard has it', () => {
    const bytes = Buffer.from('abc');
    for (const body of [bytes, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 3)] as (
      | Uint8Array
      | ArrayBuffer
    )[]) {
      const { request } = encoder.encodeFetch('/', { method: 'POST', body });
      new Uint8Array(
        body instanceof ArrayBuffer ? body : body.buffer,
        'byteOffset' in body ? body.byteOffset : 0,
        3,
      ).fill(0);
      assert.equal(Buffer.from((request.body as { bytes: Uint8Array }).bytes).toString(), 'abc');
      bytes.write('abc');
    }
  });
});
