// The end of a session with more connections than a program usually has.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DrivenSession, ORIGIN } from './driven-session.ts';
import { MemoryOrigin } from './memory-origin.ts';

/** Nested calls for each of them would be more than a stack holds. */
const CONNECTIONS = 5_000;

test('a session with thousands of idle connections closes', async () => {
  const driven = new DrivenSession(new MemoryOrigin().accept, { limits: { total: Infinity } });
  const connected = driven.session.preconnect(ORIGIN, CONNECTIONS);
  await driven.settle();
  await connected;
  const closing = driven.session.close();
  await driven.settle();
  await closing;
  assert.deepEqual(driven.session.connections(), []);
  assert.equal(driven.session.stats().closed.draining, CONNECTIONS);
});
