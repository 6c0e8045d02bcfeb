// The body of a response: whatever its bytes, however they arrive and whichever way they are read, and whatever happens in between.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ResponseBody } from '#src/client/response/response-body.js';
import { Headers } from '#src/http/headers.js';
import { LOST, RecordingBodyOwner, cutAt, settle, wholeBody } from './recording-body-owner.ts';
import type { Abandonment } from './recording-body-owner.ts';

/** Every way to read all of a body, each giving its bytes. */
const consumers: Readonly<Record<string, (body: ResponseBody) => Promise<Uint8Array>>> = {
  bytes: (body) => body.bytes(),
  arrayBuffer: async (body) => new Uint8Array(await body.arrayBuffer()),
  blob: async (body) => new Uint8Array(await (await body.blob()).arrayBuffer()),
  iteration: async (body) => await joined(body),
  stream: async (body) => await joined(body.stream()),
  'stream with a buffer of its own': async (body) => {
    const reader = body.stream().getReader({ mode: 'byob' });
    const pieces: Uint8Array[] = [];
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(7));
      if (done) return Buffer.concat(pieces);
      pieces.push(value);
    }
  },
};

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** Bytes that are text, nearly text, or nothing like it. */
const someBytes = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }).map((text) => Buffer.from(text)),
      fc.string({ unit: 'grapheme', maxLength: 4 }).map((text) => Buffer.from(text).subarray(0, -1)),
      fc.constantFrom(
        Buffer.from('\u{feff}'),
        Buffer.from([0xef, 0xbb]),
        Buffer.from([0xf0, 0x9f, 0x98]),
        Buffer.from([0xed, 0xa0, 0x80]),
        Buffer.from([0xc0, 0xaf]),
        Buffer.from([0xf4, 0x90, 0x80, 0x80]),
        Buffer.from('plain text, only ASCII '),
        Buffer.from('señal', 'latin1'),
      ),
      fc.uint8Array({ maxLength: 6 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts));

const someCuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 6 });

/** Pushes the pieces and the end, and begins to consume before piece number `begin`. */
async function consumeAt<Value>(
  pieces: readonly Buffer[],
  begin: number,
  consume: (body: ResponseBody) => Promise<Value>,
): Promise<Value> {
  const owner = new RecordingBodyOwner();
  let consumed: Promise<Value> | undefined;
  for (const [index, piece] of pieces.entries()) {
    if (index === begin) consumed = consume(owner.body);
    // Read with a promise between, or all in one turn.
    if (index % 2 === 1) await settle();
    owner.body.push(piece);
  }
  owner.finish();
  return await (consumed ?? consume(owner.body));
}

