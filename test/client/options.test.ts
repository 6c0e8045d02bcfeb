// Every option of a session that makes no sense is refused with its name; everything that does is filled in.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { OptionError } from '#src/errors.js';
import { DEFAULT_SESSION_OPTIONS, resolveSessionOptions } from '#src/client/options.js';
import type { SessionOptions } from '#src/client/options.js';
import { ManualClock } from '#src/testing/index.js';

/** Asserts that these options are refused, naming `option`, and returns the message. */
function refused(option: string, options: object): string {
  let message = '';
  assert.throws(
    () => resolveSessionOptions(options),
    (error) => {
      assert.ok(error instanceof OptionError, String(error));
      assert.equal(error.option, option);
      assert.ok(error.message.startsWith(`${option}: `), error.message);
      ({ message } = error);
      return true;
    },
  );
  return message;
}

const NOT_NUMBERS = ['5', null, NaN, true, {}, [], -1, -Infinity];

/** What a number may be at least, whether it may have fractions, and whether it may be without limit. */
interface Range {
  readonly lowest: number;
  readonly fractions: boolean;
  readonly unlimited: boolean;
}

const count = (lowest: number): Range => ({ lowest, fractions: false, unlimited: true });
const duration: Range = { lowest: 1, fractions: true, unlimited: true };
const table = (lowest: number): Range => ({ lowest, fractions: false, unlimited: false });

const NUMBERS: Readonly<Record<string, Range>> = {
  'limits.perOrigin': count(1),
  'limits.perProxy': count(1),
  'limits.total': count(1),
  'limits.queue': count(0),
  'limits.acquireTimeoutMs': duration,
  'limits.headerBytes': table(64),
  'limits.headerFields': table(1),
  'limits.bodyBytes': count(0),
  'limits.drainBytes': count(0),
  'timeouts.connectMs': duration,
  'timeouts.headersMs': duration,
  'timeouts.bodyMs': duration,
  idleTimeoutMs: duration,
  maxAgeMs: duration,
  maxRequestsPerConnection: count(1),
  pipelining: count(1),
  maxRetries: table(0),
  resolveIntervalMs: duration,
  leakAfterMs: duration,
};

/** `{ limits: { total: 5 } }` for `limits.total`. */
function optionsWith(name: string, value: unknown): SessionOptions {
  const [group = '', member] = name.split('.');
  return { [group]: member === undefined ? value : { [member]: value } };
}

describe('a number', () => {
  for (const [name, { lowest, fractions, unlimited }] of Object.entries(NUMBERS)) {
    test(`${name} is refused where it is none, or too small, and taken where it is not`, () => {
      for (const value of [...NOT_NUMBERS, lowest - 0.5]) refused(name, optionsWith(name, value));
      resolveSessionOptions(optionsWith(name, lowest));
      if (fractions) resolveSessionOptions(optionsWith(name, lowest + 0.5));
      else refused(name, optionsWith(name, lowest + 0.5));
      if (unlimited) resolveSessionOptions(optionsWith(name, Infinity));
      else refused(name, optionsWith(name, Infinity));
    });
  }

  test('is every number among the defaults', () => {
    const numbers = Object.entries(DEFAULT_SESSION_OPTIONS).flatMap(([name, value]) =>
      typeof value === 'object'
        ? Object.keys(value).map((member) => `${name}.${member}`)
        : typeof value === 'number'
          ? name
          : [],
    );
    assert.deepEqual(numbers.toSorted(), Object.keys(NUMBERS).toSorted());
  });

  test('of a table has an upper end', () => {
    for (const [name, highest] of [
      ['limits.headerBytes', 2 ** 24],
      ['limits.headerFields', 2 ** 24],
      ['maxRetries', 100],
    ] as const) {
      resolveSessionOptions(optionsWith(name, highest));
      assert.match(refused(name, optionsWith(name, highest + 1)), new RegExp(` to ${highest}$`));
    }
  });
});

