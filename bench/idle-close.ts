// What clients make of an idle connection that is closed while their next request is on its way: with FIN, and with 408 and FIN.
// Not a benchmark of speed: it counts outcomes, for docs/decisions/0003-idle-close.md. `node build/bench/idle-close.js`
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { serve } from '#src/server/index.js';
import type { IdleClose } from '#src/server/index.js';

const TRIALS = 20;
const KEEP_ALIVE_MS = 2_000;
const METHODS = ['GET', 'POST'] as const;
type Method = (typeof METHODS)[number];

/** What became of the second request of each trial, and how often it reached the peer. */
interface Row {
  readonly client: string;
  readonly situation: 'crossing' | 'blocked';
  readonly close: IdleClose;
  readonly method: Method;
  readonly outcomes: readonly string[];
  /** Of requests that met the close and came again on another connection. */
  readonly resent: number | undefined;
}

const TIMEOUT_ANSWER = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
const GOOD_ANSWER =
  'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=60\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 2\r\n\r\nok';

/**
 * A peer whose idle close crosses the second request of each connection: it leaves in the moment in which the request arrives,
 * which to the client looks as if it had left before. Like a lingering close, it goes on reading, so that no RST hides the answer.
 */
class CrossingPeer {
  readonly #server: net.Server;
  readonly #arrivals = new Map<string, number>();
  /** Paths of requests that met the close. */
  readonly met = new Set<string>();
  page = '';

  constructor(close: IdleClose) {
    this.#server = net.createServer({ allowHalfOpen: true }, (socket) => {
      let served = 0;
      let unread = '';
      socket.on('error', () => {});
      socket.on('end', () => socket.end());
      socket.on('data', (bytes) => {
        unread += bytes.toString('latin1');
        for (let head = readRequest(unread); head !== undefined; head = readRequest(unread)) {
          unread = unread.slice(head.end);
          this.#arrivals.set(head.path, (this.#arrivals.get(head.path) ?? 0) + 1);
          served += 1;
          if (head.path === '/page') {
            socket.end(
              `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: ${this.page.length}\r\n\r\n${this.page}`,
            );
          } else if (served === 2) {
            this.met.add(head.path);
            socket.end(close === '408' ? TIMEOUT_ANSWER : '');
          } else if (socket.writable) {
            socket.write(GOOD_ANSWER);
          }
        }
      });
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as net.AddressInfo).port}`;
  }

  get resent(): number {
    return [...this.met].filter((target) => (this.#arrivals.get(target) ?? 0) > 1).length;
  }

  close(): void {
    this.#server.close();
  }
}

function readRequest(text: string): { path: string; end: number } | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd + 2))?.[1] ?? 0);
  const end = headEnd + 4 + length;
  if (text.length < end) return undefined;
  return { path: text.split(' ', 2)[1] ?? '', end };
}

const codeOf = (error: unknown): string => {
  const { code, cause, message } = error as Error & { code?: string; cause?: { code?: string } };
  return cause?.code ?? code ?? message;
};

type Ask = (url: string, method: Method) => Promise<string>;

function makeAgentClient(): Ask {
  const agent = new http.Agent({ keepAlive: true });
  return async (url, method) => {
    const request = http.request(url, { agent, method });
    request.end(method === 'POST' ? 'x=1' : undefined);
    try {
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      await response.toArray();
      return String(response.statusCode);
    } catch (error) {
      return codeOf(error);
    }
  };
}

const askWithFetch: Ask = async (url, method) => {
  try {
    const response = await fetch(url, { method, ...(method === 'POST' ? { body: 'x=1' } : {}) });
    await response.text();
    return String(response.status);
  } catch (error) {
    return codeOf(error);
  }
};

/** The second request of a connection, time after time, over a client in this process. */
async function runCrossing(client: string, close: IdleClose, method: Method, makeAsk: () => Ask): Promise<Row> {
  const peer = new CrossingPeer(close);
  const url = await peer.listen();
  const outcomes: string[] = [];
  for (let trial = 0; outcomes.length < TRIALS && trial < 4 * TRIALS; trial += 1) {
    const ask = makeAsk();
    await ask(`${url}/first/${trial}`, 'GET');
    // undici takes its connection back a turn after it handed the body out.
    await new Promise(setImmediate);
    const outcome = await ask(`${url}/second/${trial}`, method);
    if (peer.met.has(`/second/${trial}`)) outcomes.push(outcome);
  }
  peer.close();
  return { client, situation: 'crossing', close, method, outcomes, resent: peer.resent };
}

const run = promisify(execFile);

async function runCurl(program: string, close: IdleClose, method: Method): Promise<Row> {
  const peer = new CrossingPeer(close);
  const url = await peer.listen();
  const outcomes: string[] = [];
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const common = ['-s', '-o', '/dev/null', '-w', '%{http_code}/%{exitcode}\\n'];
    const data = method === 'POST' ? ['-d', 'x=1'] : [];
    const args = [...common, `${url}/first/${trial}`, '--next', ...common, ...data, `${url}/second/${trial}`];
    const { stdout } = await run(program, args).catch((error: { stdout: string }) => error);
    const [status, exit] = (stdout.split('\n')[1] ?? '').split('/');
    if (peer.met.has(`/second/${trial}`)) outcomes.push(exit === '0' ? status! : `exit ${exit}`);
  }
  peer.close();
  return { client: 'curl', situation: 'crossing', close, method, outcomes, resent: peer.resent };
}

const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-proxy-server',
  '--timeout=10000',
  '--virtual-time-budget=10000',
  '--dump-dom',
];

async function runChromium(program: string, close: IdleClose, method: Method): Promise<Row> {
  const peer = new CrossingPeer(close);
  const url = await peer.listen();
  const init = method === 'POST' ? `{ method: 'POST', body: 'x=1' }` : '{}';
  peer.page = `<body><script type="module">
    for (let trial = 0; trial < ${TRIALS}; trial += 1) {
      // Whatever connection is taken, by the third request one was used before.
      for (const name of ['first', 'second', 'third']) {
        const path = '/' + name + '/' + trial;
        const outcome = await fetch(path, ${init}).then((response) => response.text().then(() => response.status), (error) => error.message);
        document.body.append(path + '=' + outcome + ';');
      }
    }
    document.title = 'done';
  </script></body>`;
  const profile = await mkdtemp(path.join(tmpdir(), 'perdura-idle-close-'));
  const { stdout } = await run(program, [...CHROMIUM_FLAGS, `--user-data-dir=${profile}`, `${url}/page`]);
  await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  const outcomes = Array.from(stdout.matchAll(/(\/\w+\/\d+)=([^;]*);/g))
    .filter(([, target]) => peer.met.has(target!))
    .map(([, , outcome]) => outcome!);
  peer.close();
  return { client: 'Chromium', situation: 'crossing', close, method, outcomes, resent: peer.resent };
}

/**
 * A real server in another thread closes while this thread is busy; then the requests go out before the thread looks at its
 * sockets. That is what a long computation or a garbage collection does to a client.
 */
async function runBlocked(client: string, close: IdleClose, method: Method, ask: Ask): Promise<Row> {
  const worker = new Worker(new URL(import.meta.url), { workerData: close });
  const [url] = (await once(worker, 'message')) as [string];
  const all = (name: string, of: Method): Promise<string[]> =>
    Promise.all(Array.from({ length: TRIALS }, (_, trial) => ask(`${url}${name}/${trial}`, of)));
  await all('first', 'GET');
  await new Promise(setImmediate);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, KEEP_ALIVE_MS + 500);
  const outcomes = await all('second', method);
  await worker.terminate();
  return { client, situation: 'blocked', close, method, outcomes, resent: undefined };
}

function summarize(outcomes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} × ${outcome}`).join(', ') || 'never met the close';
}

