// What `perdura watch` is asked to watch, how often, and what it says to what makes no sense. Nothing is sent.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CommandError } from '#src/cli/exit-code.js';
import { checkDescriptors } from '#src/cli/watch/descriptors.js';
import { makeWatchPlan } from '#src/cli/watch/plan.js';
import type { WatchFlags, WatchPlan } from '#src/cli/watch/plan.js';
import { MOST_FILE_BYTES, readTargetFile } from '#src/cli/watch/read-targets.js';
import { decideRhythm } from '#src/cli/watch/rhythm.js';
import { MOST_LINE_LENGTH, completeTarget, makeProbes, parseTargetFile } from '#src/cli/watch/target-list.js';
import { OptionError } from '#src/errors.js';
import { probeFor } from '#src/heartbeat/index.js';
import type { ProbeForOptions } from '#src/heartbeat/index.js';
import type { ProcessResources } from '#src/io/index.js';
import { findHop } from '#src/path/index.js';
import { FakeTerminal } from '../fake-terminal.ts';
import { FakeTarget } from './driven-watch.ts';

const NO_FLAGS: WatchFlags = {
  file: [],
  timeout: 5_000,
  tolerance: 2,
  jitter: 0.1,
  behind: [],
  nat: [],
  count: Infinity,
  for: Infinity,
  format: 'text',
  onChange: [],
  webhook: [],
  concurrency: 256,
  header: [],
};

const resources = (descriptorLimit: number, used = 20): ProcessResources => ({
  descriptorLimit,
  countDescriptors: () => used,
  residentBytes: () => 0,
});

/** A plan whose probes are none; `asked` is what they would have been made of. */
async function plan(
  targets: readonly string[],
  flags: Partial<WatchFlags> = {},
): Promise<{ readonly plan: WatchPlan; readonly asked: { target: string; options: ProbeForOptions }[] }> {
  const asked: { target: string; options: ProbeForOptions }[] = [];
  const made = await makeWatchPlan(targets, { ...NO_FLAGS, ...flags }, new FakeTerminal(), {
    probeFor: (target, options) => {
      if (target.startsWith('gopher:')) throw new OptionError('target', 'has the scheme gopher:, there are tcp, http');
      asked.push({ target, options });
      const probe = new FakeTarget(target.replace(/\/\/.*@/, '//'));
      return Object.assign(probe, { keepsConnection: !target.startsWith('tcp:') });
    },
    resources: resources(1_000),
  });
  return { plan: made, asked };
}

const usage = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CommandError, String(error));
  assert.equal(error.exitCode, 2);
  assert.match(error.message, pattern);
  return true;
};

