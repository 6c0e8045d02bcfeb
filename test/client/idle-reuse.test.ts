// Which idle connection takes the next request, and when one is given up before anybody takes it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drive } from './driven-session.ts';
import type { DrivenSession } from './driven-session.ts';
import type { MemoryOrigin } from './memory-origin.ts';

/** So many idle connections, of which the last one was used last. */
async function warm(session: DrivenSession, origin: MemoryOrigin, count: number): Promise<void> {
  origin.hold();
  const outcomes = Array.from({ length: count }, () => session.outcome(session.session.request('/')));
  await session.settle();
  for (const peer of origin.peers) {
    peer.answer(undefined, origin.fields);
    await session.settle();
  }
  await Promise.all(outcomes);
  origin.release();
  session.takeLog();
}

describe('an idle connection', () => {
  test(
    'takes the next request',
    drive({}, async (driven) => {
      assert.equal(await driven.get(), '200 1/1');
      assert.equal(await driven.get(), '200 1/2');
      assert.deepEqual(driven.takeLog(), [
        'connecting',
        'opened 1',
        'response 1 200',
        'idle 1 option',
        'reused 1',
        'response 1 200',
        'idle 1 option',
      ]);
    }),
  );

  test(
    'is told from a new one in the response',
    drive({}, async (driven) => {
      const responses = [];
      for (let index = 0; index < 2; index += 1) {
        const response = driven.session.request('/');
        await driven.settle();
        const { body, connection } = await response;
        await body.dump();
        responses.push(connection);
      }
      assert.deepEqual(responses, [
        { id: 1, reused: false, request: 1 },
        { id: 1, reused: true, request: 2 },
      ]);
    }),
  );

  test(
    'is taken the sooner the later it was used, so that the others age',
    drive({ idleTimeoutMs: 10_000 }, async (driven, origin) => {
      await warm(driven, origin, 3);
      for (let index = 0; index < 4; index += 1) {
        assert.match(await driven.get(), /^200 3\//);
        await driven.advance(2_000);
      }
      await driven.advance(2_000);
      assert.deepEqual(
        driven.session.connections().map(({ id }) => id),
        [3],
      );
    }),
  );

  test(
    'serves no other origin than its own',
    drive({}, async (driven) => {
      await driven.get('http://a.test/');
      await driven.get('http://a.test:8080/');
      await driven.get('https://a.test/');
      assert.equal(driven.opener.opened, 3);
      assert.equal(await driven.get('http://a.test:80/x'), '200 1/2');
      assert.equal(await driven.get('HTTP://A.test/x'), '200 1/3');
    }),
  );

  test(
    'is closed by timer when its time is over, without a request',
    drive({ idleTimeoutMs: 30_000 }, async (driven, origin) => {
      await driven.get();
      await driven.advance(29_999);
      assert.equal(driven.session.connections()[0]!.idleMs, 29_999);
      await driven.advance(1);
      assert.equal(driven.log.at(-1), 'closed 1 idleTimeout');
      assert.ok(origin.peer(1).hasEnded, 'with FIN');
      assert.equal(origin.peer(1).closed!.error, undefined);
      assert.equal(await driven.get(), '200 2/1');
    }),
  );

  test(
    'is not used behind its time, however late the timer is',
    drive({ idleTimeoutMs: 30_000 }, async (driven) => {
      await driven.get();
      driven.clock.stall(30_000);
      driven.takeLog();
      assert.equal(await driven.get(), '200 2/1');
      assert.equal(driven.takeLog()[0], 'closed 1 idleTimeout');
    }),
  );

  test(
    'is not used when the wall clock says that its time is over: the machine was asleep',
    drive({ idleTimeoutMs: 30_000 }, async (driven, origin) => {
      await warm(driven, origin, 2);
      driven.clock.jumpWall(30_000);
      assert.equal(await driven.get(), '200 3/1');
      assert.deepEqual(driven.takeLog().slice(0, 2), ['closed 2 idleTimeout', 'closed 1 idleTimeout']);
    }),
  );

  test(
    'is used as ever when the wall clock was set back, and is closed when its time is over by the other one',
    drive({ idleTimeoutMs: 30_000 }, async (driven) => {
      await driven.get();
      driven.clock.jumpWall(-3_600_000);
      assert.equal(await driven.get(), '200 1/2');
      await driven.advance(30_000);
      assert.equal(driven.log.at(-1), 'closed 1 idleTimeout');
    }),
  );

  test(
    'that ends is taken out: by FIN, by RST, by bytes that nobody asked for',
    drive({}, async (driven, origin) => {
      await warm(driven, origin, 3);
      origin.peer(1).fin();
      origin.peer(2).rst();
      origin.peer(3).send('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
      await driven.settle();
      assert.deepEqual(driven.takeLog(), ['closed 1 peerClosed', 'closed 2 peerReset', 'closed 3 unsolicitedBytes']);
      const last = driven.events.at(-1)!;
      assert.ok(last.type === 'closed' && last.unsolicited?.startsWith('HTTP/1.1 408'));
      assert.equal(await driven.get(), '200 4/1');
    }),
  );

  test(
    'whose end arrives in the same turn as the end of the response before is not used again',
    drive({}, async (driven, origin) => {
      origin.answer = (_request, peer) => {
        peer.answer();
        peer.fin();
        return undefined;
      };
      assert.equal(await driven.get(), '200 1/1');
      assert.equal(await driven.get(), '200 2/1');
      assert.equal(driven.session.stats().retries, 0);
    }),
  );
});

describe('a connection is not kept', () => {
  test(
    'beyond maxAgeMs, and no request goes out on it behind that',
    drive({ maxAgeMs: 5_000, idleTimeoutMs: 60_000 }, async (driven) => {
      await driven.get();
      await driven.advance(4_999);
      assert.equal(await driven.get(), '200 1/2');
      await driven.advance(1);
      driven.takeLog();
      assert.equal(await driven.get(), '200 2/1');
      assert.equal(driven.takeLog()[0], 'closed 1 maxAge');
    }),
  );

  test(
    'when it is older than maxAgeMs at the end of an exchange, which is not cut off',
    drive({ maxAgeMs: 5_000 }, async (driven, origin) => {
      origin.hold();
      const outcome = driven.outcome(driven.session.request('/'));
      await driven.settle();
      await driven.advance(7_000);
      origin.peer(1).answer();
      await driven.settle();
      assert.equal(await outcome, '200 1/1');
      assert.equal(driven.log.at(-1), 'closed 1 maxAge');
    }),
  );

  test(
    'after maxRequestsPerConnection requests, and does not wait for the next one to find that out',
    drive({ maxRequestsPerConnection: 3 }, async (driven) => {
      const outcomes = [];
      for (let index = 0; index < 7; index += 1) outcomes.push(await driven.get());
      assert.deepEqual(outcomes, ['200 1/1', '200 1/2', '200 1/3', '200 2/1', '200 2/2', '200 2/3', '200 3/1']);
      assert.deepEqual(
        driven.log.filter((line) => line.startsWith('closed')),
        ['closed 1 maxRequests', 'closed 2 maxRequests'],
      );
    }),
  );

  test(
    'at all with maxRequestsPerConnection: 1',
    drive({ maxRequestsPerConnection: 1, limits: { perOrigin: 1 } }, async (driven) => {
      const outcomes = [1, 2, 3].map(() => driven.outcome(driven.session.request('/')));
      await driven.settle();
      assert.deepEqual(await Promise.all(outcomes), ['200 1/1', '200 2/1', '200 3/1']);
      assert.deepEqual(driven.session.connections(), []);
    }),
  );

  test(
    'for as long as its limits say, but for up to a tenth less, so that those that were opened together do not end together',
    drive({ maxAgeMs: 10_000, maxRequestsPerConnection: 20, random: () => 0.999 }, async (driven) => {
      for (let index = 0; index < 19; index += 1) assert.equal(await driven.get(), `200 1/${index + 1}`);
      assert.equal(driven.log.at(-1), 'closed 1 maxRequests');
      await driven.get();
      await driven.advance(9_000);
      assert.equal(await driven.get(), '200 2/2');
      await driven.advance(1);
      assert.equal(await driven.get(), '200 3/1');
    }),
  );

  test(
    'after an announced close, from either side and in both versions',
    drive({}, async (driven, origin) => {
      origin.fields = 'Connection: close\r\n';
      await driven.get();
      origin.fields = '';
      await driven.get('/', { headers: { connection: 'close' } });
      origin.answer = () => 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n';
      await driven.get();
      assert.deepEqual(
        driven.log.filter((line) => line.startsWith('closed')),
        ['closed 1 peerSentClose', 'closed 2 weSentClose', 'closed 3 http10WithoutKeepAlive'],
      );
    }),
  );
});
