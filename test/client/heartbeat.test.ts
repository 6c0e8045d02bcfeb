// The heartbeat of a session: which idle connections are asked for a sign of life, when, and what becomes of them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stolenStderr } from '../support/stolen-stderr.ts';
import { DrivenSession, drive } from './driven-session.ts';
import type { MemoryOrigin } from './memory-origin.ts';
import { formatResponse } from './memory-origin.ts';

/** What came on a connection, as request lines. */
function linesOn(origin: MemoryOrigin, connection: number): string[] {
  return origin.peer(connection).requests.map(({ method, target }) => `${method} ${target}`);
}

/** So many idle connections at once, of which the last one was used last. */
async function openIdle(driven: DrivenSession, origin: MemoryOrigin, count: number): Promise<void> {
  origin.hold();
  const outcomes = Array.from({ length: count }, () => driven.outcome(driven.session.request('/')));
  await driven.settle();
  for (const peer of origin.peers) {
    peer.answer();
    await driven.settle();
  }
  await Promise.all(outcomes);
  origin.release();
  driven.takeLog();
}

describe('an idle connection of a session with a heartbeat', () => {
  test(
    'is asked after the interval, and lives on beyond the idle timeout',
    drive({ heartbeat: true }, async (driven, origin) => {
      await driven.get();
      driven.takeLog();
      await driven.pass(14_999);
      assert.deepEqual(linesOn(origin, 1), ['GET /']);
      await driven.advance(1);
      assert.deepEqual(linesOn(origin, 1), ['GET /', 'OPTIONS *']);
      await driven.pass(105_000);
      assert.deepEqual(driven.takeLog(), Array(8).fill('heartbeat 1 ack'));
      assert.equal(await driven.get(), '200 1/10');
      assert.equal(driven.session.stats().connectionsOpened, 1);
    }),
  );

  test(
    'is left alone without one, and ends at its idle timeout',
    drive({}, async (driven, origin) => {
      await driven.get();
      await driven.pass(60_000);
      assert.deepEqual(linesOn(origin, 1), ['GET /']);
      assert.equal(driven.log.at(-1), 'closed 1 idleTimeout');
      assert.equal(driven.session.stats().signals, 0);
    }),
  );

  test(
    'is let go when nobody has used its origin for maxIdleMs, to the millisecond',
    drive({ heartbeat: { maxIdleMs: 40_000 } }, async (driven) => {
      await driven.get();
      await driven.pass(20_000);
      await driven.get();
      driven.takeLog();
      await driven.pass(39_999);
      assert.deepEqual(driven.takeLog(), ['heartbeat 1 ack', 'heartbeat 1 ack']);
      await driven.advance(1);
      assert.deepEqual(driven.takeLog(), ['closed 1 idleTimeout']);
      await driven.pass(100_000);
      assert.equal(driven.opener.opened, 1);
    }),
  );

  test(
    'is asked after half of what the server promises, or of the idle timeout of the session, where that is less',
    drive({ heartbeat: true, idleTimeoutMs: 20_000 }, async (driven, origin) => {
      await driven.get();
      await driven.advance(9_999);
      assert.equal(driven.session.stats().signals, 0);
      await driven.advance(1);
      assert.equal(driven.session.stats().signals, 1);
      origin.fields = 'Keep-Alive: timeout=6\r\n';
      await driven.get();
      await driven.advance(2_999);
      assert.equal(driven.session.stats().signals, 1);
      await driven.advance(1);
      assert.equal(driven.session.stats().signals, 2);
    }),
  );

  test(
    'is asked sooner once the idle timeout of a silent server is learned',
    drive({ heartbeat: true }, async (driven, origin) => {
      for (let moment = 0; moment < 2; moment += 1) {
        await driven.get();
        await driven.advance(8_000);
        origin.peers.at(-1)!.fin();
        await driven.settle();
        // The one that was opened in its place.
        origin.peers.at(-1)!.fin();
        await driven.advance(1_000);
      }
      await driven.get();
      driven.takeLog();
      await driven.advance(3_974);
      assert.deepEqual(driven.takeLog(), []);
      await driven.advance(1);
      assert.deepEqual(driven.takeLog(), ['heartbeat 5 ack']);
    }),
  );

  test(
    'is not asked on the last request that the server has announced',
    drive({ heartbeat: true }, async (driven, origin) => {
      origin.fields = 'Keep-Alive: timeout=60, max=2\r\n';
      await driven.get();
      origin.fields = 'Keep-Alive: timeout=60, max=1\r\n';
      await driven.pass(15_000);
      assert.deepEqual(linesOn(origin, 1), ['GET /', 'OPTIONS *']);
      driven.takeLog();
      await driven.pass(40_000);
      assert.deepEqual(driven.takeLog(), []);
      origin.fields = 'Connection: close\r\n';
      assert.equal(await driven.get(), '200 1/3');
    }),
  );

  test(
    'is not asked on the last request that maxRequestsPerConnection allows',
    drive({ heartbeat: true, maxRequestsPerConnection: 2 }, async (driven, origin) => {
      await driven.get();
      await driven.pass(50_000);
      assert.deepEqual(linesOn(origin, 1), ['GET /']);
      assert.equal(await driven.get(), '200 1/2');
    }),
  );

  test(
    'does not keep the process alive while it is asked',
    drive({ heartbeat: true }, async (driven) => {
      await driven.get();
      await driven.pass(60_000);
      assert.equal(driven.session.stats().signals, 4);
      assert.deepEqual(driven.opener.connections[0]!.client.idleCalls, [true]);
    }),
  );

  test(
    'shows in connections(), where a signal is no request',
    drive({ heartbeat: true }, async (driven, origin) => {
      await driven.session.preconnect('/');
      await driven.settle();
      await driven.pass(15_000);
      await driven.advance(4_000);
      const [info] = driven.session.connections();
      assert.equal(info!.state, 'opened');
      assert.equal(info!.requests, 0);
      assert.equal(info!.idleMs, 4_000);
      assert.deepEqual(info!.heartbeat, {
        warm: true,
        sent: 1,
        acknowledged: 1,
        rttMs: 0,
        sinceAckMs: 4_000,
        unusedMs: 19_000,
      });
      origin.hold();
      await driven.advance(11_000);
      assert.equal(driven.session.connections()[0]!.state, 'opened');
      origin.peer(1).answer();
      await driven.settle();
      origin.release();
      const response = driven.session.request('/');
      await driven.settle();
      const { connection, body } = await response;
      await body.dump();
      assert.deepEqual(connection, { id: 1, reused: false, request: 1 });
      const { signals, requests, responses, reused } = driven.session.stats();
      assert.deepEqual({ signals, requests, responses, reused }, { signals: 2, requests: 1, responses: 1, reused: 0 });
      assert.equal(driven.count('reused'), 0);
    }),
  );

  test(
    'counts as unused from the end of the last exchange, however long that took',
    drive({ heartbeat: { maxIdleMs: 40_000 }, timeouts: { headersMs: 120_000 } }, async (driven, origin) => {
      origin.hold();
      const outcome = driven.outcome(driven.session.request('/'));
      await driven.settle();
      await driven.pass(100_000);
      origin.peer(1).answer();
      origin.release();
      await driven.settle();
      assert.equal(await outcome, '200 1/1');
      await driven.pass(39_999);
      assert.equal(driven.session.connections().length, 1);
    }),
  );
});

