// The reader that the comparison rests on: what it takes apart, and what it refuses.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { announcesClose, AnswerReader } from './answer-reader.ts';
import type { Answer } from './answer-reader.ts';
import { cutRequests } from './cut-requests.ts';

const GET = { method: 'GET', headless: false };

function readAll(text: string, method = 'GET', ended = true): { answer: Answer | undefined; rest: string } {
  const reader = new AnswerReader();
  reader.push(text);
  return { answer: reader.next({ method, headless: false }, ended), rest: reader.rest };
}

describe('AnswerReader', () => {
  test('field lines keep their order, their letter case and their white space', () => {
    const { answer } = readAll('HTTP/1.1 200 OK\r\nb:1\r\nA:  2 \r\nb: 3\r\nContent-Length: 0\r\n\r\n');
    assert.deepEqual(answer?.fieldLines, ['b:1', 'A:  2 ', 'b: 3', 'Content-Length: 0']);
  });

  test('every way to frame a body is told apart', () => {
    const framings = [
      ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab', 'length', 'ab'],
      [
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nA\r\n0123456789\r\n0\r\n\r\n',
        'chunked',
        'a0123456789',
      ],
      ['HTTP/1.1 200 OK\r\n\r\nab', 'until close', 'ab'],
      ['HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n', 'none', ''],
      ['HTTP/1.1 204 No Content\r\n\r\n', 'none', ''],
    ];
    for (const [text = '', framing, body] of framings) {
      const { answer, rest } = readAll(text);
      assert.deepEqual([answer?.framing, answer?.body, rest], [framing, body, '']);
    }
  });

  test('an answer to HEAD has no body, whatever its length says', () => {
    const { answer, rest } = readAll('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nHT', 'HEAD');
    assert.deepEqual([answer?.framing, rest], ['none', 'HT']);
  });

  test('heads of 1xx are kept with the answer behind them', () => {
    const { answer } = readAll('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n');
    assert.deepEqual(answer?.interim, [{ statusLine: 'HTTP/1.1 100 Continue', fieldLines: [] }]);
  });

  test('bytes may come in any pieces', () => {
    const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX: 1\r\n\r\nHTTP';
    const reader = new AnswerReader();
    let answer: Answer | undefined;
    for (const character of text) {
      reader.push(character);
      answer ??= reader.next(GET, false);
    }
    assert.deepEqual([answer?.body, answer?.trailerLines, reader.rest], ['ab', ['X: 1'], 'HTTP']);
  });

  const faults: readonly (readonly [string, RegExp])[] = [
    ['HTTP/1.1 OK\r\n\r\n', /not a status line/],
    ['HTTP/1.1 200 OK\r\nno colon\r\n\r\n', /not a field line/],
    ['HTTP/1.1 200 OK\r\nA: 1\nB: 2\r\n\r\n', /not a field line/],
    ['HTTP/1.1 200 OK\r\nA : 1\r\n\r\n', /not a field line/],
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab', /2 bytes of 3, then the end/],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na', /not one length/],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', /framed twice/],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n\r\n', /not a chunk size/],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n', /does not end with CRLF/],
  ];
  for (const [text, message] of faults) {
    test(`refused: ${JSON.stringify(text)}`, () => {
      assert.throws(() => readAll(text), message);
    });
  }
});

test('an answer announces its end by a token, by its framing or by its version', () => {
  const announces = (head: string): boolean => {
    const { answer } = readAll(`${head}\r\n\r\n`);
    assert.ok(answer !== undefined);
    return announcesClose(answer);
  };
  assert.equal(announces('HTTP/1.1 200 OK\r\nContent-Length: 0'), false);
  assert.equal(announces('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: foo, Close'), true);
  assert.equal(announces('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: foo\r\nConnection: close'), true);
  assert.equal(announces('HTTP/1.1 200 OK'), true);
  assert.equal(announces('HTTP/1.0 200 OK\r\nContent-Length: 0'), true);
  assert.equal(announces('HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive'), false);
});

test('requests that are sent together are counted with their methods', () => {
  const text =
    'POST / HTTP/1.1\r\nContent-Length: 16\r\n\r\nGET / HTTP/1.1\r\n' +
    'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n0\r\n\r\n0\r\n\r\n' +
    '\r\nHEAD / HTTP/1.1\r\n\r\nbroken';
  assert.deepEqual(
    cutRequests(text).map((answer) => answer.method),
    ['POST', 'PUT', 'HEAD', 'broken'],
  );
  assert.deepEqual(cutRequests('GET /x\r\n'), [{ method: 'GET', headless: true }]);
});
