// What mod_env does, as it was seen at httpd 2.4.71.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { env } from '#src/apache/modules/env.js';
import { ConfigurationError } from '#src/apache/syntax/configuration-error.js';
import { configure, linesOf, makeRequest, mergeOver } from './driven-module.ts';
import type { Configured } from './driven-module.ts';

const variables = (configured: Configured, set: Record<string, string> = {}): string[] => {
  const request = makeRequest([configured]);
  for (const [name, value] of Object.entries(set)) request.env.set(name, value);
  void env.definition.hooks!.fixups!(request);
  return linesOf(request.env);
};

const nest = (...places: string[]): Configured =>
  places.map((lines) => configure(env, lines)).reduce((outer, inner) => mergeOver(env, outer, inner));

describe('SetEnv, UnsetEnv and PassEnv', () => {
  it('set variables, empty ones too, whatever the case of their names', () => {
    assert.deepEqual(variables(configure(env, 'SetEnv A "x y"\nSetEnv B\nSetEnv C ""')), ['A: x y', 'B: ', 'C: ']);
    assert.deepEqual(variables(configure(env, 'SetEnv a x\nSetEnv A y')), ['a: y']);
  });

  it('do not replace what SetEnvIf or a rewrite rule has set', () => {
    assert.deepEqual(variables(configure(env, 'SetEnv A set\nSetEnv B b'), { A: 'if' }), ['A: if', 'B: b']);
    assert.deepEqual(variables(configure(env, 'UnsetEnv A'), { A: 'if' }), ['A: if']);
  });

  it('take back by their order within a place, and whatever the place around them has set', () => {
    assert.deepEqual(variables(nest('SetEnv A x\nUnsetEnv A')), []);
    assert.deepEqual(variables(nest('UnsetEnv A\nSetEnv A x')), ['A: x']);
    assert.deepEqual(variables(nest('SetEnv A outer\nSetEnv B b', 'UnsetEnv A')), ['B: b']);
    assert.deepEqual(variables(nest('SetEnv A outer', 'SetEnv A x\nUnsetEnv A')), []);
    assert.deepEqual(variables(nest('SetEnv A outer', 'UnsetEnv A\nSetEnv A x')), ['A: x']);
    assert.deepEqual(variables(nest('UnsetEnv A', 'SetEnv A x')), ['A: x']);
  });

  it('merge to the same, whichever two of three places are merged first', () => {
    const line = fc
      .tuple(fc.constantFrom('SetEnv', 'UnsetEnv'), fc.constantFrom('A', 'b', 'C'), fc.constantFrom('1', '2'))
      .map(([directive, name, value]) => (directive === 'SetEnv' ? `SetEnv ${name} ${value}` : `UnsetEnv ${name}`));
    const place = fc.array(line, { maxLength: 5 }).map((lines) => configure(env, lines.join('\n')));
    fc.assert(
      fc.property(place, place, place, (a, b, c) => {
        const left = variables(mergeOver(env, mergeOver(env, a, b), c));
        const right = variables(mergeOver(env, a, mergeOver(env, b, c)));
        assert.deepEqual(left.toSorted(), right.toSorted());
      }),
    );
  });

  it('pass on what the process has, and warn of what it has not', () => {
    const configured = configure(env, 'PassEnv PATH NOPE', { environment: { PATH: '/bin' } });
    assert.deepEqual(variables(configured), ['PATH: /bin']);
    assert.deepEqual(configured.warnings, ['AH01506: PassEnv variable NOPE was undefined']);
  });

  it('are refused in the words of Apache', () => {
    const refused = {
      SetEnv: 'SetEnv takes 1-2 arguments, an environment variable name and optional value to pass to CGI.',
      'SetEnv "" b': 'SetEnv takes 1-2 arguments, an environment variable name and optional value to pass to CGI.',
      'SetEnv A b c': 'SetEnv takes 1-2 arguments, an environment variable name and optional value to pass to CGI.',
      UnsetEnv: 'UnsetEnv requires at least one argument, a list of variables to remove from the CGI environment.',
      PassEnv: 'PassEnv requires at least one argument, a list of environment variables to pass to CGI.',
    };
    for (const [line, message] of Object.entries(refused)) {
      assert.throws(() => configure(env, line), new ConfigurationError(message), line);
    }
  });
});
