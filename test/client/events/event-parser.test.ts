// Event streams as text (HTML standard, §9.2.5 and §9.2.6), read in pieces of any size, against a reading that is as plain as the standard's words.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { EventParser } from '#src/client/events/event-parser.js';
import { BodyError } from '#src/errors.js';
import { formatCadence, formatHeartbeatEvent } from '#src/heartbeat/signals/stream-signals.js';
import { formatComment, formatEvent } from '#src/server/long-answers/event-message.js';

/** What a stream comes to. */
interface Reading {
  /** Events, and `retry 5`, `cadence 5`, `sign` in words, in order. */
  readonly found: unknown[];
  readonly lastEventId: string;
}

/** By the parser, the bytes being cut at these places. */
function parse(bytes: Uint8Array, cuts: readonly number[] = [], lastEventId = '', limitBytes = 1_000_000): Reading {
  const found: unknown[] = [];
  const parser = new EventParser(
    {
      onEvent: (event) => void found.push(event),
      onRetry: (ms) => void found.push(`retry ${ms}`),
      onSign: () => void found.push('sign'),
      onCadence: (ms) => void found.push(`cadence ${ms}`),
    },
    limitBytes,
    lastEventId,
  );
  const ends = [...cuts.filter((cut) => cut < bytes.length).toSorted((left, right) => left - right), bytes.length];
  let from = 0;
  for (const end of ends) {
    // A copy that is spoilt afterwards: nothing of it may be looked at later.
    const piece = Buffer.from(bytes.slice(from, end));
    parser.push(piece);
    piece.fill(0x3f);
    from = end;
  }
  return { found, lastEventId: parser.lastEventId };
}

/** The standard's own words: decode all, cut into lines, look at each. */
function read(bytes: Uint8Array, begunWith = ''): Reading {
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
  // What the end of the stream cuts off is discarded.
  lines.pop();
  const found: unknown[] = [];
  let [data, type, id, lastEventId, isHeartbeat] = ['', '', begunWith, begunWith, false];
  const setField = (name: string, value: string): void => {
    if (name === 'event') type = value;
    if (name === 'data') data += `${value}\n`;
    if (name === 'id' && !value.includes('\0')) id = value;
    if (name === 'retry' && /^[0-9]+$/.test(value)) found.push(`retry ${Math.min(Number(value), 86_400_000)}`);
    if (name === 'heartbeat' && /^[0-9]+$/.test(value) && Number(value) > 0) {
      isHeartbeat = true;
      found.push(`cadence ${Math.min(Number(value), 86_400_000)}`);
    }
  };
  for (const line of lines) {
    if (line === '') {
      lastEventId = id;
      if (isHeartbeat) found.push('sign');
      else if (data !== '') found.push({ type: type || 'message', data: data.slice(0, -1), lastEventId });
      [data, type, isHeartbeat] = ['', '', false];
    } else if (line.startsWith(':')) found.push('sign');
    else if (line.includes(':')) {
      const [name = '', ...rest] = line.split(':');
      setField(name, rest.join(':').replace(/^ /, ''));
    } else setField(line, '');
  }
  return { found, lastEventId };
}

const words = [
  'data', 'data:', 'data: ', 'event: ', 'id:', 'id: ', 'retry: ', 'heartbeat: ', ':', ' ', 'x', 'tick', '15', '0', '\0', 'é', '✓', '🐌',
  '\uFEFF', '\r', '\n', '\r\n', '\n\n', '\r\r', 'data: a\n\n', 'Data: a', 'date', '-1',
].map((text) => Buffer.from(text)); // prettier-ignore
const broken = [[0xff], [0xc3], [0xe2, 0x9c], [0xf0, 0x9f, 0x90], [0xed, 0xa0, 0x80], [0xef, 0xbb], [0xbf], [0x80]].map(
  (bytes) => Buffer.from(bytes),
);
const stream = fc
  .array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...words) }, fc.constantFrom(...broken)), { maxLength: 60 })
  .map((pieces) => Buffer.concat(pieces));

