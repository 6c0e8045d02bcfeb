// Bodies whose maker fails at an awkward moment: before anybody reads them, or while they are let go. Never more than their request fails.
import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { ConnectError } from '#src/errors.js';
import { DrivenSession } from './driven-session.ts';
import { MemoryOrigin } from './memory-origin.ts';

const failure = new Error('the maker failed');

function failsToBegin(): never {
  throw failure;
}

test('a stream of Node.js that fails while its request waits for a connection fails the request alone', async () => {
  const origin = new MemoryOrigin();
  const driven = new DrivenSession(origin.accept);
  driven.opener.holds = true;
  const stream = new Readable({ read() {} });
  const outcome = driven.session.request('/', { method: 'POST', body: stream }).catch((error: unknown) => error);
  stream.destroy(failure);
  await driven.settle();
  driven.opener.admit();
  await driven.settle();
  assert.equal(await outcome, failure);
  assert.deepEqual(origin.requests, []);
});

test('a file that is not there fails the request with the error of the file system', async () => {
  const origin = new MemoryOrigin();
  const driven = new DrivenSession(origin.accept);
  driven.opener.holds = true;
  const body = createReadStream('/nowhere/at-all');
  const outcome = driven.session.fetch('/', { method: 'POST', body }).catch((error: unknown) => error);
  await new Promise<void>((resolve) => {
    body.once('close', () => resolve());
  });
  driven.opener.admit();
  await driven.settle();
  assert.equal(((await outcome) as NodeJS.ErrnoException).code, 'ENOENT');
});

test('a body that cannot even be begun does not keep its request from failing', async () => {
  const driven = new DrivenSession(() => {}, { maxRetries: 0 });
  driven.opener.failures.push(new ConnectError('http://origin.test', 'refused'));
  const body = { [Symbol.asyncIterator]: failsToBegin };
  const outcome = driven.outcome(driven.session.request('/', { method: 'POST', body }));
  await driven.settle();
  assert.equal(await outcome, 'ConnectError');
});

test('a body that fails to be let go does not keep its connection', async () => {
  const driven = new DrivenSession(new MemoryOrigin().accept);
  const controller = new AbortController();
  const body = {
    destroy: failsToBegin,
    async *[Symbol.asyncIterator](): AsyncGenerator<string> {
      yield 'a';
      await new Promise(() => {});
    },
  };
  const { signal } = controller;
  const outcome = driven.outcome(driven.session.request('/', { method: 'POST', body, signal }));
  await driven.settle();
  controller.abort();
  await driven.settle();
  assert.equal(await outcome, 'AbortError');
  assert.deepEqual(driven.session.connections(), []);
});
