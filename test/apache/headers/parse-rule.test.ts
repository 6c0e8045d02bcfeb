// What httpd 2.4.71 says of lines that it refuses.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseRule } from '#src/apache/headers/parse-rule.js';
import { ConfigurationError } from '#src/apache/syntax/configuration-error.js';

const ACTIONS =
  "first argument must be 'add', 'set', 'setifempty', 'append', 'merge', 'unset', 'echo', 'note', 'edit', or 'edit*'.";
const THREE = 'Header requires three arguments';
const ENVIRONMENT = 'error: missing environment variable name. envclause should be in the form env=envar ';

const REFUSED: ReadonlyArray<readonly [line: string, message: string]> = [
  ['Header', ACTIONS],
  ['Header bogus X y', ACTIONS],
  ['Header always', ACTIONS],
  ['RequestHeader', ACTIONS],
  ['RequestHeader always set X y', ACTIONS],
  ['Header set', THREE],
  ['Header set X', THREE],
  ['Header always set X', THREE],
  ['Header note X', THREE],
  ['RequestHeader set X', THREE],
  ['Header set X y z', 'Unknown parameter: z'],
  ['Header set X y ""', 'Unknown parameter: '],
  ['Header unset X y', 'Unknown parameter: y'],
  ['Header edit X a b c', 'Unknown parameter: c'],
  ['Header set X y env=', ENVIRONMENT],
  ['Header set X y env=!', ENVIRONMENT],
  ['Header set X y env=A b', 'Too many arguments to directive'],
  ['Header unset X y z w', 'Too many arguments to directive'],
  ['Header set X y a b c', 'Header has too many arguments'],
  ['Header edit X a b c d', 'Header has too many arguments'],
  ['RequestHeader set a b c d e', 'RequestHeader has too many arguments'],
  ['Header unset X y env=A', 'header unset takes two arguments'],
  ['Header echo X y z', 'Header echo takes two arguments'],
  ['Header echo (', 'Header echo regex could not be compiled'],
  ['RequestHeader echo X', 'Header echo only valid on Header directives'],
  ['RequestHeader note X y', "RequestHeader does not support the 'note' action"],
  ['Header edit X', 'Header edit requires a match and a substitution'],
  ['Header edit* X a', 'Header edit requires a match and a substitution'],
  ['Header edit X ( b', 'Header edit regex could not be compiled'],
  ['Header set X "50% off"', 'Unrecognized header format % '],
  ['Header set X %z', 'Unrecognized header format %z'],
  ['Header set X %{A', 'Unrecognized header format %'],
  ['Header set X %{A}x', 'Unrecognized header format %x'],
  ['Header edit X a %q', 'Unrecognized header format %q'],
  ['Header set X y expr=', "Can't parse envclause/expression: syntax error, unexpected $end"],
];

const parse = (line: string): unknown => {
  const [, directive, text] = /^(\S+)\s*(.*)$/s.exec(line)!;
  return parseRule(text!, directive as 'Header');
};

describe('a line of Header or RequestHeader', () => {
  for (const [line, message] of REFUSED) {
    it(`${line} is refused: ${message}`, () => {
      assert.throws(() => parse(line), new ConfigurationError(message));
    });
  }

  it('that is a bit off passes', () => {
    for (const line of [
      'Header set "" y',
      'Header set X ""',
      'Header set X %',
      'Header edit X "" ""',
      'Header set X %{}e',
      'Header SET X y EARLY',
      'Header unset X env=A',
      'Header echo X env=A',
    ]) {
      assert.doesNotThrow(() => parse(line), line);
    }
  });

  it('is read or refused with a message, whatever it says', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'Header',
        'set',
        'edit',
        'edit*',
        'always',
        'env=',
        'expr=',
        'early',
        '%',
        '"',
        '\\',
        '%{',
        '(',
        ')',
      ),
      fc.string({ maxLength: 6, unit: 'binary-ascii' }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        try {
          parseRule(words.join(' '), 'Header');
        } catch (error) {
          assert.ok(error instanceof ConfigurationError, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
