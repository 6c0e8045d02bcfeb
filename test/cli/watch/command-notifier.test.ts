// `--on-change`: real commands of the shell, what they find in their environment, and the bounds of everything.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { commandNotifier } from '#src/cli/watch/notify/index.js';
import type { CommandNotifierOptions } from '#src/cli/watch/notify/index.js';
import type { HeartbeatEventOf } from '#src/heartbeat/index.js';

const CHANGE: HeartbeatEventOf<'down'> = {
  type: 'down',
  target: 'redis://127.0.0.1:6379',
  at: new Date('2026-01-02T03:04:05.678Z'),
  missed: 2,
  reason: 'no acknowledgement within 5000 ms',
  rttMs: undefined,
  error: undefined,
};

/** A command that runs the script; it finds the file that it may write to in FILE. */
function script(code: string): string {
  return `"${process.execPath}" -e "${code.replaceAll('"', '\\"')}"`;
}

interface Setting {
  readonly file: string;
  readonly lines: string[];
  readonly options: CommandNotifierOptions;
  readonly written: () => string;
}

function setUp(context: TestContext, options: Partial<CommandNotifierOptions> = {}): Setting {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'perdura-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'written');
  const lines: string[] = [];
  return {
    file,
    lines,
    options: {
      tell: (line) => void lines.push(line),
      environment: { ...process.env, FILE: file },
      noticeAfterMs: Infinity,
      ...options,
    },
    written: () => readFileSync(file, 'utf8'),
  };
}

const APPEND = "require('fs').appendFileSync(process.env.FILE, ";

