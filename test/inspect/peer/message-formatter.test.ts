// What a report shows of bytes: readable, bounded, and never a secret, however the bytes were cut.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Headers } from '#src/http/index.js';
import { inspect } from '#src/inspect/index.js';
import { MessageFormatter, secretValues } from '#src/inspect/peer/message-formatter.js';
import { plainAnswer, startRawServer } from '../raw-server.ts';

const format = (text: string): string => new MessageFormatter([]).format(Buffer.from(text, 'latin1'));

describe('MessageFormatter', () => {
  test('each line is one, with what cannot be seen as escapes', () => {
    assert.equal(
      format('HTTP/1.1 200 OK\r\nA: b\tc\r\n\r\nbody'),
      'HTTP/1.1 200 OK\\r\\n\nA: b\\tc\\r\\n\n\\r\\n\nbody',
    );
  });

  test('of a large piece the beginning is shown, with its size', () => {
    const shown = format(`${'x'.repeat(100)}\n`.repeat(50));
    assert.ok(shown.length < 1_200, String(shown.length));
    assert.match(shown, /\n… \(5050 bytes\)$/);
  });

  test('the values of secret fields are left out, names of cookies and schemes stay', () => {
    const head =
      'GET / HTTP/1.1\r\nAuthorization: Bearer abc\r\ncookie: a=1; b=2\r\nSet-Cookie:\tsid=abc; Path=/\r\nX-Api-Key: abc\r\nHost: a\r\n\r\n';
    assert.equal(
      format(head).replaceAll('\\r\\n', ''),
      'GET / HTTP/1.1\nAuthorization: Bearer …\ncookie: a=…; b=…\nSet-Cookie:\\tsid=…; Path=/\nX-Api-Key: …\nHost: a\n',
    );
  });

  test('however a message is cut into pieces, no secret of it is shown', () => {
    const message =
      'HTTP/1.1 200 OK\r\nSet-Cookie: sid=hush; Path=/\r\nX-Token: hu\rsh hush\r\nProxy-Authorization: Basic\r\n hush\r\n\thush\r\nServer: x\r\n\r\nok\n';
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(message.length)), (cuts) => {
        const formatter = new MessageFormatter([]);
        const ends = [...cuts.toSorted((left, right) => left - right), message.length];
        const pieces = ends.map((end, index) => message.slice(ends[index - 1] ?? 0, end));
        const shown = pieces.map((piece) => formatter.format(piece)).join('');
        assert.doesNotMatch(shown, /h\n?u\n?s\n?h|u\n?s\n?h/);
        // What is no secret stands there all the same.
        assert.match(shown.replaceAll('\n', ''), /^HTTP\/1\.1 200 OK\\r\\n.*Server: x\\r\\n\\r\\nok\\n$/);
      }),
    );
  });

  test('a secret that the caller sent is not shown where it comes back', () => {
    const secrets = secretValues(
      new Headers({ authorization: 'Bearer abcdef', cookie: 'sid=0123456; theme=dark', accept: '*/*' }),
    );
    const shown = new MessageFormatter(secrets).format(
      '{ "auth": "Bearer abcdef", "raw": "abcdef", "c": "0123456" } */*',
    );
    assert.equal(shown, '{ "auth": "…", "raw": "…", "c": "…" } */*');
  });

  test('a secret that comes back in pieces is not shown, whole or in part, however it is cut', () => {
    const message = `${'-'.repeat(980)} abcdefghijklm, abcabcdefghijklm and no abcxyz\n`;
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(message.length)), (cuts) => {
        const formatter = new MessageFormatter(['abcdefghijklm']);
        const ends = [...cuts.toSorted((left, right) => left - right), message.length];
        const shown = ends.map((end, index) => formatter.format(message.slice(ends[index - 1] ?? 0, end))).join('');
        assert.doesNotMatch(shown, /abcd|[d-m]{2}(?!d)/);
      }),
    );
    const formatter = new MessageFormatter(['abcdefghijklm']);
    const shown = Array.from(message, (character) => formatter.format(character)).join('');
    assert.equal(shown.replaceAll('…', '').replace(/-+/, ''), ' abc, abcabc and no abcxyz\\n');
  });

  test('values that are too short to be told from other text are left alone', () => {
    assert.deepEqual(secretValues(new Headers({ cookie: 'a=1', 'x-token': 'abc' })), []);
    assert.deepEqual(secretValues(new Headers({ cookie: 'name=long value' })), ['name=long value', 'long value']);
  });
});

test('credentials of the caller stand nowhere in a report, also where the server sends them back', async () => {
  await using server = await startRawServer((head, { socket }) => socket.write(plainAnswer(`you sent: ${head}`)));
  const headers = { authorization: 'Basic c2VjcmV0', cookie: 'sid=very-secret', 'x-api-key': 'most-secret' };
  const report = await inspect(server.url, { headers, only: ['http10'], maxWaitMs: 100 });
  assert.equal(report.measurements.status, 200);
  assert.doesNotMatch(JSON.stringify(report), /c2VjcmV0|very-secret|most-secret/);
});

test('secrets stand in no measurement either', async () => {
  await using server = await startRawServer((_head, { socket }) => {
    socket.write(plainAnswer());
    setTimeout(() => socket.end('HTTP/1.1 200 OK\r\nSet-Cookie: sid=hush; Path=/\r\nX-Echo: most-secret\r\n\r\n'), 250);
  });
  const headers = { 'x-api-key': 'most-secret' };
  const report = await inspect(server.url, { headers, only: ['idle-timeout'], maxWaitMs: 1_000 });
  assert.match(report.measurements.unsolicitedBytes ?? '', /^HTTP\/1\.1 200 OK\\r\\nSet-Cookie: sid=…; Path=\//);
  assert.doesNotMatch(JSON.stringify(report), /hush|most-secret/);
});