describe('an OptionError names', () => {
  test('options, where they are no object', () => {
    for (const options of [null, 5, 'http://a.example', [], () => {}]) refused('options', options as never);
  });

  for (const [name, choices] of [
    ['nonIdempotent', ['validate', 'fresh', 'reuse']],
    ['holdBack', ['never', 'lastByte', 'continue']],
    ['hedgeStale', ['auto', 'always', 'never']],
    ['profile', ['chrome', 'firefox', 'ie7', 'ie8', 'requests', 'node']],
  ] as const) {
    test(`${name}, and what it can be`, () => {
      for (const choice of choices) resolveSessionOptions({ [name]: choice });
      for (const value of ['x', '', 'Chrome', 5, null, true, 'toString', [choices[0]]]) {
        assert.ok(refused(name, { [name]: value }).endsWith(`'${choices.at(-2)}' or '${choices.at(-1)}'`));
      }
    });
  }

  test('recordStacks', () => {
    for (const recordStacks of ['yes', 1, null]) refused('recordStacks', { recordStacks });
  });

  test('trace and random', () => {
    for (const value of ['x', 5, null, {}]) {
      refused('trace', { trace: value });
      refused('random', { random: value });
    }
  });

  test('clock and opener, and the method that they lack', () => {
    for (const value of ['x', 5, {}]) {
      refused('clock', { clock: value });
      refused('opener', { opener: value });
    }
    assert.match(refused('clock', { clock: { nowMs() {} } }), /LoopClock: it has no method wallMs\(\)/);
    assert.match(refused('opener', { opener: { open() {} } }), /ConnectionOpener: it has no method resolve\(\)/);
  });

  test('tls, limits and timeouts, where they are no objects', () => {
    for (const value of [5, 'x', true, null, []]) {
      for (const name of ['tls', 'limits', 'timeouts']) refused(name, { [name]: value });
    }
  });

  test('socketPath', () => {
    for (const socketPath of [5, '', 'a\0b', null, {}]) refused('socketPath', { socketPath });
    assert.equal(resolveSessionOptions({ socketPath: '/run/x.sock' }).socketPath, '/run/x.sock');
  });

  test('cookies, and the method that a jar lacks', () => {
    for (const cookies of ['x', 5, () => {}, [], {}]) refused('cookies', { cookies });
    assert.match(
      refused('cookies', { cookies: { setCookie() {} } }),
      /CookieJar: it has no method getCookieString\(\)$/,
    );
    for (const cookies of [true, false]) assert.equal(resolveSessionOptions({ cookies }).cookies, cookies);
  });

  test('headers.cookie, where there is a jar', () => {
    refused('headers.cookie', { cookies: true, headers: { Cookie: 'a=1' } });
    resolveSessionOptions({ cookies: false, headers: { Cookie: 'a=1' } });
  });

  test('proxy, without its password, and what does not go with it', () => {
    for (const proxy of [true, 5, null, {}, [], '', 'ftp://user:secret@p', 'http://user:secret@p/x']) {
      assert.doesNotMatch(refused('proxy', { proxy }), /secret/);
    }
    refused('proxy', { proxy: 'http://p', socketPath: '/x' });
    refused('proxy', { proxy: 'env', environment: { ALL_PROXY: 'socks5://p' } });
    refused('environment', { environment: 5 });
    const opener = { open() {}, resolve() {} };
    assert.match(refused('opener', { proxy: 'http://p', opener }), /ConnectionOpener: it has no method secure\(\)$/);
    for (const proxy of [false, 'env'] as const) {
      assert.equal(resolveSessionOptions({ proxy, environment: {}, opener: opener as never }).proxy, false);
    }
    for (const proxy of ['p:3128', 'http://p', new URL('https://p')]) {
      assert.equal(typeof resolveSessionOptions({ proxy }).proxy, 'function');
    }
  });

  test('what does not exist, at every level, and the nearest that does', () => {
    assert.match(refused('timeout', { timeout: 5 }), /did you mean timeouts\?$/);
    assert.match(refused('baseURL', { baseURL: 'http://a' }), /did you mean baseUrl\?$/);
    assert.match(refused('perOrigin', { perOrigin: 5 }), /did you mean limits\.perOrigin\?$/);
    assert.match(refused('limits.perorigins', { limits: { perorigins: 5 } }), /did you mean limits\.perOrigin\?$/);
    assert.match(refused('timeouts.connect', { timeouts: { connect: 5 } }), /did you mean timeouts\.connectMs\?$/);
    for (const name of ['agent', 'limits.total', 'x'.repeat(50), '__proto__x', 'constructor', 'toString']) {
      assert.match(refused(name, { [name]: 5 }), /is not the name of an option$/);
    }
    refused('limits.toString', { limits: { toString: 5 } });
  });
});

describe('the base URL', () => {
  test('is a copy', () => {
    const given = new URL('https://a.example/x');
    const { baseUrl } = resolveSessionOptions({ baseUrl: given });
    given.host = 'b.example';
    assert.equal(baseUrl?.href, 'https://a.example/x');
    assert.equal(resolveSessionOptions({ baseUrl: 'http://a.example' }).baseUrl?.href, 'http://a.example/');
  });

  test('is refused where it is none', () => {
    for (const baseUrl of ['', '/x', 'a.example', 'http://', 5, null, {}]) {
      assert.match(refused('baseUrl', { baseUrl }), /is no absolute URL/);
    }
  });

  test('is http or https', () => {
    for (const baseUrl of ['ftp://a/', 'ws://a/', 'localhost:8080', 'file:///x', 'javascript:x']) {
      assert.match(refused('baseUrl', { baseUrl }), /must be http: or https:$/);
    }
  });

  test('has no user and no password, and says where they go without telling them', () => {
    for (const baseUrl of ['http://user@a/', 'http://:secret@a/', 'http://user:secret@a/']) {
      assert.match(refused('baseUrl', { baseUrl }), /^(?!.*secret).*headers\.authorization$/);
    }
  });
});

