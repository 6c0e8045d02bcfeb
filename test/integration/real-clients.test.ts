// Clients that people really use, as real processes against a real server. Each test says what the connection did.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import type { Answer, HandlerContext } from '#src/server/index.js';
import { externalProgram } from '../support/external-program.ts';
import { payload, sha256Of } from './payload.ts';
import { runProgram } from './run-program.ts';
import type { ProgramResult } from './run-program.ts';
import { TracedServer } from './traced-server.ts';

const MIB = 1_048_576;
const LARGE_BYTES = 24 * MIB;
const TIMEOUT = { timeout: 60_000 };

/** Says which request on which connection it answers; reads bodies as streams; makes large bodies as streams. */
async function answer(request: Request, { connection }: HandlerContext): Promise<Answer> {
  const url = new URL(request.url);
  switch (url.pathname) {
    case '/payload':
      return { body: payload(Number(url.searchParams.get('bytes'))) };
    case '/digest':
      return { body: `${await sha256Of(request.body!)}\n` };
    case '/refuse':
      return { status: 413, body: 'too large\n' };
    case '/late':
      // Heads of the same read batch arrive before this goes on.
      await endOfTurn();
      return { body: `${url.search}\n` };
    case '/same':
      return { body: 'the same each time\n' };
    default:
      return { body: `connection ${connection.id} request ${connection.requests}\n` };
  }
}

let traced: TracedServer;
before(async () => {
  traced = await TracedServer.start({ handler: answer });
});
beforeEach(async () => {
  await traced.quiet();
  traced.forget();
});
after(() => traced[Symbol.asyncDispose]());

/** The lines of the output. */
const linesOf = (result: ProgramResult): string[] => result.stdout.toString('latin1').split('\n').filter(Boolean);

/** The number of the connection that answered, from the body. */
const connectionOf = (line: string | undefined): string | undefined => /^connection (\d+) /.exec(line ?? '')?.[1];

