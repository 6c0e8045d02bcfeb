// Signals among the requests of callers, in whatever order things happen: no request that may be repeated is lost, none that may not
// is executed twice, nothing is ever sent behind a signal, and a session comes to its end with everything.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SessionHeartbeatOptions } from '#src/client/options.js';
import { DrivenSession } from './driven-session.ts';
import { formatResponse, MemoryOrigin } from './memory-origin.ts';
import { options, RandomStory, steps } from './random-story.ts';

const RUNS = Number(process.env['PERDURA_INTERLEAVINGS'] ?? 200);

const heartbeat: fc.Arbitrary<SessionHeartbeatOptions> = fc.record({
  intervalMs: fc.constantFrom(20, 300, 5_000),
  timeoutMs: fc.constantFrom(20, 1_000, 5_000),
  connectionsPerOrigin: fc.constantFrom(1, 2, Infinity),
  maxIdleMs: fc.constantFrom(1_000, 31_000, Infinity),
});

test('a session with a heartbeat that is left to itself comes to an end with everything', async () => {
  let signals = 0;
  await fc.assert(
    fc.asyncProperty(options, heartbeat, steps, async (sessionOptions, heartbeatOptions, story) => {
      const run = new RandomStory({ ...sessionOptions, heartbeat: heartbeatOptions });
      for (const step of story) await run.perform(step);
      await run.driven.settle();
      run.driven.verify();
      await run.runOut();
      assert.equal(run.pending, 0, 'every promise settles');
      signals += run.driven.session.stats().signals;
      await run.driven.end();
    }),
    { numRuns: RUNS },
  );
  assert.ok(signals > 0, 'signals were sent');
});

test('a session with a heartbeat that is closed at any moment resolves, and sends no signal behind that', async () => {
  await fc.assert(
    fc.asyncProperty(options, heartbeat, steps, async (sessionOptions, heartbeatOptions, story) => {
      const run = new RandomStory({ ...sessionOptions, heartbeat: heartbeatOptions });
      for (const step of story) await run.perform(step);
      const { signals } = run.driven.session.stats();
      let isClosed = false;
      void run.driven.session.close().then(() => {
        isClosed = true;
      });
      await run.runOut();
      assert.ok(isClosed);
      assert.equal(run.driven.session.stats().signals, signals);
      await run.driven.end();
    }),
    { numRuns: RUNS },
  );
});

/** What servers that are well may do, and the paths to them: nothing of it is a reason to lose a request. */
type Deed =
  | { readonly kind: 'request'; readonly host: 'a' | 'b'; readonly method: 'GET' | 'POST' }
  | { readonly kind: 'pass' | 'sleep'; readonly ms: number }
  | { readonly kind: 'endIdle' | 'forget'; readonly which: number };

const deeds: fc.Arbitrary<Deed[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('request' as const),
        host: fc.constantFrom('a' as const, 'b' as const),
        method: fc.constantFrom('GET' as const, 'GET' as const, 'POST' as const),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom('pass' as const, 'pass' as const, 'sleep' as const),
        ms: fc.constantFrom(1, 300, 2_000, 5_000, 16_000, 40_000),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constantFrom('endIdle' as const, 'forget' as const), which: fc.nat(20) }),
    },
  ),
  { minLength: 5, maxLength: 40 },
);

/** Servers of which some connections are forgotten on the way: from then on nothing arrives on them. */
class ForgetfulWorld {
  readonly origin = new MemoryOrigin();
  readonly forgotten = new Set<number>();
  /** What was executed, by method and path. */
  readonly executed: string[] = [];
  /** Requests that arrived behind a signal without an answer. */
  readonly behindSilence: string[] = [];

  constructor() {
    const asked = new Set<number>();
    this.origin.answer = ({ method, target }, peer) => {
      if (asked.has(peer.number)) this.behindSilence.push(`${method} ${target} on ${peer.number}`);
      if (this.forgotten.has(peer.number)) {
        if (method === 'OPTIONS') asked.add(peer.number);
        return undefined;
      }
      if (method !== 'OPTIONS') this.executed.push(`${method} ${target}`);
      return formatResponse(`${peer.number}`);
    };
  }

  perform({ kind, which }: { readonly kind: 'endIdle' | 'forget'; readonly which: number }): void {
    // A new connection that is silent from its first request on is a server that is, and not a path that forgets.
    const open = this.origin.peers.filter(
      ({ closed, isFinished, requests }) => closed === undefined && !isFinished && requests.length > 0,
    );
    const peer = open[which % open.length];
    if (peer === undefined) return;
    if (kind === 'forget') this.forgotten.add(peer.number);
    else if (!this.forgotten.has(peer.number)) peer.fin();
  }
}

test('no request is lost or executed twice, whatever servers end and paths forget, and nothing follows a signal into silence', async () => {
  await fc.assert(
    fc.asyncProperty(heartbeat, fc.constantFrom(1, 2, Infinity), deeds, async (heartbeatOptions, perOrigin, story) => {
      const world = new ForgetfulWorld();
      const driven = new DrivenSession(world.origin.accept, {
        heartbeat: { ...heartbeatOptions, target: '*' },
        limits: { perOrigin, acquireTimeoutMs: Infinity },
        timeouts: { headersMs: 10_000 },
        nonIdempotent: 'fresh',
      });
      const outcomes: Promise<string>[] = [];
      const posts: string[] = [];
      for (const deed of story) {
        if (deed.kind === 'request') {
          const path = `/${outcomes.length}`;
          if (deed.method === 'POST') posts.push(path);
          const url = `http://${deed.host}.test${path}`;
          outcomes.push(driven.outcome(driven.session.request(url, { method: deed.method })));
          await driven.settle();
        } else if (deed.kind === 'pass') await driven.pass(deed.ms);
        else if (deed.kind === 'sleep') driven.clock.jumpWall(deed.ms);
        else if (deed.kind === 'endIdle' || deed.kind === 'forget') {
          world.perform(deed);
          await driven.settle();
        }
      }
      await driven.pass(40_000);
      assert.deepEqual(world.behindSilence, []);
      for (const path of posts) {
        assert.ok(world.executed.filter((line) => line === `POST ${path}`).length <= 1, `POST ${path} once`);
      }
      for (const [index, outcome] of (await Promise.all(outcomes)).entries()) {
        // A path that forgets a connection with a POST on it leaves it open whether that was executed.
        if (posts.includes(`/${index}`) && outcome === 'TimeoutError') continue;
        assert.match(outcome, /^200 /, `request ${index}`);
      }
      await driven.end();
    }),
    { numRuns: RUNS },
  );
});
