// Every option that makes no sense is refused with its name; everything that does is filled in.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { OptionError } from '#src/errors.js';
import { DEFAULT_SERVE_OPTIONS, resolveServeOptions, serve } from '#src/server/index.js';

const handler = (): object => ({});

/** Asserts that these options are refused, naming `option`. */
function refused(option: string, options: object): void {
  assert.throws(
    () => resolveServeOptions(options),
    (error) => {
      assert.ok(error instanceof OptionError, String(error));
      assert.equal(error.option, option);
      assert.equal(error.code, 'ERR_PERDURA_OPTION');
      assert.ok(error.message.startsWith(`${option}: `), error.message);
      return true;
    },
  );
}

const NOT_NUMBERS = ['5', null, NaN, true, {}, [], -1];

describe('an OptionError names', () => {
  test('fetch, where neither it nor handler is given, or both are', () => {
    refused('fetch', {});
    refused('fetch', { fetch: handler, handler });
  });

  test('fetch or handler, where it is no function', () => {
    for (const value of ['x', 5, {}]) {
      refused('fetch', { fetch: value });
      refused('handler', { handler: value });
    }
  });

  test('port', () => {
    for (const port of ['80', 80.5, -1, 65_536, NaN, Infinity, true]) refused('port', { handler, port });
    // What an environment variable gives: the quotes say what is wrong with it.
    assert.throws(
      () => resolveServeOptions({ handler, port: '8080' } as object),
      /^OptionError: port: is '8080', it must be/,
    );
  });

  test('hostname', () => {
    for (const hostname of [5, '', true, {}]) refused('hostname', { handler, hostname });
  });

  test('keepAlive', () => {
    for (const keepAlive of ['off', 'On', 0, 1, {}]) refused('keepAlive', { handler, keepAlive });
  });

  test('idleClose', () => {
    for (const idleClose of ['rst', 408, true]) refused('idleClose', { handler, idleClose });
  });

  test('trace, onError, onWarning and clock', () => {
    for (const value of ['x', 5, true]) {
      refused('onWarning', { handler, onWarning: value });
      refused('trace', { handler, trace: value });
      refused('onError', { handler, onError: value });
      refused('clock', { handler, clock: value });
    }
  });

  for (const [name, tooLow] of [
    ['maxKeepAliveRequests', 0],
    ['keepAliveTimeoutMs', 0],
    ['keepAliveGraceMs', -0.1],
    ['maxAgeMs', -1],
  ] as const) {
    test(name, () => {
      for (const value of [...NOT_NUMBERS, tooLow]) {
        if (value === null) continue;
        refused(name, { handler, [name]: value });
      }
      assert.doesNotThrow(() => resolveServeOptions({ handler, [name]: Infinity }));
    });
  }

  test('maxKeepAliveRequests, where it is no whole number: it is counted down in public', () => {
    refused('maxKeepAliveRequests', { handler, maxKeepAliveRequests: 2.5 });
  });

  for (const name of Object.keys(DEFAULT_SERVE_OPTIONS.limits)) {
    test(`limits.${name}`, () => {
      for (const value of [...NOT_NUMBERS, 100.5]) refused(`limits.${name}`, { handler, limits: { [name]: value } });
    });
  }

  for (const name of Object.keys(DEFAULT_SERVE_OPTIONS.timeouts)) {
    test(`timeouts.${name}`, () => {
      for (const value of [...NOT_NUMBERS, 0]) refused(`timeouts.${name}`, { handler, timeouts: { [name]: value } });
      assert.doesNotThrow(() => resolveServeOptions({ handler, timeouts: { [name]: Infinity } }));
    });
  }

  test('timeouts.headerMaxMs, where it is below timeouts.headerMs', () => {
    refused('timeouts.headerMaxMs', { handler, timeouts: { headerMs: 5_000, headerMaxMs: 4_999 } });
    refused('timeouts.headerMaxMs', { handler, timeouts: { headerMaxMs: 19_999 } });
    const { timeouts } = resolveServeOptions({ handler, timeouts: { headerMs: 60_000 } });
    assert.equal(timeouts.headerMaxMs, 60_000, 'a longer first deadline alone is meant to hold');
  });

  test('timeouts.bodyMaxMs, where it is below timeouts.bodyMs', () => {
    refused('timeouts.bodyMaxMs', { handler, timeouts: { bodyMs: 5_000, bodyMaxMs: 4_999 } });
    refused('timeouts.bodyMaxMs', { handler, timeouts: { bodyMaxMs: 59_999 } });
    const { timeouts } = resolveServeOptions({ handler, timeouts: { minRateBytesPerSecond: 7 } });
    assert.equal(timeouts.bodyMinRateBytesPerSecond, 7, 'one rate is meant for both');
  });

  test('refuse, builtinAnswers and everything in accept', () => {
    for (const value of ['x', 5, {}]) refused('refuse', { handler, refuse: value });
    for (const value of ['x', 0, {}]) refused('builtinAnswers', { handler, builtinAnswers: value });
    for (const name of Object.keys(DEFAULT_SERVE_OPTIONS.accept))
      for (const value of ['x', 1, null]) refused(`accept.${name}`, { handler, accept: { [name]: value } });
    refused('accept.any', { handler, accept: { any: true } });
    refused('accept', { handler, accept: true });
  });

  test('drain.stopListeningFirst', () => {
    for (const value of [1, 'yes', null])
      refused('drain.stopListeningFirst', { handler, drain: { stopListeningFirst: value } });
  });

  for (const name of ['drainMs', 'lameDuckMs', 'idleGraceMs']) {
    test(`drain.${name}`, () => {
      for (const value of NOT_NUMBERS) refused(`drain.${name}`, { handler, drain: { [name]: value } });
      assert.doesNotThrow(() => resolveServeOptions({ handler, drain: { [name]: 0 } }));
    });
  }

  test('limits of tables that would not fit into memory', () => {
    for (const name of ['headerBytes', 'headerFields']) {
      refused(`limits.${name}`, { handler, limits: { [name]: Infinity } });
      refused(`limits.${name}`, { handler, limits: { [name]: 2 ** 24 + 1 } });
    }
  });

  test('the lowest limit that a server can work with', () => {
    for (const [name, lowest] of Object.entries({
      connections: 1,
      headerBytes: 64,
      headerFields: 1,
      targetBytes: 1,
      requestLineBytes: 16,
      fieldLineBytes: 1,
      emptyLines: 0,
      pipelinedHandlers: 1,
    })) {
      refused(`limits.${name}`, { handler, limits: { [name]: lowest - 1 } });
      assert.doesNotThrow(() => resolveServeOptions({ handler, limits: { [name]: lowest } }));
    }
    assert.doesNotThrow(() => resolveServeOptions({ handler, limits: { bodyBytes: 0, drainBytes: 0 } }));
  });

  test('names that do not exist: a misspelt option would silently do nothing', () => {
    refused('limits.conections', { handler, limits: { conections: 5 } });
    refused('timeouts.header', { handler, timeouts: { header: 5 } });
    refused('keepAliveTimeout', { handler, keepAliveTimeout: 5 });
    refused('tsl', { handler, tsl: {} });
  });

  test('limits and timeouts that are no objects', () => {
    for (const value of [5, 'x', true]) {
      refused('limits', { handler, limits: value });
      refused('timeouts', { handler, timeouts: value });
    }
  });
});

