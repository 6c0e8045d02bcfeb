// What may be given as a body: what is sent, how often it can be sent, and what it says about itself.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MisuseError, OptionError } from '#src/errors.js';
import { cancelBody, encodeBody, fitLength } from '#src/client/request/request-body.js';
import type { OutgoingBody, PieceSource } from '#src/client/request/outgoing-request.js';
import type { RequestBodyInput } from '#src/client/options.js';
import { readPieces } from './sent-request.ts';

type Input = Exclude<RequestBodyInput, null>;

async function readText(body: OutgoingBody): Promise<string> {
  return Buffer.concat(await readPieces(body)).toString();
}

function sourceOf(body: OutgoingBody): PieceSource {
  assert.equal(body.kind, 'pieces');
  return (body as { source: PieceSource }).source;
}

const TEXT = 'text/plain;charset=UTF-8';

describe('a body at hand', () => {
  test('is sent as the text or the bytes that it is, any number of times', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 50 }), async (text) => {
        const expected = Buffer.from(text);
        const views = [
          expected,
          new Uint8Array(expected),
          new DataView(expected.buffer, expected.byteOffset, expected.length),
        ];
        for (const input of [text, ...views, new Uint8Array(expected).buffer]) {
          const { body } = encodeBody(input);
          assert.equal(body.kind, 'whole');
          for (let attempt = 0; attempt < 2; attempt += 1) {
            assert.deepEqual(Buffer.concat(await readPieces(body)), expected);
          }
        }
      }),
    );
  });

  test('stays text where it is ASCII and short, so that it leaves in one write with its head', () => {
    const kindOf = (input: Input): string => typeof (encodeBody(input).body as { bytes?: unknown }).bytes;
    assert.equal(kindOf('a'.repeat(65_536)), 'string');
    assert.equal(kindOf('a'.repeat(65_537)), 'object');
    assert.equal(kindOf('é'), 'object');
    assert.equal(kindOf(new URLSearchParams({ a: 'b' })), 'string');
  });

  test('is not copied: bytes are the ones that were given', () => {
    const bytes = Buffer.from('abc');
    assert.equal((encodeBody(bytes).body as { bytes: unknown }).bytes, bytes);
  });
});

