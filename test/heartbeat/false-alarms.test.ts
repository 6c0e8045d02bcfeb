// Real peers that live, and a program that is busy now and then: nobody may be told down. `PERDURA_FALSE_ALARMS_MS=600000` makes ten
// minutes of it; a run of the tests has seconds.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Heartbeat, probeFor } from '#src/heartbeat/index.js';
import type { HeartbeatEvent } from '#src/heartbeat/index.js';
import { externalProgram } from '../support/external-program.ts';
import { freePort, PeerProcess } from './peer-process.ts';
import { startNginx, startNode, startPerdura } from './probes/http-servers.ts';
import { MosquittoSetup, PASSWORD, skip as mosquittoSkip, USER } from './probes/mosquitto.ts';
import { PostgresCluster, skip as postgresSkip } from './probes/postgresql/postgres-server.ts';

const RUN_MS = Number(process.env['PERDURA_FALSE_ALARMS_MS'] ?? 6_000);

/** Longest that the event loop is blocked at a time, and longest pause between. */
const BLOCKED_MS = 300;
const PAUSE_MS = 1_500;

const INTERVAL_MS = 500;
const TIMEOUT_MS = 250;

interface LivingPeer {
  readonly name: string;
  readonly skip: string | false;
  readonly start: (port: number) => Promise<PeerProcess>;
  readonly target: (port: number) => string;
}

const redis = externalProgram('redis-server');
const memcached = externalProgram('memcached');
const nginx = externalProgram('nginx');
const mosquitto = new MosquittoSetup();
const postgres = postgresSkip === false ? new PostgresCluster() : undefined;

const WEB_SOCKETS = `
  const { WebSocketServer } = await import('ws');
  new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[1]) });
`;

const PEERS: readonly LivingPeer[] = [
  {
    name: 'Redis',
    skip: redis.skip,
    start: (port) =>
      new PeerProcess(redis.path, [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--dir',
        '/',
      ]).untilListening(port),
    target: (port) => `redis://127.0.0.1:${port}`,
  },
  {
    name: 'memcached',
    skip: memcached.skip,
    start: (port) =>
      new PeerProcess(memcached.path, ['-l', '127.0.0.1', '-p', String(port), '-u', 'nobody']).untilListening(port),
    target: (port) => `memcached://127.0.0.1:${port}`,
  },
  {
    name: 'Mosquitto',
    skip: mosquittoSkip,
    start: (port) => mosquitto.start(port),
    target: (port) => `mqtt://${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`,
  },
  {
    name: 'PostgreSQL',
    skip: postgresSkip,
    start: (port) => postgres!.start(port),
    target: (port) => `postgres://trusty@127.0.0.1:${port}/shop`,
  },
  {
    name: 'nginx',
    skip: nginx.skip,
    start: (port) => startNginx(nginx.path, port),
    target: (port) => `http://127.0.0.1:${port}/`,
  },
  {
    name: 'nginx that ends idle connections before the next signal',
    skip: nginx.skip,
    start: (port) => startNginx(nginx.path, port, { http: 'keepalive_timeout 400ms;' }),
    target: (port) => `http://127.0.0.1:${port}/`,
  },
  { name: 'node:http', skip: false, start: (port) => startNode(port), target: (port) => `http://127.0.0.1:${port}/` },
  {
    name: 'node:http2',
    skip: false,
    start: (port) => startNode(port, 'http2'),
    target: (port) => `h2c://127.0.0.1:${port}`,
  },
  {
    name: 'perdura serve',
    skip: false,
    start: (port) => startPerdura(port),
    target: (port) => `h2c://127.0.0.1:${port}`,
  },
  {
    name: 'ws',
    skip: false,
    start: (port) =>
      new PeerProcess(process.execPath, ['--input-type=module', '-e', WEB_SOCKETS, String(port)]).untilListening(port),
    target: (port) => `ws://127.0.0.1:${port}/`,
  },
];

/** Blocks the event loop again and again, by chance as long and as often as is allowed, until the time is over. */
async function beBusy(): Promise<number> {
  const untilMs = performance.now() + RUN_MS;
  let blocked = 0;
  while (performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE_MS));
    const freeMs = performance.now() + Math.random() * BLOCKED_MS;
    while (performance.now() < freeMs);
    blocked += 1;
  }
  return blocked;
}

describe('a program whose event loop is blocked now and then', { timeout: RUN_MS + 60_000 }, () => {
  test('is told of no peer that it is down, as long as all of them live', async (t) => {
    const processes: PeerProcess[] = [];
    const heartbeats: { readonly name: string; readonly heartbeat: Heartbeat }[] = [];
    const alarms: string[] = [];
    try {
      for (const { name, skip, start, target } of PEERS) {
        if (skip !== false) {
          t.diagnostic(`without ${name}: ${skip}`);
          continue;
        }
        const port = await freePort();
        processes.push(await start(port));
        const heartbeat = new Heartbeat({
          probe: probeFor(target(port)),
          intervalMs: INTERVAL_MS,
          timeoutMs: TIMEOUT_MS,
        });
        heartbeat.on(
          'down',
          ({ at, reason }: HeartbeatEvent) => void alarms.push(`${name} at ${at.toISOString()}: ${reason}`),
        );
        heartbeats.push({ name, heartbeat: heartbeat.start() });
      }
      const blocked = await beBusy();
      for (const { name, heartbeat } of heartbeats) {
        const { sent, acknowledged, missedInAll, rtt } = heartbeat.stats();
        t.diagnostic(
          `${name}: ${sent} signals, ${acknowledged} acknowledged, ${missedInAll} missed, round trip ${rtt.p50Ms?.toFixed(1)} ms, p99 ${rtt.p99Ms?.toFixed(0)} ms`,
        );
        assert.ok(acknowledged >= (RUN_MS / (INTERVAL_MS + BLOCKED_MS)) * 0.5, `${name}: ${acknowledged} acknowledged`);
      }
      t.diagnostic(`blocked ${blocked} times for up to ${BLOCKED_MS} ms`);
      assert.deepEqual(alarms, []);
    } finally {
      for (const { heartbeat } of heartbeats) heartbeat.stop();
      await Promise.all(processes.map((peer) => peer.kill()));
      mosquitto[Symbol.dispose]();
      postgres?.[Symbol.dispose]();
    }
  });
});
