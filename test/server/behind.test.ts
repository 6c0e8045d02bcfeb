// What `behind` derives and warns of. The rules are those of src/path: whatever the path, the numbers that follow from it break none.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { OptionError } from '#src/errors.js';
import { HOPS, findHop, lintTimeouts } from '#src/path/index.js';
import {
  DEFAULT_SERVE_OPTIONS,
  deriveFromPath,
  formatWarning,
  realIdleTimeoutMs,
  resolveServeOptions,
  serve,
} from '#src/server/index.js';
import type { PathOptions, ServeOptions, ServerWarning } from '#src/server/index.js';
import { resolveBehind } from '#src/server/options/behind.js';

const handler = (): object => ({});
const resolve = (options: Partial<ServeOptions>): ReturnType<typeof resolveServeOptions> =>
  resolveServeOptions({ handler, onWarning: () => {}, ...options });
const optionsOf = (warnings: readonly ServerWarning[]): string[] => warnings.map(({ option }) => option);
const reasonFor = (options: PathOptions, option: string): string =>
  deriveFromPath(options).values.find((value) => value.option === option)?.reason ?? '';

const anyPart = fc.oneof(fc.constantFrom(...HOPS.map(({ name }) => name)), fc.integer({ min: 1_000, max: 10_000_000 }));
const anyBehind = fc.array(anyPart, { maxLength: 5 });

describe('what is derived from what is in front', () => {
  test('breaks no rule for the server, whatever the path', () => {
    fc.assert(
      fc.property(anyBehind, (behind) => {
        const { keepAliveTimeoutMs, keepAliveGraceMs } = resolve({ behind });
        for (const serverIdleMs of [keepAliveTimeoutMs, realIdleTimeoutMs({ keepAliveTimeoutMs, keepAliveGraceMs })]) {
          const problems = lintTimeouts({ hops: resolveBehind(behind), server: 'perdura' }, { serverIdleMs });
          assert.deepEqual(
            problems.filter(({ who }) => who === 'server'),
            [],
          );
        }
      }),
    );
  });

  test('outlives the proxy next to the server by 5 s at least, and is never below the default', () => {
    fc.assert(
      fc.property(anyBehind, (behind) => {
        const { keepAliveTimeoutMs } = resolve({ behind });
        const hops = resolveBehind(behind);
        const sender = hops.findLast(({ kind }) => kind === 'proxy');
        if (sender?.serverIdleMs != null) assert.ok(keepAliveTimeoutMs >= sender.serverIdleMs + 5_000);
        assert.ok(keepAliveTimeoutMs >= DEFAULT_SERVE_OPTIONS.keepAliveTimeoutMs);
      }),
    );
  });

  test('leaves whatever is given as it is', () => {
    fc.assert(
      fc.property(anyBehind, fc.integer({ min: 1, max: 1_000_000 }), (behind, given) => {
        const { keepAliveTimeoutMs, timeouts, drain } = resolve({
          behind,
          keepAliveTimeoutMs: given,
          timeouts: { silentMs: given },
          drain: { drainMs: given, lameDuckMs: given },
          health: { readiness: '/readyz' },
        });
        assert.deepEqual(
          [keepAliveTimeoutMs, timeouts.silentMs, drain.drainMs, drain.lameDuckMs],
          [given, given, given, given],
        );
      }),
    );
  });

  test('is nothing without `behind`', () => {
    const { values, warnings } = deriveFromPath({});
    assert.deepEqual([values, warnings], [[], []]);
    assert.deepEqual(resolve({}).derived, []);
  });

  test('leaves time after the lame duck, in which requests under way can end', () => {
    fc.assert(
      fc.property(anyBehind, (behind) => {
        const { drain, warnings } = resolve({ behind, health: { readiness: '/readyz' } });
        assert.ok(drain.drainMs > drain.lameDuckMs);
        assert.ok(!optionsOf(warnings).some((option) => option.startsWith('drain.')));
      }),
    );
  });
});

describe('every hop of the table', () => {
  for (const hop of HOPS) {
    test(`${hop.name} is taken, and what is not known of it, or not verified, is said`, () => {
      const { keepAliveTimeoutMs, warnings } = resolve({ behind: hop.name });
      const isProxy = hop.kind === 'proxy';
      const isKnown = hop.serverIdleMs !== null || hop.advisedServerIdleMs !== undefined;
      if (isProxy && isKnown) {
        const wanted = Math.max(
          (hop.serverIdleMs ?? 0) + 5_000,
          ...(hop.otherIdleMs ?? []).map((ms) => ms + 5_000),
          hop.advisedServerIdleMs ?? 0,
          65_000,
        );
        assert.equal(keepAliveTimeoutMs, wanted);
      } else {
        assert.equal(keepAliveTimeoutMs, 65_000);
      }
      const isDoubtful = isProxy && (!isKnown || !hop.verified);
      assert.deepEqual(
        warnings.map(({ option, level }) => [option, level]),
        isDoubtful ? [['behind', 'hint']] : [],
      );
      if (isDoubtful)
        assert.match(warnings[0]?.message ?? '', new RegExp(`give the milliseconds in place of '${hop.name}'`));
    });
  }
});

