// What servers promise in Keep-Alive, and how a session takes them at their word and no further.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drive } from './driven-session.ts';

describe('timeout= in Keep-Alive', () => {
  test(
    'closes an idle connection before the server does, by more than a round trip',
    drive({}, async (driven, origin) => {
      origin.fields = 'Keep-Alive: timeout=5\r\n';
      await driven.get();
      const idle = driven.events.at(-1)!;
      assert.ok(idle.type === 'idle' && idle.because === 'serverHint');
      assert.ok(idle.deadlineMs < 5_000 && idle.deadlineMs > 4_900);
      await driven.advance(idle.deadlineMs - 1);
      assert.equal(driven.session.connections().length, 1);
      await driven.advance(1);
      assert.equal(driven.log.at(-1), 'closed 1 hintExpired');
    }),
  );

  test(
    'of 1 still lets requests of most of that second reuse',
    drive({}, async (driven, origin) => {
      origin.fields = 'Keep-Alive: timeout=1\r\n';
      await driven.get();
      await driven.advance(950);
      assert.equal(await driven.get(), '200 1/2');
    }),
  );

  test(
    'is not outlived by a late timer or a machine that slept',
    drive({}, async (driven, origin) => {
      origin.fields = 'Keep-Alive: timeout=5\r\n';
      await driven.get();
      driven.clock.stall(5_000);
      assert.equal(await driven.get(), '200 2/1');
      driven.clock.jumpWall(5_000);
      assert.equal(await driven.get(), '200 3/1');
      assert.deepEqual(
        driven.log.filter((line) => line.startsWith('closed')),
        ['closed 1 hintExpired', 'closed 2 hintExpired'],
      );
    }),
  );

  test(
    'of 0 closes at once, and what waits goes to a new connection',
    drive({ limits: { perOrigin: 1 } }, async (driven, origin) => {
      origin.fields = 'Keep-Alive: timeout=0\r\n';
      const outcomes = [1, 2].map(() => driven.outcome(driven.session.request('/')));
      await driven.settle();
      assert.deepEqual(await Promise.all(outcomes), ['200 1/1', '200 2/1']);
      assert.deepEqual(
        driven.log.filter((line) => line.startsWith('closed')),
        ['closed 1 hintExpired', 'closed 2 hintExpired'],
      );
    }),
  );

  test(
    'never makes us wait longer than our own option says',
    drive({ idleTimeoutMs: 2_000 }, async (driven, origin) => {
      origin.fields = 'Keep-Alive: timeout=600\r\n';
      await driven.get();
      assert.equal(driven.log.at(-1), 'idle 1 option');
      await driven.advance(2_000);
      assert.equal(driven.log.at(-1), 'closed 1 idleTimeout');
    }),
  );

  test(
    'counts as it was last said on that connection',
    drive({}, async (driven, origin) => {
      origin.fields = 'Keep-Alive: timeout=5\r\n';
      await driven.get();
      origin.fields = 'Keep-Alive: timeout=20\r\n';
      await driven.get();
      await driven.advance(10_000);
      assert.equal(driven.session.connections().length, 1);
      origin.fields = '';
      await driven.get();
      const idle = driven.events.at(-1)!;
      assert.ok(idle.type === 'idle' && idle.because === 'serverHint', 'silence takes no promise back');
      origin.fields = 'Keep-Alive: timeout=3\r\n';
      await driven.get();
      await driven.advance(3_000);
      assert.equal(driven.log.at(-1), 'closed 1 hintExpired');
    }),
  );

  for (const junk of ['', 'timeout', 'timeout=', 'timeout=-5', 'timeout=soon', 'x=1; y="timeout=1"', ',,;,']) {
    test(
      `of junk such as '${junk}' is no promise`,
      drive({}, async (driven, origin) => {
        origin.fields = `Keep-Alive: ${junk}\r\n`;
        await driven.get();
        assert.equal(driven.log.at(-1), 'idle 1 option');
        await driven.advance(30_000);
        assert.equal(await driven.get(), '200 1/2');
      }),
    );
  }

  test(
    'of an absurd size is as good as none',
    drive({}, async (driven, origin) => {
      origin.fields = `Keep-Alive: timeout=${'9'.repeat(40)}, max=${'9'.repeat(40)}\r\n`;
      await driven.get();
      assert.equal(driven.log.at(-1), 'idle 1 option');
      assert.equal(await driven.post(), '200 1/2');
    }),
  );
});

describe('max= in Keep-Alive', () => {
  test(
    'is counted down, and no request goes beyond it',
    drive({}, async (driven, origin) => {
      origin.answer = (_request, peer) => {
        const left = 3 - peer.requests.length;
        peer.answer(undefined, left > 0 ? `Keep-Alive: timeout=5, max=${left}\r\n` : 'Connection: close\r\n');
        return undefined;
      };
      const outcomes = [];
      for (let index = 0; index < 5; index += 1) outcomes.push(await driven.get());
      assert.deepEqual(outcomes, ['200 1/1', '200 1/2', '200 1/3', '200 2/1', '200 2/2']);
    }),
  );

  test(
    'that always says the same number means the first one',
    drive({}, async (driven, origin) => {
      origin.fields = 'Keep-Alive: max=2\r\n';
      const outcomes = [];
      for (let index = 0; index < 4; index += 1) outcomes.push(await driven.get());
      assert.deepEqual(outcomes, ['200 1/1', '200 1/2', '200 1/3', '200 2/1']);
    }),
  );

  test(
    'of 0 closes at once',
    drive({}, async (driven, origin) => {
      origin.fields = 'Keep-Alive: max=0\r\n';
      await driven.get();
      assert.equal(driven.log.at(-1), 'closed 1 maxRequests');
    }),
  );

  test(
    'leaves the last slot to a request that can be repeated',
    drive({}, async (driven, origin) => {
      origin.fields = 'Keep-Alive: max=1\r\n';
      assert.equal(await driven.get(), '200 1/1');
      assert.equal(await driven.post(), '200 2/1');
      assert.equal(await driven.get(), '200 2/2', 'the one that was used last');
      assert.equal(await driven.get(), '200 1/2');
    }),
  );

  test(
    'lets a request that wants more than the last slot use another idle connection that has more',
    drive({ limits: { perOrigin: 2 } }, async (driven, origin) => {
      origin.hold();
      const outcomes = [1, 2].map(() => driven.outcome(driven.session.request('/')));
      await driven.settle();
      origin.peer(1).answer();
      await driven.settle();
      origin.peer(2).answer(undefined, 'Keep-Alive: max=1\r\n');
      await driven.settle();
      await Promise.all(outcomes);
      origin.release();
      assert.equal(await driven.post(), '200 1/2');
      assert.equal(driven.opener.opened, 2);
    }),
  );
});
