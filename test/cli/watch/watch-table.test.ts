// The table of `perdura watch` as the terminal shows it: what stands in it, what is sent to draw it, and what stays behind.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createPalette } from '#src/cli/color.js';
import { LiveBlock } from '#src/cli/watch/live-block.js';
import { SignalTrail, TRAIL_LENGTH, formatSparkline } from '#src/cli/watch/signal-trail.js';
import { canDrawTable, knowsUnicode } from '#src/cli/watch/views.js';
import { CapturedStream, FakeTerminal } from '../fake-terminal.ts';
import { DrivenWatch, FakeTarget, REFUSED, planOf } from './driven-watch.ts';
import { Screen, countColumns } from './screen.ts';

const tty = { isTTY: true };

describe('the table', () => {
  test('tells state, round trip, trend, since when and the next signal of each target', async () => {
    const targets = [
      new FakeTarget('tcp://a:1'),
      new FakeTarget('redis://cache.internal'),
      new FakeTarget('tcp://c:1'),
    ];
    targets[1]!.answer = { rttMs: 12.34 };
    targets[2]!.answer = REFUSED;
    await using watch = new DrivenWatch(planOf(targets), tty);
    await watch.advance(100);
    // The third is suspect; its next signal goes out a second after the first.
    await watch.advance(650);
    assert.deepEqual(watch.frame().slice(-5), [
      '3 targets: 1 suspect, 2 up; every 10 s; 0s',
      'STATE     TARGET                      RTT  TREND                    FOR   NEXT',
      'up        tcp://a:1               0.50 ms  ▁                         0s    10s',
      'up        redis://cache.internal  12.3 ms  ▁                         0s    10s',
      'suspect   tcp://c:1                        ×                         0s     1s  refused',
    ]);
    targets[1]!.answer = { rttMs: 100 };
    await watch.advance(61_000);
    assert.deepEqual(watch.frame().slice(-5), [
      '3 targets: 1 down, 2 up; every 10 s; 1m01s',
      'STATE     TARGET                      RTT  TREND                    FOR   NEXT',
      'up        tcp://a:1               0.50 ms  ▁▁▁▁▁▁▁                1m01s     9s',
      'up        redis://cache.internal   100 ms  ▁▄▄▄▄▄▄                1m01s     9s',
      'down      tcp://c:1                        ××××××××               1m00s    10s  refused',
    ]);
  });

  test('leaves the changes above it, and of itself nothing but the summary', async () => {
    const target = new FakeTarget('tcp://a:1');
    await using watch = new DrivenWatch(planOf([target], { forMs: 30_000 }), tty);
    await watch.advance(5_000);
    assert.equal(watch.frame().length, 3, 'no change is told of a target that answers from the beginning');
    target.answer = REFUSED;
    await watch.advance(10_000);
    assert.equal(watch.screen.isCursorShown, false);
    assert.match(
      watch.frame()[1] ?? '',
      /^2001-09-09T01:46:51\.\d{3}Z {2}down {5}tcp:\/\/a:1 {2}refused \(2 signals missed\)$/,
    );
    await watch.advance(15_000);
    assert.equal(await watch.exitCode, 1);
    assert.deepEqual(
      watch.frame().map((line) => line.replace(/^\d{4}-\S+Z {2}/, '')),
      [
        'missed   tcp://a:1  refused',
        'down     tcp://a:1  refused (2 signals missed)',
        '1 target watched for 30 s',
        'TARGET     SENT  ACKED  RTT MIN      P50      P99  DOWNS  LONGEST',
        'tcp://a:1     4   25 %  0.50 ms  0.50 ms  0.50 ms      1     19 s  down at the end',
      ],
    );
    assert.equal(watch.screen.isCursorShown, true);
  });

  test('is drawn at most four times a second, and not at all where nothing changed', async () => {
    await using watch = new DrivenWatch(planOf([new FakeTarget('tcp://a:1')]), tty);
    await watch.advance(1_000);
    const writes: string[] = [];
    const { stdout } = watch.terminal;
    const write = stdout.write.bind(stdout);
    stdout.write = ((text: string, done: () => void) => {
      writes.push(text);
      return write(text, done);
    }) as typeof stdout.write;
    await watch.advance(4_000);
    assert.ok(writes.length >= 4 && writes.length <= 16, String(writes.length));
    // Seconds change; names and titles do not, and are not sent again.
    assert.ok(writes.every((text) => !text.includes('STATE')));
  });

  test('shows those that are down first where there are more targets than lines, then the suspect, and counts the rest', async () => {
    const targets = Array.from({ length: 40 }, (_, index) => new FakeTarget(`tcp://host-${index}:1`));
    targets[30]!.answer = REFUSED;
    targets[35]!.answer = REFUSED;
    await using watch = new DrivenWatch(planOf(targets), tty);
    watch.resize(80, 8);
    await watch.advance(3_000);
    targets[20]!.answer = undefined;
    await watch.advance(8_800);
    const frame = watch.frame().slice(-7);
    assert.match(frame[0] ?? '', /^40 targets: 2 down, 1 suspect, 37 up;/);
    assert.deepEqual(
      frame.slice(2).map((line) => line.split(/ {2,}/, 2).join(' ')),
      [
        'down tcp://host-30:1',
        'down tcp://host-35:1',
        'suspect tcp://host-20:1',
        'up tcp://host-0:1',
        '36 more not shown: 36 up',
      ],
    );
  });

  test('tells of thousands that change at once how many they were', async () => {
    const targets = Array.from({ length: 200 }, (_, index) => new FakeTarget(`tcp://host-${index}:1`));
    await using watch = new DrivenWatch(planOf(targets, { rampMs: 0 }), tty);
    await watch.advance(5_000);
    for (const target of targets) target.answer = REFUSED;
    await watch.advance(5_500);
    const history = watch.frame().filter((line) => /missed|more change/.test(line));
    assert.equal(history.length, 21);
    assert.equal(history.at(-1), '… and 180 more changes');
  });

  test('is no table on a terminal that cannot move its cursor, nor on a pipe', () => {
    const terminal = new FakeTerminal(tty);
    assert.ok(canDrawTable(terminal));
    assert.ok(!canDrawTable(Object.assign(terminal, { environment: { TERM: 'dumb' } })));
    assert.ok(!canDrawTable(new FakeTerminal()));
  });

  test('fits whatever the size of the terminal is, and however it changes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ width: fc.integer({ min: 10, max: 140 }), height: fc.integer({ min: 2, max: 30 }) }), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.integer({ min: 1, max: 40 }),
        async (sizes, count) => {
          const targets = Array.from({ length: count }, (_, index) => {
            return new FakeTarget(
              `tcp://host-${index}.example.internal:5432`,
              index % 3 === 0 ? REFUSED : { rttMs: index },
            );
          });
          await using watch = new DrivenWatch(planOf(targets, { rampMs: 0 }), tty);
          await watch.advance(3_000);
          for (const { width, height } of sizes) {
            watch.resize(width, height);
            await watch.advance(600);
            const frame = watch.frame();
            const status = frame.findLastIndex((line) => /^\d+ targ/.test(line));
            const block = frame.slice(status);
            assert.ok(block.length <= Math.max(1, height - 1), `${block.length} lines`);
            assert.ok(
              block.every((line) => line.length < Math.max(width, 2)),
              block.join('\n'),
            );
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test('fits whatever the reason is written in, and no character of it is cut in two', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('データベース', '시작하는 중', '数据库正在', 'é́', 'ñ', '🙂', 'plain ', '，'), {
          minLength: 1,
          maxLength: 24,
        }),
        fc.array(fc.integer({ min: 25, max: 140 }), { minLength: 1, maxLength: 4 }),
        async (words, widths) => {
          const reason = words.join('');
          const targets = [new FakeTarget('postgres://host.example:5432/本番データ', new Error(reason))];
          await using watch = new DrivenWatch(planOf([...targets, new FakeTarget('tcp://b:1')]), tty);
          await watch.advance(3_000);
          for (const width of widths) {
            watch.resize(width, 24);
            await watch.advance(600);
            const frame = watch.frame();
            assert.equal(frame.filter((line) => line.startsWith('2 targ')).length, 1, `${width}: ${frame.join('\n')}`);
            const block = frame.slice(frame.findIndex((line) => line.startsWith('2 targ')));
            for (const line of block) assert.ok(countColumns(line) < width, `${width}: ${line}`);
            const [, shown = ''] = /^down .*ms? +(\S.*?)…?$/.exec(block[2] ?? '') ?? [];
            assert.ok(reason.startsWith(shown) && !/\p{Cs}/u.test(shown), shown);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('leaves no copy of itself where the terminal becomes narrower or wider', async () => {
    await using watch = new DrivenWatch(
      planOf([new FakeTarget('tcp://host.example.internal:5432'), new FakeTarget('tcp://b:1')]),
      tty,
    );
    await watch.advance(1_000);
    for (const width of [100, 50, 33, 90, 25, 100]) {
      watch.resize(width, 24);
      await watch.advance(500);
      assert.equal(watch.frame().filter((line) => line.startsWith('2 targets')).length, 1, `${width} columns`);
      assert.equal(watch.frame().length, 4);
    }
  });
});

describe('the cursor', () => {
  test('is given back by a process that ends of an exception that nobody caught', async () => {
    await using watch = new DrivenWatch(planOf([new FakeTarget('tcp://a:1')]), tty);
    await watch.advance(500);
    watch.frame();
    assert.equal(watch.screen.isCursorShown, false);
    watch.terminal.endProcess();
    watch.frame();
    assert.equal(watch.screen.isCursorShown, true);
  });

  test('is given back by a second Ctrl-C', async () => {
    await using watch = new DrivenWatch(planOf([new FakeTarget('tcp://a:1')]), tty);
    await watch.advance(500);
    watch.terminal.send('SIGINT');
    watch.terminal.send('SIGINT');
    watch.frame();
    assert.equal(watch.screen.isCursorShown, true);
    assert.deepEqual(watch.terminal.exits, [130]);
    await watch.exitCode;
  });
});

describe('Ctrl-Z', () => {
  test('gives the screen and the cursor back, and fg brings the table back', async () => {
    await using watch = new DrivenWatch(planOf([new FakeTarget('tcp://a:1')]), tty);
    await watch.advance(500);
    watch.terminal.suspend();
    assert.deepEqual(watch.frame(), []);
    assert.equal(watch.screen.isCursorShown, true);
    watch.terminal.resume();
    assert.equal(watch.frame().length, 3);
    assert.equal(watch.screen.isCursorShown, false);
  });
});

describe('a live block', () => {
  const line = (text: string): { text: string; plain: string } => ({ text, plain: text });

  test('shows what it was given last, whatever it was given before', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            history: fc.array(fc.stringMatching(/^h[a-z ]{0,30}$/), { maxLength: 2 }),
            lines: fc.array(fc.stringMatching(/^[a-z]{1,18}$/), { minLength: 1, maxLength: 6 }),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        (draws) => {
          const stream = Object.assign(new CapturedStream(true), { columns: 20, rows: 10 });
          const screen = new Screen(20, 10);
          const block = new LiveBlock(stream);
          const history: string[] = [];
          for (const draw of draws) {
            block.draw(draw.history, draw.lines.map(line));
            history.push(...draw.history);
            screen.write(stream.text);
            stream.text = '';
            assert.deepEqual(screen.lines, [...history, ...draw.lines]);
          }
          block.end();
          block.end();
          screen.write(stream.text);
          assert.deepEqual(screen.lines, history);
          assert.ok(screen.isCursorShown);
        },
      ),
    );
  });
});

describe('the sparkline', () => {
  test('rises by a step with each doubling, so that what jitters looks flat', () => {
    assert.equal(formatSparkline([1, 1.2, 1.9, 2, 4, 8, 16, 32, 64, 128, 1_000], true), '▁▁▁▂▃▄▅▆▇██');
    assert.equal(formatSparkline([0.01, 0.02, 0.04], true), '▁▁▁');
    assert.equal(formatSparkline([Infinity, Number.NaN, 5, Infinity], true), '× ▁×');
    assert.equal(formatSparkline([1, 2, 200, Infinity], false), '_.#x');
    assert.equal(formatSparkline([], true), '');
    assert.equal(formatSparkline([Infinity, Infinity], true), '××');
  });

  test('is of the latest signals, oldest first', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000)), (values) => {
        const trail = new SignalTrail();
        for (const value of values) trail.add(value);
        assert.deepEqual(trail.recent(), values.slice(-TRAIL_LENGTH));
      }),
    );
  });

  test('has blocks where the locale has them', () => {
    assert.equal(knowsUnicode({}), true);
    assert.equal(knowsUnicode({ LANG: 'es_ES.UTF-8' }), true);
    assert.equal(knowsUnicode({ LANG: 'es_ES.UTF-8', LC_ALL: 'C' }), false);
    assert.equal(knowsUnicode({ LANG: 'C', LC_CTYPE: 'en_GB.utf8' }), true);
  });
});

test('only the state is painted, and it takes no columns', async () => {
  const targets = (): FakeTarget[] => [new FakeTarget('tcp://a:1'), new FakeTarget('tcp://b:1', REFUSED)];
  await using plain = new DrivenWatch(planOf(targets()), tty);
  await using coloured = new DrivenWatch(planOf(targets()), { ...tty, environment: {} });
  await plain.advance(5_000);
  await coloured.advance(5_000);
  const { cyan, red } = createPalette(true);
  assert.ok(coloured.stdout.includes(`${cyan('up      ')}  tcp://a:1`));
  assert.ok(coloured.stdout.includes(`${red('down    ')}  tcp://b:1`));
  assert.ok(!plain.stdout.includes(red('down').slice(0, 4)));
  assert.deepEqual(coloured.frame(), plain.frame());
});