describe('curl', () => {
  const curl = externalProgram('curl');
  const run = (...args: string[]): Promise<ProgramResult> => runProgram(curl.path, ['-sS', ...args]);
  const options = { ...curl, ...TIMEOUT };

  test('asks twice over one HTTP/1.1 connection, and ends it itself', options, async () => {
    const result = await run('--http1.1', traced.url('/a'), traced.url('/b'));
    assert.equal(result.code, 0, result.stderr);
    const [first, second] = linesOf(result);
    assert.equal(connectionOf(first), connectionOf(second));
    assert.match(second ?? '', / request 2$/);
    await traced.quiet();
    assert.deepEqual(traced.answersPerConnection, [2]);
    assert.deepEqual(traced.closeReasons, ['peerClosed']);
  });

  test('needs a connection for each HTTP/1.0 request, because it does not ask to keep one', options, async () => {
    const result = await run('--http1.0', '-i', traced.url('/a'), traced.url('/b'));
    assert.equal(result.code, 0, result.stderr);
    assert.equal(result.stdout.toString('latin1').match(/^Connection: close\r$/gm)?.length, 2);
    await traced.quiet();
    assert.deepEqual(traced.answersPerConnection, [1, 1]);
    assert.deepEqual(traced.closeReasons, ['http10WithoutKeepAlive', 'http10WithoutKeepAlive']);
    assert.deepEqual(
      traced.exchanges.map(({ request }) => request?.version),
      ['1.0', '1.0'],
    );
  });

  test('keeps an HTTP/1.0 connection for which it asked with the token keep-alive', options, async () => {
    const result = await run('--http1.0', '-i', '-H', 'Connection: keep-alive', traced.url('/a'), traced.url('/b'));
    assert.equal(result.code, 0, result.stderr);
    assert.equal(result.stdout.toString('latin1').match(/^Connection: keep-alive\r$/gm)?.length, 2);
    await traced.quiet();
    assert.deepEqual(traced.answersPerConnection, [2]);
    assert.deepEqual(traced.closeReasons, ['peerClosed']);
  });

  test(
    'gets a body of unknown length whole over HTTP/1.0, delimited by the end of the connection',
    options,
    async () => {
      const result = await run('--http1.0', '-H', 'Connection: keep-alive', traced.url(`/payload?bytes=${MIB + 1}`));
      assert.equal(result.code, 0, result.stderr);
      assert.equal(await sha256Of(one(result.stdout)), await sha256Of(payload(MIB + 1)));
      await traced.quiet();
      assert.deepEqual(traced.closeReasons, ['bodyUntilClose']);
    },
  );

  test('takes a new connection after it asked for the end of the first', options, async () => {
    const result = await run('-H', 'Connection: close', traced.url('/a'), traced.url('/b'));
    assert.equal(result.code, 0, result.stderr);
    await traced.quiet();
    assert.deepEqual(traced.answersPerConnection, [1, 1]);
    assert.deepEqual(traced.closeReasons, ['peerSentClose', 'peerSentClose']);
  });

  test('shares two connections among six parallel downloads', options, async () => {
    const urls = Array.from({ length: 6 }, (_, index) => traced.url(`/late?${index}`));
    const result = await run('--parallel', '--parallel-max', '2', ...urls);
    assert.equal(result.code, 0, result.stderr);
    assert.deepEqual(linesOf(result).toSorted(), ['?0', '?1', '?2', '?3', '?4', '?5']);
    await traced.quiet();
    assert.ok(traced.stories.length <= 2, `${traced.stories.length} connections`);
    assert.equal(traced.exchanges.length, 6);
  });

  test('sends 2 MiB after it was told to continue, and goes on with the connection', options, async () => {
    const body = await bytesOf(payload(2 * MIB));
    const result = await runProgram(
      curl.path,
      // prettier-ignore
      ['-sSv', '-H', 'Expect: 100-continue', '--data-binary', '@-', traced.url('/digest'), '--next', '-sS', traced.url('/b')],
      body,
    );
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stderr, /< HTTP\/1\.1 100 Continue\r?\n/);
    const [digest, next] = linesOf(result);
    assert.equal(digest, await sha256Of(payload(2 * MIB)));
    assert.match(next ?? '', / request 2$/);
    await traced.quiet();
    assert.deepEqual(traced.answersPerConnection, [2]);
  });

  test('does not send a body that is refused in answer to its expectation', options, async () => {
    const body = await bytesOf(payload(2 * MIB));
    const result = await runProgram(
      curl.path,
      // prettier-ignore
      ['-sSv', '-H', 'Expect: 100-continue', '--expect100-timeout', '30', '-w', '%{http_code} %{size_upload}\n',
        '--data-binary', '@-', traced.url('/refuse'), '--next', '-sS', traced.url('/b')],
      body,
    );
    assert.equal(result.code, 0, result.stderr);
    assert.doesNotMatch(result.stderr, /100 Continue/);
    assert.deepEqual(linesOf(result).slice(0, 2), ['too large', '413 0']);
    await traced.quiet();
    assert.deepEqual(traced.answersPerConnection, [1, 1]);
    assert.equal(traced.stories[0]?.closed, 'bodyNotConsumed');
  });

  test('uploads and downloads large streams byte for byte over one connection', options, async () => {
    const body = await bytesOf(payload(LARGE_BYTES));
    const upload = ['-sS', '-T', '-', traced.url('/digest')];
    const download = ['-sS', traced.url(`/payload?bytes=${LARGE_BYTES}`)];
    const result = await runProgram(curl.path, [...upload, '--next', ...download], body);
    assert.equal(result.code, 0, result.stderr);
    const digest = await sha256Of(payload(LARGE_BYTES));
    assert.equal(result.stdout.subarray(0, 64).toString('latin1'), digest);
    assert.equal(await sha256Of(one(result.stdout.subarray(65))), digest);
    await traced.quiet();
    assert.deepEqual(traced.answersPerConnection, [2]);
    assert.deepEqual(
      traced.exchanges.map((exchange) => [exchange.requestField('transfer-encoding'), exchange.bodyBytes]),
      [
        ['chunked', 65],
        [undefined, LARGE_BYTES],
      ],
    );
  });
});

