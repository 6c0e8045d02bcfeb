// A request never ends at a file that the configuration does not give: links, dots, mounts, names that are none.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { NodeFileLookup } from '#src/apache/files/node-file-lookup.js';
import { walkDirectories } from '#src/apache/request/directory-walk.js';
import { MemoryFileLookup } from '../../support/memory-file-lookup.js';
import { WalkSite } from './walk-site.js';

function linkedFiles(): MemoryFileLookup {
  const files = new MemoryFileLookup({ '/www/d/f': 'f', '/out/secret': 's', '/out/sub/x': 'x' });
  files.link('/www/out', '/out');
  files.link('/www/d/file', '/out/secret');
  files.link('/www/chain', 'out');
  files.link('/www/bad', '/nowhere');
  files.link('/www/loop', 'loop');
  files.link('/www/own', 'd');
  files.makeSpecial('/www/pipe');
  files.link('/www/topipe', 'pipe');
  files.own('/out', 7);
  files.own('/www/out', 7);
  return files;
}

const options = (words: string) => `<Directory />\nOptions ${words}\n</Directory>`;
const REFUSED = 'Symbolic link not allowed or link target not accessible';

describe('a symbolic link', () => {
  test('is followed only where Options say so, wherever it stands on the way', () => {
    for (const words of ['None', 'Indexes', 'All -FollowSymLinks', '-FollowSymLinks', 'Indexes Includes MultiViews']) {
      const site = new WalkSite(options(words), linkedFiles());
      const links = {
        '/out': '/out',
        '/out/': '/out',
        '/out/secret': '/out',
        '/d/file': '/d/file',
        '/chain/sub/x': '/chain',
      };
      for (const [asked, link] of Object.entries(links)) {
        const walked = site.walk(asked);
        assert.deepEqual([walked.status, walked.kind], [403, undefined], `${words} ${asked}`);
        assert.deepEqual(site.log, [`error AH00037: ${REFUSED}: /www${link}`]);
      }
      assert.equal(site.walk('/d/f').status, 'ok');
    }
  });

  test('is followed with FollowSymLinks, which is the default', () => {
    for (const config of ['', options('FollowSymLinks'), options('All'), options('+Indexes')]) {
      const site = new WalkSite(config, linkedFiles());
      assert.deepEqual(site.walk('/out/secret').kind, 'file');
      assert.deepEqual(site.walk('/d/file').kind, 'file');
      assert.deepEqual(site.walk('/chain/sub/x').kind, 'file');
      assert.deepEqual(site.walk('/out').kind, 'folder');
    }
  });

  test('is followed with SymLinksIfOwnerMatch to what its owner owns, also where FollowSymLinks stands beside it', () => {
    for (const words of ['SymLinksIfOwnerMatch', 'FollowSymLinks SymLinksIfOwnerMatch', '+SymLinksIfOwnerMatch']) {
      const files = linkedFiles();
      const site = new WalkSite(options(words), files);
      assert.equal(site.walk('/out/sub/x').status, 'ok', words);
      assert.equal(site.walk('/own/f').status, 'ok');
      assert.equal(site.walk('/chain/sub/x').status, 403);
      files.own('/out', 8);
      assert.equal(site.walk('/out/sub/x').status, 403);
      assert.deepEqual(site.log, [`error AH00037: ${REFUSED}: /www/out`]);
    }
  });

  test('to nothing, or to itself, is refused', () => {
    for (const words of ['FollowSymLinks', 'SymLinksIfOwnerMatch', 'None']) {
      const site = new WalkSite(options(words), linkedFiles());
      for (const name of ['/bad', '/loop']) {
        assert.equal(site.walk(name).status, 403);
        assert.deepEqual(site.log, [`error AH00037: ${REFUSED}: /www${name}`]);
        assert.equal(site.walk(`${name}/x`).status, 403);
      }
    }
  });

  test('may be allowed for one folder, and forbidden again below it', () => {
    const config = `${options('None')}
      <Directory /www>\nOptions +FollowSymLinks\n</Directory>
      <Directory /www/d>\nOptions -FollowSymLinks\n</Directory>`;
    const site = new WalkSite(config, linkedFiles());
    assert.equal(site.walk('/out/secret').status, 'ok');
    assert.equal(site.walk('/d/file').status, 403);
    assert.equal(site.walk('/d/f').status, 'ok');
  });

  test('is not followed for what <Location>, <Files> or <DirectoryMatch> say of Options: the walk is over then', () => {
    const config = `${options('None')}
      <Location />\nOptions FollowSymLinks\n</Location>
      <Files *>\nOptions FollowSymLinks\n</Files>
      <DirectoryMatch .>\nOptions FollowSymLinks\n</DirectoryMatch>`;
    assert.equal(new WalkSite(config, linkedFiles()).walk('/out/secret').status, 403);
  });
});