describe('the headers', () => {
  test('are a copy, and undefined where there are none', () => {
    const given = { 'X-A': ' b ' };
    const { headers } = resolveSessionOptions({ headers: given });
    given['X-A'] = 'c';
    assert.deepEqual(headers?.flatList(), ['x-a', 'b']);
    assert.equal(resolveSessionOptions({}).headers, undefined);
    assert.deepEqual(
      resolveSessionOptions({
        headers: [
          ['a', '1'],
          ['a', '2'],
        ],
      }).headers?.flatList(),
      ['a', '1', 'a', '2'],
    );
  });

  test('that frame a message, speak for a connection, or name one request are refused', () => {
    for (const name of [
      'Host',
      'Content-Length',
      'Transfer-Encoding',
      'Connection',
      'Keep-Alive',
      'Proxy-Connection',
      'Upgrade',
      'TE',
      'Trailer',
      'Expect',
      'Idempotency-Key',
      'X-Idempotency-Key',
    ]) {
      assert.match(refused(`headers.${name.toLowerCase()}`, { headers: { [name]: '1' } }), /cannot be set: \w/);
    }
  });

  test('that are not valid are refused by name, and their values are told to nobody', () => {
    for (const value of ['secret\r\nb: c', 'secret\0', 'secret€']) {
      assert.doesNotMatch(refused('headers', { headers: { a: value } }), /secret/);
    }
    assert.doesNotMatch(refused('headers.a', { headers: { a: 'secret\x01' } }), /secret/);
    for (const value of [undefined, null, {}, ['a']])
      refused('headers.authorization', { headers: { authorization: value } });
    for (const headers of [{ 'a b': 'c' }, null, 5, 'a: b', [['a']]]) refused('headers', { headers });
  });
});

test('what is not given has its default, and undefined counts as not given', () => {
  const nothing = Object.fromEntries(Object.keys(DEFAULT_SESSION_OPTIONS).map((name) => [name, undefined]));
  for (const options of [undefined, {}, nothing, { limits: { total: undefined }, profile: undefined }]) {
    const resolved = resolveSessionOptions(options as SessionOptions | undefined);
    for (const [name, value] of Object.entries(DEFAULT_SESSION_OPTIONS)) {
      assert.deepEqual(resolved[name as keyof typeof resolved], value, name);
    }
    const { baseUrl, headers, tls, socketPath, trace, opener } = resolved;
    assert.deepEqual([baseUrl, headers, tls, socketPath, trace, opener], Array.from({ length: 6 }));
    assert.equal(resolved.random, Math.random);
  }
});

test('what is given is what is resolved', () => {
  const options = {
    limits: {
      perOrigin: 1,
      perProxy: 19,
      total: 2,
      queue: 3,
      acquireTimeoutMs: 4,
      headerBytes: 100,
      headerFields: 6,
      bodyBytes: 7,
      drainBytes: 8,
    },
    idleTimeoutMs: 9,
    maxAgeMs: 10,
    maxRequestsPerConnection: 11,
    pipelining: 12,
    nonIdempotent: 'fresh',
    holdBack: 'lastByte',
    maxRetries: 13,
    hedgeStale: 'never',
    timeouts: { connectMs: 14, headersMs: 15, bodyMs: 16 },
    tls: { rejectUnauthorized: false },
    socketPath: '/x',
    resolveIntervalMs: 17,
    leakAfterMs: 18,
    recordStacks: true,
    clock: new ManualClock(),
    opener: { open: () => ({ abort() {} }), resolve: () => Promise.resolve([]) },
    random: () => 0.5,
  } as const;
  // The manual clock learns to follow polls where it is needed; here only its presence counts.
  const clock = Object.assign(options.clock, { afterPoll() {}, watchPolls() {} }) as never;
  const resolved = resolveSessionOptions({ ...options, clock });
  for (const [name, value] of Object.entries(options)) {
    assert.deepEqual(resolved[name as keyof typeof resolved], value, name);
  }
});

test('defaults and objects that were given are not shared between sessions', () => {
  const tls = { ca: 'x' };
  const [one, other] = [resolveSessionOptions({ tls }), resolveSessionOptions({ tls })];
  assert.notEqual(one.limits, DEFAULT_SESSION_OPTIONS.limits);
  assert.notEqual(one.timeouts, other.timeouts);
  assert.notEqual(one.tls, tls);
});

test('a trace that throws takes nothing with it', (context) => {
  const errors = context.mock.method(console, 'error', () => {});
  const failure = new Error('no');
  const events: unknown[] = [];
  const { trace } = resolveSessionOptions({
    trace(event) {
      events.push(event);
      throw failure;
    },
  });
  const event = { type: 'connecting', origin: 'http://a.example' } as const;
  trace?.(event);
  assert.deepEqual(events, [event]);
  assert.deepEqual(errors.mock.calls[0]?.arguments, ["perdura: trace failed for 'connecting':", failure]);
});

test('whatever is given, it is resolved or an OptionError', () => {
  const names = [
    ...Object.keys(NUMBERS).map((name) => name.split('.')[0]!),
    'headers',
    'baseUrl',
    'tls',
    'profile',
    'socketPath',
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), fc.anything(), { maxKeys: 3 }), (options) => {
      try {
        resolveSessionOptions(options);
      } catch (error) {
        assert.ok(error instanceof OptionError, String(error));
      }
    }),
    { numRuns: 1_000 },
  );
});
