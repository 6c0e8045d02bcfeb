// After work that took long the loop has not seen what arrived meanwhile: a request waits until sockets have been looked at once,
// and nothing is sent on a connection that turns out to be dead.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drive } from './driven-session.ts';
import type { MemoryPeer } from './memory-origin.ts';

describe('a request behind work that took long', () => {
  test(
    'goes out on the idle connection once sockets have been looked at',
    drive({}, async (driven, origin) => {
      await driven.get();
      driven.takeLog();
      driven.clock.stall(300);
      const outcome = driven.outcome(driven.session.request('/'));
      assert.equal(origin.peer(1).requests.length, 1);
      await driven.settle();
      assert.equal(await outcome, '200 1/2');
      assert.deepEqual(driven.takeLog(), ['validated 1 alive', 'reused 1', 'response 1 200', 'idle 1 option']);
    }),
  );

  test(
    'does not wait where the work was short, or the connection became idle behind it',
    drive({}, async (driven) => {
      await driven.get();
      driven.clock.stall(4);
      assert.equal(await driven.get(), '200 1/2');
      driven.clock.stall(300);
      await driven.settle();
      assert.equal(await driven.get(), '200 1/3');
      assert.equal(driven.session.stats().validations, 0);
    }),
  );

  const ends: Record<string, (peer: MemoryPeer) => void> = {
    FIN: (peer) => peer.fin(),
    RST: (peer) => peer.rst(),
    'a 408': (peer) => peer.send('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n'),
    'a response that nobody asked for': (peer) => peer.answer('poison'),
    'half a response and FIN': (peer) => {
      peer.send('HTTP/1.1 200 O');
      peer.fin();
    },
  };
  for (const [name, end] of Object.entries(ends)) {
    test(
      `goes to another connection where ${name} had arrived, and nothing is sent on the dead one`,
      drive({}, async (driven, origin) => {
        await driven.get();
        driven.takeLog();
        driven.clock.stall(300);
        end(origin.peer(1));
        const written = driven.opener.connections[0]!.client.bytesWritten;
        const get = driven.outcome(driven.session.request('/get'));
        await driven.settle();
        assert.equal(await get, '200 2/1');
        assert.equal(driven.opener.connections[0]!.client.bytesWritten, written);
        assert.match(
          driven.takeLog().join(),
          /^closed 1 \w+,validated 1 dead,connecting,opened 2,response 2 200,idle 2/,
        );
        assert.equal(driven.session.stats().retries, 0, 'it was never sent');
        assert.equal(origin.peer(1).requests.length, 1);
      }),
    );
  }

  test(
    'is one of many that share one look',
    drive({}, async (driven, origin) => {
      origin.hold();
      const warm = [1, 2, 3].map(() => driven.outcome(driven.session.request('/')));
      await driven.settle();
      for (const peer of origin.peers) peer.answer();
      await driven.settle();
      await Promise.all(warm);
      origin.release();
      driven.clock.stall(300);
      origin.peer(2).fin();
      const outcomes = [1, 2, 3].map(() => driven.outcome(driven.session.request('/')));
      let turns = 0;
      while (driven.count('validated') === 0) {
        driven.clock.turn();
        driven.opener.deliverAll();
        turns += 1;
      }
      assert.equal(driven.count('validated'), 3, 'all in the same turn');
      assert.ok(turns <= 2);
      await driven.settle();
      assert.ok((await Promise.all(outcomes)).every((text) => text.startsWith('200')));
      assert.deepEqual(
        [1, 2, 3].map((number) => origin.peer(number).requests.length > 1),
        [true, false, true],
      );
      assert.equal(driven.session.stats().validations, 3);
    }),
  );

  test(
    'keeps its connection from being closed or given to another',
    drive({ limits: { perOrigin: 1, total: 1 }, idleTimeoutMs: 1_000 }, async (driven) => {
      await driven.get('http://a.test/');
      driven.clock.stall(900);
      const first = driven.outcome(driven.session.request('http://a.test/1'));
      const second = driven.outcome(driven.session.request('http://b.test/2'));
      driven.clock.stall(200);
      await driven.settle();
      assert.equal(await first, '200 1/2');
      assert.equal(await second, '200 2/1');
    }),
  );
});
