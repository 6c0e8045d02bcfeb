// Adaptive heartbeats on paths that forget after minutes and hours, on a clock that stands still: what counts as evidence.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Heartbeat, OptionError } from '#src/heartbeat/index.js';
import type { AdaptedEvent, HeartbeatOptions } from '#src/heartbeat/index.js';
import { ManualClock } from '#src/testing/index.js';
import { ForgetfulPath } from './forgetful-path.ts';
import type { Forgetting } from './forgetful-path.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** An adaptive heartbeat on a path that forgets. */
class Search {
  readonly clock: ManualClock = new ManualClock();
  readonly path: ForgetfulPath;
  readonly heartbeat: Heartbeat;
  readonly adapted: AdaptedEvent[] = [];
  downs = 0;

  constructor(limitMs: number, how: Forgetting, options: Partial<HeartbeatOptions> = {}) {
    this.path = new ForgetfulPath(this.clock, limitMs, how);
    this.heartbeat = new Heartbeat({ probe: this.path, clock: this.clock, adaptive: true, timeoutMs: 500, ...options });
    this.heartbeat.on('adapted', (event) => void this.adapted.push(event));
    this.heartbeat.on('down', () => (this.downs += 1));
    this.heartbeat.start();
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.clock.nowMs() + ms;
    while (this.clock.nowMs() < untilMs) {
      const nextMs = Math.min(this.clock.nextTimerMs ?? Infinity, untilMs);
      this.clock.advance(Math.max(0, nextMs - this.clock.nowMs()));
      await this.#settle();
    }
  }

  /** Lets time pass until the search holds. */
  async advanceToHold(withinMs: number): Promise<void> {
    const untilMs = this.clock.nowMs() + withinMs;
    while (this.adaptive.phase !== 'holding') {
      assert.ok(this.clock.nowMs() < untilMs, `still ${JSON.stringify(this.adaptive)} after ${withinMs} ms`);
      await this.advance(Math.max(1, (this.clock.nextTimerMs ?? 0) - this.clock.nowMs()));
    }
  }

  get adaptive(): { readonly phase: string; readonly survivedMs: number; readonly diedMs: number } {
    const { adaptive } = this.heartbeat.stats();
    assert.ok(adaptive !== undefined);
    return adaptive;
  }

  assertFound(): void {
    const { limitMs } = this.path;
    const { survivedMs, diedMs } = this.adaptive;
    const { intervalMs } = this.heartbeat;
    const story = `limit ${limitMs}, survived ${survivedMs}, died ${diedMs}, holds ${intervalMs}`;
    assert.ok(survivedMs < limitMs && survivedMs > limitMs * 0.9, story);
    assert.ok(diedMs >= limitMs && diedMs < limitMs * 1.1, story);
    assert.ok(intervalMs < limitMs * 0.96 && intervalMs >= limitMs * 0.9, story);
  }

  async #settle(): Promise<void> {
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
    this.clock.turn();
    this.clock.turn();
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
  }
}

const ways: readonly Forgetting[] = ['silent', 'finTold', 'finUntold'];

