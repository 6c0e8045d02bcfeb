// The addresses of a name are looked up anew while there are connections to it: those whose address is gone for good end.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drive } from './driven-session.ts';
import type { DrivenSession } from './driven-session.ts';

const OPTIONS = { idleTimeoutMs: 1e7, resolveIntervalMs: 30_000 };

/** The name server answers so, one answer for each look-up. */
async function lookUp(session: DrivenSession, ...answers: readonly (readonly string[] | Error)[]): Promise<void> {
  for (const addresses of answers) {
    session.opener.addresses = addresses;
    await session.advance(30_000);
  }
}

const HERE = ['127.0.0.1'];
const ELSEWHERE = ['127.0.0.2'];
const FAILURE = new Error('SERVFAIL');

describe('a name whose address changes', () => {
  test(
    'is looked up every resolveIntervalMs, and its idle connections end at the third answer in a row without their address',
    drive(OPTIONS, async (driven) => {
      await driven.get();
      await lookUp(driven, HERE, ELSEWHERE, ELSEWHERE);
      assert.equal(driven.opener.lookups, 3);
      assert.equal(driven.session.connections().length, 1);
      await lookUp(driven, ELSEWHERE);
      assert.equal(driven.log.at(-1), 'closed 1 addressGone');
      assert.equal(await driven.get(), '200 2/1');
      await lookUp(driven, ELSEWHERE, ELSEWHERE, ELSEWHERE);
      assert.equal(driven.session.connections().length, 1);
    }),
  );

  test(
    'lets what is under way end first',
    drive({ ...OPTIONS, timeouts: { headersMs: Infinity } }, async (driven, origin) => {
      origin.hold();
      const outcome = driven.outcome(driven.session.request('/'));
      await driven.settle();
      await lookUp(driven, ELSEWHERE, ELSEWHERE, ELSEWHERE);
      assert.equal(driven.session.connections()[0]!.state, 'draining');
      origin.release();
      assert.equal(await driven.get(), '200 2/1');
      origin.peer(1).answer();
      await driven.settle();
      assert.equal(await outcome, '200 1/1');
      assert.equal(driven.log.at(-1), 'closed 1 addressGone');
    }),
  );

  test(
    'keeps connections to addresses that are still there',
    drive(OPTIONS, async (driven, origin) => {
      origin.hold();
      const first = driven.outcome(driven.session.request('/'));
      await driven.settle();
      driven.opener.addresses = ELSEWHERE;
      const second = driven.outcome(driven.session.request('/'));
      await driven.settle();
      origin.peer(1).answer();
      origin.peer(2).answer();
      await driven.settle();
      await Promise.all([first, second]);
      await lookUp(driven, ELSEWHERE, ELSEWHERE, ELSEWHERE);
      assert.deepEqual(
        driven.session.connections().map(({ id }) => id),
        [2],
      );
    }),
  );
});

describe('a connection stays', () => {
  test(
    'where the name has its address in one answer of three',
    drive(OPTIONS, async (driven) => {
      await driven.get();
      for (let round = 0; round < 5; round += 1) await lookUp(driven, ELSEWHERE, ELSEWHERE, ['127.0.0.3', '127.0.0.1']);
      assert.equal(driven.session.connections().length, 1);
    }),
  );

  test(
    'where the name cannot be looked up, however often, or has no address at all',
    drive(OPTIONS, async (driven) => {
      await driven.get();
      await lookUp(driven, FAILURE, FAILURE, FAILURE, [], [], [], FAILURE);
      assert.equal(driven.session.connections().length, 1);
      assert.equal(driven.opener.lookups, 7);
    }),
  );

  test(
    'where it leads to a unix socket, which nobody looks up',
    drive({ ...OPTIONS, socketPath: '/run/service.sock' }, async (driven) => {
      await driven.get();
      await lookUp(driven, ELSEWHERE, ELSEWHERE, ELSEWHERE, ELSEWHERE);
      assert.equal(driven.opener.lookups, 0);
      assert.equal(driven.session.connections().length, 1);
    }),
  );

  test(
    'with resolveIntervalMs: Infinity',
    drive({ ...OPTIONS, resolveIntervalMs: Infinity }, async (driven) => {
      await driven.get();
      driven.opener.addresses = ELSEWHERE;
      await driven.advance(1e6);
      assert.equal(driven.opener.lookups, 0);
      assert.equal(driven.session.connections().length, 1);
    }),
  );
});

describe('nobody is asked', () => {
  test(
    'once the last connection to the name has ended, until there is one again',
    drive({ idleTimeoutMs: 40_000, resolveIntervalMs: 30_000 }, async (driven) => {
      await driven.get();
      await driven.advance(200_000);
      assert.equal(driven.opener.lookups, 1);
      assert.equal(driven.clock.pendingTimers, 0);
      await driven.get();
      await driven.advance(30_000);
      assert.equal(driven.opener.lookups, 2);
    }),
  );

  test(
    'behind the end of the session, also where an answer was on its way',
    drive(OPTIONS, async (driven) => {
      await driven.get();
      driven.clock.advance(30_000);
      driven.session.destroy();
      await driven.settle();
      await driven.advance(100_000);
      assert.equal(driven.opener.lookups, 1);
      assert.equal(driven.clock.pendingTimers, 0);
    }),
  );
});
