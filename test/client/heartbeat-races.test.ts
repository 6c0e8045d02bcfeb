// What can happen while a signal of the heartbeat is under way, each as the story of its events.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drive } from './driven-session.ts';
import type { DrivenSession } from './driven-session.ts';
import type { MemoryOrigin } from './memory-origin.ts';

/** An idle connection on which a signal was just sent that is not answered. */
async function askInVain(driven: DrivenSession, origin: MemoryOrigin): Promise<void> {
  await driven.get();
  origin.hold();
  await driven.advance(15_000);
  assert.equal(driven.session.stats().signals, 1);
  driven.takeLog();
}

describe('a signal that stays unanswered', () => {
  test(
    'costs its connection after timeoutMs, and another one is opened before any request needs it',
    drive({ heartbeat: true }, async (driven, origin) => {
      await askInVain(driven, origin);
      await driven.advance(4_999);
      assert.deepEqual(driven.takeLog(), []);
      await driven.advance(1);
      assert.deepEqual(driven.takeLog(), [
        'heartbeat 1 missed',
        'closed 1 heartbeatLost',
        'connecting',
        'opened 2',
        'idle 2 option',
      ]);
      const missed = driven.events.find((event) => event.type === 'heartbeat');
      assert.ok(missed?.type === 'heartbeat' && missed.outcome === 'missed');
      assert.deepEqual([missed.silentMs, missed.idleMs], [5_000, 15_000]);
      origin.release();
      assert.equal(await driven.get(), '200 2/1');
    }),
  );

  test(
    'and is answered too late is answered to nobody',
    drive({ heartbeat: true }, async (driven, origin) => {
      await askInVain(driven, origin);
      await driven.advance(5_000);
      origin.peer(1).answer('late');
      origin.release();
      assert.equal(await driven.get(), '200 2/1');
      assert.equal(driven.count('heartbeat'), 1);
    }),
  );

  test(
    'is not lost where the answer waits in the kernel when the loop has been busy for longer than the deadline',
    drive({ heartbeat: true }, async (driven, origin) => {
      await askInVain(driven, origin);
      driven.clock.stall(60_000);
      origin.peer(1).answer();
      driven.opener.deliverAll();
      await driven.advance(1);
      assert.equal(driven.log[0], 'heartbeat 1 ack');
      assert.equal(driven.session.stats().signalsMissed, 0);
    }),
  );

  test(
    'makes the other idle connections of its origin suspect: they are asked at once',
    drive({ heartbeat: true }, async (driven, origin) => {
      origin.hold();
      const outcomes = [1, 2, 3].map(() => driven.outcome(driven.session.request('/')));
      const elsewhere = driven.outcome(driven.session.request('http://b.test/'));
      await driven.settle();
      for (const peer of origin.peers) peer.answer();
      await driven.settle();
      await Promise.all([...outcomes, elsewhere]);
      await driven.advance(15_000);
      origin.peer(4).answer();
      await driven.settle();
      driven.takeLog();
      await driven.advance(5_000);
      assert.deepEqual(driven.takeLog(), ['heartbeat 3 missed', 'closed 3 heartbeatLost']);
      origin.peer(2).answer();
      await driven.settle();
      await driven.advance(5_000);
      assert.deepEqual(driven.takeLog(), ['heartbeat 2 ack', 'heartbeat 1 missed', 'closed 1 heartbeatLost']);
    }),
  );
});

