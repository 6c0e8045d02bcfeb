// `perdura serve` as people and supervisors run it: a real process, real sockets, real signals.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rename, rm, truncate, watch, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PerduraProcess } from './perdura-process.ts';

/** More than what both kernels and all buffers between can hold, so that a client that does not read keeps its request under way. */
const LARGE_BYTES = 64 * 1_048_576;

let scratch = '';
let site = '';

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'perdura-serve-'));
  site = await mkdtemp(join(scratch, 'site-'));
  await writeFile(join(site, 'index.html'), 'hello\n');
  await writeFile(join(site, 'large.bin'), '');
  await truncate(join(site, 'large.bin'), LARGE_BYTES);
});

after(() => rm(scratch, { recursive: true }));

async function fetchText(url: URL, agent: Agent): Promise<string> {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('latin1')) text += String(chunk);
  return text;
}

/** Asks for the large file, reads the first bytes and then nothing more. */
async function beginLargeRequest(url: URL): Promise<Socket> {
  const socket = connect(Number(url.port), url.hostname);
  socket.write('GET /large.bin HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n');
  await once(socket, 'readable');
  return socket;
}

test('a folder is served, and the access log shows that two requests shared a connection', async () => {
  const log = join(scratch, 'shared.log');
  await using perdura = new PerduraProcess(['serve', site, '--port', '0', '--access-log', log]);
  const url = await perdura.url();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  assert.equal(await fetchText(url, agent), 'hello\n');
  await fetchText(new URL('/missing', url), agent);
  agent.destroy();
  perdura.send('SIGTERM');
  const { code, stderr } = await perdura.result;
  assert.equal(code, 0);
  assert.equal(stderr, '');
  const lines = (await readFile(log, 'latin1')).split('\n');
  assert.match(
    lines[0] ?? '',
    /^127\.0\.0\.1 - - \[.+ \+0000\] "GET \/ HTTP\/1\.1" 200 6 "-" "-" conn=1 req=1 \+ \d+us$/,
  );
  assert.match(lines[1] ?? '', /"GET \/missing HTTP\/1\.1" 404 .* conn=1 req=2 \+ \d+us$/);
  assert.equal(lines[2], '');
});

test('the folder is the current one where none is named, and the log can go to standard output', async () => {
  await using perdura = new PerduraProcess(['serve', '--port', '0', '--access-log', '-', '--no-keep-alive'], {
    cwd: site,
  });
  const url = await perdura.url();
  const agent = new Agent();
  assert.equal(await fetchText(url, agent), 'hello\n');
  await perdura.printed(/"GET \/ HTTP\/1\.1" 200 6 .* conn=1 req=1 - \d+us\n/);
  perdura.send('SIGINT');
  assert.equal((await perdura.result).code, 0);
});

test('SIGTERM lets the request that is under way end whole, reports, and exits with 0', async () => {
  await using perdura = new PerduraProcess(['serve', site, '--port', '0']);
  const socket = await beginLargeRequest(await perdura.url());
  perdura.send('SIGTERM');
  await perdura.printed(/Draining: 1 connection, 1 request under way, at most 30 s; a second signal ends at once\n/);
  let received = 0;
  for await (const chunk of socket) received += (chunk as Buffer).length;
  assert.ok(received > LARGE_BYTES, `${received} bytes`);
  const { code, stdout } = await perdura.result;
  assert.equal(code, 0);
  assert.match(
    stdout,
    /Ended after .*: 1 connection closed in order, none broken off\n {2}after that, .*: 0 requests, .* 1 ended\n$/,
  );
});

test('who holds on until the drain timeout is broken off and named, and the exit code is 1', async () => {
  await using perdura = new PerduraProcess(['serve', site, '--port', '0', '--drain-timeout', '50ms']);
  const socket = await beginLargeRequest(await perdura.url());
  perdura.send('SIGTERM');
  const { code, stdout } = await perdura.result;
  socket.destroy();
  assert.equal(code, 1);
  assert.match(stdout, /1 broken off[^\n]*\n {2}conn=1 127\.0\.0\.1:\d+: active, 1 request, open for /);
});

test('a second SIGINT ends at once with 130', async () => {
  await using perdura = new PerduraProcess(['serve', site, '--port', '0']);
  const socket = await beginLargeRequest(await perdura.url());
  perdura.send('SIGINT');
  await perdura.printed(/Ctrl-C again ends at once\n/);
  perdura.send('SIGINT');
  assert.equal((await perdura.result).code, 130);
  socket.on('error', () => {}).destroy();
});

test('SIGHUP re-opens the access log after it was renamed', async () => {
  const log = join(scratch, 'rotated.log');
  await using perdura = new PerduraProcess(['serve', site, '--port', '0', '--access-log', log]);
  const url = await perdura.url();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await fetchText(url, agent);
  await rename(log, `${log}.1`);
  perdura.send('SIGHUP');
  await perdura.printed(/SIGHUP: re-opened the access log .*rotated\.log\n/);
  await fetchText(url, agent);
  agent.destroy();
  perdura.send('SIGTERM');
  await perdura.result;
  assert.match(await readFile(`${log}.1`, 'latin1'), /^[^\n]* req=1 [^\n]*\n$/);
  assert.match(await readFile(log, 'latin1'), /^[^\n]* req=2 [^\n]*\n$/);
});

test('a reader of standard output that goes away stops neither the server nor its orderly end', async () => {
  await using perdura = new PerduraProcess(['serve', site, '--port', '0', '--access-log', '-']);
  const url = await perdura.url();
  perdura.child.stdout?.destroy();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  assert.equal(await fetchText(url, agent), 'hello\n');
  perdura.send('SIGHUP');
  assert.equal(await fetchText(url, agent), 'hello\n');
  agent.destroy();
  perdura.send('SIGTERM');
  const { code, stderr } = await perdura.result;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^access log -: .*EPIPE; lines are dropped until it can be written again\n/);
});

test('standard output may be a file', async () => {
  const path = join(scratch, 'stdout.txt');
  const file = await open(path, 'w');
  const changes = watch(scratch)[Symbol.asyncIterator]();
  await using perdura = new PerduraProcess(['serve', site, '--port', '0'], { stdoutFile: file.fd });
  while (!(await readFile(path, 'utf8')).includes('Stop it')) await changes.next();
  await changes.return?.();
  perdura.send('SIGTERM');
  assert.equal((await perdura.result).code, 0);
  await file.close();
  assert.match(await readFile(path, 'utf8'), /^perdura serves http:\/\/127\.0\.0\.1:\d+\/\n[\s\S]*\nEnded after /);
});

test('a log inside the served folder is warned of, since everybody could read it', async () => {
  const log = join(site, 'access.log');
  await using perdura = new PerduraProcess(['serve', site, '--port', '0', '--access-log', log]);
  await perdura.url();
  perdura.send('SIGTERM');
  const { code, stderr } = await perdura.result;
  assert.equal(code, 0);
  assert.match(stderr, /^warning: the access log .* is inside the served folder/);
  await rm(log);
});