test('serve() rejects with the OptionError and listens to nothing', async () => {
  await assert.rejects(serve({ handler, port: -1 }), { name: 'OptionError', option: 'port' });
});

test('what is not given has its default, and undefined counts as not given', () => {
  const resolved = resolveServeOptions({
    handler,
    limits: { connections: undefined as never },
    port: undefined as never,
  });
  const {
    port,
    hostname,
    keepAlive,
    maxKeepAliveRequests,
    keepAliveTimeoutMs,
    idleClose,
    maxAgeMs,
    http2,
    drain,
    limits,
    timeouts,
    accept,
    builtinAnswers,
  } = resolved;
  assert.deepEqual(
    {
      port,
      hostname,
      keepAlive,
      maxKeepAliveRequests,
      keepAliveTimeoutMs,
      idleClose,
      maxAgeMs,
      http2,
      drain,
      limits,
      timeouts,
      accept,
      builtinAnswers,
    },
    DEFAULT_SERVE_OPTIONS,
  );
  assert.equal(resolved.keepAliveGraceMs, 3_250);
});

test('the default grace is the larger of a second and 5 %', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), (keepAliveTimeoutMs) => {
      const { keepAliveGraceMs } = resolveServeOptions({ handler, keepAliveTimeoutMs });
      assert.equal(keepAliveGraceMs, Math.max(1_000, keepAliveTimeoutMs * 0.05));
    }),
  );
});

test('defaults are not shared between servers', () => {
  const one = resolveServeOptions({ handler });
  assert.notEqual(one.limits, DEFAULT_SERVE_OPTIONS.limits);
  assert.notEqual(one.timeouts, resolveServeOptions({ handler }).timeouts);
});
