// What a configuration and the command that serves it tell serve() of each address.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planListeners } from '#src/apache/site/plan-listeners.js';
import { MemoryFileLookup } from '../../support/memory-file-lookup.js';
import { read } from '../config/read-memory.js';

const ANSWERING = {
  handler: () => Promise.reject(new Error('nobody asks')),
  refuse: () => Promise.resolve(undefined),
};

describe('planListeners', () => {
  test('gives every address the limit of open connections, and leaves it to serve() where there is none', () => {
    const configuration = read('Listen 127.0.0.1:8080\nListen 127.0.0.1:8081');
    const environment = { files: new MemoryFileLookup(), machineName: 'machine.example' };
    const connections = (more: object): unknown[] =>
      planListeners(configuration, ANSWERING, { ...environment, ...more }).map(
        ({ options }) => options.limits?.connections,
      );
    assert.deepEqual(connections({ openConnections: 7 }), [7, 7]);
    assert.deepEqual(connections({}), [undefined, undefined]);
  });
});
