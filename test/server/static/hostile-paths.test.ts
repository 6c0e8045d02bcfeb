// Requests that try to leave the root, or to reach what is not public: path by path, link by link, race by race.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { staticFiles } from '#src/server/static/index.js';
import { nodeFileCalls, type FileCalls } from '#src/server/static/file-calls.js';
import { asking, makeSite, SECRET, serveCounted } from './temporary-site.js';

const table: [target: string, status: number][] = [
  ['/../secret.txt', 400],
  ['/..%2fsecret.txt', 400],
  ['/%2e%2e/secret.txt', 400],
  ['/%2e%2e%2fsecret.txt', 400],
  ['/%252e%252e/secret.txt', 404],
  ['/%252e%252e%252fsecret.txt', 404],
  ['/docs/../../secret.txt', 400],
  ['/docs/%2e%2e/%2e%2e/secret.txt', 400],
  ['/..\\secret.txt', 400],
  ['/..%5csecret.txt', 400],
  ['/%5c..%5csecret.txt', 400],
  ['/....//secret.txt', 404],
  ['/%c0%ae%c0%ae/secret.txt', 400],
  ['/..%c0%afsecret.txt', 400],
  ['/%e0%80%ae%e0%80%ae/secret.txt', 400],
  ['/%uff0e%uff0e/secret.txt', 400],
  ['/a.txt%00.html', 400],
  ['/a.txt%00', 400],
  ['/%', 400],
  ['/%2', 400],
  ['/%zz', 400],
  ['//etc/passwd', 404],
  ['///etc/passwd', 404],
  ['/.env', 404],
  ['/%2eenv', 404],
  ['/.git/config', 404],
  ['/docs/.hidden/a.txt', 404],
  ['/.well-known/security.txt', 200],
  ['/.well-known/.env', 404],
  ['/a.txt', 200],
  ['/%61.txt', 200],
  ['/a.txt?../../secret.txt', 200],
  ['/a.txt/', 404],
  ['/a.txt/b', 404],
  ['/a.txt//', 404],
  ['/docs', 301],
  ['/docs/', 200],
  ['/empty', 404],
  ['/empty/', 404],
  ['/out.txt', 404],
  ['/out-folder/secret.txt', 404],
  ['/out-folder', 404],
  ['/out-absolute.txt', 404],
  ['/in.txt', 200],
  ['/in-folder/index.html', 200],
  ['/in-folder', 301],
  ['/loop', 404],
  ['/dangling', 404],
  [`/${'x'.repeat(300)}`, 404],
  [`/${'x/'.repeat(4_000)}y`, 404],
];