describe('an adaptive heartbeat', () => {
  for (const how of ways) {
    test(`finds a limit of seconds, minutes or an hour within 10 % and then loses nothing (${how})`, async () => {
      for (const limitMs of [4_000, 60_000, 350_000, 1_800_000, HOUR_MS]) {
        const search = new Search(limitMs, how);
        await search.advanceToHold(limitMs * 40);
        search.assertFound();
        assert.equal(search.downs, 0, 'a connection that died on purpose is no peer that is down');
        const { forgotten } = search.path;
        await search.advance(search.heartbeat.intervalMs * 100);
        assert.equal(search.path.forgotten, forgotten);
        search.heartbeat.stop();
      }
    });
  }

  test('finds any limit, whatever the peer says between the signals and we send to it', async () => {
    const traffic = fc.record({ share: fc.double({ min: 0.05, max: 0.9, noNaN: true }), isOurs: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3_000, max: 2 * HOUR_MS * 0.9 }),
        fc.constantFrom(...ways),
        fc.array(traffic, { maxLength: 12 }),
        async (limitMs, how, chatter) => {
          const search = new Search(limitMs, how);
          for (const { share, isOurs } of chatter) {
            await search.advance(search.heartbeat.intervalMs * share);
            if (isOurs) search.path.sendOther();
            else search.path.speak();
          }
          await search.advanceToHold(limitMs * 60);
          search.assertFound();
          search.heartbeat.stop();
        },
      ),
      { numRuns: 40 },
    );
  });

  test('does not take what it sent over a connection that was forgotten long before for the end of the silence', async () => {
    const search = new Search(10_000, 'silent');
    // 1 s and 2 s and 4 s and 8 s are survived, 16 s are not.
    await search.advance(17_000);
    assert.equal(search.heartbeat.intervalMs, 16_000);
    await search.advance(12_000);
    // Swallowed: the connection has been dead for four seconds.
    search.path.sendOther();
    await search.advance(3_000);
    assert.equal(search.adaptive.phase, 'checking');
    assert.ok(search.heartbeat.intervalMs > 13_000, `${search.heartbeat.intervalMs}`);
    await search.advanceToHold(400_000);
    search.assertFound();
  });

  test('goes on as before after one hiccup of the peer while it holds, and tells so', async () => {
    const search = new Search(60_000, 'silent');
    await search.advanceToHold(HOUR_MS);
    const { intervalMs } = search.heartbeat;
    const told = search.adapted.length;
    search.path.hiccups = 1;
    await search.advance(intervalMs * 3);
    assert.equal(search.heartbeat.intervalMs >= intervalMs, true);
    assert.deepEqual(
      search.adapted.slice(told).map(({ phase, isHolding }) => [phase, isHolding]),
      [
        ['checking', false],
        ['holding', true],
      ],
    );
    search.assertFound();
  });

  test('sees in a late answer over the same connection that it lives', async () => {
    const search = new Search(60_000, 'silent', { tolerance: 4 });
    search.path.keepsAfterMiss = true;
    await search.advanceToHold(HOUR_MS);
    const told = search.adapted.length;
    search.path.hiccups = 2;
    await search.advance(search.heartbeat.intervalMs * 3);
    assert.equal(search.adapted.length, told);
    assert.equal(search.heartbeat.stats().missedInAll > 1, true);
  });

  test('tries the peer over a new connection before it tells down, where the probe keeps one that missed a signal', async () => {
    for (const tolerance of [2, 3]) {
      const search = new Search(60_000, 'silent', { tolerance });
      search.path.keepsAfterMiss = true;
      await search.advanceToHold(HOUR_MS);
      search.assertFound();
      assert.equal(search.downs, 0);
    }
  });

  test('learns nothing from a peer that goes away and comes back, however often', async () => {
    const search = new Search(60_000, 'silent');
    await search.advanceToHold(HOUR_MS);
    const before = search.adaptive;
    for (let times = 0; times < 10; times += 1) {
      search.path.isRefusing = true;
      search.path.cut();
      await search.advance(times % 2 === 0 ? 400 : 5 * MINUTE_MS);
      search.path.isRefusing = false;
      await search.advance(5 * MINUTE_MS);
      assert.equal(search.heartbeat.state, 'scheduled');
    }
    assert.ok(search.downs >= 5);
    assert.deepEqual(search.adaptive, before);
  });

  test('learns nothing from a silence that the machine slept through', async () => {
    const search = new Search(60_000, 'silent');
    await search.advanceToHold(HOUR_MS);
    const before = search.adaptive;
    await search.advance(20_000);
    // The monotonic clock stands still in suspension, the path does not.
    search.path.cut = () => {};
    search.path.close();
    search.clock.jumpWall(HOUR_MS);
    await search.advance(2 * MINUTE_MS);
    assert.deepEqual(search.adaptive, before);
    assert.equal(search.heartbeat.state, 'scheduled');
  });

  test('learns nothing between stop and start', async () => {
    const search = new Search(60_000, 'silent');
    await search.advanceToHold(HOUR_MS);
    const before = search.adaptive;
    search.heartbeat.stop();
    await search.advance(2 * HOUR_MS);
    search.heartbeat.start();
    await search.advance(5 * MINUTE_MS);
    assert.deepEqual(search.adaptive, before);
  });

  test('follows a path that forgets sooner, and one that forgets later', async () => {
    const search = new Search(30 * MINUTE_MS, 'silent', { adaptive: { lookAfter: 20 } });
    await search.advanceToHold(40 * HOUR_MS);
    search.path.limitMs = 4 * MINUTE_MS;
    await search.advance(search.heartbeat.intervalMs + 1_000);
    await search.advanceToHold(20 * HOUR_MS);
    search.assertFound();
    search.path.limitMs = HOUR_MS;
    await search.advance(search.heartbeat.intervalMs * 50);
    await search.advanceToHold(40 * HOUR_MS);
    search.assertFound();
  });

  test('tells every step: what was survived, what was not, and where it is', async () => {
    const search = new Search(5_000, 'silent');
    await search.advanceToHold(300_000);
    const phases = search.adapted.map(({ phase }) => phase);
    assert.deepEqual(phases.slice(0, 5), ['growing', 'growing', 'growing', 'checking', 'narrowing']);
    const last = search.adapted.at(-1);
    assert.ok(last !== undefined);
    assert.equal(last.intervalMs, search.heartbeat.intervalMs);
    assert.deepEqual({ phase: last.phase, survivedMs: last.survivedMs, diedMs: last.diedMs }, search.adaptive);
    assert.equal(search.adapted[0]?.diedMs, Infinity);
  });

  test('takes the word of a probe that saw when the connection ended', async () => {
    const clock = new ManualClock();
    let answers = 0;
    const heartbeat = new Heartbeat({
      probe: {
        target: 'peer',
        // Ends every third connection right after its answer, as a server with a limit of requests does.
        send: () => {
          answers += 1;
          return Promise.resolve(answers % 3 === 1 ? { connection: 'new', endedAfterMs: 0 } : { connection: 'kept' });
        },
      },
      clock,
      adaptive: { highestMs: 60_000 },
    }).start();
    for (let moves = 0; moves < 400; moves += 1) {
      clock.advance(1_000);
      for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
    }
    assert.equal(heartbeat.intervalMs, 60_000);
    assert.equal(heartbeat.stats().adaptive?.phase, 'holding');
    heartbeat.stop();
  });

  test('has no figures of a search where there is none, and needs room for a miss', () => {
    assert.equal(new Heartbeat({ probe: () => Promise.resolve() }).stats().adaptive, undefined);
    assert.throws(
      () => new Heartbeat({ probe: () => Promise.resolve(), adaptive: true, tolerance: 1 }),
      (error) => error instanceof OptionError && error.option === 'tolerance',
    );
  });
});
