// Content codings: which are undone, that what comes out is what went in, however it arrives, and what broken data cost.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { decode } from '#src/client/response/decoded-body.js';
import { ACCEPT_ENCODING, decideDecoding } from '#src/client/response/decompression.js';
import type { Coding } from '#src/client/response/decompression.js';
import type { ResponseBody } from '#src/client/response/response-body.js';
import { BodyError } from '#src/errors.js';
import { Headers } from '#src/http/headers.js';
import { LOST, RecordingBodyOwner, cutAt, settle } from './recording-body-owner.ts';
import type { Abandonment } from './recording-body-owner.ts';

type Encoder = (bytes: Uint8Array) => Buffer;

const hasZstd = ACCEPT_ENCODING.includes('zstd');
const { zstdCompressSync } = zlib as unknown as { zstdCompressSync: Encoder };

/** Every format that we can read, with the coding that announces it. */
const FORMATS: readonly { name: string; coding: Coding; encode: Encoder }[] = [
  { name: 'gzip', coding: 'gzip', encode: (bytes) => zlib.gzipSync(bytes) },
  { name: 'deflate', coding: 'deflate', encode: (bytes) => zlib.deflateSync(bytes) },
  { name: 'bare deflate', coding: 'deflate', encode: (bytes) => zlib.deflateRawSync(bytes) },
  { name: 'br', coding: 'br', encode: (bytes) => zlib.brotliCompressSync(bytes) },
  ...(hasZstd ? [{ name: 'zstd', coding: 'zstd' as const, encode: zstdCompressSync }] : []),
];

/** Ways in which the encoded bytes come: at once and before anybody reads, or one by one while somebody does. */
const ARRIVALS: Readonly<Record<string, (encoded: Buffer) => Promise<ResponseBody>>> = {
  'at once': (encoded) => Promise.resolve(arrived([encoded])),
  'byte by byte': (encoded) => Promise.resolve(arrived(Array.from(encoded, (byte) => Buffer.of(byte)))),
};

function arrived(pieces: readonly Buffer[]): ResponseBody {
  const owner = new RecordingBodyOwner();
  for (const piece of pieces) owner.body.push(piece);
  owner.finish();
  return owner.body;
}

/** Decodes with the reader waiting before the first byte comes: never in one go. */
async function decodeLate(pieces: readonly Buffer[], codings: readonly Coding[]): Promise<Buffer> {
  const owner = new RecordingBodyOwner();
  const bytes = decode(owner.body, codings).bytes();
  bytes.catch(() => {});
  for (const piece of pieces) {
    owner.body.push(piece);
    await Promise.resolve();
  }
  owner.finish();
  return Buffer.from(await bytes);
}

describe('decideDecoding', () => {
  const table: readonly (readonly [string | null, ReturnType<typeof decideDecoding>])[] = [
    [null, 'identity'],
    ['', 'identity'],
    ['identity', 'identity'],
    [' , Identity ,', 'identity'],
    ['gzip', ['gzip']],
    ['GZip', ['gzip']],
    ['x-gzip', ['gzip']],
    ['br', ['br']],
    ['deflate', ['deflate']],
    ['\tgzip ', ['gzip']],
    ['gzip,br', ['gzip', 'br']],
    ['deflate, , identity, gzip', ['deflate', 'gzip']],
    ['gzip, gzip, gzip, gzip, gzip', ['gzip', 'gzip', 'gzip', 'gzip', 'gzip']],
    ['gzip, gzip, gzip, gzip, gzip, gzip', 'unsupported'],
    ['compress', 'unsupported'],
    ['gzip, compress', 'unsupported'],
    ['gzip;q=1', 'unsupported'],
    ['utf-8', 'unsupported'],
    ['zstd', hasZstd ? ['zstd'] : 'unsupported'],
  ];
  for (const [value, decision] of table) {
    test(`${JSON.stringify(value)} is ${JSON.stringify(decision)}`, () => {
      assert.deepEqual(decideDecoding(value), decision);
    });
  }

  test('whatever is accepted can be undone', () => {
    for (const coding of ACCEPT_ENCODING.split(', ')) assert.deepEqual(decideDecoding(coding), [coding]);
    assert.match(ACCEPT_ENCODING, /^gzip, deflate, br(?:, zstd)?$/);
  });
});

