// Every example runs as a user would start it, and does what its first lines say.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';

// Compiled, this file is build/test/examples.test.js.
const folder = path.resolve(import.meta.dirname, '../../examples');
const MAX_LINES = 30;

/** A running example and what it prints. */
interface Running {
  /** Of an example that serves: where. */
  readonly url: () => Promise<string>;
  /** Resolves with the first line from now on, or already printed, that has the text in it. */
  readonly line: (text: string) => Promise<string>;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly exitCode: Promise<number | null>;
}

function start(t: TestContext, name: string): Running {
  const child = spawn(process.execPath, [path.join(folder, name), '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const exitCode = once(child, 'exit').then(([code]) => code as number | null);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  let ended = false;
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => {
    lines.push(line);
    wake();
  });
  output.on('close', () => {
    ended = true;
    wake();
  });
  const line = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.find((candidate) => candidate.includes(text));
        if (found === undefined && !ended) return;
        waiting.delete(look);
        if (found === undefined) reject(new Error(`${name} never printed '${text}', only: ${lines.join(' | ')}`));
        else resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { url: () => line('http://'), line, kill: (signal) => void child.kill(signal), exitCode };
}

interface Answer {
  readonly status: number | undefined;
  readonly connection: string | undefined;
  readonly body: string;
}

/** One request on a connection of its own, which the client leaves to the server to keep or to close. */
async function ask(url: string, method = 'GET', body?: string): Promise<Answer> {
  const outgoing = request(url, { method, headers: { connection: 'keep-alive' }, agent: false });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage];
  incoming.setEncoding('utf8');
  let text = '';
  for await (const piece of incoming) text += piece as string;
  outgoing.destroy();
  return { status: incoming.statusCode, connection: incoming.headers.connection, body: text };
}

