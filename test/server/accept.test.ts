// What is taken although RFC 9112 forbids it, one leniency at a time. The outcomes of the whole set are those of Apache httpd 2.4.71,
// asked over raw sockets: what it serves reaches the handler here, and what it refuses before it looks at the path is refused.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AcceptOptions, RawRequest } from '#src/server/index.js';
import { DrivenServer, get } from './driven-server.ts';

/** Everything that httpd takes by default, and with `HttpProtocolOptions Unsafe`. */
const HTTPD: AcceptOptions = {
  missingVersion: true,
  laterVersions: true,
  anyTarget: true,
  anyHost: true,
  lengthBesideChunked: true,
  otherCodings: true,
  foldedFields: true,
  blankChunkSizes: true,
};
const UNSAFE: AcceptOptions = { ...HTTPD, bareLineFeed: true, looseRequestLine: true, looseFields: true };

const HOST = 'Host: a\r\n';
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const BODY = '3\r\nabc\r\n0\r\n\r\n';

/** What each request comes to: `served` and what is pipelined behind it, `closed` after it is served, or the cause of its refusal. */
async function outcomeOf(accept: AcceptOptions, bytes: string): Promise<string> {
  let cause: string | undefined;
  let served = 0;
  const server = new DrivenServer({
    http2: false,
    accept,
    builtinAnswers: false,
    limits: { pipelinedHandlers: 1, emptyLines: 10 },
    handler: async (_request, { raw }) => {
      await raw!.discardBody();
      served += 1;
      return { body: 'ok' };
    },
    refuse: (refusal) => {
      cause = refusal.cause;
      return undefined;
    },
  });
  const client = server.connect();
  await client.send(bytes);
  if (!client.ended) await client.send(get('/behind'));
  if (cause !== undefined) return cause;
  return served === 2 && !client.ended ? 'served' : `${served === 1 ? 'closed' : served}`;
}

const line = (requestLine: string): string => `${requestLine}\r\n${HOST}\r\n`;
const fields = (lines: string): string => `GET /x HTTP/1.1\r\n${HOST}${lines}\r\n`;
const posted = (lines: string, body = BODY): string => `POST /x HTTP/1.1\r\n${HOST}${lines}\r\n${body}`;

