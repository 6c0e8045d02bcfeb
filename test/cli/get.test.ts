// `perdura get` as people run it: a real process against real servers, most of them its own `serve`.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startBadPeer } from '#src/testing/bad-peer/index.js';
import { PerduraProcess, runPerdura } from './perdura-process.ts';

let scratch = '';
let served: PerduraProcess;
/** The URL of a folder with an index, served by `perdura serve`, which promises to keep idle connections for a second. */
let site = '';

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'perdura-get-'));
  const folder = await mkdtemp(join(scratch, 'site-'));
  await writeFile(join(folder, 'index.html'), 'hello\n');
  await writeFile(join(folder, 'about.txt'), 'about\n');
  served = new PerduraProcess(['serve', folder, '--port', '0', '--keep-alive-timeout', '1s']);
  site = (await served.url()).href;
});

after(async () => {
  await served[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true });
});

/** A server of node:http on any free port; it is closed with all its connections when disposed of. */
class TestServer {
  readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
  }

  static async start(listener: RequestListener): Promise<TestServer> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TestServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += String(piece);
  return text;
}

/** Answers with what it got: method, target, some fields, body. */
const echo: RequestListener = (request, response) => {
  void readBody(request).then((body) => {
    const {
      authorization,
      'content-type': type,
      'content-length': length,
      'transfer-encoding': coding,
    } = request.headers;
    response.end(
      JSON.stringify({ method: request.method, url: request.url, authorization, type, length, coding, body }),
    );
  });
};

/** The sentences of -v, without the column of times. */
function story(stderr: string): string[] {
  return stderr.split('\n').map((line) => line.replace(/^ +\d+\.\d{3} s {2}/, ''));
}

function lines(stdout: string): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a body goes to standard output, and nothing else is said', async () => {
  assert.deepEqual(await runPerdura('get', site), { code: 0, signal: null, stdout: 'hello\n', stderr: '' });
});