describe('the heartbeat of a session asks', () => {
  test(
    'the connection that the next request would get, and lets surplus ones age',
    drive({ heartbeat: true }, async (driven, origin) => {
      await openIdle(driven, origin, 3);
      await driven.pass(60_000);
      assert.deepEqual(driven.takeLog(), [
        ...Array(3).fill('heartbeat 3 ack'),
        'closed 1 idleTimeout',
        'closed 2 idleTimeout',
        'heartbeat 3 ack',
      ]);
    }),
  );

  test(
    'as many of an origin as it is told, those in use counted',
    drive({ heartbeat: { connectionsPerOrigin: 2 } }, async (driven, origin) => {
      await openIdle(driven, origin, 3);
      await driven.pass(15_000);
      assert.deepEqual(driven.takeLog(), ['heartbeat 2 ack', 'heartbeat 3 ack']);
      origin.hold();
      const outcome = driven.outcome(driven.session.request('/'));
      await driven.settle();
      origin.release();
      driven.takeLog();
      await driven.pass(15_000);
      assert.deepEqual(driven.takeLog(), ['heartbeat 2 ack']);
      origin.peer(3).answer();
      await driven.settle();
      assert.equal(await outcome, '200 3/3');
    }),
  );

  test(
    'the origins that it is told',
    drive({ heartbeat: { origins: ['https://B.test:443/x'] } }, async (driven) => {
      await driven.get('http://a.test/');
      await driven.get('https://b.test/');
      await driven.pass(61_000);
      assert.deepEqual(
        driven.session.connections().map(({ origin, heartbeat }) => [origin, heartbeat?.warm]),
        [['https://b.test', true]],
      );
    }),
  );

  test(
    'the origins that a function chooses, which is asked once for each',
    (() => {
      const asked: string[] = [];
      const origins = (origin: string): boolean => {
        asked.push(origin);
        return origin === 'http://a.test';
      };
      return drive({ heartbeat: { origins } }, async (driven) => {
        for (const host of ['a', 'b', 'a', 'b']) await driven.get(`http://${host}.test/`);
        await driven.pass(61_000);
        assert.deepEqual(asked, ['http://a.test', 'http://b.test']);
        assert.deepEqual(
          driven.session.connections().map(({ origin }) => origin),
          ['http://a.test'],
        );
      });
    })(),
  );

  test(
    'none for which that function throws, and requests go on',
    (() => {
      const origins = (): boolean => {
        throw new Error('no such list');
      };
      return drive({ heartbeat: { origins } }, async (driven) => {
        const printed = await stolenStderr(async () => void (await driven.get('http://a.test/')));
        assert.deepEqual(printed, ['perdura: heartbeat.origins failed:']);
        await driven.pass(61_000);
        assert.deepEqual(driven.session.connections(), []);
      });
    })(),
  );

  test(
    'with the request that it is told, with the fields of the session',
    drive(
      { heartbeat: { target: '/health?deep=0', method: 'GET' }, headers: { authorization: 'Bearer x' } },
      async (driven, origin) => {
        await driven.get();
        await driven.pass(15_000);
        const { head, method, target } = origin.requests[1]!;
        assert.deepEqual([method, target], ['GET', '/health?deep=0']);
        assert.match(head, /^Host: origin\.test\r$/m);
        assert.match(head, /^authorization: Bearer x\r$/m);
        assert.equal(await driven.get(), '200 1/3');
      },
    ),
  );

  test(
    'less often where the server asks for calm',
    drive({ heartbeat: true }, async (driven, origin) => {
      await driven.get('http://calm.test/');
      origin.answer = () => formatResponse('', '', '429 Too Many Requests');
      await driven.pass(15_000);
      origin.release();
      assert.equal(driven.session.stats().signals, 1);
      await driven.pass(29_999);
      assert.equal(driven.session.stats().signals, 1);
      await driven.advance(1);
      assert.equal(driven.session.stats().signals, 2);
    }),
  );
});