/** What each example is asked, by the name of its file. */
const TRIALS: Readonly<Record<string, (running: Running) => Promise<void>>> = {
  'hello.mjs': async ({ url }) => {
    const { status, body, connection } = await ask(await url());
    assert.deepEqual(
      { status, body, connection },
      { status: 200, body: 'GET: request 1 on connection 1\n', connection: 'keep-alive' },
    );
  },
  'stream.mjs': async ({ url, line }) => {
    assert.equal((await ask(await url())).body, '3\n2\n1\nlift-off\n');
    await line('the body ended');
  },
  'static-files.mjs': async ({ url }) => {
    assert.equal((await ask(await url())).status, 200);
    const missing = await ask(`${await url()}no/such/page`);
    assert.equal(missing.status, 404);
    assert.equal(missing.body, readFileSync(path.join(folder, 'site/404.html'), 'utf8'));
  },
  'apache.mjs': async ({ url, line }) => {
    const page = await ask(`${await url()}any/page`);
    assert.equal(page.body, readFileSync(path.join(folder, 'apache/www/cms/index.html'), 'utf8'));
    // What `Header set Connection keep-alive` really does, where the client says it as well.
    assert.equal(page.connection, 'keep-alive, Keep-Alive');
    assert.equal((await ask(`${await url()}backup.sql`)).status, 403);
    await line('GET /backup.sql HTTP/1.1" 403');
  },
  'plain-handler.mjs': async ({ url }) => {
    assert.equal((await ask(await url())).body, 'ask for /echo with POST\n');
    assert.equal((await ask(`${await url()}echo`, 'POST', 'áé')).body, 'áé');
    assert.equal((await ask(`${await url()}echo`)).status, 405);
    assert.equal((await ask(`${await url()}elsewhere`)).status, 404);
  },
  'event-source.mjs': async ({ line, exitCode }) => {
    await line('event 5');
    await line("open behind '5'");
    await line('event 10');
    assert.equal(await exitCode, 0);
  },
  'heartbeat.mjs': async ({ line, kill, exitCode }) => {
    await line('on a connection that was kept');
    kill('SIGINT');
    assert.match(await line('down: '), /^down: 2 missed, cannot connect to /);
    await line('were acknowledged');
    assert.equal(await exitCode, 0);
  },
  'express.mjs': async ({ url, line, kill, exitCode }) => {
    assert.equal((await ask(await url())).body, 'hello 127.0.0.1 over HTTP/1.1\n');
    assert.equal((await ask(`${await url()}echo`, 'POST')).body, '{}');
    kill('SIGTERM');
    await line('drained');
    assert.equal(await exitCode, 0);
  },
  'fastify.mjs': async ({ url, line, kill, exitCode }) => {
    assert.equal((await ask(await url())).body, '{"hello":"world"}');
    assert.equal((await ask(`${await url()}/checked`, 'POST', 'x')).status, 415);
    kill('SIGTERM');
    await line('closed');
    assert.equal(await exitCode, 0);
  },
  'koa.mjs': async ({ url, line, kill, exitCode }) => {
    assert.equal((await ask(await url())).body, 'hello from /\n');
    assert.equal((await ask(`${await url()}stream`)).body, 'one two three\n');
    kill('SIGTERM');
    await line('closed in order: ');
    assert.equal(await exitCode, 0);
  },
  'graceful-shutdown.mjs': async ({ url, line, kill, exitCode }) => {
    const answer = ask(await url());
    await line('a request is under way');
    kill('SIGTERM');
    const { status, body, connection } = await answer;
    assert.deepEqual({ status, body, connection }, { status: 200, body: 'not lost\n', connection: 'close' });
    assert.equal(await line('closed in order'), 'closed in order: 1, broken off: 0');
    assert.equal(await exitCode, 0);
  },
  'events.mjs': async ({ url, line, kill, exitCode }) => {
    const outgoing = request(`${await url()}events`, { headers: { 'last-event-id': '41' }, agent: false });
    outgoing.end();
    const [incoming] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage];
    incoming.setEncoding('utf8');
    let text = '';
    for await (const piece of incoming) {
      const before = text;
      text += piece as string;
      if (text.includes('tick 43') && !before.includes('tick 43')) kill('SIGTERM');
    }
    assert.ok(text.includes('\n\nevent: tick\nid: 42\ndata: tick 42\n\nevent: tick\nid: 43\n'), text);
    assert.match(text, /retry: \d+\n\n$/);
    await line('a stream is over: draining');
    assert.equal(await exitCode, 0);
  },
  'web-socket.mjs': async ({ url, line, kill, exitCode }) => {
    assert.equal((await ask(await url())).body, 'open a WebSocket to /chat\n');
    const open = async (): Promise<WebSocket> => {
      const socket = new WebSocket(`${(await url()).replace('http', 'ws')}chat`);
      await once(socket, 'open');
      return socket;
    };
    const [one, other] = [await open(), await open()];
    const heard = once(other, 'message');
    one.send('hello');
    assert.equal(String(((await heard) as [Buffer])[0]), 'hello');
    const closed = Promise.all([once(one, 'close'), once(other, 'close')]);
    kill('SIGTERM');
    assert.deepEqual(
      (await closed).map(([code]) => code as number),
      [1012, 1012],
    );
    assert.match(await line('closed in order'), /broken off: 0$/);
    assert.equal(await exitCode, 0);
  },
  'trace.mjs': async ({ url, line }) => {
    assert.equal((await ask(`${await url()}page`)).status, 200);
    await line('1 opened 127.0.0.1:');
    await line('1.1 GET /page 200, stays open');
    await line('(peerClosed) after 1 requests');
  },
  'inspect.mjs': async ({ line, exitCode }) => {
    assert.match(await line('Keep-Alive'), /promises 10 s of idleness/);
    await line('idle-shorter-than-advertised');
    // What node:http keeps beyond its timeout depends on the version.
    assert.match(await line('bad 10000 '), /^bad 10000 \d{3,4}(?:\.\d+)?$/);
    assert.equal(await exitCode, 0);
  },
  'session.mjs': async ({ line, exitCode }) => {
    await line("200 { got: '' } { id: 1, reused: false, request: 1 }");
    await line("200 { got: 'oolong' } { id: 1, reused: true, request: 2 }");
    assert.equal(await exitCode, 0);
  },
  'connection-lost.mjs': async ({ line, exitCode }) => {
    await line('tea: 200');
    await line('coffee: lost (reused: true, bytes of a response: 0, safe to retry: false)');
    await line('coffee was made 1 times');
    assert.equal(await exitCode, 0);
  },
  'transfer.mjs': async ({ line, exitCode }) => {
    await line('10000000 bytes there and back');
    assert.equal(await exitCode, 0);
  },
  'session-trace.mjs': async ({ line, exitCode }) => {
    await line('1 opened in ');
    await line('1 closed: peerSentClose');
    await line('open: 2 idle, 1 requests, ');
    await line('{ requests: 3, reused: 1, retries: 0, closed: { peerSentClose: 1 } }');
    await line('2 closed: draining');
    assert.equal(await exitCode, 0);
  },
  'bad-peer.mjs': async ({ line, exitCode }) => {
    await line('closeBeforeProcessing PUT: 200, sent again: 1, executed: 1');
    await line('closeBeforeProcessing POST: ConnectionLostError, safe to retry: false, executed: 0');
    await line('closeAfterProcessing PUT: 200, sent again: 1, executed: 2');
    await line('closeAfterProcessing POST: ConnectionLostError, safe to retry: false, executed: 1');
    await line('requestTimeoutAnswer PUT: 200, sent again: 1, executed: 1');
    await line('requestTimeoutAnswer POST: 408, sent again: 0, executed: 0');
    await line('shortBody PUT: ConnectionLostError, safe to retry: true, executed: 1');
    await line('shortBody POST: ConnectionLostError, safe to retry: false, executed: 1');
    assert.equal(await exitCode, 0);
  },
};

describe('the examples', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.mjs'));

  test('every example is tried, and every trial has its example', () => {
    assert.deepEqual(files.toSorted(), Object.keys(TRIALS).toSorted());
  });

  for (const name of files) {
    test(`${name} is short enough to be read at a glance`, () => {
      const lines = readFileSync(path.join(folder, name), 'utf8').trimEnd().split('\n');
      assert.ok(lines.length <= MAX_LINES, `${lines.length} lines, ${MAX_LINES} are the limit`);
    });

    test(`${name} does what it says`, { timeout: 30_000 }, async (t) => {
      const trial = TRIALS[name];
      assert.ok(trial !== undefined);
      await trial(start(t, name));
    });
  }
});
