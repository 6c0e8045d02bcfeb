import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AccessFiles, DEFAULT_ACCESS_FILE_LIMITS } from '#src/apache/config/access-files.js';
import type { AccessFileLimits, AccessFileSource } from '#src/apache/config/access-files.js';
import type { OverrideGrant } from '#src/apache/module/override-grant.js';
import { ConfigurationRefused } from '#src/apache/syntax/configuration-error.js';
import { MemoryFileLookup } from '../../support/memory-file-lookup.js';
import { makeHost } from '../make-host.js';

const NAMES = ['.htaccess'];
const FILE = '/www/.htaccess';
const host = makeHost([]);

function grant(...classes: Array<'FileInfo' | 'Options'>): OverrideGrant {
  return { classes: new Set(classes), list: undefined, options: undefined, nonfatal: new Set() };
}

const all = grant('FileInfo', 'Options');

/** What is read is the text, and is counted. */
function reader(files: MemoryFileLookup, limits: Partial<AccessFileLimits> = {}) {
  const clock = { wallMs: 1_700_000_000_000 };
  const read: AccessFileSource[] = [];
  const accessFiles = new AccessFiles(
    files,
    (source) => {
      read.push(source);
      if (source.text === 'bad') throw new ConfigurationRefused('not good', undefined, 'directive');
      return { directory: [source.text], warnings: source.text === 'odd' ? ['odd'] : [] };
    },
    () => clock.wallMs,
    { ...DEFAULT_ACCESS_FILE_LIMITS, ...limits },
  );
  const text = (folder = '/www/', of = host, granted = all) => {
    const outcome = accessFiles.read(folder, NAMES, of, granted);
    return outcome.kind === 'config' ? outcome.config[0] : outcome.kind;
  };
  return { accessFiles, read, text, clock };
}

