// Whatever callers and servers do in whatever order: every promise settles, no limit is broken at any moment, what the session says
// of itself adds up, and nothing is left of it. A search for states nobody thought of.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DrivenOptions } from './driven-session.ts';
import { options, RandomStory, steps } from './random-story.ts';
import type { Step } from './random-story.ts';

const RUNS = Number(process.env['PERDURA_INTERLEAVINGS'] ?? 200);

/** A piece of an upload was gathered for the end of the turn when the answer, read in the same turn, closed its connection. */
const PIECE_BEHIND_THE_END: [DrivenOptions, Step[]] = [
  {
    limits: { perOrigin: 2, total: 256, queue: Infinity, acquireTimeoutMs: 1_000, drainBytes: 65_536 },
    idleTimeoutMs: 10_000,
    pipelining: 3,
    nonIdempotent: 'reuse',
    holdBack: 'continue',
  },
  [
    { kind: 'request', host: 'b', method: 'ENDLESS', consumer: 'text' },
    { kind: 'turn' },
    { kind: 'deliver', which: 1, events: 1 },
    { kind: 'deliver', which: 18, events: 1 },
    { kind: 'serve', deed: 'answerAndClose', which: 17 },
    { kind: 'serve', deed: 'answer', which: 11 },
    { kind: 'request', host: 'a', method: 'PUT', consumer: 'text' },
    { kind: 'deliver', which: 20, events: 2 },
  ],
];

async function withoutUnhandledRejections(run: () => Promise<void>): Promise<void> {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    await run();
    assert.deepEqual(unhandled, []);
  } finally {
    process.off('unhandledRejection', note);
  }
}

test('a session that is left to itself comes to an end with everything', async () => {
  await withoutUnhandledRejections(() =>
    fc.assert(
      fc.asyncProperty(options, steps, async (sessionOptions, story) => {
        const run = new RandomStory(sessionOptions);
        for (const step of story) await run.perform(step);
        await run.driven.settle();
        run.driven.verify();
        await run.runOut();
        assert.equal(run.pending, 0, 'every promise settles');
        await run.driven.end();
      }),
      { numRuns: RUNS, examples: [PIECE_BEHIND_THE_END] },
    ),
  );
});

test('a session that is closed at any moment refuses what comes behind, ends the rest, and resolves', async () => {
  await withoutUnhandledRejections(() =>
    fc.assert(
      fc.asyncProperty(options, steps, steps, async (sessionOptions, before, behind) => {
        const run = new RandomStory(sessionOptions);
        for (const step of before) await run.perform(step);
        let isClosed = false;
        const closing = run.driven.session.close().then(() => {
          isClosed = true;
        });
        for (const step of behind.slice(0, 15)) await run.perform(step);
        await run.runOut();
        assert.equal(run.pending, 0, 'every promise settles');
        assert.ok(isClosed, 'close() resolves');
        await closing;
        assert.equal(run.driven.clock.pendingTimers, 0);
        await run.driven.end();
      }),
      { numRuns: RUNS },
    ),
  );
});

test('a session that is destroyed at any moment settles every promise at once', async () => {
  await withoutUnhandledRejections(() =>
    fc.assert(
      fc.asyncProperty(options, steps, async (sessionOptions, story) => {
        const run = new RandomStory(sessionOptions);
        for (const step of story) await run.perform(step);
        run.driven.session.destroy(new Error('enough'));
        assert.deepEqual(run.driven.session.connections(), []);
        await run.driven.settle();
        assert.equal(run.pending, 0, 'every promise settles');
        const { opened } = run.driven.opener;
        await run.driven.advance(100_000);
        assert.equal(run.driven.opener.opened, opened, 'nothing begins any more');
        await run.driven.end();
      }),
      { numRuns: RUNS },
    ),
  );
});