describe('an event stream', () => {
  test('is read as the standard says, whatever its bytes are and however they are cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(400)), fc.constantFrom('', '7'), (bytes, cuts, begunWith) => {
        assert.deepEqual(parse(bytes, cuts, begunWith), read(bytes, begunWith));
      }),
      { numRuns: 2_000 },
    );
  });

  test('is read in the same way byte by byte and cut once at every place', () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        const whole = read(bytes);
        assert.deepEqual(parse(bytes, [...bytes.keys()]), whole);
        for (const cut of bytes.keys()) assert.deepEqual(parse(bytes, [cut]), whole);
      }),
    );
  });

  test('gives back what our server says in one', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', ':', '\r', '\n', '\0', 'é', '✓', 'data: ', '\uFEFF') });
    const line = fc.string({ unit: fc.constantFrom('a', ' b', ':', 'é') });
    const message = fc.record({ data: text, event: line, id: line });
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat(300)), (messages, cuts) => {
        const said = messages.map((one) => formatEvent(one) + formatComment(one.data) + formatCadence(15_000)).join('');
        const { found } = parse(Buffer.from(said), cuts);
        assert.deepEqual(
          found.filter((one) => typeof one === 'object'),
          messages.map(({ data, event, id }) => ({
            type: event === '' ? 'message' : event,
            data: data.replace(/\r\n|\r/g, '\n'),
            lastEventId: id,
          })),
        );
      }),
    );
  });

  test('has heartbeats, which are no events for the caller and tell their interval', () => {
    const text = `: hello\n\n${formatCadence(1_500)}${formatHeartbeatEvent('beat', 1_500)}event: beat\ndata: mine\n\n`;
    assert.deepEqual(parse(Buffer.from(text)).found, [
      'sign',
      'cadence 1500',
      'sign',
      'cadence 1500',
      'sign',
      { type: 'beat', data: 'mine', lastEventId: '' },
    ]);
  });

  test('keeps the id of the stream before while its own blocks have none, and forgets it where one says so', () => {
    assert.equal(parse(Buffer.from(':\n\nheartbeat: 5\n\n'), [], '41').lastEventId, '41');
    assert.equal(parse(Buffer.from('id: 42\n'), [], '41').lastEventId, '41', 'the block is not complete');
    assert.equal(parse(Buffer.from('id: 42\n\n'), [], '41').lastEventId, '42');
    assert.equal(parse(Buffer.from('id\n\n'), [], '41').lastEventId, '');
    assert.equal(parse(Buffer.from('id: 4\0\n\n'), [], '41').lastEventId, '41');
  });
});

describe('the limit of an event', () => {
  const isRefused = (text: string, limitBytes: number, cuts: readonly number[] = []): boolean => {
    try {
      parse(Buffer.from(text), cuts, '', limitBytes);
      return false;
    } catch (error) {
      assert.ok(error instanceof BodyError, String(error));
      assert.match(error.message, new RegExp(`more than ${limitBytes} bytes.*maxEventBytes`));
      return true;
    }
  };

  test('bounds a line, whole or in pieces, with or without its end', () => {
    const line = `data: ${'x'.repeat(94)}`;
    const everywhere = [...Buffer.from(line).keys()];
    for (const text of [line, `${line}\n`]) {
      for (const cuts of [[], everywhere]) {
        assert.equal(isRefused(text, 100, cuts), false);
        assert.equal(isRefused(text, 99, cuts), true);
      }
    }
  });

  test('bounds the data of an event, its line ends included, and begins anew with the next', () => {
    const event = 'data: 12345\ndata: 67890\n';
    assert.equal(isRefused(`${event}\n`.repeat(100), 12), false);
    assert.equal(isRefused(event, 11), true);
    assert.equal(isRefused('data\n'.repeat(12), 12), false);
    assert.equal(isRefused('data\n'.repeat(13), 12), true);
  });

  test('costs no more than the bytes where a long line comes one byte at a time', () => {
    const bytes = Buffer.from(`data: ${'x'.repeat(1_000_000)}\n\n`);
    const parser = new EventParser(
      { onEvent: ({ data }) => assert.equal(data.length, 1_000_000), onRetry() {}, onSign() {}, onCadence() {} },
      2_000_000,
    );
    const startMs = performance.now();
    for (let at = 0; at < bytes.length; at += 1) parser.push(bytes.subarray(at, at + 1));
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs < 10_000, `${tookMs} ms for a megabyte`);
  });
});
