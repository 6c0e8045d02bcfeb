// The server that is watched, in a process of its own. It answers, streams and takes bodies, and tells how it fares when asked.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Response, serve } from '#src/server/index.js';
import { answerParent } from '../process/answer-parent.ts';

/** How the server fares; delays since the last time. */
export interface ServerSample {
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly lagMeanMs: number;
  readonly lagMaxMs: number;
  readonly connections: number;
  readonly requests: number;
  readonly errors: number;
  /** User and system time since the start. */
  readonly cpuMs: number;
}

const PIECE = 'x'.repeat(1_024);
const PIECES = 20;
const PIECE_PAUSE_MS = 500;

let requests = 0;
let errors = 0;

async function* slowly(): AsyncGenerator<string> {
  for (let piece = 0; piece < PIECES; piece += 1) {
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => setTimeout(resolve, PIECE_PAUSE_MS));
    yield PIECE;
  }
}

const server = await serve({
  port: 0,
  // The clients must be able to say what was closed too early.
  keepAliveTimeoutMs: 120_000,
  onError: () => (errors += 1),
  fetch: async (request) => {
    requests += 1;
    if (request.method === 'POST') return new Response(`${(await request.text()).length}\n`);
    return request.url.endsWith('/stream') ? new Response(slowly()) : new Response('ok\n');
  },
});

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

answerParent(server.port, {
  sample: (): ServerSample => {
    const { rss, heapUsed, external } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const lagMeanMs = delay.mean / 1e6 - 10;
    const lagMaxMs = delay.max / 1e6 - 10;
    delay.reset();
    return {
      residentBytes: rss,
      heapBytes: heapUsed,
      externalBytes: external,
      lagMeanMs,
      lagMaxMs,
      connections: server.connections().length,
      requests,
      errors,
      cpuMs: (user + system) / 1_000,
    };
  },
});