describe('a server that ends the connection over a signal', () => {
  test(
    'as one that does not understand it is asked for / from then on, on a connection that is opened ahead',
    drive({ heartbeat: true }, async (driven, origin) => {
      origin.answer = ({ target, method }, peer) => {
        if (target === '*') return formatResponse('', 'Connection: close\r\n', '400 Bad Request');
        return method === 'HEAD' ? 'HTTP/1.1 200 OK\r\nContent-Length: 612\r\n\r\n' : formatResponse(`${peer.number}`);
      };
      await driven.get();
      driven.takeLog();
      await driven.pass(15_000);
      assert.deepEqual(driven.takeLog(), [
        'heartbeat 1 ack',
        'closed 1 peerSentClose',
        'connecting',
        'opened 2',
        'idle 2 option',
      ]);
      await driven.pass(90_000);
      assert.deepEqual(driven.takeLog(), Array(6).fill('heartbeat 2 ack'));
      assert.deepEqual(linesOn(origin, 2), Array(6).fill('HEAD /'));
    }),
  );

  test(
    'gets none any more where it ends connections over all of them, and that is told',
    drive({ heartbeat: { target: '/health' } }, async (driven, origin) => {
      origin.answer = ({ method }) =>
        method === 'HEAD'
          ? 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 3\r\n\r\n'
          : formatResponse('ok');
      await driven.get();
      driven.takeLog();
      await driven.pass(15_000);
      assert.deepEqual(driven.takeLog(), ['heartbeat 1 ack', 'heartbeat 1 refused', 'closed 1 peerSentClose']);
      await driven.get();
      driven.takeLog();
      await driven.pass(60_000);
      assert.deepEqual(driven.takeLog(), ['closed 2 idleTimeout']);
    }),
  );

  test(
    'is asked again ten minutes later',
    drive({ heartbeat: { target: '/health' } }, async (driven, origin) => {
      const unknown = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 3\r\n\r\n';
      origin.answer = ({ method }) => (method === 'HEAD' ? unknown : formatResponse('ok'));
      await driven.get();
      await driven.pass(15_000);
      await driven.pass(570_000);
      await driven.get();
      await driven.pass(20_000);
      assert.equal(driven.session.stats().signals, 1);
      await driven.get();
      await driven.pass(15_000);
      assert.equal(driven.session.stats().signals, 2);
    }),
  );

  test(
    'without a word twice in a row is no different from one that says so',
    drive({ heartbeat: { target: '/health' } }, async (driven, origin) => {
      origin.answer = ({ method }, peer) => {
        if (method === 'GET') return formatResponse('ok');
        peer.fin();
        return undefined;
      };
      for (let round = 0; round < 2; round += 1) {
        await driven.get();
        await driven.pass(15_000);
      }
      assert.deepEqual(
        driven.takeLog().filter((line) => line.startsWith('heartbeat')),
        ['heartbeat 2 refused'],
      );
    }),
  );

  test(
    'with a status of success gets a second chance: it may have been its limit of requests',
    drive({ heartbeat: { target: '/health', method: 'OPTIONS' } }, async (driven, origin) => {
      const closing = 'Connection: close\r\n';
      origin.answer = ({ method }) => formatResponse('', method === 'OPTIONS' ? closing : '');
      await driven.get();
      await driven.pass(30_000);
      assert.deepEqual(
        driven.takeLog().filter((line) => line.startsWith('heartbeat') || line.startsWith('closed')),
        [
          'heartbeat 1 ack',
          'closed 1 peerSentClose',
          'heartbeat 2 ack',
          'heartbeat 2 refused',
          'closed 2 peerSentClose',
        ],
      );
    }),
  );

  test(
    'with more of an answer than is worth reading is no different',
    drive({ heartbeat: { target: '/', method: 'GET' }, limits: { drainBytes: 100 } }, async (driven, origin) => {
      await driven.get();
      origin.answer = () => formatResponse('x'.repeat(101));
      driven.takeLog();
      await driven.pass(15_000);
      assert.deepEqual(driven.takeLog().slice(0, 2), ['heartbeat 1 ack', 'closed 1 aborted']);
      await driven.pass(15_000);
      assert.deepEqual(driven.takeLog().slice(-2), ['heartbeat 2 refused', 'closed 2 aborted']);
    }),
  );

  test(
    'and is an old one is left alone as ever',
    drive({ heartbeat: true }, async (driven, origin) => {
      origin.answer = () => 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n';
      await driven.get();
      assert.equal(driven.log.at(-1), 'closed 1 http10WithoutKeepAlive');
      assert.equal(driven.opener.opened, 1);
    }),
  );
});