/** Bytes, what becomes of them with nothing allowed, as httpd by default, and as httpd with Unsafe. */
const CASES: ReadonlyArray<readonly [bytes: string, strict: string, httpd: string, unsafe: string]> = [
  ['GET /x\r\n', 'badVersion', 'closed', 'closed'],
  ['GET /x \r\n', 'badVersion', 'closed', 'closed'],
  ['POST /x\r\n', 'badVersion', 'badVersion', 'closed'],
  ['HEAD /x\r\n', 'badVersion', 'badVersion', 'closed'],
  ['GET /x\n', 'badLineEnd', 'badLineEnd', 'closed'],
  [line('GET /x HTTP/1.2'), 'served', 'served', 'served'],
  [line('GET /x HTTP/2.0'), 'versionNotSupported', 'served', 'served'],
  [line('GET /x HTTP/9.9'), 'versionNotSupported', 'served', 'served'],
  [line('GET /x HTTP/0.9'), 'versionNotSupported', 'versionNotSupported', 'versionNotSupported'],
  [line('GET /x HTTP/1.10'), 'badVersion', 'badVersion', 'badVersion'],
  [line('GET /x HTTP/1.'), 'badVersion', 'badVersion', 'badVersion'],
  [line('GET /x HTTP/x.y'), 'badVersion', 'badVersion', 'badVersion'],
  [line('GET /x http/1.1'), 'badVersion', 'badVersion', 'served'],
  [line('GET /x FOO/1.1'), 'badVersion', 'badVersion', 'badVersion'],
  [line('GET /x y HTTP/1.1'), 'badVersion', 'badVersion', 'badVersion'],
  [line('GET  /x  HTTP/1.1'), 'badTarget', 'badTarget', 'served'],
  [line('GET /x HTTP/1.1 '), 'badVersion', 'badVersion', 'served'],
  [line(' GET /x HTTP/1.1'), 'badMethod', 'badMethod', 'badMethod'],
  [line('GET\t/x\tHTTP/1.1'), 'badMethod', 'badMethod', 'badMethod'],
  [line('G@T /x HTTP/1.1'), 'badMethod', 'badMethod', 'served'],
  [line('G\x01T /x HTTP/1.1'), 'badMethod', 'badMethod', 'badMethod'],
  [line('GET /\xe9 HTTP/1.1'), 'badTarget', 'served', 'served'],
  [line('GET /% HTTP/1.1'), 'served', 'served', 'served'],
  [line('GET /a#b HTTP/1.1'), 'badTarget', 'served', 'served'],
  [line('GET ?x HTTP/1.1'), 'badTarget', 'served', 'served'],
  [line('GET * HTTP/1.1'), 'badTarget', 'served', 'served'],
  [line('OPTIONS * HTTP/1.1'), 'served', 'served', 'served'],
  [line('CONNECT a HTTP/1.1'), 'badTarget', 'served', 'served'],
  [line('GET http:/x HTTP/1.1'), 'badTarget', 'served', 'served'],
  [line('GET /\x01 HTTP/1.1'), 'badTarget', 'badTarget', 'badTarget'],
  [line('GET /\x7f HTTP/1.1'), 'badTarget', 'badTarget', 'badTarget'],
  [`GET /x HTTP/1.1\n${HOST}\r\n`, 'badLineEnd', 'badLineEnd', 'served'],
  ['GET /x HTTP/1.1\r\nHost: a\n\r\n', 'badLineEnd', 'badLineEnd', 'served'],
  [`GET /x HTTP/1.1\r\n${HOST}\n`, 'badLineEnd', 'badLineEnd', 'served'],
  [`GET /x HTTP/1.1\r\r\n${HOST}\r\n`, 'badVersion', 'badVersion', 'badVersion'],
  [`${'\r\n'.repeat(10)}${line('GET /x HTTP/1.1')}`, 'served', 'served', 'served'],
  [`${'\r\n'.repeat(11)}${line('GET /x HTTP/1.1')}`, 'badMethod', 'badMethod', 'badMethod'],
  ['GET /x HTTP/1.1\r\n\r\n', 'badHost', 'served', 'served'],
  ['GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 'badHost', 'served', 'served'],
  ['GET /x HTTP/1.1\r\nHost: a|b\r\n\r\n', 'badHost', 'served', 'served'],
  [fields('A: b\r\n c\r\n'), 'foldedField', 'served', 'served'],
  [fields('A: b\r\n \r\n'), 'foldedField', 'badFieldValue', 'badFieldValue'],
  [`GET /x HTTP/1.1\r\n c: d\r\n${HOST}\r\n`, 'badFieldName', 'badFieldName', 'badFieldName'],
  [fields('A : b\r\n'), 'badFieldName', 'badFieldName', 'badFieldName'],
  [fields('A(b: c\r\n'), 'badFieldName', 'badFieldName', 'served'],
  [fields('A b: c\r\n'), 'badFieldName', 'badFieldName', 'badFieldName'],
  [fields(': c\r\n'), 'badFieldName', 'badFieldName', 'badFieldName'],
  [fields('A\r\n'), 'badFieldName', 'badFieldName', 'badFieldName'],
  [fields('A: b\x01c\r\n'), 'badFieldValue', 'badFieldValue', 'served'],
  [fields('A: b\x7f\r\n'), 'badFieldValue', 'badFieldValue', 'served'],
  [fields('A: b\x00c\r\n'), 'badFieldValue', 'badFieldValue', 'badFieldValue'],
  [fields('A: b\rc\r\n'), 'badFieldValue', 'badFieldValue', 'badFieldValue'],
  [posted(`Content-Length: 3\r\n${CHUNKED}`), 'lengthBesideChunked', 'closed', 'closed'],
  [posted(`Content-Length: abc\r\n${CHUNKED}`), 'badContentLength', 'badContentLength', 'badContentLength'],
  [posted(CHUNKED, `3${' '.repeat(10)}\r\nabc\r\n0\t \r\n\r\n`), 'badChunkSize', 'served', 'served'],
  [posted(CHUNKED, `3${' '.repeat(11)}\r\nabc\r\n0\r\n\r\n`), 'badChunkSize', 'badChunkSize', 'badChunkSize'],
  [posted(CHUNKED, `3${' '.repeat(11)};x\r\nabc\r\n0\r\n\r\n`), 'badChunkSize', 'badChunkSize', 'badChunkSize'],
  [posted(CHUNKED, `${`1${' '.repeat(6)}\r\na\r\n`.repeat(5_000)}0\r\n\r\n`), 'badChunkSize', 'served', 'served'],
  [posted('Transfer-Encoding: gzip, chunked\r\n'), 'transferCodingNotSupported', 'served', 'served'],
  [posted('Transfer-Encoding: chunked, chunked\r\n'), 'badTransferEncoding', 'served', 'served'],
  [
    posted('Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n'),
    'transferCodingNotSupported',
    'served',
    'served',
  ],
  [posted('Transfer-Encoding: chunked, gzip\r\n'), 'badTransferEncoding', 'badTransferEncoding', 'badTransferEncoding'],
  [posted('Transfer-Encoding: identity\r\n'), 'badTransferEncoding', 'badTransferEncoding', 'badTransferEncoding'],
  [posted(CHUNKED, '3\nabc\n0\n\n'), 'badLineEnd', 'badLineEnd', 'served'],
];

describe('a request is served, served as the last one, or refused as it is by httpd', () => {
  for (const [bytes, strict, httpd, unsafe] of CASES) {
    test(JSON.stringify(bytes.replace(HOST, '').slice(0, 90)), async () => {
      assert.deepEqual(
        [await outcomeOf({}, bytes), await outcomeOf(HTTPD, bytes), await outcomeOf(UNSAFE, bytes)],
        [strict, httpd, unsafe],
      );
    });
  }
});

test('each leniency lets through what it names, and nothing else does', async () => {
  const needed: Record<keyof AcceptOptions, string> = {
    missingVersion: 'GET /x\r\n',
    laterVersions: line('GET /x HTTP/3.0'),
    anyTarget: line('GET /a#\xe9 HTTP/1.1'),
    anyHost: 'GET /x HTTP/1.1\r\n\r\n',
    lengthBesideChunked: posted(`Content-Length: 3\r\n${CHUNKED}`),
    otherCodings: posted('Transfer-Encoding: gzip, chunked\r\n'),
    foldedFields: fields('A: b\r\n c\r\n'),
    bareLineFeed: `GET /x HTTP/1.1\n${HOST}\r\n`,
    looseRequestLine: line('GET  /x HTTP/1.1'),
    looseFields: fields('A(: b\r\n'),
    blankChunkSizes: posted(CHUNKED, '3 \t\r\nabc\r\n0\r\n\r\n'),
  };
  for (const [name, bytes] of Object.entries(needed)) {
    const others = { ...UNSAFE, [name]: false };
    assert.match(await outcomeOf({ [name]: true }, bytes), /^(?:served|closed)$/, name);
    assert.doesNotMatch(await outcomeOf(others, bytes), /^(?:served|closed)$/, name);
  }
});

describe('the handler of a request that is taken so sees', () => {
  async function rawOf(bytes: string): Promise<RawRequest & { url: string }> {
    let seen: (RawRequest & { url: string }) | undefined;
    const server = new DrivenServer({
      accept: UNSAFE,
      builtinAnswers: false,
      handler: (request, { raw }) => {
        const { requestLine, method, target, version, minorVersion, fields: list } = raw!;
        seen = { requestLine, method, target, version, minorVersion, fields: list, url: request.url } as never;
        return {};
      },
    });
    await server.connect().send(bytes);
    assert.ok(seen !== undefined);
    return seen;
  }

  test('its line as it was, and no version in HTTP/0.9', async () => {
    const old = await rawOf('GET  /x \r\n');
    assert.deepEqual(
      [old.requestLine, old.method, old.target, old.version, old.minorVersion, old.fields],
      ['GET  /x ', 'GET', '/x', '', 0, []],
    );
    const later = await rawOf(`G@T  /x  http/3.1 \n${HOST}\n`);
    assert.deepEqual(
      [later.requestLine, later.method, later.target, later.version, later.minorVersion, later.fields],
      ['G@T  /x  http/3.1 ', 'G@T', '/x', 'http/3.1', 1, ['Host', 'a']],
    );
  });

  test('folds as spaces, and a URL that can be made of the rest', async () => {
    const { fields: list, url } = await rawOf('GET ?a HTTP/1.1\r\nHost: b,c\r\nA:\r\n \t b\t \r\n\tc \r\n\r\n');
    assert.deepEqual(list, ['Host', 'b,c', 'A', 'b c']);
    assert.equal(url, 'http://b,c/?a');
  });
});

test('without built-in answers CONNECT, TRACE, OPTIONS * and unknown expectations reach the handler', async () => {
  const seen: string[] = [];
  const server = new DrivenServer({
    builtinAnswers: false,
    handler: (_request, { raw }) => {
      seen.push(raw!.requestLine);
      return {};
    },
  });
  const client = server.connect();
  const lines = ['CONNECT a:80 HTTP/1.1', 'TRACE / HTTP/1.1', 'OPTIONS * HTTP/1.1', 'GET / HTTP/1.1'];
  for (const each of lines) await client.send(`${each}\r\n${HOST}Expect: other\r\n\r\n`);
  assert.deepEqual(seen, lines);
  assert.equal(client.received.includes('100 Continue'), false);
});