describe('a body in pieces', () => {
  const PIECES = ['a', Buffer.from('b'), '', 'ä€', new Uint8Array([0x63])];
  function* generate(): Generator<string | Uint8Array> {
    yield* PIECES;
  }
  async function* generateLate(): AsyncGenerator<string | Uint8Array> {
    yield* PIECES;
  }
  const streamOf = (): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start(controller) {
        for (const piece of PIECES) if (piece.length > 0) controller.enqueue(Buffer.from(piece as string));
        controller.close();
      },
    });

  const kinds: readonly (readonly [string, () => Input, boolean])[] = [
    ['a generator', generate, false],
    ['an async generator', generateLate, false],
    ['a ReadableStream', streamOf, false],
    ['a stream of Node.js', () => Readable.from(PIECES.filter((piece) => piece.length > 0)), false],
    ['a set', () => new Set(PIECES), false],
    ['a list', () => PIECES, true],
    ['a function that gives a generator', () => generate, true],
    ['a function that gives an async generator', () => generateLate, true],
    ['a function that gives a ReadableStream', () => streamOf, true],
    ['a function that gives text', () => () => 'abä€c', true],
    ['a function that gives bytes', () => () => Buffer.from('abä€c'), true],
  ];

  for (const [name, make, replayable] of kinds) {
    test(`${name} is chunked, in UTF-8, and ${replayable ? 'can' : 'cannot'} be sent again`, async () => {
      const { body, contentType } = encodeBody(make());
      assert.equal((body as { lengthBytes?: number }).lengthBytes, undefined);
      assert.equal(contentType, undefined);
      assert.equal(sourceOf(body).replayable, replayable);
      assert.equal(await readText(body), 'abä€c');
      if (replayable) assert.equal(await readText(body), 'abä€c');
      else await assert.rejects(readText(body), MisuseError);
    });

    test(`${name} is not touched by an attempt that asks for no piece`, async () => {
      const { body } = encodeBody(make());
      await sourceOf(body).open().return?.();
      sourceOf(body).open();
      assert.equal(await readText(body), 'abä€c');
    });
  }

  test('gives no second attempt what the first has asked for and not yet got', async () => {
    const { body } = encodeBody(generateLate());
    const first = sourceOf(body).open().next();
    await assert.rejects(sourceOf(body).open().next(), MisuseError);
    assert.equal((await first).done, false);
  });

  test('rejects with the very error that its maker throws', async () => {
    const failure = new Error('no more');
    const fail = (): never => {
      throw failure;
    };
    async function* generateError(): AsyncGenerator<string> {
      yield 'a';
      fail();
    }
    for (const input of [fail, generateError(), generateError] as Input[]) {
      await assert.rejects(readText(encodeBody(input).body), (error) => error === failure);
    }
  });

  test('rejects where a piece is neither bytes nor text', async () => {
    for (const input of [[5], [null], [['a']], () => [{}], () => 5, () => null]) {
      await assert.rejects(readText(encodeBody(input as never).body), MisuseError);
    }
  });

  test('lets go of its source at once when it is given up, even while a piece is awaited', async () => {
    const events: string[] = [];
    const silent = new ReadableStream<Uint8Array>({ cancel: () => void events.push('stream') }, { highWaterMark: 0 });
    const nodeStream = new Readable({ read() {}, destroy: (_error, done) => (events.push('node'), done(null)) });
    for (const input of [silent, nodeStream]) {
      const iterator = sourceOf(encodeBody(input).body).open();
      const next = iterator.next().catch(() => 'failed');
      await iterator.return?.();
      await next;
    }
    assert.deepEqual(events, ['stream', 'node']);
  });

  test('lets go of its source when no attempt ever asked for a piece', async () => {
    const events: string[] = [];
    const stream = new ReadableStream<Uint8Array>({ cancel: () => void events.push('stream') });
    const closable: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: true, value: undefined }),
        return: () => (events.push('iterator'), Promise.resolve({ done: true, value: undefined })),
      }),
    };
    for (const input of [stream, closable]) {
      const { body } = encodeBody(input);
      cancelBody(body);
      cancelBody(body);
      await assert.rejects(readText(body), MisuseError);
    }
    assert.deepEqual(events, ['stream', 'iterator']);
  });

  test('that was sent takes no harm from being cancelled', async () => {
    for (const input of ['x', streamOf(), generate(), generate]) {
      const { body } = encodeBody(input);
      await readText(body);
      cancelBody(body);
    }
    cancelBody({ kind: 'none' });
  });

  test('of a stream that somebody else reads is refused', () => {
    const stream = streamOf();
    stream.getReader();
    assert.throws(() => encodeBody(stream), { name: 'OptionError', option: 'body' });
  });
});

describe('a blob', () => {
  test('is streamed with its length and its type, any number of times', async () => {
    const { body, contentType } = encodeBody(new Blob(['a', 'ä'], { type: 'image/png' }));
    assert.deepEqual([contentType, (body as { lengthBytes?: number }).lengthBytes], ['image/png', 3]);
    assert.equal(await readText(body), 'aä');
    assert.equal(await readText(body), 'aä');
  });

  test('cannot bring a line of its own in its type', () => {
    const forged = Object.defineProperty(new Blob(['a']), 'type', { value: 'a/b\r\nx-forged: 1' });
    assert.throws(() => encodeBody(forged), { name: 'OptionError', option: 'body' });
  });

  test('without a type implies none, and without bytes is whole', () => {
    const { body, contentType } = encodeBody(new Blob([]));
    assert.deepEqual([contentType, body], [undefined, { kind: 'whole', bytes: '' }]);
  });
});