describe('a connection is opened in place of one that was kept', () => {
  test(
    'and ends with FIN or RST while it is idle, where it had answered something',
    drive({ heartbeat: true }, async (driven, origin) => {
      await driven.get();
      driven.takeLog();
      origin.peer(1).fin();
      await driven.settle();
      assert.deepEqual(driven.takeLog(), ['closed 1 peerClosed', 'connecting', 'opened 2', 'idle 2 option']);
      origin.peer(2).rst();
      await driven.settle();
      assert.deepEqual(driven.takeLog(), ['closed 2 peerReset']);
    }),
  );

  test(
    'unless as many as are kept are there, or nobody has used the origin for maxIdleMs',
    drive({ heartbeat: { maxIdleMs: 20_000 } }, async (driven, origin) => {
      await openIdle(driven, origin, 2);
      origin.peer(2).fin();
      await driven.settle();
      assert.deepEqual(driven.takeLog(), ['closed 2 peerClosed']);
      driven.clock.stall(20_000);
      origin.peer(1).fin();
      await driven.settle();
      assert.equal(driven.opener.opened, 2);
    }),
  );

  test(
    'only where no request could have its place',
    drive({ heartbeat: true, limits: { total: 1 } }, async (driven, origin) => {
      await driven.get('http://a.test/');
      origin.peer(1).fin();
      const outcome = driven.outcome(driven.session.request('http://b.test/'));
      await driven.settle();
      assert.equal(await outcome, '200 2/1');
      assert.deepEqual(
        driven.session.connections().map((connection) => connection.origin),
        ['http://b.test'],
      );
    }),
  );

  test(
    'once: where it cannot be opened the next request will see to it',
    drive({ heartbeat: true }, async (driven, origin) => {
      await driven.get();
      driven.opener.failures.push(new Error('refused'));
      origin.peer(1).fin();
      await driven.settle();
      await driven.pass(100_000);
      assert.equal(driven.opener.opened, 2);
      assert.equal(await driven.get(), '200 2/1');
    }),
  );
});