describe('what is neither file nor folder', () => {
  test('is refused, links to it too', () => {
    for (const words of ['FollowSymLinks', 'SymLinksIfOwnerMatch']) {
      const site = new WalkSite(options(words), linkedFiles());
      for (const name of ['/pipe', '/topipe']) {
        assert.equal(site.walk(name).status, 403);
        assert.deepEqual(site.log, [`error AH00038: Forbidden: /www${name} doesn't point to a file or directory`]);
      }
    }
  });

  test('is refused where it cannot be told: closed folders, names that are too long', () => {
    const files = new MemoryFileLookup({ '/www/p/q/f': 'x' });
    files.close('/www/p/q');
    const site = new WalkSite('', files);
    assert.equal(site.walk('/p/q/f').status, 403);
    const reason = 'because search permissions are missing on a component of the path';
    assert.deepEqual(site.log, [
      `error (13)Permission denied: AH00035: access to /p/q/f denied (filesystem path '/www/p/q/f') ${reason}`,
    ]);
    const long = `/${'x'.repeat(300)}`;
    assert.equal(site.walk(`${long}/y`).status, 403);
    assert.deepEqual(site.log, [
      `error (36)File name too long: AH00036: access to ${long}/y failed (filesystem path '/www${long}')`,
    ]);
  });
});

describe('dot segments in a file name', () => {
  test('are resolved before anything is looked for', () => {
    const config = '<Directory /www>\nMark www\n</Directory>\n<Directory /out>\nMark out\n</Directory>';
    const site = new WalkSite(config, linkedFiles());
    const outside = site.walk('/x', undefined, '/www/d/../../out/secret');
    assert.deepEqual([outside.filename, outside.marks], ['/out/secret', 'out']);
    const above = site.walk('/x', undefined, '/../../../www/./d//f');
    assert.deepEqual([above.filename, above.marks], ['/www/d/f', 'www']);
  });

  test('never reach a section or file other than that of the path they stand for', () => {
    const segment = fc.constantFrom('www', 'd', 'out', 'sub', 'f', '..', '.', '', 'x');
    const config =
      '<Directory /www>\nMark www\n</Directory>\n<Directory /out>\nMark out\n</Directory>\n<Directory /out/sub>\nMark sub\n</Directory>';
    const site = new WalkSite(config, linkedFiles());
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), (segments) => {
        const name = `/${[...segments, 'f'].join('/')}`;
        const plain = path.posix.normalize(name);
        const asked = site.walk('/x', undefined, name);
        const meant = site.walk('/x', undefined, plain);
        assert.deepEqual({ ...asked, env: {} }, { ...meant, env: {} });
        assert.ok(!asked.filename!.split('/').includes('..'));
      }),
    );
  });
});

describe('a file name', () => {
  test('with a NUL names nothing', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'perdura-walk-'));
    writeFileSync(`${folder}/f.html`, 'x');
    const site = new WalkSite('', new NodeFileLookup());
    const walked = site.walk('/f.html', undefined, `${folder}/f.html\0.png`);
    assert.deepEqual([walked.status, walked.kind], ['ok', undefined]);
    rmSync(folder, { recursive: true });
  });

  test('that is missing is the fault of a module, and one that is relative is left alone', () => {
    const site = new WalkSite('Mark server', linkedFiles());
    assert.equal(walkDirectories(site.request(undefined, '/x')), 500);
    const walked = site.walk('/x', undefined, 'proxy:http://x/');
    assert.deepEqual([walked.status, walked.marks, walked.filename], ['ok', 'server', 'proxy:http://x/']);
  });
});

describe('the files of this machine', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'perdura-walk-'));
  mkdirSync(`${folder}/www/d`, { recursive: true });
  mkdirSync(`${folder}/out`);
  writeFileSync(`${folder}/out/secret`, 's');
  writeFileSync(`${folder}/www/d/f`, 'f');
  symlinkSync('../../out', `${folder}/www/d/out`);
  symlinkSync('/etc/passwd', `${folder}/www/passwd`);
  after(() => {
    rmSync(folder, { recursive: true });
  });

  test('are found and refused like those of the tests', () => {
    const files = new NodeFileLookup();
    const walk = (words: string, name: string) =>
      new WalkSite(options(words), files).walk('/', undefined, folder + name);
    assert.equal(walk('None', '/www/d/f').kind, 'file');
    assert.equal(walk('None', '/www/d/').kind, 'folder');
    assert.equal(walk('None', '/www/d/out/secret').status, 403);
    assert.equal(walk('None', '/www/passwd').status, 403);
    assert.equal(walk('FollowSymLinks', '/www/d/out/secret').kind, 'file');
    assert.equal(walk('SymLinksIfOwnerMatch', '/www/d/out/secret').kind, 'file');
    assert.deepEqual(walk('None', '/www/d/f/rest').pathInfo, '/rest');
    assert.deepEqual(walk('FollowSymLinks', '/www/d/f/rest').pathInfo, '/rest');
    assert.equal(walk('FollowSymLinks', `/www/${'x'.repeat(300)}`).status, 403);
  });
});
