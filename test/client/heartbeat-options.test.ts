// The options of the heartbeat of a session: what makes no sense is refused with its name, what does is filled in.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_SESSION_HEARTBEAT, resolveSessionHeartbeat } from '#src/client/heartbeat-options.js';
import { resolveSessionOptions } from '#src/client/options.js';
import { OptionError } from '#src/errors.js';

function refused(heartbeat: unknown): string {
  try {
    resolveSessionOptions({ heartbeat } as object);
  } catch (error) {
    assert.ok(error instanceof OptionError, String(error));
    assert.ok(error.message.startsWith(`${error.option}: `), error.message);
    return error.option;
  }
  return 'nothing';
}

describe('the heartbeat of a session', () => {
  test('is off where nothing is said, and with false', () => {
    assert.equal(resolveSessionOptions().heartbeat, false);
    assert.equal(resolveSessionOptions({ heartbeat: false }).heartbeat, false);
  });

  test('has its defaults with true, with nothing and with undefined', () => {
    for (const given of [true, {}, { intervalMs: undefined, target: undefined, origins: undefined }]) {
      const resolved = resolveSessionHeartbeat(given);
      assert.ok(resolved !== false);
      const { intervalMs, timeoutMs, connectionsPerOrigin, maxIdleMs } = DEFAULT_SESSION_HEARTBEAT;
      const { includes, kinds, ...rest } = resolved;
      assert.deepEqual(rest, { intervalMs, timeoutMs, connectionsPerOrigin, maxIdleMs });
      assert.ok(includes('http://anywhere.test'));
      assert.deepEqual(kinds, [
        { method: 'OPTIONS', target: '*' },
        { method: 'HEAD', target: '/' },
      ]);
    }
  });

  const kinds: readonly (readonly [object, readonly string[]])[] = [
    [{ target: '*' }, ['OPTIONS *']],
    [{ target: '/health?a=b' }, ['HEAD /health?a=b']],
    [{ target: '/health', method: 'GET' }, ['GET /health']],
    [{ target: '/', method: 'OPTIONS' }, ['OPTIONS /']],
    [{ method: 'HEAD' }, ['HEAD /']],
    [{ method: 'OPTIONS' }, ['OPTIONS *', 'OPTIONS /']],
  ];
  for (const [given, expected] of kinds) {
    test(`${JSON.stringify(given)} asks with ${expected.join(', then ')}`, () => {
      const resolved = resolveSessionHeartbeat(given);
      assert.ok(resolved !== false);
      assert.deepEqual(
        resolved.kinds.map(({ method, target }) => `${method} ${target}`),
        expected,
      );
    });
  }

  test('knows origins by any URL of theirs', () => {
    const resolved = resolveSessionHeartbeat({ origins: ['HTTP://A.test:80/x?y', 'https://[::1]:8443'] });
    assert.ok(resolved !== false);
    assert.deepEqual(
      (['http://a.test', 'https://[::1]:8443', 'https://a.test', 'http://a.test:81'] as const).map(resolved.includes),
      [true, true, false, false],
    );
  });

  const wrong: readonly (readonly [string, unknown])[] = [
    ['heartbeat', null],
    ['heartbeat', 'yes'],
    ['heartbeat', 15_000],
    ['heartbeat', []],
    ['heartbeat.interval', { interval: 1 }],
    ...['intervalMs', 'timeoutMs'].flatMap((name) =>
      [0, -1, NaN, Infinity, '5', null].map((value) => [`heartbeat.${name}`, { [name]: value }] as const),
    ),
    ...[0, 1.5, -1, '2', null].map(
      (value) => ['heartbeat.connectionsPerOrigin', { connectionsPerOrigin: value }] as const,
    ),
    ...[0, NaN, '5'].map((value) => ['heartbeat.maxIdleMs', { maxIdleMs: value }] as const),
    ...['some', 5, null, {}, ['a.test'], ['ftp://a.test'], [5]].map(
      (value) => ['heartbeat.origins', { origins: value }] as const,
    ),
    ...['', 'x', 'http://a.test/', '/a b', '/a#b', '/\r\n', '/ü', 5, null].map(
      (value) => ['heartbeat.target', { target: value }] as const,
    ),
    ...['POST', 'head', '', null].map((value) => ['heartbeat.method', { method: value }] as const),
    ['heartbeat.target', { target: '*', method: 'HEAD' }],
  ];
  for (const [option, given] of wrong) {
    test(`${JSON.stringify(given)} is refused`, () => assert.equal(refused(given), option));
  }

  test('takes limits that are none where they may be', () => {
    const resolved = resolveSessionHeartbeat({ connectionsPerOrigin: Infinity, maxIdleMs: Infinity });
    assert.ok(resolved !== false && resolved.maxIdleMs === Infinity);
  });
});