test('several URLs go over one connection, and -v tells so', async () => {
  const { code, stdout, stderr } = await runPerdura('get', site, `${site}about.txt`, '-v');
  assert.equal(code, 0);
  assert.equal(stdout, 'hello\nabout\n');
  const told = story(stderr).filter((line) => !line.startsWith('looked at'));
  for (const [index, pattern] of [
    /^GET http:\/\/127\.0\.0\.1:\d+\/$/,
    /^opened connection 1 to 127\.0\.0\.1:\d+ in \S+ m?s \(TCP \d+\.\d\)$/,
    /^200 OK on connection 1 after \S+ m?s$/,
    /^connection 1 stays open and may idle for \d+ ms \(the server's Keep-Alive: timeout=1\)$/,
    /^GET http:\/\/127\.0\.0\.1:\d+\/about\.txt$/,
    /^reused connection 1 after \S+ m?s idle, \S+ m?s before its deadline$/,
    /^200 OK on connection 1 after \S+ m?s$/,
    /^connection 1 stays open/,
    /^closed connection 1: all is done$/,
    /^2 requests over 1 connection, 1 reused, 0 sent again; fastest answer \S+ m?s on a reused connection, \S+ m?s on a new one$/,
    /^$/,
  ].entries()) {
    assert.match(told[index] ?? '', pattern);
  }
});

test('a pause longer than what the server promised is told as it goes: we close before the server does', async () => {
  const { code, stdout, stderr } = await runPerdura('get', site, '--repeat', '2', '--gap', '1200ms', '-v');
  assert.equal(code, 0);
  assert.equal(stdout, 'hello\nhello\n');
  const told = story(stderr).map((line) => line.replaceAll(/\d+(\.\d+)? (ms|s)\b/g, 'T'));
  const from = told.findIndex((line) => line.startsWith('connection 1 stays open'));
  assert.deepEqual(told.slice(from, from + 4), [
    "connection 1 stays open and may idle for T (the server's Keep-Alive: timeout=1)",
    'pause of T (--gap)',
    'closed connection 1 after T idle: the server does so at T, and a request that crosses its close would be lost',
    `GET ${site} (2 of 2)`,
  ]);
  assert.match(stderr, /\n2 requests over 2 connections, 0 reused, 0 sent again; /);
});

test('a server that closes without a word is told as what it is', async () => {
  const peer = await startBadPeer({ fault: { kind: 'closeWhenIdle', afterMs: 50, when: { connection: 1 } } });
  const { code, stderr } = await runPerdura('get', peer.url, '--repeat', '2', '--gap', '300ms', '-v');
  await peer.close();
  assert.equal(code, 0);
  assert.match(stderr, /the server closed connection 1 after \d+ ms idle \(it had not said how long it waits\)\n/);
});

test('a GET whose used connection ends under it is sent again, a POST is not and fails with 3', async () => {
  const fault = { kind: 'closeBeforeProcessing', when: { connection: 1, request: 2 } } as const;
  const getPeer = await startBadPeer({ fault });
  const repeated = await runPerdura('get', getPeer.url, '--repeat', '2', '-v');
  await getPeer.close();
  assert.equal(repeated.code, 0);
  assert.match(
    repeated.stderr,
    / sent again on a new connection: connection 1 ended before any of the answer came, and GET /,
  );
  assert.match(repeated.stderr, /\n2 requests over 2 connections, 0 reused, 1 sent again; /);

  const postPeer = await startBadPeer({ fault });
  const failed = await runPerdura('get', postPeer.url, '--repeat', '2', '-d', 'x');
  await postPeer.close();
  assert.equal(failed.code, 3);
  assert.match(
    failed.stderr,
    /^error: POST http:\S+: the server closed the connection .* give --idempotent or send an /,
  );
  assert.match(failed.stderr, /1 failed/);
});

describe('what is sent', () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.start(echo);
  });
  after(() => server[Symbol.asyncDispose]());

  const sent = async (args: readonly string[], input?: string): Promise<Record<string, unknown>> => {
    await using perdura = new PerduraProcess(['get', server.url, ...args], input === undefined ? {} : { input });
    const { code, stdout, stderr } = await perdura.result;
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  test('is a POST of a form where there are data, joined with &', async () => {
    assert.deepEqual(await sent(['-d', 'a=1', '-d', 'b=2']), {
      method: 'POST',
      url: '/',
      type: 'application/x-www-form-urlencoded',
      length: '7',
      body: 'a=1&b=2',
    });
  });

  test('may be a file as it is, or standard input, whose length nobody knows', async () => {
    const file = join(scratch, 'body.txt');
    await writeFile(file, 'one\ntwo\n');
    const { type, ...whole } = await sent(['-d', `@${file}`, '-X', 'put', '-H', 'Content-Type: text/plain']);
    assert.equal(type, 'text/plain');
    assert.deepEqual(whole, { method: 'PUT', url: '/', length: '8', body: 'one\ntwo\n' });
    const { coding, body } = await sent(['-d', '@-', '-d', 'x'], 'typed');
    assert.deepEqual({ coding, body }, { coding: 'chunked', body: 'typed&x' });
  });

  test('may be standard input several times', async () => {
    await using perdura = new PerduraProcess(
      ['get', server.url, '-d', '@-', '--repeat', '2', '--format', 'json', '-o', join(scratch, 'twice')],
      {
        input: 'again',
      },
    );
    const { code, stdout } = await perdura.result;
    assert.equal(code, 0);
    assert.equal(lines(stdout).length, 3);
    assert.match(await readFile(join(scratch, 'twice'), 'utf8'), /"length":"5","body":"again"/);
  });

  test('has user and password of the URL as a field, which -vv does not show', async () => {
    const url = new URL(server.url);
    url.username = 'ann';
    url.password = 'secret';
    const { code, stdout, stderr } = await runPerdura('get', url.href, '-vv', '-H', 'Cookie: sid=secret');
    assert.equal(code, 0);
    assert.equal((JSON.parse(stdout) as Record<string, unknown>)['authorization'], `Basic ${btoa('ann:secret')}`);
    assert.doesNotMatch(stderr, /secret|YW5uOnNlY3JldA/);
    assert.match(stderr, /> authorization: Basic …\n/);
    assert.match(stderr, /> cookie: sid=…\n/);
    assert.match(stderr, /< HTTP\/1\.1 200 OK\n/);
  });

  test('is closed after each answer with --no-keep-alive', async () => {
    const { stderr } = await runPerdura('get', server.url, '--repeat', '2', '--no-keep-alive', '-v');
    assert.match(stderr, /closed connection 2: we had asked for that \(Connection: close\)\n/);
  });

  test('goes over one connection, one behind the other, with --pipelining', async () => {
    const { code, stderr } = await runPerdura('get', server.url, '--repeat', '5', '--pipelining', '3', '-v');
    assert.equal(code, 0);
    assert.match(stderr, /sent behind another request on connection 1/);
    assert.match(stderr, /\n5 requests over 1 connection, 4 reused/);
  });

  test('goes over several connections with --parallel, and their bodies do not mix', async () => {
    const { code, stdout, stderr } = await runPerdura('get', server.url, '--repeat', '30', '--parallel', '12');
    assert.equal(code, 0);
    assert.equal(stdout, '{"method":"GET","url":"/","body":""}'.repeat(30));
    assert.match(stderr, /^30 requests over 12 connections, 18 reused/);
  });
});

