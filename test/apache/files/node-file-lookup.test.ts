import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { NodeFileLookup } from '#src/apache/files/node-file-lookup.js';

const folder = mkdtempSync(path.join(tmpdir(), 'perdura-files-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const files = new NodeFileLookup();
const at = (name: string) => `${folder}/${name}`;

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

describe('the look at a file', () => {
  test('tells what it is, how long, and when it was changed, to the microsecond', () => {
    writeFileSync(at('a'), 'hello');
    mkdirSync(at('d'));
    symlinkSync('a', at('l'));
    const stats = files.stat(at('a'));
    assert.ok(stats !== undefined && stats !== 'denied');
    assert.deepEqual([stats.kind, stats.sizeBytes], ['file', 5]);
    const exact = statSync(at('a'), { bigint: true });
    assert.equal(BigInt(stats.modifiedUs), exact.mtimeNs / 1000n);
    assert.equal(BigInt(stats.changedUs!), exact.ctimeNs / 1000n);
    assert.equal(BigInt(stats.inode), exact.ino);
    for (const [name, own, followed] of [
      ['a', 'file', 'file'],
      ['d', 'folder', 'folder'],
      ['l', 'link', 'file'],
    ] as const) {
      assert.deepEqual([statsOf(files.linkStat(at(name))), statsOf(files.stat(at(name)))], [own, followed]);
    }
  });

  test('is exact for whole seconds, before 1970 too', () => {
    writeFileSync(at('t'), '');
    for (const seconds of [1_700_000_000, 1, 0, 1_234_567_890.5]) {
      utimesSync(at('t'), seconds, seconds);
      const stats = files.stat(at('t'));
      assert.ok(stats !== undefined && stats !== 'denied');
      assert.equal(stats.modifiedUs, seconds * 1e6);
    }
  });

  test('is never kept: a file that changes is seen at once', () => {
    for (const text of ['1', '22', '333']) {
      writeFileSync(at('c'), text);
      const stats = files.stat(at('c'));
      assert.ok(stats !== undefined && stats !== 'denied');
      assert.equal(stats.sizeBytes, text.length);
      assert.equal(files.readSmall(at('c'), 10), text);
    }
    rmSync(at('c'));
    assert.equal(files.stat(at('c')), undefined);
  });

  test('says undefined for what is not there, and denied for what cannot be told', () => {
    writeFileSync(at('n'), '');
    for (const name of ['none', 'none/x', 'n/x', 'n/x/y', 'nul\0', '']) {
      assert.equal(files.stat(name === '' ? '' : at(name)), undefined, name);
      assert.equal(files.linkStat(name === '' ? '' : at(name)), undefined, name);
      assert.equal(files.readSmall(name === '' ? '' : at(name), 10), undefined, name);
      assert.equal(files.readBytes(name === '' ? '' : at(name), 0, 1), undefined, name);
    }
    assert.equal(files.stat(at('x'.repeat(300))), 'denied');
    assert.deepEqual(files.explain(at('x'.repeat(300))), { code: 'ENAMETOOLONG', words: '(36)File name too long' });
    symlinkSync('loop', at('loop'));
    assert.equal(files.stat(at('loop')), 'denied');
    assert.equal(files.explain(at('n')), undefined);
  });

  test('takes names as bytes', () => {
    const name = Buffer.from('grüße', 'utf8').toString('latin1');
    writeFileSync(at('grüße'), 'ü');
    assert.equal(statsOf(files.stat(at(name))), 'file');
    assert.equal(files.readSmall(at(name), 10), Buffer.from('ü', 'utf8').toString('latin1'));
    assert.ok(files.list(folder)!.some((entry) => entry.name === name && entry.kind === 'file'));
    assert.equal(files.stat(at('grüße')), undefined);
  });

  test('reads what is small, and says when it is not', () => {
    writeFileSync(at('s'), Buffer.from([0, 255, 10, 13]));
    assert.equal(files.readSmall(at('s'), 4), '\0ÿ\n\r');
    assert.throws(() => files.readSmall(at('s'), 3), RangeError);
    assert.equal(files.readSmall(folder, 10), undefined);
  });

  test('reads parts, and stops where the file does', () => {
    writeFileSync(at('p'), 'abcdef');
    fc.assert(
      fc.property(fc.nat({ max: 8 }), fc.nat({ max: 8 }), (start, length) => {
        const bytes = files.readBytes(at('p'), start, length);
        assert.equal(Buffer.from(bytes!).toString(), 'abcdef'.slice(start, start + length));
      }),
    );
  });

  test('streams parts, and fails where the file is shorter than it was', async () => {
    const bytes = Buffer.alloc(200_000, 'abcdefg');
    writeFileSync(at('big'), bytes);
    assert.deepEqual(await collect(files.stream(at('big'), 5, 150_000)), bytes.subarray(5, 150_005));
    assert.deepEqual(await collect(files.stream(at('big'), 5, 0)), Buffer.alloc(0));
    await assert.rejects(collect(files.stream(at('big'), 100_000, 150_000)), /got shorter/);
    await assert.rejects(collect(files.stream(at('gone'), 0, 1)));
  });

  test('knows what may be read', () => {
    writeFileSync(at('r'), '');
    assert.equal(files.readable(at('r')), true);
    assert.equal(files.readable(at('none')), false);
    chmodSync(at('r'), 0);
    // The super-user may read everything.
    assert.equal(files.readable(at('r')), process.getuid?.() === 0);
  });
});

function statsOf(stats: ReturnType<NodeFileLookup['stat']>): string | undefined {
  return stats === undefined || stats === 'denied' ? stats : stats.kind;
}
