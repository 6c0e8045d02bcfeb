// What lists of Require lines come to.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { appliesTo, authorise } from '#src/apache/access/authorisation.js';
import type { Logic, Rule, Verdict } from '#src/apache/access/authorisation.js';

const line = (verdict: Verdict, negated = false): Rule<null> => ({
  kind: 'line',
  negated,
  limit: undefined,
  check: () => verdict,
});

const certain = fc.tuple(fc.constantFrom<Verdict>('granted', 'denied'), fc.boolean());
const logics = fc.constantFrom<Logic>('all', 'any');

describe('authorise', () => {
  test('all: somebody is let in by one line at least, and kept out by none, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(certain), (lines) => {
        const isKeptOut = lines.some(
          ([verdict, negated]) => (verdict === 'granted') === negated && (!negated || verdict === 'granted'),
        );
        const letsIn = lines.some(([verdict, negated]) => verdict === 'granted' && !negated);
        const own = authorise(
          lines.map(([verdict, negated]) => line(verdict, negated)),
          'all',
          null,
          'GET',
        );
        assert.equal(own === 'granted', letsIn && !isKeptOut);
      }),
    );
  });

  test('any: one line that lets in is enough', () => {
    fc.assert(
      fc.property(fc.array(certain), (lines) => {
        const own = authorise(
          lines.map(([verdict, negated]) => line(verdict, negated)),
          'any',
          null,
          'GET',
        );
        assert.equal(
          own === 'granted',
          lines.some(([verdict, negated]) => verdict === 'granted' && !negated),
        );
      }),
    );
  });

  test('nobody is let in by what is negated alone, nor by nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<Verdict>('granted', 'denied', 'unknownUser', 'neutral')),
        logics,
        (verdicts, logic) => {
          assert.notEqual(
            authorise(
              verdicts.map((verdict) => line(verdict, true)),
              logic,
              null,
              'GET',
            ),
            'granted',
          );
        },
      ),
    );
  });

  test('who somebody is, is only asked where it can still change what it comes to', () => {
    fc.assert(
      fc.property(fc.array(certain), fc.array(certain), logics, (before, behind, logic) => {
        const rules = (unknown: Verdict): Rule<null>[] => [
          ...before.map(([verdict, negated]) => line(verdict, negated)),
          line(unknown),
          ...behind.map(([verdict, negated]) => line(verdict, negated)),
        ];
        const own = authorise(rules('unknownUser'), logic, null, 'GET');
        if (own === 'unknownUser') return;
        const isLetIn = own === 'granted';
        assert.equal(authorise(rules('granted'), logic, null, 'GET') === 'granted', isLetIn);
        assert.equal(authorise(rules('denied'), logic, null, 'GET') === 'granted', isLetIn);
      }),
    );
  });
});

test('a section has something to say about the methods of the lines in it', () => {
  const limit = { methods: ['GET', 'POST'], except: false };
  const rule: Rule<null> = { ...line('granted'), limit } as Rule<null>;
  const section: Rule<null> = { kind: 'section', negated: false, logic: 'all', rules: [rule] };
  assert.deepEqual([appliesTo(section, 'GET'), appliesTo(section, 'PUT')], [true, false]);
});