describe('answers', () => {
  test('have their heads printed with -i, and only those with -I', async () => {
    const whole = await runPerdura('get', '-i', site);
    assert.match(whole.stdout, /^HTTP\/1\.1 200 OK\n(?:[a-z-]+: .*\n)+\nhello\n$/);
    const heads = await runPerdura('get', '-I', site, `${site}about.txt`);
    assert.match(heads.stdout, /^HTTP\/1\.1 200 OK\n(?:[a-z-]+: .*\n)+\nHTTP\/1\.1 200 OK\n(?:[a-z-]+: .*\n)+\n$/);
  });

  test('of 400 and more are answers, and failures with --fail', async () => {
    const plain = await runPerdura('get', `${site}missing`);
    assert.equal(plain.code, 0);
    assert.notEqual(plain.stdout, '');
    const failed = await runPerdura('get', '--fail', `${site}missing`, site);
    assert.equal(failed.code, 1);
    assert.equal(failed.stdout, 'hello\n');
    assert.equal(failed.stderr, `error: GET ${site}missing: the server answered 404 Not Found\n`);
  });

  test('that redirect are followed, or shown with --no-follow', async () => {
    await using server = await TestServer.start((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/end' }).end('elsewhere');
      else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else response.end('the end');
    });
    const followed = await runPerdura('get', server.url, '-v');
    assert.equal(followed.stdout, 'the end');
    assert.match(followed.stderr, / follows 302 Found to http:\S+\/end\n/);
    assert.match(followed.stderr, /\n2 requests over 1 connection, 1 reused/);
    const shown = await runPerdura('get', server.url, '--no-follow');
    assert.equal(shown.stdout, 'elsewhere');
    const looped = await runPerdura('get', `${server.url}loop`);
    assert.equal(looped.code, 1);
    assert.match(looped.stderr, /^error: cannot follow the redirect from http:\S+\/loop: 20 were followed already/);
  });

  test('are printed as they come, and decoded with --compressed', async () => {
    await using server = await TestServer.start((request, response) => {
      if (!String(request.headers['accept-encoding']).includes('gzip')) response.end('plain');
      else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('compressed'));
    });
    assert.equal((await runPerdura('get', server.url)).stdout, 'plain');
    assert.equal((await runPerdura('get', server.url, '--compressed')).stdout, 'compressed');
  });

  test('go to a file with -o, or to files in a folder', async () => {
    const folder = await mkdtemp(join(scratch, 'out-'));
    const file = join(folder, 'one.html');
    assert.deepEqual(await runPerdura('get', site, '-o', file), { code: 0, signal: null, stdout: '', stderr: '' });
    assert.equal(await readFile(file, 'utf8'), 'hello\n');
    await runPerdura('get', site, `${site}about.txt?x=/y`, '-o', folder);
    assert.deepEqual((await readdir(folder)).toSorted(), ['about.txt', 'index.html', 'one.html']);
  });

  test('that are cut off fail with 3, and it is said how much of the file is there', async () => {
    const peer = await startBadPeer({ fault: { kind: 'shortBody' } });
    const file = join(scratch, 'short');
    const { code, stderr } = await runPerdura('get', peer.url, '-o', file);
    await peer.close();
    assert.equal(code, 3);
    const { length } = await readFile(file);
    assert.match(stderr, new RegExp(`^note: ${file} has no more than the first ${length} bytes\\n`));
    assert.match(stderr, /\nerror: GET .*Not sent again: a part of the response had arrived/);
  });
});

describe('--format json', () => {
  test('prints a line for each answer, with what happened to its connection', async () => {
    const { code, stdout } = await runPerdura('get', site, '--repeat', '2', '--format', 'json');
    assert.equal(code, 0);
    const [first, second, summary] = lines(stdout);
    const { elapsedMs, waitMs, headMs, totalMs, ...facts } = first!;
    for (const time of [elapsedMs, waitMs, headMs, totalMs]) assert.equal(typeof time, 'number');
    assert.deepEqual(facts, {
      event: 'exchange',
      method: 'GET',
      url: site,
      status: 200,
      httpVersion: '1.1',
      connection: 1,
      reused: false,
      requestNumber: 1,
      idleMs: 0,
      retries: [],
      bodyBytes: 6,
    });
    assert.deepEqual([second!['connection'], second!['reused'], second!['requestNumber']], [1, true, 2]);
    assert.ok((second!['idleMs'] as number) > 0);
    assert.deepEqual([summary!['event'], summary!['requests'], summary!['connections']], ['summary', 2, 1]);
  });

  test('prints the events of connections with -v, and failures with their evidence', async () => {
    const peer = await startBadPeer({ fault: { kind: 'closeAfterProcessing' } });
    const { code, stdout, stderr } = await runPerdura('get', peer.url, '-d', 'x', '-v', '--format', 'json');
    await peer.close();
    assert.equal(code, 3);
    assert.equal(stderr, '');
    const records = lines(stdout);
    assert.deepEqual(
      records.map(({ event }) => event),
      ['connecting', 'opened', 'closed', 'failed', 'summary'],
    );
    const { error } = records[3] as { error: { code: string; message: string; evidence: { safeToRetry: boolean } } };
    assert.equal(error.code, 'ERR_PERDURA_CONNECTION_LOST');
    assert.match(error.message, /give --idempotent/);
    assert.equal(error.evidence.safeToRetry, false);
  });
});
