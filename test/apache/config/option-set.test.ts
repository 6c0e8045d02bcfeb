// Cases are what httpd 2.4.71 says of the same lines.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { OptionSet, type OptionName } from '#src/apache/config/option-set.js';

const NAMES: readonly OptionName[] = [
  'Indexes',
  'Includes',
  'IncludesWithExec',
  'FollowSymLinks',
  'SymLinksIfOwnerMatch',
  'ExecCGI',
  'MultiViews',
];

function line(text: string, before = OptionSet.UNSET): OptionSet {
  return before.afterLine(
    text.split(' ').filter((word) => word !== ''),
    undefined,
  );
}

function shown(set: OptionSet): string {
  return NAMES.filter((name) => set.has(name)).join(' ');
}

describe('Options', () => {
  test('are FollowSymLinks where nothing is said', () => {
    assert.equal(shown(OptionSet.UNSET), 'FollowSymLinks');
    assert.equal(shown(line('')), 'FollowSymLinks');
  });

  test('without a sign are all there is, with one they add and remove', () => {
    assert.equal(shown(line('Indexes')), 'Indexes');
    assert.equal(shown(line('None')), '');
    assert.equal(shown(line('All')), 'Indexes Includes IncludesWithExec FollowSymLinks ExecCGI');
    assert.equal(shown(line('indexes MULTIVIEWS')), 'Indexes MultiViews');
    assert.equal(shown(line('IncludesNOEXEC RunScripts')), 'Includes ExecCGI MultiViews');
    assert.equal(shown(line('+Indexes')), 'Indexes FollowSymLinks');
    assert.equal(shown(line('-FollowSymLinks')), '');
    assert.equal(shown(line('None +Indexes')), 'Indexes');
    assert.equal(shown(line('All -Indexes -ExecCGI')), 'Includes IncludesWithExec FollowSymLinks');
  });

  test('stand to what is around them as their sign says', () => {
    const base = line('Indexes Includes');
    assert.equal(shown(line('+MultiViews -Indexes').within(base)), 'Includes IncludesWithExec MultiViews');
    assert.equal(shown(line('ExecCGI').within(base)), 'ExecCGI');
    assert.equal(shown(OptionSet.UNSET.within(base)), shown(base));
  });

  test('are refused in the words of Apache', () => {
    const mixed = 'Either all Options must start with + or -, or no Option may.';
    const cases: ReadonlyArray<readonly [string, string | undefined]> = [
      ['Foo', 'Illegal option Foo'],
      ['+Foo', 'Illegal option Foo'],
      ['+', 'Illegal option '],
      ['Indexes +Includes', mixed],
      ['+Indexes Includes', mixed],
      ['+Indexes None', mixed],
      ['+Indexes All', mixed],
      ['None +Indexes Includes', mixed],
      ['None +Indexes None', mixed],
      ['+None', "You may not use 'Options +None' or 'Options -None'."],
      ['-None', "You may not use 'Options +None' or 'Options -None'."],
      ['+All', "You may not use 'Options +All' or 'Options -All'."],
      ['-All Indexes', "You may not use 'Options +All' or 'Options -All'."],
      ['Indexes None', "'Options None' must be the first Option given."],
      ['None None', "'Options None' must be the first Option given."],
      ['All None', "'Options None' must be the first Option given."],
      ['Indexes All', "'Options All' must be the first option given."],
      ['None All', "'Options All' must be the first option given."],
      ['Indexes All -Includes', "'Options All' must be the first option given."],
      ['None Indexes', undefined],
      ['None +Indexes', undefined],
      ['None -Indexes', undefined],
      ['None Indexes +Includes', undefined],
      ['All Indexes', undefined],
      ['All Indexes -Includes', undefined],
    ];
    for (const [text, message] of cases) {
      if (message === undefined) line(text);
      else assert.throws(() => line(text), { message }, text);
    }
  });

  test('of places within each other come out the same however they are put together', () => {
    const word = fc.constantFrom('Indexes', 'Includes', 'FollowSymLinks', 'MultiViews', 'ExecCGI');
    const relative = fc.array(fc.tuple(fc.constantFrom('+', '-'), word), { minLength: 1, maxLength: 4 });
    const one = fc.oneof(
      relative.map((words) => words.map(([sign, name]) => sign + name).join(' ')),
      fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(one, one, one, (first, second, third) => {
        const [a, b, c] = [line(first), line(second), line(third)];
        assert.equal(shown(c.within(b.within(a))), shown(c.within(b).within(a)));
      }),
    );
  });
});
