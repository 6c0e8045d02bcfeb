// Bytes that are made to be expensive. Each is a megabyte or so, with limits that let it in: linear work takes milliseconds,
// and what is quadratic takes minutes, so the generous time limit decides nothing but that.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WireConfiguration, WireConnection } from '#src/wire/index.js';
import type { Exchange, FieldLines, Leniency, RequestHead, ResponseHead } from '#src/wire/index.js';

const SIZE = 1_000_000;
const TIME_LIMIT_MS = 5_000;
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n';
const CHUNKED = `${GET}Transfer-Encoding: chunked\r\n\r\n`;

/** Counts what a server reads, and looks at every field as an application would. */
function readAsServer(pieces: Iterable<string>, leniency: Partial<Leniency> = {}): Record<string, number> {
  const counts = { heads: 0, ends: 0, bodyBytes: 0, valueBytes: 0, unreadBytes: 0 };
  const faults: string[] = [];
  const look = (lines: FieldLines): void => {
    for (let index = 0; index < lines.count; index += 1) counts.valueBytes += lines.value(index).length;
  };
  const limits = { headerBytes: SIZE * 3, headerFields: Infinity, targetBytes: SIZE * 2 };
  const wire = new WireConnection(
    'server',
    new WireConfiguration(limits, leniency),
    {
      onHead: (head: RequestHead | ResponseHead) => {
        counts.heads += 1;
        look(head.lines);
      },
      onInterim: () => {},
      onBody: (bytes) => {
        counts.bodyBytes += bytes.length;
      },
      onTrailers: look,
      onEnd: (exchange: Exchange) => {
        counts.ends += 1;
        wire.sendResponse(exchange, 204, '', { kind: 'none' }, wire.decideClose(exchange, undefined, false, false));
      },
      onError: ({ fault }) => faults.push(fault),
    },
    { write: () => {} },
  );
  const startMs = performance.now();
  for (const piece of pieces) {
    wire.receive(Buffer.from(piece, 'latin1'));
    counts.unreadBytes = Math.max(counts.unreadBytes, wire.unreadBytes);
  }
  assert.ok(performance.now() - startMs < TIME_LIMIT_MS, 'the time grows faster than the input');
  return { ...counts, ...Object.fromEntries(faults.map((fault) => [fault, 1])) };
}

describe('a head takes time in proportion to its length', () => {
  for (const { name, head, fault } of [
    { name: 'a quarter of a million field lines', head: `${GET}${'a:\r\n'.repeat(SIZE / 4)}\r\n` },
    { name: 'a value of white space', head: `${GET}X: a${' '.repeat(SIZE)}b\r\n\r\n` },
    { name: 'a Connection field of commas', head: `${GET}Connection: ${','.repeat(SIZE)}\r\n\r\n` },
    { name: 'a Connection field of quotes', head: `${GET}Connection: ${'"'.repeat(SIZE)}\r\n\r\n` },
    { name: 'Connection in every line', head: `${GET}${'Connection: x\r\n'.repeat(SIZE / 15)}\r\n` },
    {
      name: 'a list of codings',
      head: `${GET}Transfer-Encoding: ${'x,'.repeat(SIZE / 2)}\r\n\r\n`,
      fault: 'badTransferEncoding',
    },
    {
      name: 'a coding in every line',
      head: `${GET}${'Transfer-Encoding: x\r\n'.repeat(SIZE / 22)}\r\n`,
      fault: 'badTransferEncoding',
    },
    { name: 'a list of equal lengths', head: `${GET}Content-Length: ${'0,'.repeat(SIZE / 2)}0\r\n\r\n` },
    {
      name: 'a length with white space in it',
      head: `${GET}Content-Length: 0,${' '.repeat(SIZE)}x\r\n\r\n`,
      fault: 'badContentLength',
    },
    { name: 'a long Host', head: `GET / HTTP/1.1\r\nHost: ${'a'.repeat(SIZE)}:\r\n\r\n` },
    {
      name: 'a Host of colons',
      head: `GET / HTTP/1.1\r\nHost: [${':'.repeat(SIZE)}]\r\n\r\n`,
      fault: 'badHost',
    },
    { name: 'a long absolute target', head: `GET http://${'a'.repeat(SIZE)}/ HTTP/1.1\r\nHost: a\r\n\r\n` },
    {
      name: 'a long authority',
      head: `CONNECT ${'['.repeat(SIZE)} HTTP/1.1\r\nHost: a\r\n\r\n`,
      fault: 'badTarget',
    },
  ]) {
    test(name, () => {
      const read = readAsServer([head]);
      assert.equal(read[fault ?? 'ends'], 1, JSON.stringify(read));
    });
  }

  test('white space around folds, where they are tolerated', () => {
    const value = `a${' '.repeat(SIZE)}\r\n ${' '.repeat(SIZE)}b`;
    const read = readAsServer([`${GET}X: ${value}\r\n\r\n`], { foldedFields: true });
    assert.equal(read['valueBytes'], 'a'.length + 'a b'.length);
  });

  test('folds with nothing in them, where they are tolerated', () => {
    const read = readAsServer([`${GET}X: a${'\r\n '.repeat(SIZE / 3)}\r\n\r\n`], { foldedFields: true });
    assert.equal(read['valueBytes'], 'a'.length + 'a'.length);
  });
});

describe('a stream of messages takes time and room in proportion to what is in it', () => {
  test('chunks of one byte', () => {
    const count = SIZE / 6;
    const read = readAsServer([`${CHUNKED}${'1\r\nx\r\n'.repeat(count)}0\r\n\r\n`]);
    assert.equal(read['bodyBytes'], Math.floor(count));
    assert.equal(read['ends'], 1);
  });

  test('two hundred thousand trailers', () => {
    const read = readAsServer([`${CHUNKED}0\r\n${'a:b\r\n'.repeat(SIZE / 5)}\r\n`]);
    assert.equal(read['ends'], 1);
  });

  test('pipelined requests in one piece', () => {
    const count = Math.floor(SIZE / GET.length);
    assert.equal(readAsServer([`${GET}\r\n`.repeat(count)])['ends'], count);
  });

  test('empty lines, cut in the middle of line ends, are not kept', () => {
    const half = `\n${'\r\n'.repeat(500)}\r`;
    const read = readAsServer(['\r', ...Array.from({ length: 1000 }, () => half), `\n${GET}\r\n`]);
    assert.equal(read['ends'], 1);
    assert.ok(read['unreadBytes']! <= 1, JSON.stringify(read));
  });

  test('nothing is kept of what comes behind close, or behind an error', () => {
    for (const first of [`${GET}Connection: close\r\n\r\n`, 'broken\r\n']) {
      const read = readAsServer([first, ...Array.from({ length: 100 }, () => 'x'.repeat(10_000))]);
      assert.equal(read['unreadBytes'], 0);
    }
  });
});