describe('a form', () => {
  const field = fc.string({ unit: fc.constantFrom(...'aä"\r\n%; \\'.split('')), maxLength: 8 });
  // Without a name the platform sends no `filename` at all, which makes it a text; the HTML standard has an empty one.
  const file = fc
    .tuple(
      field,
      field.map((name) => `${name}x`),
      fc.constantFrom('', 'text/plain'),
    )
    .map(([content, name, type]) => new File([content], name, { type }));

  test('is read by others as what it says, with the length that it has, any number of times', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(field, fc.oneof(field, file)), { maxLength: 4 }), async (entries) => {
        const form = new FormData();
        for (const [name, value] of entries) {
          if (typeof value === 'string') form.append(name, value);
          else form.append(name, value);
        }
        const { body, contentType = '', typeIsFixed } = encodeBody(form);
        assert.ok(typeIsFixed);
        for (let attempt = 0; attempt < 2; attempt += 1) {
          const bytes = Buffer.concat(await readPieces(body));
          if (body.kind === 'pieces') assert.equal(body.lengthBytes, bytes.length);
          // The platform's own encoder is the judge: the same bytes, but for the boundary.
          const standard = new Response(form);
          const boundaryOf = (type: string): string => type.slice(type.indexOf('=') + 1);
          const expected = (await standard.text()).replaceAll(
            boundaryOf(standard.headers.get('content-type') ?? ''),
            boundaryOf(contentType),
          );
          assert.equal(bytes.toString().trimEnd(), expected.trimEnd());
        }
      }),
      { numRuns: 50 },
    );
  });

  test('has a boundary of its own each time, which a token can be', () => {
    const [one, other] = [encodeBody(new FormData()).contentType, encodeBody(new FormData()).contentType];
    assert.match(one ?? '', /^multipart\/form-data; boundary=[\w-]{20,70}$/);
    assert.notEqual(one, other);
  });
});

describe('a media type', () => {
  for (const [name, input, type] of [
    ['text', 'a', TEXT],
    ['no text', '', TEXT],
    ['parameters', new URLSearchParams({ a: 'ä b' }), 'application/x-www-form-urlencoded;charset=UTF-8'],
    ['bytes', Buffer.from('a'), undefined],
    ['a list of pieces', ['a'], undefined],
  ] as const) {
    test(`is implied by ${name}: ${type}`, () => {
      assert.equal(encodeBody(input).contentType, type);
    });
  }
});

test('what cannot be a body is refused with what can', () => {
  for (const input of [5, true, {}, { a: 1 }, new Date(0), Symbol('body')]) {
    assert.throws(
      () => encodeBody(input as never),
      (error) =>
        error instanceof OptionError && error.option === 'body' && /it must be text, bytes/.test(error.message),
    );
  }
  assert.throws(() => encodeBody({ a: 1 } as never), /JSON\.stringify/);
});

describe('fitLength', () => {
  const [none, five, stream, known] = [
    { kind: 'none' } as const,
    { kind: 'whole', bytes: 'hello' } as const,
    encodeBody(['hello']).body,
    encodeBody(new Blob(['hello'])).body,
  ];

  test('gives a stream the length that was announced', () => {
    assert.equal((fitLength(stream, 5, 'POST') as { lengthBytes?: number }).lengthBytes, 5);
    assert.equal((fitLength(stream, 0, 'POST') as { lengthBytes?: number }).lengthBytes, 0);
    assert.equal(fitLength(stream, undefined, 'POST'), stream);
  });

  test('takes the length that a body has, and no other', () => {
    assert.equal(fitLength(five, 5, 'POST'), five);
    assert.equal(fitLength(known, 5, 'POST'), known);
    for (const body of [none, five, known]) {
      assert.throws(() => fitLength(body, 4, 'POST'), { name: 'OptionError', option: 'headers.content-length' });
    }
  });

  test('tells that there is nothing where the method makes one expect something, or the caller says so', () => {
    const empty = { kind: 'whole', bytes: '' };
    for (const method of ['POST', 'PUT', 'PATCH', 'PROPFIND', 'QUERY'])
      assert.deepEqual(fitLength(none, undefined, method), empty);
    for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'UNKNOWN']) {
      assert.deepEqual(fitLength(none, undefined, method), none);
      assert.deepEqual(fitLength({ kind: 'whole', bytes: '' }, undefined, method), none);
      assert.deepEqual(fitLength(none, 0, method), empty);
    }
  });
});