describe('a request', () => {
  it('never gets what lies outside the root, however its path is spelt', async (test) => {
    const site = await makeSite(test, { 'a.txt': 'public', 'sub/b.txt': 'public' });
    await symlink('..', join(site.root, 'up'));
    const ask = asking(staticFiles(site.root));
    const pieces = fc.constantFrom(
      '/',
      '..',
      '.',
      '%2e',
      '%2f',
      '%5c',
      '\\',
      'secret.txt',
      'up',
      'sub',
      'a.txt',
      '%00',
      'root',
      '//',
      '%252e',
      '..%c0%af',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 8 }), async (parts) => {
        const answer = await ask(`/${parts.join('')}`);
        assert.notEqual(await answer.text(), SECRET);
        assert.ok([200, 301, 400, 404].includes(answer.status), String(answer.status));
      }),
      { numRuns: 500 },
    );
  });

  it('gets the answer that its path deserves', async (test) => {
    const site = await makeSite(test, {
      'a.txt': 'public',
      '.env': SECRET,
      '.git/config': SECRET,
      'docs/index.html': 'docs',
      'docs/.hidden/a.txt': SECRET,
      '.well-known/security.txt': 'public',
      '.well-known/.env': SECRET,
    });
    await mkdir(join(site.root, 'empty'));
    const links: [target: string, name: string][] = [
      ['../secret.txt', 'out.txt'],
      ['..', 'out-folder'],
      [join(site.around, 'secret.txt'), 'out-absolute.txt'],
      ['a.txt', 'in.txt'],
      ['docs', 'in-folder'],
      ['loop', 'loop'],
      ['nowhere', 'dangling'],
    ];
    await Promise.all(links.map(([target, name]) => symlink(target, join(site.root, name))));
    const { ask, counts } = serveCounted(site.root, { memory: false });
    for (const [target, status] of table) {
      const [get, head] = [await ask(target), await ask(target, {}, 'HEAD')];
      const label = target.slice(0, 60);
      assert.equal(get.status, status, label);
      assert.equal(head.status, status, `HEAD ${label}`);
      const text = await get.text();
      assert.ok(!text.includes(SECRET), label);
      // Nothing of the request comes back in an error.
      if (status >= 400) assert.match(text, /^\d{3} [A-Za-z ]+\n$/);
    }
    assert.equal(counts.stillOpen, 0);
  });

  it('for a name that an escaping link was opened under is refused, even if the link is exchanged at once', async (test) => {
    const site = await makeSite(test, { 'public.txt': 'public' });
    for (const procfs of process.platform === 'linux' ? [true, false] : [false]) {
      const link = join(site.root, 'swap.txt');
      const node = nodeFileCalls(procfs);
      const calls = (): Partial<FileCalls> => ({
        ...node,
        // 1. The link leads out. 2. The handler opens it. 3. The link is made to lead inside. 4. The handler asks where it is.
        open: async (path) => {
          const descriptor = await node.open(path);
          if (path === link) {
            await symlink('public.txt', `${link}.new`);
            await rename(`${link}.new`, link);
          }
          return descriptor;
        },
      });
      await symlink('../secret.txt', link);
      const { ask, counts } = serveCounted(site.root, {}, calls);
      assert.equal((await ask('/swap.txt')).status, 404, `procfs ${procfs}`);
      assert.equal(await (await ask('/swap.txt')).text(), 'public');
      assert.equal(counts.stillOpen, 0);
      await rm(link);
    }
  });

  it('is told the same about links without /proc, where the real path is compared by identity', async (test) => {
    const site = await makeSite(test, { 'a.txt': 'public', 'docs/index.html': 'docs' });
    await symlink('../secret.txt', join(site.root, 'out.txt'));
    await symlink('a.txt', join(site.root, 'in.txt'));
    const { ask, counts } = serveCounted(site.root, { memory: false }, () => nodeFileCalls(false));
    for (const [target, status] of [
      ['/out.txt', 404],
      ['/in.txt', 200],
      ['/a.txt', 200],
      ['/docs', 301],
      ['/none', 404],
    ] as const) {
      assert.equal((await ask(target)).status, status, target);
    }
    assert.equal(counts.stillOpen, 0);
  });

  it('for a sibling that is a link to the outside gets the plain file', async (test) => {
    const site = await makeSite(test, { 'a.css': 'a {}' });
    await symlink('../secret.txt', join(site.root, 'a.css.br'));
    const { ask, counts } = serveCounted(site.root);
    // The first leaves in memory that there is a sibling, without having opened it.
    for (const [method, acceptEncoding] of [
      ['GET', 'identity'],
      ['HEAD', 'br'],
      ['GET', 'br'],
      ['HEAD', 'br'],
    ] as const) {
      const answer = await ask('/a.css', { 'accept-encoding': acceptEncoding }, method);
      assert.equal(answer.headers.get('content-encoding'), null);
      assert.equal(answer.headers.get('content-length'), '4');
    }
    assert.equal(counts.stillOpen, 0);
  });
});

