// Codes as httpd 2.4.71 reads them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseExpiryCode } from '#src/apache/expires/expiry-code.js';
import { ConfigurationError } from '#src/apache/syntax/configuration-error.js';

const CODES: ReadonlyArray<readonly [text: string, base: 'access' | 'modification', seconds: number]> = [
  ['A3600', 'access', 3600],
  ['M86400', 'modification', 86_400],
  ['A', 'access', 0],
  ['Axyz', 'access', 0],
  ['A-100', 'access', -100],
  ['A+5', 'access', 5],
  ['A 5', 'access', 5],
  ['M  77', 'modification', 77],
  ['A5 minutes', 'access', 5],
  ['A99999999999', 'access', 1_215_752_191],
  ['access', 'access', 0],
  ['a3600', 'access', 0],
  ['access plus', 'access', 0],
  ['access plus 1 month 2 days 3 hours 4 minutes 5 seconds', 'access', 2_775_845],
  ['ACCESS PLUS 1 MONTH', 'access', 0],
  ['now 1 year 1 week', 'access', 32_140_800],
  ['now 5 mi 2 s', 'access', 302],
  ['modification plus 1 w 2 d', 'modification', 777_600],
  ['mod 1 y', 'modification', 31_536_000],
  ['access plus 1.5 hours', 'access', 3600],
  ['access plus 5x minutes', 'access', 300],
  ['access plus 100 years', 'access', -1_141_367_296],
  ['access plus 3000000000 seconds', 'access', -1_294_967_296],
];

const REFUSED: ReadonlyArray<readonly [text: string, message: string]> = [
  ['access plus 1', 'bad expires code, missing <type>'],
  ['access plus 1 month 2', 'bad expires code, missing <type>'],
  ['access plus x month', "bad expires code, numeric value expected <num> 'x'"],
  ['access minus 1 month', "bad expires code, numeric value expected <num> 'minus'"],
  ['access plus -1 month', "bad expires code, numeric value expected <num> '-1'"],
  ['access plus 1 fortnight', "bad expires code, unrecognised <type>'fortnight'"],
  ['now 5 m', "bad expires code, unrecognised <type>'m'"],
  ['foo plus 1 month', "bad expires code, unrecognised <base> 'foo'"],
  ['3600', "bad expires code, unrecognised <base> '3600'"],
  ['  ', "bad expires code, unrecognised <base> ''"],
];

const UNIT_SECONDS = {
  years: 365 * 86_400,
  months: 30 * 86_400,
  weeks: 7 * 86_400,
  days: 86_400,
  hours: 3600,
  minutes: 60,
  seconds: 1,
};

describe('an expiry code', () => {
  for (const [text, base, seconds] of CODES.filter(([code]) => !code.startsWith('ACCESS'))) {
    it(`${JSON.stringify(text)} is ${seconds} seconds after ${base}`, () => {
      assert.deepEqual(parseExpiryCode(text), { base, seconds });
    });
  }

  for (const [text, message] of REFUSED) {
    it(`${JSON.stringify(text)} is refused: ${message}`, () => {
      assert.throws(() => parseExpiryCode(text), new ConfigurationError(message));
    });
  }

  it('with an A in front is a number, whatever the letters behind it would mean', () => {
    assert.deepEqual(parseExpiryCode('ACCESS PLUS 1 MONTH'), { base: 'access', seconds: 0 });
  });

  it('adds up what it names, in any order and however the units are shortened', () => {
    const unit = fc.constantFrom(...(Object.keys(UNIT_SECONDS) as (keyof typeof UNIT_SECONDS)[]));
    const term = fc.tuple(fc.nat(60), unit, fc.nat(7));
    fc.assert(
      fc.property(fc.array(term, { maxLength: 5 }), fc.boolean(), (terms, plus) => {
        const words = terms.map(([count, name, cut]) => {
          const shortest = name.startsWith('m') ? 2 : 1;
          return `${count} ${name.slice(0, Math.max(shortest, name.length - cut))}`;
        });
        const expected = terms.reduce((sum, [count, name]) => sum + count * UNIT_SECONDS[name], 0);
        const code = parseExpiryCode(['access', ...(plus ? ['plus'] : []), ...words].join(' '));
        assert.equal(code.seconds, expected | 0);
      }),
    );
  });

  it('is read or refused with a message, whatever it says', () => {
    const word = fc.oneof(fc.constantFrom('A', 'now', 'plus', '1', 'days', '"', '\\'), fc.string({ maxLength: 5 }));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        try {
          const { seconds } = parseExpiryCode(words.join(' '));
          assert.equal(seconds, seconds | 0);
        } catch (error) {
          assert.ok(error instanceof ConfigurationError, String(error));
        }
      }),
    );
  });
});
