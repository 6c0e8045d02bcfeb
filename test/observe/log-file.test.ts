// The log writer: batches, a bounded buffer, and a destination that may fail at any byte without anybody waiting for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LogFile } from '#src/observe/index.js';
import type { LogDestination, LogTrouble } from '#src/observe/index.js';

/** A file in memory that takes at most so many bytes a write, and fails or waits when told to. */
class MemoryFile implements LogDestination {
  readonly writes: string[] = [];
  isClosed = false;
  isFull = false;
  /** Bytes that still fit before the next write fails. */
  roomBytes = Infinity;
  chunkBytes = Infinity;
  gate: Promise<void> | undefined;

  async write(bytes: Uint8Array): Promise<{ bytesWritten: number }> {
    await this.gate;
    if (this.isFull || this.roomBytes === 0) throw new Error('ENOSPC: no space left on device');
    const taken = bytes.subarray(0, Math.min(bytes.length, this.chunkBytes, this.roomBytes));
    this.roomBytes -= taken.length;
    this.writes.push(Buffer.from(taken).toString());
    return { bytesWritten: taken.length };
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  get text(): string {
    return this.writes.join('');
  }
}

interface Bench {
  readonly log: LogFile;
  readonly troubles: LogTrouble[];
  readonly endTurn: () => void;
}

async function openLog(
  open: () => Promise<LogDestination>,
  options: { readonly batchBytes?: number; readonly bufferBytes?: number } = {},
): Promise<Bench> {
  const troubles: LogTrouble[] = [];
  let callbacks: (() => void)[] = [];
  const log = await LogFile.open({
    open,
    endOfTurn: (callback) => callbacks.push(callback),
    onTrouble: (trouble) => troubles.push(trouble),
    ...options,
  });
  const endTurn = (): void => {
    const due = callbacks;
    callbacks = [];
    for (const callback of due) callback();
  };
  return { log, troubles, endTurn };
}

const openOver = (file: MemoryFile, options?: { batchBytes?: number; bufferBytes?: number }): Promise<Bench> =>
  openLog(() => Promise.resolve(file), options);

test('lines of one turn of the event loop leave in one write', async () => {
  const file = new MemoryFile();
  const { log, endTurn } = await openOver(file);
  log.write('one');
  log.write('two');
  assert.deepEqual(file.writes, []);
  endTurn();
  await log.flush();
  assert.deepEqual(file.writes, ['one\ntwo\n']);
});

test('a full batch does not wait for the end of the turn', async () => {
  const file = new MemoryFile();
  const { log } = await openOver(file, { batchBytes: 8 });
  log.write('1234567');
  await new Promise(setImmediate);
  assert.equal(file.text, '1234567\n');
});

test('lines that come while a write is under way leave together in the next one', async () => {
  const file = new MemoryFile();
  let openGate = (): void => {};
  file.gate = new Promise((resolve) => (openGate = resolve));
  const { log, endTurn } = await openOver(file);
  log.write('one');
  endTurn();
  await Promise.resolve();
  log.write('two');
  log.write('three');
  openGate();
  await log.flush();
  assert.deepEqual(file.writes, ['one\n', 'two\nthree\n']);
});

test('however the destination splits writes, every line arrives whole and in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme-ascii' }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 7 }),
      async (lines, chunkBytes) => {
        const file = new MemoryFile();
        file.chunkBytes = chunkBytes;
        const { log, endTurn } = await openOver(file);
        for (const [index, line] of lines.entries()) {
          log.write(line);
          if (index % 3 === 0) endTurn();
        }
        await log.close();
        assert.equal(file.text, lines.map((line) => `${line}\n`).join(''));
        assert.equal(log.droppedLines, 0);
      },
    ),
  );
});

test('a full disk drops lines, is told once, and so is its end with the number of missing lines', async () => {
  const file = new MemoryFile();
  const { log, troubles } = await openOver(file);
  file.isFull = true;
  for (const line of ['lost 1', 'lost 2', 'lost 3']) {
    log.write(line);
    await log.flush();
  }
  assert.equal(log.droppedLines, 3);
  assert.deepEqual(
    troubles.map((trouble) => trouble.type),
    ['writeFailed'],
  );
  file.isFull = false;
  log.write('kept');
  await log.flush();
  assert.equal(file.text, 'kept\n');
  assert.deepEqual(troubles[1], { type: 'recovered', droppedLines: 3 });
});