describe('what is no regular file', { skip: process.platform === 'win32', timeout: 10_000 }, () => {
  it('is 404 and never waited for: FIFO, socket, device', async (test) => {
    let fifo: string | undefined;
    // Lets go of whoever waits for a writer all the same, so that a failure is a failure and not a hang. Before the folder goes.
    test.after(() => fifo && closeSync(openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK)));
    const site = await makeSite(test);
    fifo = join(site.root, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const listener = createServer().listen(join(site.root, 'socket'));
    await new Promise((resolve) => listener.once('listening', resolve));
    test.after(() => listener.close());
    await symlink('/dev/zero', join(site.root, 'device'));
    const { ask, counts } = serveCounted(site.root);
    for (const target of ['/fifo', '/socket', '/device', '/fifo/']) {
      assert.equal((await ask(target)).status, 404, target);
    }
    assert.equal(counts.stillOpen, 0);
  });
});

describe('a root that is a link', () => {
  it('may be pointed to the next release while it is served, and the last one is out of reach then', async (test) => {
    const site = await makeSite(test);
    for (const release of ['1', '2']) {
      await mkdir(join(site.around, release));
      await writeFile(join(site.around, release, 'a.txt'), `release ${release}`);
    }
    const current = join(site.around, 'current');
    await symlink('1', current);
    const ask = asking(staticFiles(current, { memory: false }));
    assert.equal(await (await ask('/a.txt')).text(), 'release 1');
    await symlink('2', `${current}.new`);
    await rename(`${current}.new`, current);
    assert.equal(await (await ask('/a.txt')).text(), 'release 2');
    await symlink('../1/a.txt', join(site.around, '2', 'back.txt'));
    assert.equal((await ask('/back.txt')).status, 404);
  });
});

describe('an error of the file system', () => {
  const errors: [code: string, status: number][] = [
    ['ENOENT', 404],
    ['ENOTDIR', 404],
    ['ENAMETOOLONG', 404],
    ['ELOOP', 404],
    ['ENXIO', 404],
    ['EACCES', 403],
    ['EPERM', 403],
    ['EMFILE', 503],
    ['ENFILE', 503],
    ['EAGAIN', 503],
  ];
  const failing = (code: string) => (): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }));

  for (const [code, status] of errors) {
    it(`${code} is answered with ${status}, wherever it comes up, and leaves nothing open`, async (test) => {
      const site = await makeSite(test, { 'a.txt': 'public' });
      for (const call of ['open', 'factsOf', 'realPathOf'] as const) {
        const { ask, counts } = serveCounted(site.root, {}, () => ({ [call]: failing(code) }));
        const answer = await ask('/a.txt');
        assert.equal(answer.status, status, call);
        assert.equal(answer.headers.get('retry-after'), status === 503 ? '1' : null);
        assert.equal(counts.stillOpen, 0);
      }
    });
  }

  it('that is not foreseen is thrown to the server, with nothing left open', async (test) => {
    const site = await makeSite(test, { 'a.txt': 'public' });
    for (const call of ['open', 'factsOf', 'realPathOf', 'read'] as const) {
      const { ask, counts } = serveCounted(site.root, {}, () => ({ [call]: failing('EIO') }));
      await assert.rejects(ask('/a.txt'), { code: 'EIO' });
      assert.equal(counts.stillOpen, 0, call);
    }
  });

  it('that is not foreseen is told to onError and answered with 500, where that is given', async (test) => {
    const site = await makeSite(test, { 'a.txt': 'public' });
    const told: unknown[] = [];
    const { ask } = serveCounted(site.root, { onError: (error) => told.push(error) }, () => ({ open: failing('EIO') }));
    const answer = await ask('/a.txt');
    assert.equal(answer.status, 500);
    assert.equal(await answer.text(), '500 Internal Server Error\n');
    assert.equal((told[0] as NodeJS.ErrnoException).code, 'EIO');
  });

  it('is 403 for a real file that may not be read', async (test) => {
    const site = await makeSite(test, { 'a.txt': 'public' });
    await chmod(site.root, 0o755);
    await chmod(join(site.root, 'a.txt'), 0);
    const ask = asking(staticFiles(site.root));
    // Nothing is forbidden to root, so root is somebody else meanwhile.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid!(65_534);
    try {
      assert.equal((await ask('/a.txt')).status, 403);
    } finally {
      if (isRoot) process.seteuid!(0);
    }
  });
});
