// Clients that people use, over TLS with HTTP/2 and HTTP/1.1: what they agree on, how many connections they need, and that they take up
// sessions again.
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Agent, request } from 'undici';
import { Session } from '#src/client/index.js';
import type { Answer, HandlerContext } from '#src/server/index.js';
import { certificate, identity } from '../io/opening.ts';
import { externalProgram } from '../support/external-program.ts';
import { runProgram } from './run-program.ts';
import type { ProgramResult } from './run-program.ts';
import { TracedServer } from './traced-server.ts';

const LIMIT = { timeout: 60_000 };
const ca = certificate('authority');

/** Says what it was asked over; `?close` ends the connection behind it. */
function answer(request_: Request, { connection }: HandlerContext): Answer {
  const { tls, protocol, id } = connection;
  const body = `${protocol} ${tls?.alpn} ${tls?.version} ${tls?.resumed ? 'resumed' : 'full'} connection=${id}\n`;
  return request_.url.endsWith('?close') ? { headers: { connection: 'close' }, body } : { body };
}

let traced: TracedServer;
let scratch = '';
let authorityFile = '';
before(async () => {
  traced = await TracedServer.start({ handler: answer, tls: identity('localhost') });
  scratch = await mkdtemp(path.join(tmpdir(), 'perdura-tls-clients-'));
  authorityFile = path.join(scratch, 'authority.pem');
  await writeFile(authorityFile, ca);
});
after(async () => {
  await traced[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true });
});
beforeEach(() => traced.forget());
afterEach(() => traced.quiet());

const origin = (): string => `https://localhost:${traced.port}`;

describe('curl', () => {
  const curl = externalProgram('curl');
  const options = { ...curl, ...LIMIT };
  const run = (...args: string[]): Promise<ProgramResult> =>
    runProgram(curl.path, [
      '-sS',
      '--cacert',
      authorityFile,
      '--resolve',
      `localhost:${traced.port}:127.0.0.1`,
      ...args,
    ]);

  for (const [flag, protocol, alpn] of [
    ['--http2', 'h2', 'h2'],
    ['--http1.1', 'http/1.1', 'http/1.1'],
    ['--no-alpn', 'http/1.1', 'undefined'],
  ] as const) {
    test(`${flag}: asks twice over one connection of ${protocol}`, options, async () => {
      const { code, stdout, stderr } = await run(flag, `${origin()}/a`, `${origin()}/b`);
      assert.equal(code, 0, stderr);
      const lines = stdout.toString().trimEnd().split('\n');
      assert.equal(lines.length, 2);
      for (const line of lines) assert.ok(line.startsWith(`${protocol} ${alpn} TLSv1.3 full `), line);
      assert.deepEqual(traced.answersPerConnection, [2]);
    });
  }

  test('believes the certificate for its name, and for no other', options, async () => {
    const other = ['--connect-to', `other.test:${traced.port}:127.0.0.1:${traced.port}`];
    const { code } = await run(...other, `https://other.test:${traced.port}/`);
    assert.equal(code, 60, 'the certificate is for another name');
  });

  // In TLS 1.2 curl asks for no tickets.
  test('takes up its session on the next connection', options, async () => {
    const { code, stdout, stderr } = await run('--tlsv1.3', '--http1.1', `${origin()}/?close`, `${origin()}/?close`);
    assert.equal(code, 0, stderr);
    const [first, second] = stdout.toString().split('\n');
    assert.match(first ?? '', / full /);
    assert.match(second ?? '', / resumed /);
    assert.equal(traced.stories.length, 2);
  });
});

describe('h2load', () => {
  const h2load = externalProgram('h2load');
  for (const [what, args, connections] of [
    ['HTTP/2', ['-m', '10'], 4],
    ['HTTP/1.1', ['--h1'], 4],
  ] as const) {
    test(`loses nothing of 2,000 requests over ${what}`, { ...h2load, ...LIMIT }, async (context) => {
      const counts = ['-n', '2000', '-c', String(connections)];
      const { code, stdout } = await runProgram(h2load.path, [
        ...counts,
        ...args,
        origin().replace('localhost', '127.0.0.1'),
      ]);
      const text = stdout.toString();
      assert.equal(code, 0, text);
      assert.match(text, /2000 total, 2000 started, 2000 done, 2000 succeeded, 0 failed, 0 errored, 0 timeout/);
      assert.match(text, what === 'HTTP/2' ? /Application protocol: h2/ : /Application protocol: http\/1\.1/);
      await traced.quiet();
      assert.deepEqual(
        traced.answersPerConnection,
        Array.from({ length: connections }, () => 2_000 / connections),
      );
      context.diagnostic(`${what}: ${/finished in .*/.exec(text)?.[0]}`);
    });
  }
});

describe('undici', () => {
  for (const allowH2 of [true, false]) {
    test(`keeps one connection, HTTP/2 ${allowH2 ? 'allowed' : 'not allowed'}`, LIMIT, async () => {
      const dispatcher = new Agent({ allowH2, connect: { ca }, connections: 1 });
      const protocol = allowH2 ? 'h2 h2' : 'http/1.1 http/1.1';
      for (let count = 0; count < 3; count += 1) {
        const { statusCode, body } = await request(origin(), { dispatcher });
        assert.equal(statusCode, 200);
        assert.ok((await body.text()).startsWith(`${protocol} TLSv1.3`));
      }
      await dispatcher.close();
      assert.deepEqual(traced.answersPerConnection, [3]);
    });
  }
});

test('our Session keeps one connection, and takes up its session on the next one', LIMIT, async () => {
  const session = new Session({ baseUrl: origin(), tls: { ca } });
  const ask = async (target: string): Promise<string> => (await session.request({ url: target })).body.text();
  const first = await ask('/');
  assert.match(first, /^http\/1\.1 http\/1\.1 TLSv1\.3 full connection=(\d+)\n$/);
  assert.equal(await ask('/'), first);
  await ask('/?close');
  assert.match(await ask('/'), / resumed /);
  await session.close();
  assert.deepEqual(traced.answersPerConnection, [3, 1]);
});

test('node:http2 asks side by side on one connection', LIMIT, async () => {
  const client = http2.connect(origin(), { ca });
  const ask = (): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = '';
      const stream = client.request({ ':path': '/' }).setEncoding('utf8');
      stream.on('data', (piece: string) => (text += piece));
      stream.on('end', () => resolve(text)).on('error', reject);
    });
  const texts = await Promise.all(Array.from({ length: 20 }, ask));
  assert.equal(new Set(texts).size, 1);
  assert.match(texts[0] ?? '', /^h2 h2 TLSv1\.3 full /);
  await new Promise<void>((resolve) => client.close(resolve));
  assert.deepEqual(traced.answersPerConnection, [20]);
});