describe('what comes out is what went in', () => {
  const someBytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .uint8Array({ minLength: 1, maxLength: 20 })
      .chain((unit) => fc.integer({ min: 1, max: 40_000 }).map((times) => Buffer.alloc(unit.length * times, unit))),
  );
  const someFormats = fc.array(fc.constantFrom(...FORMATS), { minLength: 1, maxLength: 3 });
  const someCuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 6 });

  test('whatever the bytes, the codings one after another, and the cuts', async () => {
    await fc.assert(
      fc.asyncProperty(someBytes, someFormats, someCuts, async (bytes, formats, cuts) => {
        const codings = formats.map(({ coding }) => coding);
        const encoded = formats.reduce<Buffer>((data, { encode }) => encode(data), Buffer.from(bytes));
        const pieces = cutAt(encoded, cuts);
        const atOnce = await decode(arrived(pieces), codings).bytes();
        assert.ok(Buffer.from(bytes).equals(atOnce));
        assert.ok(Buffer.from(bytes).equals(await decodeLate(pieces, codings)));
      }),
      { numRuns: 60 },
    );
  });

  test('also where it is read piece by piece, and is much larger than what may wait', async () => {
    const bytes = Buffer.alloc(1_500_000, 'abcdefghij');
    for (const { name, coding, encode } of FORMATS) {
      const pieces: Uint8Array[] = [];
      for await (const piece of decode(arrived([encode(bytes)]), [coding])) pieces.push(piece);
      assert.ok(Buffer.concat(pieces).equals(bytes), name);
      const streamed: Uint8Array[] = [];
      for await (const piece of decode(arrived([encode(bytes)]), [coding]).stream()) streamed.push(piece);
      assert.ok(Buffer.concat(streamed).equals(bytes), name);
    }
  });

  test('an empty body is empty, whatever its codings', async () => {
    for (const { coding } of FORMATS) {
      assert.equal(await decode(arrived([]), [coding]).text(), '');
      assert.equal((await decodeLate([], [coding, 'gzip'])).length, 0);
    }
  });

  test('a small body that is at hand is decoded without a turn of the event loop', async () => {
    for (const { name, coding, encode } of FORMATS) {
      let text: string | undefined;
      void decode(arrived([encode(Buffer.from('abc'))]), [coding])
        .text()
        .then((value) => (text = value));
      await Promise.resolve();
      assert.equal(text, 'abc', name);
    }
  });

  test('trailers are those of the encoded body', async () => {
    for (const size of [3, 1_000_000]) {
      const owner = new RecordingBodyOwner();
      const body = decode(owner.body, ['gzip']);
      owner.body.push(zlib.gzipSync(Buffer.alloc(size)));
      owner.body.finish(new Headers({ 'x-sum': '1' }));
      assert.equal((await body.bytes()).length, size);
      assert.equal(body.trailers?.get('x-sum'), '1');
    }
  });
});

describe('encoded data that are cut off', () => {
  for (const { name, coding, encode } of FORMATS) {
    test(`are an error and never a short success, wherever it is: ${name}`, async () => {
      const encoded = encode(Buffer.from('a text that is somewhat longer than its parts, its parts'));
      for (let length = 1; length < encoded.length; length += 1) {
        const cut = encoded.subarray(0, length);
        await assert.rejects(decode(arrived([cut]), [coding]).bytes(), BodyError, `${length}, at once`);
        await assert.rejects(decodeLate([cut], [coding]), BodyError, `${length}, late`);
      }
    });
  }

  test('are the error of the connection where it was lost, even behind the end of the encoded data', async () => {
    for (const { coding, encode } of FORMATS) {
      // The last ones end the decoder, because something follows that it does not take.
      const whole = Buffer.concat([encode(Buffer.from('abcdefgh')), Buffer.alloc(3)]);
      for (const length of [0, 5, whole.length - 3, whole.length - 2, whole.length]) {
        const owner = new RecordingBodyOwner();
        const body = decode(owner.body, [coding]);
        owner.body.push(whole.subarray(0, length));
        const text = body.text();
        // Time for the decoder, which works in a thread of its own.
        for (let count = 0; count < 10; count += 1) await settle();
        owner.fail();
        await assert.rejects(text, LOST);
      }
    }
  });
});

