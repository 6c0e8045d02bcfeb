// Progress of `perdura check`: what stands on the screen while it waits, and that nothing of it stays.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatBudget } from '#src/cli/check/budget.js';
import { LiveLines } from '#src/cli/check/live-lines.js';
import { ProgressState, formatProgressLine } from '#src/cli/check/progress-state.js';
import { Progress } from '#src/cli/check/progress.js';
import type { CheckOutcome, ProgressEvent } from '#src/inspect/index.js';
import { ManualClock } from '#src/testing/index.js';
import { CapturedStream, FakeTerminal } from './fake-terminal.ts';

const PLANNED: ProgressEvent = {
  kind: 'planned',
  checks: ['first-answer', 'idle-timeout', 'silent-connection'],
  cost: { connections: 31, requests: 1_100 },
  longestWaitMs: 75_000,
};

const started = (check: 'idle-timeout' | 'silent-connection', atMs: number): ProgressEvent => ({
  kind: 'started',
  check,
  title: 'How long an idle connection is kept',
  atMs,
});

const waiting = (check: 'idle-timeout' | 'silent-connection', atMs: number): ProgressEvent => ({
  kind: 'waiting',
  check,
  what: 'for the server to close an idle connection',
  atMs,
  atMostMs: 75_000,
});

function finished(id: 'first-answer' | 'idle-timeout', outcome: CheckOutcome['outcome'] = 'measured'): ProgressEvent {
  const reason = outcome === 'measured' ? '' : 'a reason';
  return {
    kind: 'finished',
    outcome: { id, title: '', outcome, reason, startedMs: 0, durationMs: 10, connections: [] },
    measured: {},
    atMs: 10,
  };
}

/** What a terminal shows after these bytes: as much of its language as live lines use. */
function screenOf(text: string): string[] {
  const rows = [''];
  let row = 0;
  // oxlint-disable-next-line no-control-regex
  for (const [part] of text.matchAll(/\u{1b}\[(\d+)A|\u{1b}\[J|\r|\n|[^\u{1b}\r\n]+/gu)) {
    if (part.startsWith('\u001b') && part.endsWith('A')) row -= Number(part.slice(2, -1));
    else if (part.startsWith('\u001b')) rows.splice(row, rows.length, '');
    else if (part === '\n') rows[(row += 1)] ??= '';
    else if (part !== '\r') rows[row] += part;
    assert.ok(row >= 0, 'above the screen');
  }
  return rows;
}

describe('the budget', () => {
  test('names the most that is opened and asked, of whom, and the wait', () => {
    assert.equal(
      formatBudget(
        PLANNED.kind === 'planned' ? PLANNED.cost : { connections: 0, requests: 0 },
        75_000,
        'http://127.0.0.1:8080/x',
      ),
      'at most 31 connections and 1,100 requests to 127.0.0.1:8080, and 75 s of waiting',
    );
    const one = { connections: 1, requests: 1 };
    assert.equal(formatBudget(one, 0, 'https://example.com/'), 'at most 1 connection and 1 request to example.com:443');
    assert.equal(formatBudget(one, 0, 'http://[::1]/'), 'at most 1 connection and 1 request to [::1]:80');
  });
});

describe('progress', () => {
  test('says what is waited for, and counts down', () => {
    const state = new ProgressState();
    for (const event of [
      PLANNED,
      finished('first-answer'),
      started('idle-timeout', 300),
      waiting('idle-timeout', 500),
    ]) {
      state.observe(event);
    }
    assert.deepEqual(state.lines(10_000, 100), [
      '1 of 3 checks done, 10 s',
      '  waits at most 66 s more for the server to close an idle connection',
    ]);
    assert.match(state.lines(75_499, 100)[1] ?? '', /^ {2}waits at most 1 s more for /);
    state.observe(finished('idle-timeout'));
    assert.deepEqual(state.lines(80_000, 100), ['2 of 3 checks done, 80 s']);
  });

  test('keeps to the width, and to five lines', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 200 }), fc.nat(12), (width, count) => {
        const state = new ProgressState();
        for (let index = 0; index < count; index += 1) {
          const check = `check-${index}` as 'idle-timeout';
          state.observe(started(check, index));
          state.observe(waiting(check, index));
        }
        const lines = state.lines(1_000, width);
        assert.ok(lines.length <= 5);
        assert.ok(lines.every((line) => line.length <= width));
        if (count > 4 && width > 100) assert.match(lines.at(-1) ?? '', new RegExp(`\\(and ${count - 4} more\\)$`));
      }),
    );
  });

  test('is a line an event for whoever reads it later', () => {
    assert.equal(formatProgressLine(PLANNED), undefined);
    assert.equal(
      formatProgressLine(started('idle-timeout', 300)),
      '   0.30 s  idle-timeout: How long an idle connection is kept',
    );
    assert.equal(
      formatProgressLine(waiting('idle-timeout', 500)),
      '   0.50 s  idle-timeout: waits for the server to close an idle connection, at most 75 s',
    );
    assert.equal(
      formatProgressLine(finished('idle-timeout', 'failed')),
      '   0.01 s  idle-timeout: could not be found out: a reason',
    );
  });
});

