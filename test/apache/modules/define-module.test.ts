// What a module may leave out when it is declared: the makers of a part that it does not have.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defineModule } from '#src/apache/module/module.js';

const FACTS = { name: 'mod_test.c', identifier: 'test_module', directives: [] };
const SERVER = {
  createServer: (): number[] => [1],
  mergeServer: (base: number[], over: number[]) => [...base, ...over],
};

describe('defineModule', () => {
  test('gives null for a part that the module does not have, whatever is merged', () => {
    const module = defineModule<null, null>(FACTS);
    const { definition } = module;
    assert.deepEqual([module.ofServer([]), module.ofDirectory([])], [null, null]);
    assert.deepEqual([module.ownServer([]), module.ownDirectory([], '/www/')], [null, null]);
    assert.deepEqual([definition.mergeServer(null, null), definition.mergeDirectory(null, null)], [null, null]);
  });

  test('keeps the part that is declared beside one that is not there', () => {
    const module = defineModule<number[], null>({ ...FACTS, ...SERVER });
    assert.deepEqual([module.ofServer([]), module.ofDirectory([])], [[1], null]);
    assert.deepEqual(module.definition.mergeServer([2], [3]), [2, 3]);
  });

  test('takes neither a part without its makers nor makers of what is not there', () => {
    // @ts-expect-error -- the makers of the server's part are missing
    defineModule<number[], null>(FACTS);
    // @ts-expect-error -- there is no such part
    defineModule<null, null>({ ...FACTS, ...SERVER });
  });
});
