// HTTP dates against RFC 9110 §5.6.7.
import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import fc from 'fast-check';
import { DateCache, formatHttpDate, parseHttpDate } from '#src/http/date.js';

const EXAMPLE_MS = 784_111_777_000;
const FIRST_SECOND = Date.parse('0000-01-01T00:00:00Z') / 1000;
const LAST_SECOND = Date.parse('9999-12-31T23:59:59Z') / 1000;
const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const anySecond = fc.integer({ min: FIRST_SECOND, max: LAST_SECOND });

function rfc850(ms: number): string {
  const [, day, month, year, time] = new Date(ms).toUTCString().split(' ');
  return `${LONG_DAYS[new Date(ms).getUTCDay()]}, ${day}-${month}-${year?.slice(2)} ${time} GMT`;
}

function asctime(ms: number): string {
  const [name, day, month, year, time] = new Date(ms).toUTCString().split(' ');
  return `${name?.slice(0, 3)} ${month} ${day?.replace(/^0/, ' ')} ${time} ${year}`;
}

describe('formatHttpDate', () => {
  test('is read back as the same second', () => {
    fc.assert(
      fc.property(anySecond, fc.integer({ min: 0, max: 999 }), (second, ms) => {
        assert.equal(parseHttpDate(formatHttpDate(second * 1000 + ms)), second * 1000);
      }),
    );
  });

  test('is 29 characters long whatever the year, as IMF-fixdate is', () => {
    fc.assert(fc.property(anySecond, (second) => assert.equal(formatHttpDate(second * 1000).length, 29)));
  });

  test('formats the example of the RFC', () => {
    assert.equal(formatHttpDate(EXAMPLE_MS), 'Sun, 06 Nov 1994 08:49:37 GMT');
  });

  for (const ms of [Number.NaN, Infinity, FIRST_SECOND * 1000 - 1, LAST_SECOND * 1000 + 1000]) {
    test(`throws for ${ms}, which four digits of a year cannot express`, () => {
      assert.throws(() => formatHttpDate(ms), { code: 'ERR_PERDURA_MISUSE' });
    });
  }
});

describe('parseHttpDate', () => {
  test('reads the three examples of the RFC as the same moment', () => {
    for (const text of [
      'Sun, 06 Nov 1994 08:49:37 GMT',
      'Sunday, 06-Nov-94 08:49:37 GMT',
      'Sun Nov  6 08:49:37 1994',
    ]) {
      assert.equal(parseHttpDate(text), EXAMPLE_MS, text);
    }
  });

  test('reads back every second in the format of asctime', () => {
    fc.assert(fc.property(anySecond, (second) => assert.equal(parseHttpDate(asctime(second * 1000)), second * 1000)));
  });

  test('reads back every second of the last 49 and the next 49 years in the format of RFC 850', () => {
    const year = 365.25 * 86_400;
    const now = fc.integer({ min: Date.parse('1970-01-01') / 1000, max: Date.parse('2200-01-01') / 1000 });
    const offset = fc.integer({ min: Math.floor(-49 * year), max: Math.floor(49 * year) });
    fc.assert(
      fc.property(now, offset, (nowSecond, seconds) => {
        const ms = (nowSecond + seconds) * 1000;
        assert.equal(parseHttpDate(rfc850(ms), nowSecond * 1000), ms);
      }),
    );
  });

  test('takes a year of two digits that seems more than 50 years in the future for one in the past', () => {
    const now = Date.parse('2026-06-15T12:00:00Z');
    assert.equal(parseHttpDate('Monday, 15-Jun-76 12:00:00 GMT', now), Date.parse('2076-06-15T12:00:00Z'));
    assert.equal(parseHttpDate('Tuesday, 15-Jun-76 12:00:01 GMT', now), Date.parse('1976-06-15T12:00:01Z'));
    assert.equal(parseHttpDate('Friday, 01-Jan-00 00:00:00 GMT', now), Date.parse('2000-01-01T00:00:00Z'));
    const late = Date.parse('2095-01-01T00:00:00Z');
    assert.equal(parseHttpDate('Friday, 01-Jan-05 00:00:00 GMT', late), Date.parse('2105-01-01T00:00:00Z'));
  });

  test('finds the century in which 29 February exists', () => {
    const now = Date.parse('2080-01-01T00:00:00Z');
    assert.equal(parseHttpDate('Tuesday, 29-Feb-00 00:00:00 GMT', now), Date.parse('2000-02-29T00:00:00Z'));
  });

  test('ignores whether the name of the day is the right one', () => {
    assert.equal(parseHttpDate('Mon, 06 Nov 1994 08:49:37 GMT'), EXAMPLE_MS);
  });

  test('reads a leap second as the first moment of the next minute', () => {
    assert.equal(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT'), Date.parse('2017-01-01T00:00:00Z'));
  });

  for (const text of [
    '',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 94 08:49:37 GMT',
    'sun, 06 nov 1994 08:49:37 gmt',
    'Sun,06 Nov 1994 08:49:37 GMT',
    ' Sun, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT\n',
    'Xyz, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nom 1994 08:49:37 GMT',
    'Sun, 06 anF 1994 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 31 Nov 1994 08:49:37 GMT',
    'Wed, 29 Feb 1995 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:37 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sunday, 06-Nov-1994 08:49:37 GMT',
    'Sun, 06-Nov-94 08:49:37 GMT',
    'Sunday, 31-Feb-94 08:49:37 GMT',
    'Sun Nov 6 08:49:37 1994',
    'Sun Nov  6 08:49:37 1994 GMT',
    '1994-11-06T08:49:37Z',
    '784111777',
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseHttpDate(text), undefined));
  }

  test('never throws, and what it reads from any string can be formatted', () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^Sun, [0-9]{2} (Nov|Feb) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$/),
    );
    fc.assert(
      fc.property(text, (value) => {
        const ms = parseHttpDate(value);
        if (ms !== undefined) assert.equal(parseHttpDate(formatHttpDate(ms)), ms);
      }),
    );
  });
});

describe('DateCache', () => {
  test('reads the clock once for each text and formats once for each second', () => {
    const toUTCString = mock.method(Date.prototype, 'toUTCString');
    try {
      let now = EXAMPLE_MS;
      const wallMs = mock.fn(() => now);
      const cache = new DateCache(wallMs);
      for (; now < EXAMPLE_MS + 1000; now += 100) assert.equal(cache.text(), 'Sun, 06 Nov 1994 08:49:37 GMT');
      assert.equal(wallMs.mock.callCount(), 10);
      assert.equal(toUTCString.mock.callCount(), 1);
      assert.equal(cache.text(), 'Sun, 06 Nov 1994 08:49:38 GMT');
      assert.equal(toUTCString.mock.callCount(), 2);
    } finally {
      toUTCString.mock.restore();
    }
  });

  test('always says what formatHttpDate says, however the clock jumps', () => {
    const moments = fc.array(fc.oneof(fc.integer({ min: -3000, max: 3000 }), fc.integer({ min: 0, max: 4e12 })));
    fc.assert(
      fc.property(moments, (times) => {
        let now = 0;
        const cache = new DateCache(() => now);
        for (now of times) assert.equal(cache.text(), formatHttpDate(now));
      }),
    );
  });
});