describe('a request that comes while a signal is under way', () => {
  test(
    'takes another connection, and nothing is sent behind the signal',
    drive({ heartbeat: true }, async (driven, origin) => {
      await askInVain(driven, origin);
      origin.release();
      assert.equal(await driven.get(), '200 2/1');
      assert.equal(origin.peer(1).requests.length, 2);
      assert.deepEqual(driven.takeLog(), ['connecting', 'opened 2', 'response 2 200', 'idle 2 option']);
    }),
  );

  test(
    'is not pipelined behind the signal either',
    drive({ heartbeat: true, pipelining: 4, limits: { perOrigin: 1 } }, async (driven, origin) => {
      await askInVain(driven, origin);
      const outcome = driven.outcome(driven.session.request('/'));
      await driven.settle();
      assert.equal(origin.peer(1).requests.length, 2);
      origin.release();
      origin.peer(1).answer();
      await driven.settle();
      assert.equal(await outcome, '200 1/3');
    }),
  );

  test(
    'and may have no other connection goes out as soon as the signal is answered',
    drive({ heartbeat: true, limits: { perOrigin: 1 } }, async (driven, origin) => {
      await askInVain(driven, origin);
      const outcome = driven.outcome(driven.session.request('/'));
      await driven.advance(200);
      origin.release();
      origin.peer(1).answer();
      await driven.settle();
      assert.equal(await outcome, '200 1/3');
      assert.deepEqual(driven.takeLog(), ['heartbeat 1 ack', 'reused 1', 'response 1 200', 'idle 1 option']);
    }),
  );

  test(
    'and may have no other connection waits for what an answer takes, not for timeoutMs',
    drive({ heartbeat: true, limits: { perOrigin: 1 } }, async (driven, origin) => {
      await askInVain(driven, origin);
      const outcome = driven.outcome(driven.session.request('/'));
      await driven.advance(249);
      assert.deepEqual(driven.takeLog(), []);
      origin.release();
      await driven.advance(1);
      assert.equal(await outcome, '200 2/1');
      assert.deepEqual(driven.takeLog(), [
        'closed 1 shed',
        'connecting',
        'opened 2',
        'response 2 200',
        'idle 2 option',
      ]);
    }),
  );

  test(
    'has its place at once where the signal has been silent for longer than that',
    drive({ heartbeat: true, limits: { perOrigin: 1 } }, async (driven, origin) => {
      await askInVain(driven, origin);
      await driven.advance(250);
      origin.release();
      assert.equal(await driven.get(), '200 2/1');
      assert.equal(driven.log[0], 'closed 1 shed');
    }),
  );

  test(
    'for another origin has its place as soon, where the total is reached',
    drive({ heartbeat: true, limits: { total: 1 } }, async (driven, origin) => {
      await driven.get('http://a.test/');
      origin.hold();
      await driven.advance(15_000);
      const outcome = driven.outcome(driven.session.request('http://b.test/'));
      await driven.settle();
      origin.release();
      origin.peer(1).answer();
      await driven.settle();
      assert.equal(await outcome, '200 2/1');
      assert.equal(driven.session.stats().closed.shed, 1);
    }),
  );

  test(
    'and is given up while it waits takes nothing along',
    drive({ heartbeat: true, limits: { perOrigin: 1 } }, async (driven, origin) => {
      await askInVain(driven, origin);
      const controller = new AbortController();
      const outcome = driven.outcome(driven.session.request('/', { signal: controller.signal }));
      await driven.settle();
      controller.abort();
      origin.release();
      origin.peer(1).answer();
      await driven.settle();
      assert.equal(await outcome, 'AbortError');
      assert.equal(await driven.get(), '200 1/3');
    }),
  );

  test(
    'is not lost with the connection that it would have had: a POST goes out once, on another',
    drive({ heartbeat: true }, async (driven, origin) => {
      await askInVain(driven, origin);
      origin.release();
      const outcome = driven.post();
      origin.peer(1).rst();
      assert.equal(await outcome, '200 2/1');
      assert.deepEqual(
        origin.requests.map(({ method }) => method),
        ['GET', 'OPTIONS', 'POST'],
      );
    }),
  );
});

