// Large files as bodies: bounded memory, never a short success, always closed.
import assert from 'node:assert/strict';
import { appendFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BodyError } from '#src/errors.js';
import { makeSite, readBody, serveCounted, type SeenAnswer } from './temporary-site.js';

const BYTES = Buffer.from(Array.from({ length: 1_000 }, (_, at) => at % 251));
const LARGE = { smallFileBytes: 0, chunkBytes: 100 };

function iterate({ body }: SeenAnswer): AsyncIterator<Uint8Array> {
  assert.ok(body && typeof body === 'object' && Symbol.asyncIterator in body);
  return (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
}

describe('a large file', () => {
  it('arrives whole, or the part that was asked for, in chunks of the size that is set', async (test) => {
    const site = await makeSite(test, { large: BYTES });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1_200 }),
        fc.nat(999),
        fc.nat(1_200),
        async (chunkBytes, first, more) => {
          const { ask, counts } = serveCounted(site.root, { ...LARGE, chunkBytes });
          const answer = await ask('/large', { range: `bytes=${first}-${first + more}` });
          const expected = BYTES.subarray(first, first + more + 1);
          assert.equal(answer.status, 206);
          assert.equal(answer.headers.get('content-length'), String(expected.length));
          const chunks: Uint8Array[] = [];
          for await (const chunk of answer.body as AsyncIterable<Uint8Array>) chunks.push(chunk);
          assert.deepEqual(Buffer.concat(chunks), expected);
          assert.ok(
            chunks.every((chunk, at) => (at < chunks.length - 1 ? chunk.length === chunkBytes : chunk.length > 0)),
          );
          assert.equal(counts.stillOpen, 0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is read only as fast as it is asked for', async (test) => {
    const site = await makeSite(test, { large: BYTES });
    const { ask, counts } = serveCounted(site.root, LARGE);
    const chunks = iterate(await ask('/large'));
    assert.equal(counts.read, 0);
    await chunks.next();
    assert.equal(counts.read, 1);
    await chunks.return?.();
  });

  it('is closed when its last chunk is handed over, before anybody asks for the end', async (test) => {
    const site = await makeSite(test, { large: BYTES.subarray(0, 150) });
    const { ask, counts } = serveCounted(site.root, LARGE);
    const chunks = iterate(await ask('/large'));
    await chunks.next();
    assert.equal(counts.stillOpen, 1);
    await chunks.next();
    assert.equal(counts.stillOpen, 0);
    assert.deepEqual(await chunks.next(), { done: true, value: undefined });
  });

  it('is closed once, whenever the consumer stops: before, between, during a read, twice', async (test) => {
    const site = await makeSite(test, { large: BYTES });
    const ways: ((chunks: AsyncIterator<Uint8Array>) => Promise<unknown>)[] = [
      (chunks) => chunks.return!(),
      (chunks) => chunks.next().then(() => chunks.return!()),
      (chunks) => Promise.all([chunks.next(), chunks.return!()]),
      (chunks) => Promise.all([chunks.return!(), chunks.return!()]),
      (chunks) => Promise.all([chunks.return!(), chunks.next()]),
    ];
    for (const stop of ways) {
      const { ask, counts } = serveCounted(site.root, LARGE);
      const chunks = iterate(await ask('/large'));
      assert.equal(counts.stillOpen, 1);
      await stop(chunks);
      assert.equal(counts.stillOpen, 0, String(stop));
      assert.equal(counts.close, 1, String(stop));
      assert.equal((await chunks.next()).done, true);
    }
  });

  it('is not closed while a read is under way, for its number could be another file by then', async (test) => {
    const site = await makeSite(test, { large: BYTES });
    const log: string[] = [];
    const { ask } = serveCounted(site.root, LARGE, (node) => ({
      read: async (...rest) => {
        log.push('read begins');
        const readBytes = await node.read(...rest);
        log.push('read ends');
        return readBytes;
      },
      close: (descriptor) => {
        log.push('close');
        node.close(descriptor);
      },
    }));
    const chunks = iterate(await ask('/large'));
    const next = chunks.next();
    await chunks.return?.();
    await next;
    assert.deepEqual(log, ['read begins', 'read ends', 'close']);
  });

  it('that shrinks while it is sent is an error that says where, and is closed', async (test) => {
    const site = await makeSite(test, { large: BYTES });
    const { ask, counts } = serveCounted(site.root, LARGE);
    const chunks = iterate(await ask('/large'));
    await chunks.next();
    await truncate(join(site.root, 'large'), 150);
    await assert.rejects(chunks.next(), (error: unknown) => {
      assert.ok(error instanceof BodyError);
      assert.match(error.message, /byte 150 .* 1000 were announced/);
      return true;
    });
    assert.equal(counts.stillOpen, 0);
  });

  it('that grows while it is sent is cut at the length that was announced', async (test) => {
    const site = await makeSite(test, { large: BYTES });
    const { ask } = serveCounted(site.root, LARGE);
    const answer = await ask('/large');
    await appendFile(join(site.root, 'large'), 'more');
    assert.deepEqual(await readBody(answer.body), BYTES);
  });

  it('whose read fails is an error, and is closed', async (test) => {
    const site = await makeSite(test, { large: BYTES });
    const failure = Object.assign(new Error('I/O'), { code: 'EIO' });
    const { ask, counts } = serveCounted(site.root, LARGE, () => ({ read: () => Promise.reject(failure) }));
    await assert.rejects(iterate(await ask('/large')).next(), failure);
    assert.equal(counts.stillOpen, 0);
  });

  it('is put together from reads that bring less than was asked for', async (test) => {
    const site = await makeSite(test, { large: BYTES });
    const { ask } = serveCounted(site.root, LARGE, (node) => ({
      read: (descriptor, buffer, startByte, lengthBytes, position) =>
        node.read(descriptor, buffer, startByte, Math.min(lengthBytes, 7), position),
    }));
    assert.deepEqual(await readBody((await ask('/large')).body), BYTES);
  });
});

describe('a small file', () => {
  it('comes as one piece of bytes, and a byte more comes in chunks', async (test) => {
    const site = await makeSite(test, { small: BYTES.subarray(0, 100), larger: BYTES.subarray(0, 101) });
    const { ask, counts } = serveCounted(site.root, { smallFileBytes: 100 });
    const [small, larger] = [await ask('/small'), await ask('/larger')];
    assert.ok(small.body instanceof Uint8Array);
    assert.ok(!(larger.body instanceof Uint8Array));
    assert.deepEqual(await readBody(larger.body), BYTES.subarray(0, 101));
    assert.equal(counts.stillOpen, 0);
  });

  it('that is cut while it is read is read anew, and an error where it never holds still', async (test) => {
    const site = await makeSite(test, { small: 'content' });
    let cuts = 2;
    const cutting = serveCounted(site.root, {}, (node) => ({
      read: (...rest) => (cuts-- > 0 ? Promise.resolve(0) : node.read(...rest)),
    }));
    assert.equal(await (await cutting.ask('/small')).text(), 'content');
    assert.equal(cutting.counts.open, 3);
    const always = serveCounted(site.root, {}, () => ({ read: () => Promise.resolve(0) }));
    await assert.rejects(always.ask('/small'), BodyError);
    assert.equal(cutting.counts.stillOpen + always.counts.stillOpen, 0);
  });
});