describe('live lines', () => {
  test('whatever is shown, only the last stands there; and nothing once they are cleared', () => {
    const someLines = fc.array(fc.stringMatching(/^[a-z ]{0,30}$/), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(someLines, { minLength: 1 }), (pictures) => {
        const stream = new CapturedStream(true);
        stream.write('before\n');
        const live = new LiveLines(stream);
        for (const lines of pictures) {
          live.show(lines);
          assert.deepEqual(screenOf(stream.text), ['before', ...lines, '']);
        }
        live.clear();
        live.clear();
        assert.deepEqual(screenOf(stream.text), ['before', '']);
      }),
    );
  });

  test('leave the last column free', () => {
    const stream = Object.assign(new CapturedStream(true), { columns: 40 });
    assert.equal(new LiveLines(stream).width, 39);
  });
});

describe('progress on standard error', () => {
  const show = (terminal: FakeTerminal, isVerbose = false): { progress: Progress; clock: ManualClock } => {
    const clock = new ManualClock();
    const progress = new Progress(terminal, clock, 'http://127.0.0.1:8080/', isVerbose);
    for (const event of [PLANNED, started('idle-timeout', 300), waiting('idle-timeout', 500)]) progress.onEvent(event);
    return { progress, clock };
  };

  test('counts down on a terminal four times a second, and leaves only the budget', () => {
    const terminal = new FakeTerminal({ isTTY: true });
    const { progress, clock } = show(terminal);
    const shown = new Set<string>();
    for (let time = 0; time < 20; time += 1) {
      clock.advance(250);
      shown.add(screenOf(terminal.stderr.text)[2] ?? '');
    }
    assert.deepEqual(
      [...shown],
      [76, 75, 74, 73, 72, 71].map(
        (left) => `  waits at most ${left} s more for the server to close an idle connection`,
      ),
    );
    progress.end();
    assert.deepEqual(screenOf(terminal.stderr.text), [
      'at most 31 connections and 1,100 requests to 127.0.0.1:8080, and 75 s of waiting',
      '',
    ]);
    const { length } = terminal.stderr.text;
    clock.advance(1_000);
    progress.onEvent(finished('idle-timeout'));
    assert.equal(terminal.stderr.text.length, length);
  });

  test('is the budget alone on a pipe, and plain lines with -v', () => {
    const quiet = new FakeTerminal();
    show(quiet);
    assert.match(quiet.stderr.text, /^at most .*\n$/);
    const verbose = new FakeTerminal();
    show(verbose, true);
    assert.match(verbose.stderr.text, /^at most .*\n {3}0\.30 s {2}idle-timeout: .*\n {3}0\.50 s .*\n$/);
    assert.ok(!verbose.stderr.text.includes('\u001b'));
  });
});
