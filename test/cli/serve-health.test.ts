// `perdura serve` under a supervisor and behind a balancer: checks, lame duck, and what is derived from what is in front.
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PerduraProcess, runPerdura } from './perdura-process.ts';

let site = '';

before(async () => {
  site = await mkdtemp(join(tmpdir(), 'perdura-health-'));
  await writeFile(join(site, 'index.html'), 'hello\n');
});

after(() => rm(site, { recursive: true }));

/** `status body` of a request on a connection of its own, or the code of the error. */
function ask(url: URL, path: string): Promise<string> {
  return new Promise((resolve) => {
    get(new URL(path, url), { agent: false }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve(`${response.statusCode} ${text.trim()}`));
    }).on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
  });
}

test(
  'told to stop, readiness fails at once, while everything is answered for as long as the lame duck lasts',
  { timeout: 60_000 },
  async () => {
    const flags = ['--readiness', '/readyz', '--liveness', '/livez', '--lame-duck', '3s', '--access-log', '-'];
    await using server = new PerduraProcess(['serve', site, '--port', '0', ...flags]);
    const url = await server.url();
    assert.deepEqual(
      [await ask(url, '/readyz'), await ask(url, '/livez'), await ask(url, '/')],
      ['200 accepting', '200 accepting', '200 hello'],
    );
    const startedMs = performance.now();
    server.send('SIGTERM');
    await server.printed(/^Draining/m);
    assert.deepEqual(
      [await ask(url, '/readyz'), await ask(url, '/livez'), await ask(url, '/')],
      ['503 lameDuck', '200 lameDuck', '200 hello'],
    );
    const { code, stdout } = await server.result;
    assert.ok(performance.now() - startedMs >= 3_000);
    assert.equal(code, 0);
    assert.equal(await ask(url, '/livez'), 'ECONNREFUSED');
    assert.match(
      stdout,
      /while connections were still accepted, 3(?:\.\d+)? s: 3 requests, \d connections? at first, 3 new, /,
    );
    // Checks do not stand in the access log; what the handler answered does.
    assert.equal(stdout.match(/"GET \/ HTTP/g)?.length, 2);
    assert.doesNotMatch(stdout, /"GET \/readyz|"GET \/livez/);
  },
);

test(
  '--behind is told with its reasons, what contradicts it on standard error with the flag to change',
  { timeout: 60_000 },
  async () => {
    const flags = ['--behind', 'cloudflare,90s', '--keep-alive-timeout', '10s'];
    await using server = new PerduraProcess(['serve', site, '--port', '0', ...flags]);
    await server.url();
    await server.printed(/Behind {6}cloudflare → 90 s/);
    server.send('SIGTERM');
    const { code, stderr } = await server.result;
    assert.equal(code, 0);
    assert.match(
      stderr,
      /^warning: --keep-alive-timeout: The server closes before the proxy \(90 s\) does\..*\(--keep-alive-timeout 95s\)$/m,
    );
    assert.match(stderr, /^warning: --behind: The proxy \(90 s\) closes before Cloudflare does\./m);
  },
);

test('what --behind derives is what is advertised', { timeout: 60_000 }, async () => {
  await using server = new PerduraProcess(['serve', site, '--port', '0', '--behind', 'gcp-global-alb']);
  const url = await server.url();
  const hint = await new Promise((resolve, reject) => {
    get(url, { headers: { connection: 'keep-alive' } }, (response) => {
      resolve(response.headers['keep-alive']);
      response.destroy();
    }).on('error', reject);
  });
  assert.equal(hint, 'timeout=620');
  server.send('SIGINT');
  assert.equal((await server.result).stderr, '');
});

test('an unknown hop, and a path that is none, are refused with what is near', { timeout: 60_000 }, async () => {
  const unknown = await runPerdura('serve', site, '--port', '0', '--behind', 'claudflare');
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /--behind: there is no hop called 'claudflare'\. Did you mean cloudflare/);
  const path = await runPerdura('serve', site, '--port', '0', '--readiness', 'readyz');
  assert.equal(path.code, 2);
  assert.match(path.stderr, /Write a path without a query, e\.g\. \/readyz\./);
});