const findProgram = (name: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find(existsSync);

async function measure(): Promise<void> {
  const curl = findProgram('curl');
  const chromium = findProgram('chromium');
  console.log(`Node.js ${process.version}, undici ${process.versions['undici']}, ${TRIALS} trials a line\n`);
  console.log('| client | situation | close | method | outcome of the request that met the close | re-sent |');
  console.log('|---|---|---|---|---|---|');
  const report = (row: Row): void => {
    const cells = [row.client, row.situation, row.close, row.method, summarize(row.outcomes), row.resent ?? ''];
    console.log(`| ${cells.join(' | ')} |`);
  };
  for (const close of ['fin', '408'] as const) {
    for (const method of METHODS) {
      report(await runCrossing('node:http Agent', close, method, makeAgentClient));
      report(await runCrossing('global fetch', close, method, () => askWithFetch));
      if (curl !== undefined) report(await runCurl(curl, close, method));
      if (chromium !== undefined) report(await runChromium(chromium, close, method));
      report(await runBlocked('node:http Agent', close, method, makeAgentClient()));
      report(await runBlocked('global fetch', close, method, askWithFetch));
    }
  }
}

if (isMainThread) {
  await measure();
} else {
  const server = await serve({
    port: 0,
    handler: () => ({ body: 'ok' }),
    keepAliveTimeoutMs: KEEP_ALIVE_MS,
    keepAliveGraceMs: 0,
    idleClose: workerData as IdleClose,
  });
  // oxlint-disable-next-line require-post-message-target-origin -- a port of a thread has no origin
  parentPort?.postMessage(server.url);
}