describe('a file of targets', () => {
  test('has one a line; empty lines and comments are none, a fragment of a URL is no comment', () => {
    const text =
      '\u{feff}# ours\r\ntcp://a:1\r\n\r\n  redis://b  # the cache\n\thttp://c/#top\rtcp://d:1#x\n#tcp://e:1';
    assert.deepEqual(parseTargetFile(text, 'list'), [
      { text: 'tcp://a:1', place: 'list:2' },
      { text: 'redis://b', place: 'list:4' },
      { text: 'http://c/#top', place: 'list:5' },
      { text: 'tcp://d:1#x', place: 'list:6' },
    ]);
  });

  test('gives every target its place, whatever stands between them', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('tcp://a:1', '', '  ', '# no', 'tcp://b:1 # yes')), (lines) => {
        const wanted = lines.flatMap((line, index) => (line.startsWith('tcp') ? [`f:${index + 1}`] : []));
        assert.deepEqual(
          parseTargetFile(lines.join('\n'), 'f').map(({ place }) => place),
          wanted,
        );
      }),
    );
  });

  test('has lines of at most 8,192 characters', () => {
    assert.equal(parseTargetFile(`tcp://${'a'.repeat(MOST_LINE_LENGTH - 6)}`, 'f').length, 1);
    assert.throws(
      () => parseTargetFile(`\ntcp://${'a'.repeat(MOST_LINE_LENGTH - 5)}`, 'f'),
      usage(/^f:2: the line has 8193 characters, 8192 are the limit\.$/),
    );
  });

  test('is read from a file or from standard input, and has to be there, to end, and to name something', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'perdura-watch-'));
    try {
      const file = path.join(folder, 'targets.txt');
      writeFileSync(file, 'tcp://a:1\n');
      const noInput = (): Readable => Readable.from([]);
      assert.deepEqual(await readTargetFile(file, noInput), [{ text: 'tcp://a:1', place: `${file}:1` }]);
      const input = (): Readable => Readable.from([Buffer.from('tcp:'), Buffer.from('//é:1')]);
      assert.deepEqual(await readTargetFile('-', input), [{ text: 'tcp://é:1', place: 'standard input:1' }]);
      await assert.rejects(readTargetFile(path.join(folder, 'none'), noInput), usage(/^--file: ENOENT: .*none'$/));
      await assert.rejects(readTargetFile(folder, noInput), usage(/^--file: EISDIR/));
      await assert.rejects(readTargetFile('-', noInput), usage(/^--file -: there is no target in it/));
      const endless = (): Readable =>
        Readable.from({ [Symbol.iterator]: () => ({ next: () => ({ done: false, value: Buffer.alloc(1 << 20) }) }) });
      await assert.rejects(
        readTargetFile('-', endless),
        usage(new RegExp(`more than ${MOST_FILE_BYTES} bytes, the limit`)),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('targets', () => {
  test('without a scheme are http', () => {
    assert.equal(completeTarget('localhost:8080'), 'http://localhost:8080');
    assert.equal(completeTarget('Redis://x'), 'Redis://x');
  });

  test('that are named twice are watched once, and that is told', () => {
    const named = [
      { text: 'tcp://a:1', place: undefined },
      { text: 'tcp://b:1', place: 'f:1' },
      { text: 'tcp://a:1', place: 'f:2' },
      { text: 'tcp://b:1', place: 'f:9' },
    ];
    const { probes, notes } = makeProbes(named, (target) => new FakeTarget(target));
    assert.deepEqual(
      probes.map(({ target }) => target),
      ['tcp://a:1', 'tcp://b:1'],
    );
    assert.deepEqual(notes, [
      'tcp://a:1 is named twice (f:2), and watched once',
      'tcp://b:1 is named twice (f:1 and f:9), and watched once',
    ]);
    const many = Array.from({ length: 40 }, () => ({ text: 'tcp://a:1', place: undefined }));
    assert.deepEqual(makeProbes(many, (target) => new FakeTarget(target)).notes.slice(9), [
      'tcp://a:1 is named twice, and watched once',
      '… and 29 more',
    ]);
  });

  test('that differ in what is not shown are as different as others, and numbered', () => {
    const text = [
      'ws://h/a?x=1',
      'ws://h/a?x=2',
      'ws://H/a?x=1',
      'ws://h:80/a?x=2',
      'ws://h/b?x=1',
      'redis://ada:1@h',
      'redis://bob:1@h:6379/',
      'redis://ada:2@H',
      'redis://ada:1@h',
    ].join('\n');
    const { probes, notes } = makeProbes(
      [{ text: 'ws://h/a', place: undefined }, ...parseTargetFile(text, 'f'), { text: 'ws://h/a?', place: undefined }],
      (target) => probeFor(target),
    );
    assert.deepEqual(
      probes.map(({ target }) => target),
      [
        'ws://h/a',
        'ws://h/a (2)',
        'ws://h/a (3)',
        'ws://h/b',
        'redis://h:6379',
        'redis://h:6379 (2)',
        'redis://H:6379',
      ],
    );
    assert.deepEqual(notes, [
      'ws://h/a is named twice (f:1 and f:3), and watched once',
      'ws://h/a is named twice (f:2 and f:4), and watched once',
      'redis://h:6379 is named twice (f:6 and f:9), and watched once',
      'ws://h/a is named twice, and watched once',
      'ws://h/a (2) is f:1: it differs in what is not shown, such as user, password and query',
      'ws://h/a (3) is f:2: it differs in what is not shown, such as user, password and query',
      'redis://h:6379 (2) is f:7: it differs in what is not shown, such as user, password and query',
    ]);
  });

  test('that are numbered are otherwise the probes that they were', async () => {
    const sink = { onReceived() {}, onSent() {}, onLost() {}, onCalm() {}, onBlocked() {} };
    const made: FakeTarget[] = [];
    const { probes } = makeProbes(
      ['http://a/?1', 'http://a/?2'].map((text) => ({ text, place: undefined })),
      () => {
        made.push(Object.assign(new FakeTarget('http://a/'), { origin: 'http://a', keepsConnection: false }));
        return made.at(-1)!;
      },
    );
    const [, second] = probes;
    second?.attach?.(sink);
    assert.equal(await second?.send(new AbortController().signal), made[1]?.answer);
    second?.close?.();
    assert.deepEqual([second?.target, second?.origin, second?.keepsConnection], ['http://a/ (2)', 'http://a', false]);
    assert.deepEqual([made[0]?.signals, made[1]?.signals, made[1]?.closes], [0, 1, 1]);
    assert.equal(made[1]?.sink, sink);
  });

  test('that cannot be watched are all told at once, with their places and without passwords', async () => {
    const named = Array.from({ length: 14 }, (_, index) => ({ text: 'gopher://x', place: `f:${index + 1}` }));
    const refuse = (): never => {
      throw new OptionError('target', 'has the scheme gopher:');
    };
    assert.throws(
      () => makeProbes(named, refuse),
      usage(/^f:1: has the scheme gopher:\n[\s\S]*\nf:10: .*\n… and 4 more$/),
    );
    assert.throws(
      () => makeProbes([{ text: 'gopher://me:secret@x', place: undefined }], refuse),
      usage(/^'gopher:\/\/…@x': has the scheme gopher:$/),
    );
    assert.throws(
      () =>
        makeProbes([{ text: 'x', place: undefined }], () => {
          throw new TypeError('a defect');
        }),
      TypeError,
    );
    await assert.rejects(plan([]), usage(/^name what to watch/));
    await assert.rejects(plan([], { file: ['-', '-'] }), usage(/standard input can be read once only/));
  });

  test('are made with what was typed of TLS and fields', async () => {
    const header = [
      ['authorization', 'Bearer x'],
      ['x-a', '1'],
      ['x-a', '2'],
      ['x-b', '1'],
      ['x-b', ''],
    ] as const;
    const { asked } = await plan(['https://a/', 'wss://b/'], {
      insecure: true,
      header,
      method: 'HEAD',
      expectStatus: ['2xx', 304],
    });
    assert.deepEqual(asked[0], {
      target: 'https://a/',
      options: {
        tls: { rejectUnauthorized: false },
        headers: { authorization: 'Bearer x', 'x-a': '1, 2' },
        method: 'HEAD',
        expectStatus: ['2xx', 304],
      },
    });
    assert.equal(asked[1]?.options, asked[0]?.options);
    const plain = await plan(['https://a/']);
    assert.deepEqual(plain.asked[0]?.options, {
      tls: undefined,
      headers: undefined,
      method: undefined,
      expectStatus: undefined,
    });
  });

  test('of which there are too many for the process are refused with the numbers, before anything is opened', () => {
    checkDescriptors(100, 10, resources(20 + 100 + 10 + 64));
    assert.throws(
      () => checkDescriptors(100, 10, resources(20 + 100 + 10 + 63)),
      usage(
        /^100 targets need about 194 file descriptors, and this process may open 193: raise the limit \(ulimit -n 194,/,
      ),
    );
    // Never more at a time than there are.
    checkDescriptors(1, 256, resources(20 + 1 + 1 + 64));
    checkDescriptors(1_000_000, 256, resources(Infinity));
  });
});

describe('the interval', () => {
  const flags = { intervalMs: undefined, isAdaptive: false, hops: [] };
  const alb = findHop('aws-alb')!;
  const natGateway = findHop('aws-nat-gateway')!;

  test('is 15 s, or what was typed', () => {
    assert.deepEqual(decideRhythm(flags), { intervalMs: 15_000, isAdaptive: false, words: 'every 15 s', notes: [] });
    assert.equal(decideRhythm({ ...flags, intervalMs: 500 }).words, 'every 500 ms');
  });

  test('is half of the shortest idle timeout of the path, and the hop that decides is named', () => {
    const { intervalMs, notes } = decideRhythm({ ...flags, hops: [natGateway, alb] });
    assert.equal(intervalMs, 30_000);
    assert.match(notes.join('\n'), /^signals every 30 s: at most every 30 s \(aws-alb decides\): /);
    const behindNat = decideRhythm({ ...flags, hops: [natGateway] });
    assert.equal(behindNat.intervalMs, 175_000);
    assert.match(behindNat.notes.join('\n'), /aws-nat-gateway decides/);
  });

  test('that was typed stays, with a warning where the path does not bear it', () => {
    const fits = decideRhythm({ ...flags, intervalMs: 20_000, hops: [alb] });
    assert.equal(fits.intervalMs, 20_000);
    assert.match(fits.notes.join('\n'), /^signals every 20 s; the path asks for signals at most every 30 s/);
    const tooLong = decideRhythm({ ...flags, intervalMs: 45_000, hops: [alb] });
    assert.equal(tooLong.intervalMs, 45_000);
    assert.match(tooLong.notes.join('\n'), /^warning: --interval 45 s is too long for the path, .* every 30 s/);
  });

  test('cannot be typed and searched for', async () => {
    assert.throws(
      () => decideRhythm({ ...flags, isAdaptive: true, intervalMs: 1 }),
      usage(/leave it out, or --interval/),
    );
    assert.throws(() => decideRhythm({ ...flags, isAdaptive: true, hops: [alb] }), usage(/leave it out, or --behind/));
    await assert.rejects(
      plan(['http://a/', 'tcp://a:1'], { adaptive: true }),
      usage(/^'tcp:\/\/a:1': --adaptive has nothing to find, as each signal to tcp:\/\/a:1 /),
    );
    const { plan: adaptive } = await plan(['http://a/'], { adaptive: true });
    assert.equal(adaptive.heartbeat.adaptive, true);
  });
});