describe('nc', () => {
  const nc = externalProgram('nc');
  const options = { ...nc, ...TIMEOUT };
  const count = 20;
  const pipelined = Array.from({ length: count }, (_, index) => `GET /late?${index} HTTP/1.1\r\nHost: a\r\n\r\n`);

  test('gets answers to all that it wrote before its FIN, in order', options, async () => {
    // -N: FIN at the end of standard input.
    const result = await runProgram(nc.path, ['-N', '127.0.0.1', String(traced.port)], pipelined.join(''));
    assert.equal(result.code, 0, result.stderr);
    const bodies = linesOf(result).filter((line) => line.startsWith('?'));
    assert.deepEqual(
      bodies,
      Array.from({ length: count }, (_, index) => `?${index}`),
    );
    await traced.quiet();
    assert.deepEqual(traced.closeReasons, ['peerClosed']);
    // The last answer may know of the FIN, and then says close.
    assert.ok(traced.exchanges.slice(0, -1).every(({ persistent }) => persistent));
  });

  test('is not answered any more after a request with Connection: close, though it wrote more', options, async () => {
    const last = 'GET /late?last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const bytes = [...pipelined.slice(0, 3), last, ...pipelined.slice(3)].join('');
    const result = await runProgram(nc.path, ['-N', '127.0.0.1', String(traced.port)], bytes);
    assert.deepEqual(
      linesOf(result).filter((line) => line.startsWith('?')),
      ['?0', '?1', '?2', '?last'],
    );
    assert.equal(result.stdout.toString('latin1').match(/^Connection: close\r$/gm)?.length, 1);
    await traced.quiet();
    assert.deepEqual(traced.closeReasons, ['peerSentClose']);
  });
});

describe('load generators', () => {
  const ab = externalProgram('ab');
  const wrk = externalProgram('wrk');
  const h2load = externalProgram('h2load');

  test('ab -k: HTTP/1.0, every request kept its connection', { ...ab, ...TIMEOUT }, async () => {
    const result = await runProgram(ab.path, ['-q', '-k', '-n', '2000', '-c', '8', traced.url('/same')]);
    assert.equal(result.code, 0, result.stderr);
    const report = result.stdout.toString('latin1');
    assert.match(report, /^Complete requests: +2000$/m);
    assert.match(report, /^Failed requests: +0$/m);
    assert.match(report, /^Keep-Alive requests: +2000$/m);
    await traced.quiet();
    assert.ok(traced.stories.length <= 8, `${traced.stories.length} connections`);
    assert.equal(traced.exchanges.length, 2000);
    assert.ok(traced.exchanges.every(({ request, persistent }) => request?.version === '1.0' && persistent));
  });

  test('ab without -k: HTTP/1.0, a connection for every request', { ...ab, ...TIMEOUT }, async () => {
    const result = await runProgram(ab.path, ['-q', '-n', '300', '-c', '8', traced.url('/same')]);
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stdout.toString('latin1'), /^Failed requests: +0$/m);
    await traced.quiet();
    // ab opens connections that it no longer needs when the count is reached.
    const used = traced.stories.filter(({ exchanges }) => exchanges.length > 0);
    assert.ok(used.length >= 300);
    assert.ok(used.every(({ exchanges, closed }) => exchanges.length === 1 && closed === 'http10WithoutKeepAlive'));
  });

  test(
    'wrk: no socket errors, no other status than 200, no more connections than it was told',
    {
      ...wrk,
      ...TIMEOUT,
    },
    async () => {
      const result = await runProgram(wrk.path, ['-t1', '-c16', '-d1s', traced.url('/same')]);
      assert.equal(result.code, 0, result.stderr);
      const report = result.stdout.toString('latin1');
      assert.doesNotMatch(report, /Socket errors|Non-2xx/);
      await traced.quiet();
      // One more: wrk tries the address before it starts.
      assert.ok(traced.stories.length <= 17, `${traced.stories.length} connections`);
      const counted = Number(/^ +(\d+) requests in /m.exec(report)?.[1]);
      assert.ok(counted > 0 && counted <= traced.exchanges.length, report);
    },
  );

  test(
    'h2load --h1 -m16: pipelined requests are all answered, over one connection each client',
    {
      ...h2load,
      ...TIMEOUT,
    },
    async () => {
      const result = await runProgram(h2load.path, ['--h1', '-m16', '-c4', '-n3200', traced.url('/late')]);
      assert.equal(result.code, 0, result.stderr);
      const report = result.stdout.toString('latin1');
      assert.match(report, /3200 total, 3200 started, 3200 done, 3200 succeeded, 0 failed, 0 errored, 0 timeout/);
      assert.match(report, /status codes: 3200 2xx, 0 3xx, 0 4xx, 0 5xx/);
      await traced.quiet();
      assert.deepEqual(traced.answersPerConnection, [800, 800, 800, 800]);
      const heads = traced.exchanges.map(({ connection, requestNumber }) => connection.requests - requestNumber);
      assert.ok(Math.max(...heads) > 0, 'no request had arrived before the one ahead of it was answered');
    },
  );
});