describe('a command that is run for each change', () => {
  test('finds the event in its environment, every variable set', async (context) => {
    const { options, lines, written } = setUp(context);
    const names = ['EVENT', 'TARGET', 'AT', 'REASON', 'MISSED', 'RTT_MS', 'DOWN_MS'].map((name) => `PERDURA_${name}`);
    const code = `${APPEND}JSON.stringify(${JSON.stringify(names).replaceAll('"', "'")}.map((n) => process.env[n])) + String.fromCharCode(10))`;
    const notifier = commandNotifier(script(code), options);
    notifier.notify(CHANGE);
    notifier.notify({ ...CHANGE, type: 'up', missed: 0, reason: undefined, rttMs: 0.41234, downMs: 12_000 });
    assert.deepEqual(await notifier.close(), { delivered: 2, failed: 0, dropped: 0 });
    assert.deepEqual(
      written()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
      [
        ['down', CHANGE.target, '2026-01-02T03:04:05.678Z', CHANGE.reason, '2', '', ''],
        ['up', CHANGE.target, '2026-01-02T03:04:05.678Z', '', '0', '0.412', '12000'],
      ],
    );
    assert.deepEqual(lines, []);
  });

  test('is never made of what a peer says, and gets no control characters', async (context) => {
    const { options, written } = setUp(context);
    const reason = '"; echo hacked > "$FILE"; $(touch x) `id` \u0000\u001b[2J\nsecond line';
    const notifier = commandNotifier(script(`${APPEND}process.env.PERDURA_REASON)`), options);
    notifier.notify({ ...CHANGE, reason });
    assert.equal((await notifier.close()).delivered, 1);
    assert.equal(written(), '"; echo hacked > "$FILE"; $(touch x) `id` ??[2J second line');
  });

  test('gets a text of bounded length', async (context) => {
    const { options, written } = setUp(context);
    const notifier = commandNotifier(script(`${APPEND}String(process.env.PERDURA_REASON.length))`), options);
    notifier.notify({ ...CHANGE, reason: 'x'.repeat(1_000_000) });
    await notifier.close();
    assert.equal(written(), '4096');
  });

  test('prints where people read, line by line, so many and no more', async (context) => {
    const { options, lines } = setUp(context);
    const code =
      "process.stdout.write('one\\ntwo \\u001b[2J\\n'); console.error('x'.repeat(9999)); for (let i = 0; i < 5000; i++) console.error(i)";
    const notifier = commandNotifier(script(code.replaceAll('\\', '\\\\')), options);
    notifier.notify(CHANGE);
    assert.equal((await notifier.close()).delivered, 1);
    assert.equal(lines.length, 21);
    const bare = lines.map((line) => line.slice(line.indexOf(': ') + 2));
    assert.ok(bare.includes('one') && bare.includes('two ?[2J'));
    assert.ok(bare.some((line) => line.length === 501 && line.endsWith('x…')));
    assert.equal(bare.at(-1), '… and 4983 more lines');
  });

  test('is told of where it fails, without its arguments', async (context) => {
    const { options, lines } = setUp(context);
    const failing = commandNotifier(`TOKEN=geheim OTHER='ganz geheim' ${script('process.exit(3)')}`, options);
    failing.notify(CHANGE);
    assert.deepEqual(await failing.close(), { delivered: 0, failed: 1, dropped: 0 });
    const missing = commandNotifier('no-such-command-anywhere --token geheim 2>/dev/null', options);
    missing.notify(CHANGE);
    assert.equal((await missing.close()).failed, 1);
    assert.match(lines[0] ?? '', /^on-change "?\S*node\S*: down of redis:\/\/127\.0\.0\.1:6379: exit code 3$/);
    assert.equal(lines[1], 'on-change no-such-command-anywhere: down of redis://127.0.0.1:6379: exit code 127');
    assert.ok(!lines.join('\n').includes('geheim'));
  });

  test('is ended, and what it has started with it, when it takes too long', async (context) => {
    const { options, lines } = setUp(context, { runTimeoutMs: 300 });
    // Compound, so that the shell stays and the command is its child.
    const notifier = commandNotifier(`${script('setInterval(() => {}, 1000)')}; true`, options);
    const beganMs = performance.now();
    notifier.notify(CHANGE);
    assert.equal((await notifier.close()).failed, 1);
    assert.ok(performance.now() - beganMs < 8_000);
    assert.match(lines.at(-1) ?? '', /ended: not done within 300 ms$/);
  });

  test('is waited for when it has left something in the background, but not for that', async (context) => {
    const { options } = setUp(context);
    const notifier = commandNotifier('sleep 30 & true', options);
    const beganMs = performance.now();
    notifier.notify(CHANGE);
    assert.deepEqual(await notifier.close(), { delivered: 1, failed: 0, dropped: 0 });
    assert.ok(performance.now() - beganMs < 10_000);
  });

  test('runs in order for each target, and for few targets at a time', async (context) => {
    const { options, written } = setUp(context, { mostUnderWay: 2 });
    const say = (what: string): string =>
      `${APPEND}'${what} ' + process.env.PERDURA_TARGET + process.env.PERDURA_MISSED + ';')`;
    const notifier = commandNotifier(script(`${say('+')}; setTimeout(() => ${say('-')}, 100)`), options);
    for (const missed of [1, 2]) for (const target of ['a', 'b', 'c']) notifier.notify({ ...CHANGE, target, missed });
    assert.equal((await notifier.close()).delivered, 6);
    const story = written().split(';').slice(0, -1);
    let running = 0;
    for (const step of story) {
      running += step.startsWith('+') ? 1 : -1;
      assert.ok(running <= 2, story.join(' '));
    }
    for (const target of ['a', 'b', 'c']) {
      const ofTarget = story.filter((step) => step.includes(target));
      assert.deepEqual(ofTarget, [`+ ${target}1`, `- ${target}1`, `+ ${target}2`, `- ${target}2`]);
    }
  });

  test('is not run for the oldest changes where too many wait, and that is told once', async (context) => {
    const { options, lines, written } = setUp(context, { mostUnderWay: 1, mostWaiting: 3 });
    const notifier = commandNotifier(script(`${APPEND}process.env.PERDURA_MISSED)`), options);
    for (let missed = 0; missed < 9; missed += 1) notifier.notify({ ...CHANGE, missed });
    assert.deepEqual(await notifier.close(), { delivered: 4, failed: 0, dropped: 5 });
    assert.equal(written(), '0678');
    assert.deepEqual(
      lines.map((line) => line.replace(/^[^:]*: /, '')),
      ['more than 3 changes wait; the oldest are dropped', '5 changes were dropped'],
    );
  });

  test('is waited for at the end, so long and no longer; what comes later is not taken', async (context) => {
    const { options, lines } = setUp(context, { closeWithinMs: 200, mostUnderWay: 1 });
    const notifier = commandNotifier(script('setTimeout(() => {}, 20000)'), options);
    notifier.notify(CHANGE);
    notifier.notify({ ...CHANGE, type: 'up', downMs: 1 });
    const beganMs = performance.now();
    const closed = notifier.close();
    notifier.notify(CHANGE);
    assert.equal(notifier.close(), closed);
    assert.deepEqual(await closed, { delivered: 0, failed: 2, dropped: 0 });
    assert.ok(performance.now() - beganMs < 8_000);
    assert.match(lines[0] ?? '', /given up after 200 ms, with 2 changes not told$/);
  });
});
