// What the directives of connections take: numbers and times as C reads them, with the oddities that configurations count on.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readInteger } from '#src/apache/config/leading-number.js';
import { parseTimeParameter } from '#src/apache/config/time-parameter.js';
import { coreKeepAlive } from '#src/apache/modules/core-keep-alive.js';
import { readTimeoutsOf } from '#src/apache/modules/reqtimeout.js';
import { complaint, read } from './read-memory.ts';

describe('a time', () => {
  const times: readonly (readonly [string, number | undefined])[] = [
    ['5', 5000],
    ['+5', 5000],
    [' 5', 5000],
    ['5s', 5000],
    ['500ms', 500],
    ['2min', 120_000],
    ['1h', 3_600_000],
    ['0', 0],
    ['-0', 0],
    // Only the letters that it begins with are looked at.
    ['soon', 0],
    ['ms', 0],
    ['mi5', 0],
    ['5sx', 5000],
    ['5mi', 300_000],
    ['9223372036854', 9_223_372_036_854_000],
    ['9223372036855', undefined],
    ['99999999999999999999', undefined],
    ['-1', undefined],
    ['5m', undefined],
    ['m', undefined],
    ['5S', undefined],
    ['5Ms', undefined],
    ['1.5', undefined],
    ['5us', undefined],
    ['0x5', undefined],
    ['abc', undefined],
    [' s', undefined],
  ];

  for (const [text, expected] of times) {
    test(`of ${text} is ${expected === undefined ? 'none' : `${expected} ms`}`, () => {
      assert.equal(parseTimeParameter(text, 's'), expected);
    });
  }

  test('of any bytes is none, or whole milliseconds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const time = parseTimeParameter(text, 's');
        assert.ok(time === undefined || (Number.isInteger(time) && time >= 0));
      }),
    );
  });
});

test('a number is read from the beginning of a text, and cut to 32 bits', () => {
  const numbers = {
    '12': 12,
    ' -5x': -5,
    x: 0,
    '': 0,
    '2x': 2,
    '2147483648': -2_147_483_648,
    '99999999999': 1_215_752_191,
  };
  for (const [text, number] of Object.entries(numbers)) assert.equal(readInteger(text), number, text);
  assert.equal(readInteger('9'.repeat(30)), -1);
});

describe('keep-alive', () => {
  const settings = (text: string): object => coreKeepAlive.ofServer(read(text).hosts[0]!.server);

  test('takes the first word of a flag in any case, and whatever number stands there', () => {
    assert.deepEqual(settings('KeepAlive oN # x\nMaxKeepAliveRequests -5\nTimeout 10x\nKeepAliveTimeout 400ms'), {
      keepAlive: true,
      maxKeepAliveRequests: -5,
      timeoutMs: 10_000,
      keepAliveTimeoutMs: 400,
    });
    assert.deepEqual(
      settings('MaxKeepAliveRequests abc\nTimeout 500ms\nKeepAlive "off"\nKeepAlive On\nKeepAlive Off'),
      {
        keepAlive: false,
        maxKeepAliveRequests: 0,
        timeoutMs: 500_000,
        keepAliveTimeoutMs: undefined,
      },
    );
  });

  test('is refused in the words of httpd', () => {
    for (const words of ['', ' On;', ' 1']) assert.equal(complaint(`KeepAlive${words}`), 'KeepAlive must be On or Off');
    assert.equal(complaint('KeepAliveTimeout 5m'), 'KeepAliveTimeout has wrong format');
    assert.equal(
      complaint('KeepAliveTimeout 5 ms'),
      'KeepAliveTimeout takes one argument, Keep-Alive timeout duration (sec)',
    );
    assert.equal(complaint('Timeout'), 'Timeout takes one argument, Timeout duration (sec)');
  });
});

describe('RequestReadTimeout', () => {
  const LOAD = 'LoadModule reqtimeout_module x\n';
  const timeouts = (text: string): unknown => {
    const configuration = read(text);
    return readTimeoutsOf(configuration.hosts.at(-1)!.server, configuration);
  };

  test('holds with its defaults where the module is loaded, and not at all where it is not', () => {
    assert.equal(timeouts(''), undefined);
    assert.deepEqual(timeouts(LOAD), {
      handshake: { initialMs: 0, maximumMs: 0, bytesPerSecond: 0 },
      header: { initialMs: 20_000, maximumMs: 40_000, bytesPerSecond: 500 },
      body: { initialMs: 20_000, maximumMs: 0, bytesPerSecond: 500 },
    });
  });

  test('takes stages in any order, on several lines, and hosts have the rest from the main server', () => {
    const host = '<VirtualHost *>\nRequestReadTimeout BODY=0\n</VirtualHost>';
    assert.deepEqual(timeouts(`${LOAD}RequestReadTimeout "header=5-10,MinRate=100" handshake=3\n${host}`), {
      handshake: { initialMs: 3000, maximumMs: 0, bytesPerSecond: 0 },
      header: { initialMs: 5000, maximumMs: 10_000, bytesPerSecond: 100 },
      body: { initialMs: 0, maximumMs: 0, bytesPerSecond: 0 },
    });
  });

  const refused: readonly (readonly [string, string])[] = [
    ['header', "Invalid RequestReadTimeout parameter. Parameter must be in the form 'key=value'"],
    ['headers=5', 'RequestReadTimeout: headers=5: Unknown RequestReadTimeout parameter'],
    ['header=', "RequestReadTimeout: header=: Value '' not numerical"],
    ['header=5s', "RequestReadTimeout: header=5s: Cannot parse 's'"],
    ['header=5-9', 'RequestReadTimeout: header=5-9: Must set MinRate option if using timeout range'],
    ['body=5,minrate=0', 'RequestReadTimeout: body=5,minrate=0: Minimum data rate must be larger than 0'],
    [
      'body=9-9,minrate=1',
      'RequestReadTimeout: body=9-9,minrate=1: Maximum timeout must be larger than initial timeout',
    ],
    ['body=5,minrate=-5', 'RequestReadTimeout: body=5,minrate=-5: Value must be non-negative'],
  ];

  for (const [words, message] of refused) {
    test(`refuses ${words}`, () => {
      assert.equal(complaint(`${LOAD}RequestReadTimeout ${words}`), message);
    });
  }
});