describe('behind', () => {
  test('gives the numbers that vendors and rules ask for, with their reasons', () => {
    assert.equal(resolve({ behind: 'aws-alb' }).keepAliveTimeoutMs, 65_000);
    assert.equal(resolve({ behind: 'gcp-global-alb' }).keepAliveTimeoutMs, 620_000);
    assert.equal(resolve({ behind: 'heroku' }).keepAliveTimeoutMs, 95_000);
    assert.equal(resolve({ behind: 'cloudfront' }).keepAliveTimeoutMs, 65_000);
    assert.equal(resolve({ behind: 90_000 }).keepAliveTimeoutMs, 95_000);
    assert.match(
      reasonFor({ behind: 'aws-alb' }, 'keepAliveTimeoutMs'),
      /keeps idle connections for 60 s.* is just that\.$/,
    );
    assert.match(
      reasonFor({ behind: 'cloudfront' }, 'keepAliveTimeoutMs'),
      /65 s, the default, is enough for the 10 s that it takes, and stays\.$/,
    );
  });

  test('is a path, the outermost first: only the proxy next to the server counts for it', () => {
    assert.equal(resolve({ behind: ['gcp-global-alb', 'nginx'] }).keepAliveTimeoutMs, 65_000);
    assert.equal(resolve({ behind: ['nginx', 'gcp-global-alb'] }).keepAliveTimeoutMs, 620_000);
    assert.equal(resolve({ behind: ['aws-alb', 'aws-nlb'] }).keepAliveTimeoutMs, 65_000);
  });

  test('warns where hops of the path do not go together, and keeps what is right before and after that is changed', () => {
    const { warnings, keepAliveTimeoutMs } = resolve({ behind: ['cloudflare', 'aws-alb'] });
    const [warning] = warnings;
    assert.equal(warning?.option, 'behind');
    assert.match(warning.message, /AWS Application Load Balancer closes before Cloudflare does\..* at least 905 s/);
    assert.equal(keepAliveTimeoutMs, 910_000);
    const reason = reasonFor({ behind: ['cloudflare', 'aws-alb'] }, 'keepAliveTimeoutMs');
    assert.match(reason, /So it will be once it is set as what is in front of it needs; as it is, 65 s would do\.$/);
  });

  test('keeps a connection that has said nothing yet as long, because proxies open some ahead of need', () => {
    const { timeouts } = resolve({ behind: 'gcp-global-alb' });
    assert.deepEqual([timeouts.silentMs, timeouts.headerMs], [620_000, 20_000]);
    assert.equal(resolve({ behind: 'aws-nlb' }).timeouts.silentMs, 20_000);
    assert.equal(resolve({ timeouts: { headerMs: 7_000 } }).timeouts.silentMs, 7_000);
  });

  test('derives a lame duck where the balancer can notice it and is known to check, and time after it', () => {
    const health = { readiness: '/readyz' };
    assert.deepEqual(resolve({ behind: 'aws-alb', health }).drain, {
      ...DEFAULT_SERVE_OPTIONS.drain,
      lameDuckMs: 65_000,
      drainMs: 95_000,
    });
    assert.deepEqual(resolve({ behind: 'aws-alb' }).drain, DEFAULT_SERVE_OPTIONS.drain);
    assert.deepEqual(resolve({ behind: 'aws-alb', health: { liveness: '/livez' } }).drain, DEFAULT_SERVE_OPTIONS.drain);
    assert.deepEqual(resolve({ behind: 60_000, health }).drain, DEFAULT_SERVE_OPTIONS.drain);
    assert.equal(resolve({ behind: ['aws-alb', 'haproxy'], health }).drain.lameDuckMs, 11_000);
    assert.match(reasonFor({ behind: 'aws-alb', health }, 'drain.drainMs'), /terminationGracePeriodSeconds/);
  });

  test('ends before a platform kills', () => {
    assert.equal(resolve({ behind: 'heroku' }).drain.drainMs, 25_000);
    const { warnings } = resolve({ behind: 'heroku', drain: { drainMs: 30_000 } });
    assert.deepEqual(optionsOf(warnings), ['drain.drainMs']);
    assert.match(warnings[0]?.message ?? '', /kills a process 30 s after it was told to stop.* at most 25 s/);
    assert.deepEqual(resolve({ behind: 'heroku', drain: { drainMs: 25_000 } }).warnings, []);
  });

  test('refuses unknown names, with the nearest ones, and what is neither a name nor a duration', () => {
    for (const behind of ['aws-abl', 'claudflare', '', 0, -5, NaN, Infinity, true, {}, [[]], ['aws-alb', 'x']]) {
      assert.throws(
        () => resolve({ behind: behind as string }),
        (error) => error instanceof OptionError && error.option === 'behind',
      );
    }
    assert.throws(() => resolve({ behind: 'claudflare' }), /no known hop; did you mean cloudflare/);
  });
});

