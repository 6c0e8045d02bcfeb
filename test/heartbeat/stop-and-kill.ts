// One story for every kind of peer: it lives, is stopped (half-open), goes on, is killed, comes back. When is what told?
import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, test } from 'node:test';
import { Heartbeat } from '#src/heartbeat/index.js';
import type { HeartbeatEvent, HeartbeatEventType, Probe } from '#src/heartbeat/index.js';
import { freePort } from './peer-process.ts';
import type { PeerProcess } from './peer-process.ts';

/** A kind of peer. */
export interface StopAndKillStory {
  readonly name: string;
  readonly skip?: string | false;
  /** Starts the peer on the port of 127.0.0.1 and resolves when it accepts connections. */
  start(port: number): Promise<PeerProcess>;
  probe(port: number): Probe;
  /** Whether a stopped process can be told from a living one: not where its kernel acknowledges for it. Default true. */
  readonly noticesStop?: boolean;
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
}

const TOLERANCE = 2;

/** What the notice may be late or early. */
const SLACK_MS = 100;

/** Longest wait for anything: a peer that is started may need seconds until it answers. */
const LONGEST_MS = 20_000;

/** Tests the story. */
export function describeStopAndKill(story: StopAndKillStory): void {
  const { name, skip = false, noticesStop = true, intervalMs = 300, timeoutMs = 250 } = story;
  const longestMs = intervalMs + timeoutMs * TOLERANCE + SLACK_MS;
  describe(`a heartbeat of ${name}`, { skip }, () => {
    test(
      `tells within ${longestMs} ms that it stopped or was killed, and when it is back`,
      { timeout: 90_000 },
      async (t) => {
        const port = await freePort();
        let peer = await story.start(port);
        const heartbeat = new Heartbeat({ probe: story.probe(port), intervalMs, timeoutMs, tolerance: TOLERANCE });
        const changes: HeartbeatEvent[] = [];
        for (const type of ['down', 'up', 'resumed'] as const) heartbeat.on(type, (event) => void changes.push(event));
        const delay = monitorEventLoopDelay({ resolution: 5 });
        delay.enable();
        /** Resolves with how long it took, and how much of that the loop of the test was late. */
        const elapsed = async (type: HeartbeatEventType): Promise<{ tookMs: number; lateMs: number }> => {
          const startMs = performance.now();
          delay.reset();
          await next(heartbeat, type);
          return { tookMs: performance.now() - startMs, lateMs: Math.max(0, delay.max / 1e6 - 5) };
        };
        const expectDown = async (what: string): Promise<void> => {
          const { tookMs, lateMs } = await elapsed('down');
          t.diagnostic(
            `${what}: down told after ${tookMs.toFixed(0)} ms, at most ${longestMs} (loop late by ${lateMs.toFixed(0)})`,
          );
          assert.ok(
            tookMs <= longestMs + lateMs * TOLERANCE,
            `${what}: down told after ${tookMs} ms, not within ${longestMs}`,
          );
        };
        try {
          heartbeat.start();
          for (let count = 0; count < 3; count += 1) await next(heartbeat, 'ack');
          if (noticesStop) {
            peer.stop();
            await expectDown('stopped');
            peer.continue();
            await next(heartbeat, 'up');
            await next(heartbeat, 'ack');
          }
          const killed = peer.kill();
          await expectDown('killed');
          await killed;
          // It may be found out before the start is known to be over.
          const up = next(heartbeat, 'up');
          up.catch(() => {});
          peer = await story.start(port);
          await up;
          const { detail, connection } = (await next(heartbeat, 'ack')) as HeartbeatEvent & { type: 'ack' };
          t.diagnostic(`back: ${detail ?? 'acknowledged'} on a connection that was ${connection}`);
          assert.deepEqual(
            changes.map(({ type }) => type),
            noticesStop ? ['down', 'up', 'down', 'up'] : ['down', 'up'],
          );
        } finally {
          heartbeat.stop();
          delay.disable();
          await peer.kill();
        }
      },
    );
  });
}

function next(heartbeat: Heartbeat, type: HeartbeatEventType): Promise<HeartbeatEvent> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      heartbeat.off(type, told);
      reject(new Error(`no '${type}' within ${LONGEST_MS} ms: ${JSON.stringify(heartbeat.stats())}`));
    }, LONGEST_MS);
    const told = (event: HeartbeatEvent): void => {
      clearTimeout(timer);
      heartbeat.off(type, told);
      resolve(event);
    };
    heartbeat.on(type, told);
  });
}
