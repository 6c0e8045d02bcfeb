import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { gzipContent } from '#src/apache/content/gzip-content.js';
import type { CompressionCount } from '#src/apache/content/gzip-content.js';
import type { DeflateSettings } from '#src/apache/content/deflater.js';
import type { Content } from '#src/apache/request/content.js';

const SETTINGS: DeflateSettings = { level: -1, memoryLevel: 9, windowBits: 15, bufferBytes: 8096 };

/** Bytes that cannot be compressed: xorshift, always the same. */
function noise(lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  let state = 0x9e37_79b9;
  for (let at = 0; at < lengthBytes; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 0xff;
  }
  return bytes;
}

async function collect(content: Content | undefined): Promise<Buffer> {
  if (content?.kind === 'bytes') return Buffer.from(content.bytes);
  assert.equal(content?.kind, 'stream');
  const pieces: Uint8Array[] = [];
  for await (const piece of content.chunks) pieces.push(piece);
  return Buffer.concat(pieces);
}

const zip = (bytes: Uint8Array, settings: Partial<DeflateSettings> = {}) =>
  gzipContent({
    content: { kind: 'bytes', bytes },
    settings: { ...SETTINGS, ...settings },
    files: undefined as never,
  });

/** A source that counts what became of it. */
function source(pieces: number, fail?: Error) {
  const seen = { given: 0, closed: false };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (; seen.given < pieces; seen.given += 1) yield noise(65_536);
      if (fail !== undefined) throw fail;
    } finally {
      seen.closed = true;
    }
  }
  return { seen, content: { kind: 'stream', chunks: chunks() } as const };
}

describe('compressed content', () => {
  it('is what it was, once decompressed, whatever the settings', async () => {
    const settings = fc.record({
      level: fc.integer({ min: -1, max: 9 }),
      memoryLevel: fc.integer({ min: 1, max: 9 }),
      windowBits: fc.integer({ min: 9, max: 15 }),
      bufferBytes: fc.integer({ min: 1, max: 20_000 }),
    });
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 2000 }),
      fc.nat(200_000).map((length) => noise(length + 1)),
      fc.nat(200_000).map((length) => Buffer.alloc(length + 1, 'lorem ipsum ')),
    );
    await fc.assert(
      fc.asyncProperty(bytes, settings, async (body, how) => {
        const compressed = await collect(await zip(body, how));
        assert.deepEqual(gunzipSync(compressed), Buffer.from(body));
      }),
      { numRuns: 40 },
    );
  });

  it('starts with the bytes that httpd writes', async () => {
    for (const level of [-1, 1, 9]) {
      const compressed = await collect(await zip(Buffer.alloc(500, 'a'), { level }));
      assert.equal(compressed.subarray(0, 10).toString('hex'), '1f8b0800000000000003');
    }
  });

  it('is known as a whole up to 64 KiB, and beyond where it becomes small', async () => {
    const kind = async (bytes: Uint8Array, settings: Partial<DeflateSettings> = {}) => {
      const content = await zip(bytes, settings);
      if (content?.kind === 'stream') await content.chunks[Symbol.asyncIterator]().return?.();
      return content?.kind;
    };
    // As seen at httpd: bytes have a Content-Length, a stream is chunked.
    assert.equal(await kind(noise(65_536)), 'bytes');
    assert.equal(await kind(noise(65_536), { memoryLevel: 1 }), 'bytes');
    assert.equal(await kind(noise(65_537)), 'stream');
    assert.equal(await kind(noise(65_537), { memoryLevel: 1 }), 'stream');
    assert.equal(await kind(noise(65_537), { bufferBytes: 100_000 }), 'bytes');
    assert.equal(await kind(Buffer.alloc(5_000_000, 'the quick brown fox')), 'bytes');
  });

  it('counts what went in and came out, without head and checksum', async () => {
    for (const bytes of [noise(1000), noise(200_000)]) {
      const counts: CompressionCount[] = [];
      const onDone = (count: CompressionCount): void => void counts.push({ ...count });
      const content = { kind: 'bytes', bytes } as const;
      const task = { content, settings: SETTINGS, files: undefined as never, onDone };
      const compressed = await collect(await gzipContent(task));
      assert.deepEqual(
        counts.map(({ inputBytes, outputBytes }) => [inputBytes, outputBytes]),
        [[bytes.length, compressed.length - 18]],
      );
    }
  });

  it('reads no more of its source than is asked for, and closes it when nobody wants the rest', async () => {
    const { seen, content } = source(100);
    const compressed = await gzipContent({ content, settings: SETTINGS, files: undefined as never });
    assert.equal(compressed?.kind, 'stream');
    const iterator = compressed.chunks[Symbol.asyncIterator]();
    await iterator.next();
    assert.ok(seen.given < 5, `${seen.given} pieces were read`);
    await iterator.return?.();
    assert.equal(seen.closed, true);
    assert.deepEqual(await iterator.next(), { done: true, value: undefined });
  });

  it('can be given up while a piece is on its way', { timeout: 5000 }, async () => {
    const { seen, content } = source(100);
    const compressed = await gzipContent({ content, settings: SETTINGS, files: undefined as never });
    assert.equal(compressed?.kind, 'stream');
    const iterator = compressed.chunks[Symbol.asyncIterator]();
    await iterator.next();
    const pending = iterator.next();
    await iterator.return?.();
    await pending;
    assert.equal(seen.closed, true);
  });

  it('fails as its source fails, before it begins and later', async () => {
    const early = source(0, new Error('gone'));
    await assert.rejects(
      gzipContent({ content: early.content, settings: SETTINGS, files: undefined as never }),
      /gone/,
    );
    const late = source(3, new Error('gone'));
    await assert.rejects(async () => {
      await collect(await gzipContent({ content: late.content, settings: SETTINGS, files: undefined as never }));
    }, /gone/);
    assert.equal(late.seen.closed, true);
  });

  it('of a file that cannot be read is none', async () => {
    const content = { kind: 'file', slice: { path: '/gone', startByte: 0, lengthBytes: 100 } } as const;
    const files = { readBytes: () => undefined } as never;
    assert.equal(await gzipContent({ content, settings: SETTINGS, files }), undefined);
  });
});