test('wherever the disk fills up, what is in the file afterwards are whole lines, torn ones, and nothing glued together', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 16 }), async (roomBytes) => {
      const file = new MemoryFile();
      const { log } = await openOver(file);
      file.roomBytes = roomBytes;
      log.write('aaaa');
      log.write('bbbb');
      log.write('cccc');
      await log.flush();
      file.roomBytes = Infinity;
      log.write('dddd');
      await log.close();
      const lines = file.text.split('\n');
      assert.equal(lines.pop(), '');
      assert.equal(lines.at(-1), 'dddd');
      for (const line of lines) assert.match(line, /^(?:a{1,4}|b{1,4}|c{1,4}|d{4})$/);
      const whole = lines.filter((line) => line.length === 4).length;
      // A line whose end alone was lost is whole in the end, because the next batch brings the end.
      assert.ok(
        [4 - log.droppedLines, 5 - log.droppedLines].includes(whole),
        `${whole} whole, ${log.droppedLines} dropped`,
      );
    }),
  );
});

test('lines lost while the end of a torn line is still owed are counted once', async () => {
  const file = new MemoryFile();
  const { log } = await openOver(file);
  file.roomBytes = 2;
  for (const line of ['torn', 'lost 1', 'lost 2']) {
    log.write(line);
    await log.flush();
  }
  assert.equal(file.text, 'to');
  assert.equal(log.droppedLines, 3);
});

test('above the bound of the buffer lines are dropped at once, without waiting for a stalled destination', async () => {
  const file = new MemoryFile();
  let openGate = (): void => {};
  file.gate = new Promise((resolve) => (openGate = resolve));
  const { log, troubles, endTurn } = await openOver(file, { bufferBytes: 10 });
  log.write('1234');
  endTurn();
  await Promise.resolve();
  log.write('5678');
  log.write('no room');
  log.write('none either');
  assert.equal(log.droppedLines, 2);
  assert.deepEqual(troubles, [{ type: 'bufferFull', bufferBytes: 10 }]);
  openGate();
  await log.flush();
  assert.equal(file.text, '1234\n5678\n');
  assert.deepEqual(troubles[1], { type: 'recovered', droppedLines: 2 });
});

test('a destination that takes no bytes counts as failed, not as an endless loop', async () => {
  const { log, troubles } = await openLog(() =>
    Promise.resolve({ write: () => Promise.resolve({ bytesWritten: 0 }), close: () => Promise.resolve() }),
  );
  log.write('line');
  await log.flush();
  assert.equal(log.droppedLines, 1);
  assert.equal(troubles[0]?.type, 'writeFailed');
});

test('re-opening sends earlier lines to the old file, later ones to the new, and closes the old', async () => {
  const files = [new MemoryFile(), new MemoryFile()] as const;
  let opened = 0;
  const { log } = await openLog(() => Promise.resolve(files[opened++] as MemoryFile));
  log.write('before');
  assert.equal(await log.reopen(), true);
  log.write('after');
  await log.close();
  assert.equal(files[0].text, 'before\n');
  assert.equal(files[1].text, 'after\n');
  assert.deepEqual([files[0].isClosed, files[1].isClosed], [true, true]);
});

test('where re-opening fails the old file stays in use and the trouble is told', async () => {
  const file = new MemoryFile();
  let isFirst = true;
  const { log, troubles } = await openLog(() => {
    if (!isFirst) return Promise.reject(new Error('EACCES'));
    isFirst = false;
    return Promise.resolve(file);
  });
  assert.equal(await log.reopen(), false);
  log.write('still here');
  await log.flush();
  assert.equal(file.text, 'still here\n');
  assert.equal(troubles[0]?.type, 'reopenFailed');
});

test('closing writes what waits, is idempotent, and later lines are only counted', async () => {
  const file = new MemoryFile();
  const { log } = await openOver(file);
  log.write('last');
  await Promise.all([log.close(), log.close()]);
  log.write('too late');
  await log.flush();
  assert.equal(file.text, 'last\n');
  assert.equal(file.isClosed, true);
  assert.equal(log.droppedLines, 1);
});

test('a destination that cannot be opened rejects, so that a wrong set-up is found at the start', async () => {
  await assert.rejects(
    openLog(() => Promise.reject(new Error('ENOENT'))),
    /ENOENT/,
  );
});