describe('.htaccess files', () => {
  test('are read once as long as they are the same, and give the same configuration', () => {
    const files = new MemoryFileLookup({ [FILE]: 'one' });
    const { accessFiles, read } = reader(files);
    const first = accessFiles.read('/www/', NAMES, host, all);
    assert.equal(accessFiles.read('/www/', NAMES, host, all), first);
    assert.equal(read.length, 1);
    assert.equal(files.asked.filter((asked) => asked.startsWith('readSmall')).length, 1);
    assert.deepEqual(read[0], { text: 'one', file: FILE, path: '/www/', host, grant: all });
  });

  test('are read anew where they were edited in place and their length and time are as before', () => {
    const files = new MemoryFileLookup({ [FILE]: 'one' });
    const { text } = reader(files);
    assert.equal(text(), 'one');
    // As cp --preserve or touch -r leave it: only the time of the change itself tells.
    files.write(FILE, 'two', 1_600_000_000_000_000, 1_650_000_000_000_000);
    assert.equal(text(), 'two');
  });

  test('are looked at anew at each use', () => {
    const files = new MemoryFileLookup({ [FILE]: 'one' });
    const { text } = reader(files);
    assert.equal(text(), 'one');
    files.write(FILE, 'two', 1_650_000_000_000_001);
    assert.equal(text(), 'two');
    files.write(FILE, 'longer', 1_650_000_000_000_001);
    assert.equal(text(), 'longer');
    files.remove(FILE);
    assert.equal(text(), 'none');
    files.write(FILE, 'longer again', 1_650_000_000_000_001);
    assert.equal(text(), 'longer again');
  });

  test('that are replaced by another of the same size and time are seen by their inode', () => {
    const files = new MemoryFileLookup({ [FILE]: 'one' });
    const { text } = reader(files);
    assert.equal(text(), 'one');
    files.remove(FILE);
    files.write(FILE, 'two');
    assert.equal(text(), 'two');
  });

  test('are never shown stale, whatever happens to them and however little time passes', () => {
    const change = fc.record({
      text: fc.constantFrom('one', 'two', 'six', 'bad', 'longer'),
      elapsedMs: fc.constantFrom(0, 1, 100, 1999, 2500),
      replace: fc.boolean(),
      uses: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const files = new MemoryFileLookup();
        const { text, clock } = reader(files);
        for (const { text: content, elapsedMs, replace, uses } of changes) {
          clock.wallMs += elapsedMs;
          if (replace) files.remove(FILE);
          // The time of a file may be as coarse as two seconds.
          files.write(FILE, content, Math.floor(clock.wallMs / 2000) * 2_000_000);
          for (let use = 0; use < uses; use += 1) assert.equal(text(), content === 'bad' ? 'failed' : content);
        }
      }),
    );
  });

  test('that were just changed are read each time, but applied once', () => {
    const files = new MemoryFileLookup();
    const { accessFiles, read, clock } = reader(files);
    files.write(FILE, 'one', clock.wallMs * 1000);
    const first = accessFiles.read('/www/', NAMES, host, all);
    assert.equal(accessFiles.read('/www/', NAMES, host, all), first);
    clock.wallMs += 2001;
    assert.equal(accessFiles.read('/www/', NAMES, host, all), first);
    const reads = files.asked.filter((asked) => asked.startsWith('readSmall')).length;
    assert.equal(accessFiles.read('/www/', NAMES, host, all), first);
    assert.equal(files.asked.filter((asked) => asked.startsWith('readSmall')).length, reads);
    assert.equal(read.length, 1);
  });

  test('are applied for each host and each grant on its own', () => {
    const { text, read } = reader(new MemoryFileLookup({ [FILE]: 'one' }));
    const other = makeHost(['*:80']);
    text();
    text('/www/', other);
    text('/www/', host, grant('Options'));
    text('/www/', host, grant('Options', 'FileInfo'));
    text('/www/', other);
    assert.equal(read.length, 3);
    assert.deepEqual(
      read.map((source) => [source.host, [...source.grant.classes].join()]),
      [
        [host, 'FileInfo,Options'],
        [other, 'FileInfo,Options'],
        [host, 'Options'],
      ],
    );
  });

  test('that ask for other files are applied each time', () => {
    const { text, read } = reader(new MemoryFileLookup({ [FILE]: 'x\n<IfFile "a">\n</IfFile>' }));
    text();
    text();
    assert.equal(read.length, 2);
  });

  test('that ask for other files have a limit of their own, to the byte', () => {
    const text = (bytes: number): string => '<IfFile "a">\n</IfFile>\n'.padEnd(bytes, '#');
    const files = new MemoryFileLookup({ [FILE]: text(65_536) });
    const { accessFiles, read, text: use } = reader(files);
    assert.equal(use(), text(65_536));
    files.remove(FILE);
    files.write(FILE, text(65_537));
    assert.deepEqual(accessFiles.read('/www/', NAMES, host, all), {
      kind: 'failed',
      status: 500,
      lines: [
        {
          level: 'alert',
          message:
            '/www/.htaccess: a file with <IfFile> may not be larger than 65536 bytes (accessConditionalFileBytes): it is read anew for every request',
        },
      ],
    });
    assert.equal(read.length, 1);
  });

  test('with an error fail at each use, with the words for the log', () => {
    const { accessFiles, read } = reader(new MemoryFileLookup({ [FILE]: 'bad' }));
    for (let use = 0; use < 2; use += 1) {
      assert.deepEqual(accessFiles.read('/www/', NAMES, host, all), {
        kind: 'failed',
        status: 500,
        lines: [{ level: 'alert', message: '/www/.htaccess: not good' }],
      });
    }
    assert.equal(read.length, 1);
  });

  test('may be as large as the limit, and not a byte larger', () => {
    const { accessFiles, text } = reader(new MemoryFileLookup({ [FILE]: '12345', '/big/.htaccess': '123456' }), {
      fileBytes: 5,
    });
    assert.equal(text(), '12345');
    assert.deepEqual(accessFiles.read('/big/', NAMES, host, all), {
      kind: 'failed',
      status: 500,
      lines: [
        {
          level: 'alert',
          message: '/big/.htaccess: the file is larger than the limit of 5 bytes (accessFileBytes)',
        },
      ],
    });
  });

  test('are forgotten when there are too many of them, or too large ones', () => {
    const files = new MemoryFileLookup({ '/a/.htaccess': '1234', '/b/.htaccess': '1234', '/c/.htaccess': '1234' });
    for (const limits of [{ keptFiles: 2 }, { keptBytes: 11 }]) {
      const { text, read } = reader(files, limits);
      for (const folder of ['/a/', '/b/', '/a/', '/b/', '/c/', '/b/']) text(folder);
      assert.equal(read.length, 3);
      text('/a/');
      assert.equal(read.length, 4);
    }
    const { text, read } = reader(files, { keptBytes: 3 });
    text('/a/');
    text('/a/');
    assert.equal(read.length, 2);
  });

  test('of several names: the first that is there counts, also where it cannot be used', () => {
    const files = new MemoryFileLookup({ '/www/.b': 'b', '/www/.c': 'c' });
    const { accessFiles } = reader(files);
    const kind = (names: readonly string[]) => accessFiles.read('/www/', names, host, all).kind;
    assert.equal(kind(['.a', '.b', '.c']), 'config');
    assert.equal(kind([]), 'none');
    files.close('/www/.b');
    assert.equal(kind(['.c', '.b']), 'config');
    assert.equal(
      new AccessFiles(
        files,
        () => ({ directory: [], warnings: [] }),
        () => 0,
      ).read('/www/', ['.b', '.c'], host, all).kind,
      'failed',
    );
  });
});