describe('any split of any bytes', () => {
  test('gives the text that TextDecoder gives for the whole', async () => {
    await fc.assert(
      fc.asyncProperty(someBytes, someCuts, fc.nat(7), async (bytes, cuts, begin) => {
        const text = await consumeAt(cutAt(bytes, cuts), begin, (body) => body.text());
        assert.equal(text, new TextDecoder().decode(bytes));
      }),
      { numRuns: 500 },
    );
  });

  test('gives the value that it has as JSON, with a byte order mark or without', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.boolean(), someCuts, fc.nat(7), async (value, mark, cuts, begin) => {
        const text = JSON.stringify(value);
        const bytes = Buffer.from(mark ? `\u{feff}${text}` : text);
        const read = await consumeAt(cutAt(bytes, cuts), begin, (body) => body.json());
        assert.deepEqual(read, JSON.parse(text));
      }),
      { numRuns: 100 },
    );
  });

  for (const [name, consume] of Object.entries(consumers)) {
    test(`gives the bytes, by ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(someBytes, someCuts, fc.nat(7), async (bytes, cuts, begin) => {
          const got = await consumeAt(cutAt(bytes, cuts), begin, consume);
          assert.ok(Buffer.from(got).equals(bytes));
        }),
        { numRuns: 60 },
      );
    });
  }

  test('gives the bytes where thousands of tiny pieces are mixed with large ones', async () => {
    const size = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 1, max: 3 }) },
      fc.constantFrom(1_023, 1_024, 1_025, 8_191, 8_192, 8_193, 70_000),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(size, { maxLength: 300 }), fc.nat(300), async (sizes, begin) => {
        const pieces = sizes.map((length, index) => Buffer.alloc(length, index % 251));
        const got = await consumeAt(pieces, begin, (body) => body.bytes());
        assert.ok(Buffer.concat(pieces).equals(got));
      }),
      { numRuns: 30 },
    );
  });
});

test('what bytes() and arrayBuffer() give shares no memory with the connection', async () => {
  const piece = Buffer.from('abc');
  const bytes = await wholeBody(piece).bytes();
  const buffer = await wholeBody(piece).arrayBuffer();
  assert.equal(Object.getPrototypeOf(bytes), Uint8Array.prototype);
  assert.deepEqual([bytes.buffer.byteLength, buffer.byteLength], [3, 3]);
});

test('blob() has the media type that it is given, and no other', async () => {
  assert.equal((await wholeBody(Buffer.from('a')).blob('text/x')).type, 'text/x');
  assert.equal((await wholeBody(Buffer.from('a')).blob()).type, '');
});

test('JSON that is none is a SyntaxError', async () => {
  await assert.rejects(wholeBody(Buffer.from('{')).json(), SyntaxError);
  await assert.rejects(wholeBody().json(), SyntaxError);
});

test('trailers are there at the end, and not before', async () => {
  const { body } = new RecordingBodyOwner();
  const sum = (): string | null | undefined => body.trailers?.get('x-sum');
  body.push(Buffer.from('a'));
  assert.equal(sum(), undefined);
  body.finish(new Headers({ 'x-sum': '1' }));
  assert.equal(await body.text(), 'a');
  assert.equal(sum(), '1');
});

describe('a truncated body', () => {
  const ways = { ...consumers, text: (body: ResponseBody) => body.text(), json: (body: ResponseBody) => body.json() };
  for (const [name, consume] of Object.entries(ways)) {
    test(`rejects ${name} with the error, wherever it was cut and whenever it was read`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(4), fc.nat(5), async (count, begin) => {
          const owner = new RecordingBodyOwner();
          let consumed: Promise<unknown> | undefined;
          for (let index = 0; index < count; index += 1) {
            if (index === begin) consumed = consume(owner.body);
            // One piece would be a complete text, and a complete JSON value.
            owner.body.push(Buffer.from('1'));
            if (index % 2 === 1) await settle();
          }
          // Only the error ends it: there is nothing to observe but the rejection.
          const rejected = consumed === undefined ? undefined : assert.rejects(consumed, LOST);
          owner.fail();
          await (rejected ?? assert.rejects(consume(owner.body), LOST));
        }),
        { numRuns: 40 },
      );
    });
  }

  test('does not undo an end that came before', async () => {
    const { body } = new RecordingBodyOwner();
    body.push(Buffer.from('abc'));
    body.finish();
    body.fail(LOST);
    assert.equal(await body.text(), 'abc');
  });

  test('stays truncated when an end is told after it', async () => {
    const { body } = new RecordingBodyOwner();
    body.push(Buffer.from('abc'));
    body.fail(LOST);
    body.finish();
    await assert.rejects(body.text(), LOST);
  });
});

describe('a body is consumed once', () => {
  const ways: Readonly<Record<string, (body: ResponseBody) => Promise<unknown>>> = {
    text: (body) => body.text(),
    json: (body) => body.json(),
    bytes: (body) => body.bytes(),
    arrayBuffer: (body) => body.arrayBuffer(),
    blob: (body) => body.blob(),
    iteration: (body) => joined(body),
    stream: (body) => joined(body.stream()),
  };
  for (const [first, consume] of Object.entries({ ...ways, dump: (body: ResponseBody) => body.dump() })) {
    for (const [second, again] of Object.entries(ways)) {
      test(`${second} after ${first} is a TypeError, at its end and in the middle of it`, async () => {
        const body = wholeBody(Buffer.from('1'));
        assert.equal(body.used, false);
        await consume(body);
        assert.equal(body.used, true);
        await assert.rejects(again(body), TypeError);

        const owner = new RecordingBodyOwner();
        const consumed = consume(owner.body);
        await settle();
        await assert.rejects(again(owner.body), TypeError);
        owner.body.push(Buffer.from('1'));
        owner.finish();
        await consumed;
      });
    }
  }

  test('a stream that was taken and not read leaves it to others, and then it errors and steals nothing', async () => {
    const owner = new RecordingBodyOwner();
    const stream = owner.body.stream();
    const text = owner.body.text();
    owner.body.push(Buffer.from('ab'));
    await assert.rejects(stream.getReader().read(), TypeError);
    owner.body.push(Buffer.from('c'));
    owner.finish();
    assert.equal(await text, 'abc');

    const other = new RecordingBodyOwner();
    const unread = other.body.stream();
    const otherText = other.body.text();
    await unread.cancel();
    other.body.push(Buffer.from('abc'));
    other.finish();
    assert.equal(await otherText, 'abc');
    assert.deepEqual(other.log, []);
  });
});

describe('dump()', () => {
  const consumed = async (owner: RecordingBodyOwner): Promise<boolean> => {
    let done = false;
    void owner.body.dump().then(() => (done = true));
    await settle();
    return done;
  };

  test('is done at once where everything has arrived, read or not, or was lost', async () => {
    const unread = new RecordingBodyOwner();
    unread.body.push(Buffer.from('abc'));
    unread.finish();
    assert.ok(await consumed(unread));
    const read = new RecordingBodyOwner();
    read.finish();
    await read.body.text();
    assert.ok(await consumed(read));
    const lost = new RecordingBodyOwner();
    lost.fail();
    assert.ok(await consumed(lost));
    assert.deepEqual([unread.log, read.log, lost.log], [[], [], []]);
  });

  for (const end of ['finish', 'fail'] as const) {
    test(`waits until the connection has dealt with the rest (${end}), however often it is called`, async () => {
      const owner = new RecordingBodyOwner();
      owner.body.push(Buffer.alloc(100_000));
      const states: boolean[] = [];
      const dumps = [owner.body.dump(), owner.body.dump(), owner.body.dump()];
      const all = Promise.all(dumps).then(() => states.push(true));
      await settle();
      assert.deepEqual(owner.log, ['pause', 'abandon', 'resume']);
      owner.body.push(Buffer.alloc(100_000));
      owner.body.push(Buffer.alloc(100_000));
      await settle();
      assert.deepEqual(states, []);
      owner[end]();
      await all;
      await owner.body.dump();
      assert.deepEqual(owner.log, ['pause', 'abandon', 'resume']);
    });
  }

  test('is a TypeError while somebody else reads, who is not disturbed', async () => {
    const owner = new RecordingBodyOwner();
    const text = owner.body.text();
    await assert.rejects(owner.body.dump(), TypeError);
    owner.body.push(Buffer.from('abc'));
    owner.finish();
    assert.equal(await text, 'abc');
  });

  test('waits for the rest that somebody else has given up', async () => {
    const owner = new RecordingBodyOwner();
    owner.body.push(Buffer.from('abc'));
    for await (const piece of owner.body) {
      assert.equal(piece.toString(), 'abc');
      break;
    }
    const done = owner.body.dump().then(() => owner.log.push('dumped'));
    await settle();
    owner.log.push('finish');
    owner.finish();
    await done;
    assert.deepEqual(owner.log, ['abandon', 'finish', 'dumped']);
  });
});

describe('back-pressure', () => {
  const HIGH_WATER_BYTES = 65_536;

  test('never more waits than the mark and one piece, whatever the sizes and the pace of the reader', async () => {
    const size = fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 90_000 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(size, { maxLength: 40 }),
        fc.array(fc.nat(3), { minLength: 1 }),
        async (sizes, pace) => {
          const owner = new RecordingBodyOwner();
          const reader = owner.body[Symbol.asyncIterator]();
          let waiting = 0;
          let taken = 0;
          const total = sizes.reduce((sum, length) => sum + length, 0);
          for (let turn = 0; taken < total; turn += 1) {
            // The connection: pushes while it may, as it must.
            while (!owner.paused && sizes.length > 0) {
              const length = sizes.shift()!;
              assert.ok(waiting < HIGH_WATER_BYTES);
              owner.body.push(Buffer.alloc(length));
              waiting += length;
            }
            const reads = pace[turn % pace.length]! + 1;
            for (let read = 0; read < reads && taken < total && waiting > 0; read += 1) {
              const { value } = await reader.next();
              waiting -= value!.length;
              taken += value!.length;
            }
            if (waiting === 0) assert.ok(!owner.paused);
          }
          owner.finish();
          assert.deepEqual(await reader.next(), { done: true, value: undefined });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('does not hold up who wants all of it', async () => {
    const owner = new RecordingBodyOwner();
    owner.body.push(Buffer.alloc(65_536));
    assert.deepEqual(owner.log, ['pause']);
    const bytes = owner.body.bytes();
    for (let count = 0; count < 20; count += 1) owner.body.push(Buffer.alloc(65_536));
    owner.finish();
    assert.equal((await bytes).length, 21 * 65_536);
    assert.deepEqual(owner.log, ['pause', 'resume']);
  });

  test('ends with the body, so that the connection can serve the next request before this one is read', async () => {
    const owner = new RecordingBodyOwner();
    owner.body.push(Buffer.alloc(70_000));
    owner.finish();
    assert.deepEqual(owner.log, ['pause', 'resume']);
    assert.equal((await owner.body.bytes()).length, 70_000);
  });
});

describe('whatever happens in whatever order', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('push small', 'push large', 'next') },
    fc.constantFrom('text', 'dump', 'stream read', 'stream cancel', 'break', 'finish', 'fail', 'settle'),
  );

  test('what the connection is asked stays balanced, and every promise is settled once the body has ended', async () => {
    const abandonment = fc.constantFrom<Abandonment>('finish', 'fail', 'later');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), abandonment, fc.boolean(), async (steps, how, clean) => {
        const owner = new RecordingBodyOwner(how);
        const { body } = owner;
        const iterator = body[Symbol.asyncIterator]();
        const reader = body.stream().getReader();
        const promises: Promise<unknown>[] = [];
        for (const name of steps) {
          if (name === 'push small' && !owner.paused && !owner.ended) body.push(Buffer.from('abc'));
          if (name === 'push large' && !owner.paused && !owner.ended) body.push(Buffer.alloc(40_000));
          if (name === 'next') promises.push(iterator.next());
          if (name === 'text') promises.push(body.text());
          if (name === 'dump') promises.push(body.dump());
          if (name === 'stream read') promises.push(reader.read());
          if (name === 'stream cancel') promises.push(reader.cancel());
          if (name === 'break') promises.push(iterator.return(undefined));
          if (name === 'finish') owner.finish();
          if (name === 'fail') owner.fail();
          if (name === 'settle') await settle();
          // Rejections are expected of consumers that come second, or too late.
          for (const promise of promises) promise.catch(() => {});
        }
        if (clean) owner.finish();
        else owner.fail();
        await Promise.allSettled(promises);
      }),
      { numRuns: 500 },
    );
  });
});