describe('clients of Node.js', () => {
  /** One request with node:http; the body of the answer. */
  async function get(agent: http.Agent, path: string): Promise<{ text: string; reused: boolean }> {
    const request = http.get(traced.url(path), { agent });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    const text = (await response.toArray()).join('');
    return { text, reused: request.reusedSocket };
  }

  test('an Agent with keepAlive asks ten times over one connection', TIMEOUT, async () => {
    const agent = new http.Agent({ keepAlive: true });
    const results = [];
    for (let index = 0; index < 10; index += 1) results.push(await get(agent, '/a'));
    agent.destroy();
    assert.equal(results.filter(({ reused }) => reused).length, 9);
    await traced.quiet();
    assert.deepEqual(traced.answersPerConnection, [10]);
    assert.deepEqual(traced.closeReasons, ['peerClosed']);
  });

  test('an Agent with maxSockets shares four connections among forty requests at once', TIMEOUT, async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
    const results = await Promise.all(Array.from({ length: 40 }, (_, index) => get(agent, `/late?${index}`)));
    agent.destroy();
    assert.deepEqual(
      results.map(({ text }) => text),
      Array.from({ length: 40 }, (_, index) => `?${index}\n`),
    );
    await traced.quiet();
    assert.equal(traced.stories.length, 4);
    assert.equal(traced.exchanges.length, 40);
  });

  test('an Agent without keepAlive asks for the end, and each connection has one answer', TIMEOUT, async () => {
    const agent = new http.Agent({ keepAlive: false });
    for (let index = 0; index < 3; index += 1) await get(agent, '/a');
    await traced.quiet();
    assert.deepEqual(traced.answersPerConnection, [1, 1, 1]);
    assert.deepEqual(traced.closeReasons, ['peerSentClose', 'peerSentClose', 'peerSentClose']);
  });

  test('an Agent loses nothing where the server limits the answers of a connection', TIMEOUT, async () => {
    await using limited = await TracedServer.start({ handler: answer, maxKeepAliveRequests: 3 });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let index = 0; index < 10; index += 1) {
      const request = http.get(limited.url('/a'), { agent });
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      assert.equal(response.headers.connection, index % 3 === 2 ? 'close' : 'keep-alive');
      await response.toArray();
    }
    agent.destroy();
    await limited.quiet();
    assert.deepEqual(limited.answersPerConnection, [3, 3, 3, 1]);
    assert.deepEqual(limited.closeReasons, ['maxRequests', 'maxRequests', 'maxRequests', 'peerClosed']);
  });

  // The global fetch cannot be told to let its connections go: a server of their own ends them with itself.
  test('the global fetch asks ten times over one connection', TIMEOUT, async () => {
    await using own = await TracedServer.start({ handler: answer });
    for (let index = 0; index < 10; index += 1) {
      const response = await fetch(own.url('/a'));
      assert.match(await response.text(), new RegExp(`^connection 1 request ${index + 1}\n$`));
      // undici takes its connection back only after it has handed the end of the body out.
      await endOfTurn();
    }
    assert.deepEqual(own.answersPerConnection, [10]);
  });

  test('the global fetch uploads and downloads streams over one connection', TIMEOUT, async () => {
    await using own = await TracedServer.start({ handler: answer });
    const digest = await sha256Of(payload(LARGE_BYTES));
    const body = ReadableStream.from(payload(LARGE_BYTES));
    const uploaded = await fetch(own.url('/digest'), { method: 'POST', body, duplex: 'half' });
    assert.equal(await uploaded.text(), `${digest}\n`);
    await endOfTurn();
    const downloaded = await fetch(own.url(`/payload?bytes=${LARGE_BYTES}`));
    assert.equal(await sha256Of(downloaded.body!), digest);
    assert.deepEqual(own.answersPerConnection, [2]);
  });
});

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