describe('broken data', () => {
  for (const { name, coding, encode } of FORMATS) {
    test(`are a BodyError that names the coding, and the rest is given up: ${name}`, async () => {
      const encoded = Buffer.from(encode(Buffer.from('abc '.repeat(50))));
      // Past its header everything is data; 0xff for all of them is valid in none of the formats.
      encoded.fill(0xff, name === 'gzip' ? 10 : 2);
      const whole = decode(arrived([encoded]), [coding]);
      await assert.rejects(whole.text(), (error: unknown) => {
        assert.ok(error instanceof BodyError && error.cause instanceof Error);
        assert.match(error.message, new RegExp(`not valid ${coding} data`));
        return true;
      });
      const owner = new RecordingBodyOwner();
      const text = decode(owner.body, [coding]).text();
      owner.body.push(encoded);
      // Some decoders find out only when they are told of the end.
      for (let count = 0; count < 20 && !owner.abandoned; count += 1) owner.body.push(Buffer.alloc(20_000, 0xff));
      if (name === 'gzip' || name === 'deflate') {
        await assert.rejects(text, BodyError);
        assert.ok(owner.abandoned);
      } else {
        owner.finish();
        await assert.rejects(text, BodyError);
      }
    });
  }
});

describe('what follows the encoded data', () => {
  const member = zlib.gzipSync('def');
  const table: readonly (readonly [Coding, string, Buffer, string | typeof BodyError])[] = [
    ['gzip', 'another member', member, 'abcdef'],
    ['gzip', 'zeros', Buffer.alloc(600), 'abc'],
    ['gzip', 'zeros and garbage', Buffer.from('\0\0garbage'), 'abc'],
    ['gzip', 'garbage', Buffer.from('garbage'), BodyError],
    ['gzip', 'half a member', member.subarray(0, 12), BodyError],
    ['gzip', 'the begin of a member', Buffer.of(0x1f), BodyError],
    ['deflate', 'garbage', Buffer.from('garbage'), 'abc'],
    ['deflate', 'zeros', Buffer.alloc(600), 'abc'],
    ['br', 'garbage', Buffer.from('garbage'), 'abc'],
    ['br', 'zeros', Buffer.alloc(600), 'abc'],
  ];
  for (const [coding, what, rest, expected] of table) {
    test(`${coding}, then ${what}: ${typeof expected === 'string' ? expected : 'an error'}, however it is cut`, async () => {
      const { encode } = FORMATS.find((format) => format.coding === coding)!;
      const encoded = Buffer.concat([encode(Buffer.from('abc')), rest]);
      const read: Record<string, unknown> = {};
      const take = async (how: string, bytes: Promise<Uint8Array>): Promise<void> => {
        read[how] = await bytes.then(
          (all) => Buffer.from(all).toString(),
          (error: unknown) => (error as Error).constructor,
        );
      };
      for (const [how, arrive] of Object.entries(ARRIVALS)) {
        await take(how, decode(await arrive(encoded), [coding]).bytes());
      }
      await take('late', decodeLate([encoded], [coding]));
      await take(
        'late, byte by byte',
        decodeLate(
          Array.from(encoded, (byte) => Buffer.of(byte)),
          [coding],
        ),
      );
      await take('late, in two', decodeLate([encode(Buffer.from('abc')), rest], [coding]));
      for (const [how, value] of Object.entries(read)) assert.equal(value, expected, how);
    });
  }
});