describe('a warning', () => {
  test('says what is wrong, what happens and which number to set, for a timeout that is given too short', () => {
    const { warnings } = resolve({ behind: 'aws-alb', keepAliveTimeoutMs: 5_000 });
    assert.equal(warnings.length, 1);
    assert.equal(
      formatWarning(warnings[0]!),
      'keepAliveTimeoutMs: The server closes before AWS Application Load Balancer does. AWS Application Load Balancer keeps an idle ' +
        'connection for 60 s, the server for 6 s. Now and then a request is on its way just as the server closes: it is lost, and ' +
        'the client gets a 502. Set the idle timeout of the server to at least 65 s. Or shorten idle_timeout.timeout_seconds of ' +
        'AWS Application Load Balancer. (keepAliveTimeoutMs: 65_000)',
    );
  });

  test('is not given where what the server really waits is enough', () => {
    assert.deepEqual(resolve({ behind: 'aws-alb', keepAliveTimeoutMs: 60_000, keepAliveGraceMs: 5_000 }).warnings, []);
    assert.deepEqual(
      resolve({ behind: 'aws-alb', keepAliveTimeoutMs: 60_000, keepAliveGraceMs: 0 }).warnings.map(
        ({ level }) => level,
      ),
      ['bad'],
    );
    assert.deepEqual(resolve({ behind: 'aws-alb', keepAlive: false }).warnings, []);
  });

  test('comes where a timeout outlives what the path remembers', () => {
    const [warning] = resolve({ behind: 'aws-nlb', keepAliveTimeoutMs: 400_000 }).warnings;
    assert.match(warning?.message ?? '', /The server keeps connections that AWS Network Load Balancer has forgotten/);
    assert.equal(warning?.wantedMs, 345_000);
  });

  test('comes where the lame duck leaves no time, with or without `behind`', () => {
    const { warnings } = resolve({ drain: { drainMs: 10_000, lameDuckMs: 10_000 } });
    assert.deepEqual(optionsOf(warnings), ['drain.drainMs']);
    assert.equal(warnings[0]?.wantedMs, 40_000);
    const derived = resolve({ behind: 'aws-alb', health: { readiness: '/r' }, drain: { drainMs: 30_000 } });
    assert.deepEqual(optionsOf(derived.warnings), ['drain.drainMs']);
  });

  test('comes where seconds were probably meant', () => {
    assert.match(resolve({ behind: 60 }).warnings[0]?.message ?? '', /60 is taken as milliseconds.*60000/);
  });

  test('rests on a hint where the table does, and says so', () => {
    const hint = findHop('akamai');
    assert.equal(hint?.verified, false);
    const [warning] = resolve({ behind: 'akamai', keepAliveTimeoutMs: 5_000 }).warnings;
    assert.match(warning?.message ?? '', /That rests on a hint, which is not verified\.$/);
  });

  test('is told once at start and stays on the server; whoever throws refuses to start', async () => {
    const told: ServerWarning[] = [];
    const options = { handler, port: 0, behind: 'aws-alb', keepAliveTimeoutMs: 5_000 };
    const server = await serve({ ...options, onWarning: (warning) => void told.push(warning) });
    assert.deepEqual(server.warnings, told);
    assert.equal(told.length, 1);
    assert.deepEqual(optionsOf(server.warnings), ['keepAliveTimeoutMs']);
    server.destroy();
    const strict = (warning: ServerWarning): never => {
      throw new Error(warning.option);
    };
    await assert.rejects(serve({ ...options, onWarning: strict }), /keepAliveTimeoutMs/);
  });

  test('goes to console.warn by default', async (t) => {
    const warn = t.mock.method(console, 'warn', () => {});
    const server = await serve({ handler, port: 0, behind: 'fly-io' });
    server.destroy();
    assert.match(String(warn.mock.calls[0]?.arguments[0]), /^perdura: warning: behind: How long Fly\.io proxy keeps/);
  });
});