describe('a connection on which a signal is under way', () => {
  test(
    'may end with FIN as any idle one: nothing is missed, and nothing sent again',
    drive({ heartbeat: true }, async (driven, origin) => {
      await askInVain(driven, origin);
      origin.peer(1).fin();
      await driven.settle();
      assert.deepEqual(driven.takeLog(), ['closed 1 peerClosed', 'connecting', 'opened 2', 'idle 2 option']);
      assert.equal(origin.requests.length, 2);
    }),
  );

  test(
    'may end with RST',
    drive({ heartbeat: true }, async (driven, origin) => {
      await askInVain(driven, origin);
      origin.peer(1).rst();
      await driven.settle();
      assert.equal(driven.log[0], 'closed 1 peerReset');
      assert.equal(driven.session.stats().retries, 0);
    }),
  );

  test(
    'may be told by a 408 that its time was over, which is no answer',
    drive({ heartbeat: true }, async (driven, origin) => {
      await askInVain(driven, origin);
      origin.peer(1).send('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      await driven.settle();
      assert.equal(driven.log[0], 'closed 1 peerSentClose');
      assert.equal(driven.count('heartbeat'), 0);
    }),
  );

  test(
    'and whose answer is no HTTP is closed',
    drive({ heartbeat: true }, async (driven, origin) => {
      await askInVain(driven, origin);
      origin.peer(1).send('PONG\r\n\r\n');
      await driven.settle();
      assert.deepEqual(driven.takeLog(), ['closed 1 protocolError']);
    }),
  );

  test(
    'does not delay close()',
    drive({ heartbeat: true }, async (driven, origin) => {
      await askInVain(driven, origin);
      let isClosed = false;
      void driven.session.close().then(() => {
        isClosed = true;
      });
      await driven.settle();
      assert.ok(isClosed);
      assert.deepEqual(driven.takeLog(), ['closed 1 draining']);
      assert.ok(origin.peer(1).hasEnded, 'with FIN');
    }),
  );

  test(
    'is destroyed with the session',
    drive({ heartbeat: true }, async (driven, origin) => {
      await askInVain(driven, origin);
      driven.session.destroy();
      await driven.settle();
      await driven.advance(100_000);
      assert.deepEqual(driven.takeLog(), ['closed 1 destroyed']);
    }),
  );

  test(
    'ends with the session that is closed or destroyed within the event of its answer',
    drive({ heartbeat: true }, async (driven, origin) => {
      await askInVain(driven, origin);
      driven.onEvent = (event) => {
        if (event.type === 'heartbeat') driven.session.destroy();
      };
      origin.peer(1).answer();
      await driven.settle();
      assert.deepEqual(driven.takeLog(), ['heartbeat 1 ack', 'closed 1 destroyed']);
    }),
  );

  test(
    'ends with the session that is destroyed within the event of its loss',
    drive({ heartbeat: true }, async (driven, origin) => {
      await askInVain(driven, origin);
      driven.onEvent = (event) => {
        if (event.type === 'heartbeat') driven.session.destroy();
      };
      await driven.advance(5_000);
      assert.deepEqual(driven.takeLog(), ['heartbeat 1 missed', 'closed 1 destroyed']);
    }),
  );
});

describe('after the machine has slept, or the process stood still, for longer than the interval', () => {
  const sleeps = {
    'by the wall clock': (driven: DrivenSession) => driven.clock.jumpWall(20_000),
    'by both clocks': (driven: DrivenSession) => driven.clock.stall(40_000),
  };
  for (const [how, sleep] of Object.entries(sleeps)) {
    test(
      `${how}, no idle connection is used before it has answered, surplus ones included`,
      drive({ heartbeat: true }, async (driven, origin) => {
        origin.hold();
        const before = [1, 2].map(() => driven.outcome(driven.session.request('/')));
        await driven.settle();
        for (const peer of origin.peers) peer.answer();
        await driven.settle();
        await Promise.all(before);
        await driven.advance(5_000);
        driven.takeLog();
        sleep(driven);
        const outcome = driven.outcome(driven.session.request('/'));
        await driven.settle();
        assert.deepEqual(
          origin.peers.map(({ requests }) => requests.map(({ method }) => method)),
          [['GET', 'OPTIONS'], ['GET', 'OPTIONS'], ['GET']],
        );
        origin.peer(1).answer();
        origin.peer(3).answer();
        await driven.settle();
        assert.equal(await outcome, '200 3/1');
        await driven.advance(5_000);
        assert.equal(driven.session.stats().closed.heartbeatLost, 1);
      }),
    );
  }

  test(
    'the timer notices it as well',
    drive({ heartbeat: true }, async (driven, origin) => {
      await driven.get('http://a.test/');
      await driven.advance(10_000);
      await driven.get('http://b.test/');
      driven.clock.jumpWall(30_000);
      await driven.advance(5_000);
      assert.deepEqual(
        origin.requests.map(({ method }) => method),
        ['GET', 'GET', 'OPTIONS', 'OPTIONS'],
      );
    }),
  );

  test(
    'what has outlived its idle time is given up without being asked',
    drive({ heartbeat: true }, async (driven) => {
      await driven.get();
      driven.clock.jumpWall(60_000);
      assert.equal(await driven.get(), '200 2/1');
      assert.deepEqual(driven.session.stats().closed, { idleTimeout: 1 });
    }),
  );

  test(
    'what cannot be asked is given up: the server has announced one more answer',
    drive({ heartbeat: true }, async (driven, origin) => {
      origin.fields = 'Keep-Alive: max=1\r\n';
      await driven.get();
      origin.fields = '';
      driven.clock.jumpWall(20_000);
      assert.equal(await driven.get(), '200 2/1');
      assert.deepEqual(driven.session.stats().closed, { idleTimeout: 1 });
    }),
  );

  test(
    'a wall clock that was set back says nothing',
    drive({ heartbeat: true }, async (driven) => {
      await driven.get();
      driven.clock.jumpWall(-3_600_000);
      assert.equal(await driven.get(), '200 1/2');
      assert.equal(driven.session.stats().signals, 0);
    }),
  );
});