describe('a body that expands without end', () => {
  /** What may wait decoded: the mark of the body, a buffer of the decoder, and what its stream holds. */
  const BOUND_BYTES = 65_536 + 2 * 65_536;
  const zeros = Buffer.alloc(30_000_000);

  for (const { name, coding, encode } of FORMATS) {
    test(`costs no more memory than its reader lets it, and stops when the reader does: ${name}`, async () => {
      const owner = new RecordingBodyOwner();
      const body = decode(owner.body, [coding]);
      const reader = body[Symbol.asyncIterator]();
      const first = reader.next();
      for (const piece of cutAt(encode(zeros), [0.1, 0.2, 0.5])) if (!owner.ended) owner.body.push(piece);
      const { value } = await first;
      while (!body.paused) await settle();
      assert.ok(body.receivedBytes - value!.length <= BOUND_BYTES, `${body.receivedBytes} bytes`);
      const before = body.receivedBytes;
      await reader.next();
      // However long it waits, nothing more comes out while pieces are left.
      for (let count = 0; count < 50; count += 1) await settle();
      assert.equal(body.receivedBytes, before);
      await reader.return(undefined);
      assert.equal(owner.log.at(-1), owner.log.includes('pause') ? 'resume' : 'abandon');
      assert.ok(owner.abandoned);
      const dumped = body.dump();
      owner.finish();
      await dumped;
    });
  }
});

test('a decoded body that is given up in the middle is dumped when the connection has dealt with the encoded one', async () => {
  const owner = new RecordingBodyOwner();
  const body = decode(owner.body, ['gzip']);
  owner.body.push(zlib.gzipSync(Buffer.alloc(200_000)).subarray(0, -1));
  for await (const piece of body) {
    assert.ok(piece.length > 0);
    break;
  }
  const dumped = body.dump().then(() => owner.log.push('dumped'));
  for (let count = 0; count < 10; count += 1) await settle();
  assert.deepEqual(owner.log, ['abandon']);
  owner.finish();
  await dumped;
});

describe('a decoded body that nobody reads', () => {
  test('leaves the encoded one where it is', async () => {
    const owner = new RecordingBodyOwner();
    const body = decode(owner.body, ['gzip']);
    owner.body.push(zlib.gzipSync('abc'));
    await settle();
    assert.deepEqual([body.used, owner.body.used, body.receivedBytes, owner.log], [false, false, 0, []]);
  });

  test('is dumped as the encoded one is', async () => {
    for (const end of ['finish', 'fail'] as const) {
      const owner = new RecordingBodyOwner();
      const body = decode(owner.body, ['gzip']);
      owner.body.push(Buffer.from('this is no gzip'));
      const log = owner.log;
      const dumped = body.dump().then(() => log.push('dumped'));
      await settle();
      assert.deepEqual(log, ['abandon']);
      owner[end]();
      await dumped;
      assert.deepEqual(log, ['abandon', 'dumped']);
    }
  });
});

test('whatever happens in whatever order, the connection is asked nothing twice or too late', async () => {
  const encoded = zlib.gzipSync(Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index) % 251)));
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('push', 'next', 'settle') },
    fc.constantFrom('text', 'dump', 'stream read', 'stream cancel', 'break', 'finish', 'fail', 'garbage'),
  );
  const abandonment = fc.constantFrom<Abandonment>('finish', 'fail', 'later');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), abandonment, async (steps, how) => {
      const owner = new RecordingBodyOwner(how);
      const body = decode(owner.body, ['gzip']);
      const iterator = body[Symbol.asyncIterator]();
      const reader = body.stream().getReader();
      const promises: Promise<unknown>[] = [];
      let sent = 0;
      for (const name of steps) {
        if (name === 'push' && !owner.paused && !owner.ended) {
          owner.body.push(encoded.subarray(sent, sent + 30_000));
          sent += 30_000;
        }
        if (name === 'garbage' && !owner.paused && !owner.ended) owner.body.push(Buffer.alloc(70_000, 0xff));
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
      owner.finish();
      await Promise.allSettled(promises);
    }),
    { numRuns: 150 },
  );
});
