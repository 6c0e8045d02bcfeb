// The bad peer where it behaves, its oracle, its holds, and what it promises whatever comes. In memory, on a clock that tests move.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MisuseError, OptionError } from '#src/errors.js';
import { BAD_PEER_FAULT_KINDS, BadPeer, badPeerConnection, startBadPeer } from '#src/testing/bad-peer/index.js';
import type { BadPeerEcho, BadPeerEvent, BadPeerFault, BadPeerOptions } from '#src/testing/bad-peer/index.js';
import { ManualClock, transportPair } from '#src/testing/index.js';
import { RecordingSink } from '../support/recording-sink.ts';
import { formatEvent, formatLog, GET, join, MemoryClient, OK, POST } from './bad-peer-fixture.ts';

function echoOf(answer: string): BadPeerEcho {
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as BadPeerEcho;
}

const withId = (id: string): string => GET('/x').replace('Host', `X-Request-Id: ${id}\r\nHost`);

describe('a bad peer without a fault', () => {
  test('answers every request in order, however they are cut', () => {
    const requests =
      GET('/a') +
      POST('/b', 'abc') +
      POST('/c', '').replace('Content-Length: 0', 'Transfer-Encoding: chunked') +
      '3\r\nabc\r\n0\r\n\r\n' +
      GET('/d');
    const whole = join();
    whole.client.send(requests);
    assert.equal(whole.client.take(), OK.repeat(4));
    const tail = (log: readonly BadPeerEvent[]): string[] =>
      formatLog(log).filter((line) => !line.startsWith('request'));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: requests.length - 1 }), { maxLength: 20 }), (cuts) => {
        const { peer, client } = join();
        const places = [0, ...cuts.toSorted((a, b) => a - b), requests.length];
        for (const [index, place] of places.entries()) {
          const piece = requests.slice(places[index - 1] ?? 0, place);
          if (piece !== '') client.send(piece);
        }
        assert.equal(client.take(), OK.repeat(4));
        assert.deepEqual(tail(peer.log), tail(whole.peer.log));
      }),
    );
  });

  test('echoes the request, so that the answer can be told from those to others', () => {
    const { client } = join({ handler: undefined });
    client.send(GET('/a'));
    client.take();
    client.send(POST('/b?c', 'x'.repeat(5_000)).replace('Host', 'X-Request-ID: seven\r\nHost'));
    const { body, ...rest } = echoOf(client.take());
    assert.equal(body, 'x'.repeat(4_096));
    assert.deepEqual(rest, { id: 'seven', method: 'POST', target: '/b?c', bodyBytes: 5_000, connection: 1, number: 2 });
  });

  const closing: readonly (readonly [string, string, string])[] = [
    ['Connection: close', GET().replace('Host', 'Connection: close\r\nHost'), 'close'],
    ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', 'close'],
  ];
  for (const [what, request, token] of closing) {
    test(`obeys ${what}, and looks at nothing behind it`, () => {
      const { peer, client } = join();
      client.send(request + GET('/more'));
      assert.equal(client.take(), `${OK.replace('Content', `Connection: ${token}\r\nContent`)}(FIN)`);
      assert.equal(peer.executed('/more'), 0);
    });
  }

  test('obeys a handler that asks for the end', () => {
    const { client } = join({ handler: () => ({ status: 503, headers: { connection: 'Close' }, body: 'ok' }) });
    client.send(GET());
    assert.equal(
      client.take(),
      'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok(FIN)',
    );
  });

  test('keeps the connection of an HTTP/1.0 client that asks for it, without chunks', () => {
    const { client } = join({ framing: 'chunked' });
    client.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    assert.equal(client.take(), OK.replace('Content', 'Connection: keep-alive\r\nContent'));
  });

  test('closes the connection of an HTTP/1.0 client that sends chunks, whatever else it says', () => {
    const { client } = join();
    client.send('POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n');
    assert.equal(client.take(), `${OK.replace('Content', 'Connection: close\r\nContent')}(FIN)`);
  });

  test('frames answers in chunks where it is told to, empty ones as well', () => {
    const { client } = join({ framing: 'chunked', handler: ({ target }) => ({ body: target === '/' ? 'ok' : '' }) });
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    client.send(GET());
    assert.equal(client.take(), `${head}2\r\nok\r\n0\r\n\r\n`);
    client.send(GET('/empty'));
    assert.equal(client.take(), `${head}0\r\n\r\n`);
  });

  test('frames the answer of a handler itself, whatever fields of framing it gives', () => {
    const headers = { 'content-length': '7', 'transfer-encoding': 'gzip', 'x-kept': 'yes' };
    const { client } = join({ handler: () => ({ headers, body: 'ok' }) });
    client.send(GET());
    assert.equal(client.take(), OK.replace('Content', 'x-kept: yes\r\nContent'));
  });

  test('answers HEAD and 204 without a body', () => {
    const { client, peer } = join({ handler: ({ target }) => ({ status: target === '/204' ? 204 : 200, body: 'ok' }) });
    client.send(GET().replace('GET', 'HEAD') + GET('/204'));
    assert.equal(client.take(), `${OK.slice(0, -2)}HTTP/1.1 204 No Content\r\n\r\n`);
    assert.equal(peer.openConnections, 1);
  });

  test('says 100 Continue once, where it is waited for', () => {
    const { peer, client } = join();
    client.send(POST('/', '', 2).replace('Host', 'Expect: 100-continue\r\nHost'));
    assert.equal(client.take(), 'HTTP/1.1 100 Continue\r\n\r\n');
    peer.setFault(undefined);
    client.send('a');
    client.send('b');
    assert.equal(client.take(), OK);
    client.send(POST('/', 'a', 2).replace('Host', 'Expect: 100-continue\r\nHost'));
    assert.equal(client.take(), '');
  });

  test('answers what is no request with its status, behind the answers before it', () => {
    const { peer, client } = join();
    client.send(`${GET()}GET / HTTP/1.1\r\n\r\n`);
    assert.match(
      client.take(),
      /^HTTP\/1\.1 200 OK\r\n[^]*okHTTP\/1\.1 400 Bad Request\r\n[^]*Connection: close\r\n[^]*\(FIN\)$/,
    );
    assert.ok(formatLog(peer.log).includes('malformed badHost'));
  });

  test('answers a client that has half-closed, and then closes, too', () => {
    const { peer, client } = join();
    client.transport.write(GET());
    client.end();
    assert.equal(client.take(), `${OK}(FIN)(closed)`);
    assert.deepEqual(formatLog(peer.log).slice(-4), ['answered / 200', 'fin by client', 'fin by peer', 'closed']);
    assert.equal(peer.openConnections, 0);
  });

  test('logs a request that was cut off by its client as incomplete, and does not execute it', () => {
    const { peer, client } = join();
    client.send(POST('/', 'ab', 3));
    client.end();
    assert.deepEqual(formatLog(peer.log), [
      'fin by client',
      'malformed unexpectedEnd',
      'request POST / 2 bytes (incomplete)',
      'fin by peer',
      'closed',
    ]);
    const broken = join();
    broken.client.send(POST('/', 'ab', 3));
    broken.client.transport.reset();
    broken.client.deliver();
    assert.deepEqual(formatLog(broken.peer.log), ['request POST / 2 bytes (incomplete)', 'closed: read ECONNRESET']);
  });

  test('takes any number of requests in one segment', () => {
    const { peer, client } = join();
    client.send(GET().repeat(20_000));
    assert.equal(client.take(), OK.repeat(20_000));
    assert.equal(peer.executed('/'), 20_000);
  });

  const failing: readonly (readonly [string, BadPeerOptions['handler'], RegExp])[] = [
    [
      'throws',
      () => {
        throw new Error('no luck');
      },
      /no luck/,
    ],
    ['rejects', () => Promise.reject(new Error('no luck')), /no luck/],
    ['answers with a status that is none', () => ({ status: 99 }), /answered with status 99/],
    ['answers with a field that is none', () => ({ headers: { 'a b': 'c' } }), /a b/],
    ['answers with nothing', () => undefined as never, /answered undefined/],
  ];
  for (const [what, handler, message] of failing) {
    test(`says 500 where the handler ${what}`, async () => {
      const { client } = join({ handler });
      client.send(GET());
      await new Promise(setImmediate);
      client.deliver();
      const answer = client.take();
      assert.match(answer, /^HTTP\/1\.1 500 Internal Server Error\r\n/);
      assert.match(answer, message);
    });
  }
});

describe('the oracle', () => {
  test('counts by X-Request-Id, and by target where there is none', () => {
    const { peer, client } = join();
    client.send(withId('one') + withId('one') + withId('two') + GET('/x'));
    assert.deepEqual(
      [...peer.executions],
      [
        ['one', 2],
        ['two', 1],
        ['/x', 1],
      ],
    );
    assert.equal(peer.executed('never'), 0);
  });

  test('sees a request that was sent again after a lost answer', () => {
    const { peer, client } = join({ fault: { kind: 'closeAfterProcessing', when: { times: 1 } } });
    client.send(withId('pay'));
    new MemoryClient(peer).send(withId('pay'));
    assert.equal(peer.executed('pay'), 2);
    const executions = peer.log.filter(({ type }) => type === 'executed');
    assert.deepEqual(
      executions.map(({ connection }) => connection),
      [1, 2],
    );
  });

  test('tells events when they happen, with the time of its clock', async () => {
    const told: string[] = [];
    const { peer, client, pass } = join({ onEvent: (event) => told.push(`${event.atMs} ${formatEvent(event)}`) });
    const answered = peer.waitFor('answered');
    pass(7);
    client.send(GET());
    assert.equal((await answered).atMs, 7);
    assert.deepEqual(told.slice(1), ['7 request GET /', '7 executed / 1', '7 answered / 200']);
    assert.equal((await peer.waitFor(({ type }) => type === 'executed')).connection, 1);
  });
});

describe('a hold', () => {
  test('stops before the execution, before the answer, and goes on within release()', async () => {
    const { peer, client } = join();
    const execution = peer.hold({ at: 'execute' });
    const answer = peer.hold();
    assert.equal(execution.isReached, false);
    client.send(GET());
    await execution.reached;
    assert.equal(peer.executed('/'), 0);
    execution.release();
    assert.equal(peer.executed('/'), 1);
    assert.equal(answer.isReached, true);
    client.deliver();
    assert.equal(client.take(), '');
    answer.release();
    answer.release();
    client.deliver();
    assert.equal(client.take(), OK);
    client.send(GET());
    assert.equal(client.take(), OK);
  });

  test('lets a test decide whether the end or the next request is first', () => {
    for (const first of ['end', 'request'] as const) {
      const { peer, client } = join({ fault: { kind: 'closeWhenIdle', when: { request: 1 } } });
      const hold = peer.hold({ at: 'fault', connection: 1, request: 1 });
      client.send(GET());
      assert.equal(hold.isReached, true);
      if (first === 'end') hold.release();
      client.send(GET('/next'));
      hold.release();
      client.deliver();
      assert.equal(peer.executed('/next'), first === 'end' ? 0 : 1);
      assert.equal(client.take(), first === 'end' ? `${OK}(FIN)` : OK + OK);
    }
  });

  test('stops the request that is meant, and none before it', () => {
    const { peer, client } = join();
    const hold = peer.hold({ request: 2 });
    client.send(GET());
    assert.equal(client.take(), OK);
    client.send(GET());
    assert.equal(client.take(), '');
    assert.equal(hold.isReached, true);
  });

  test('that is released before it is reached stops nothing', () => {
    const { peer, client } = join();
    peer.hold({ connection: 2 }).release();
    const other = peer.hold({ connection: 2 });
    client.send(GET());
    assert.equal(client.take(), OK);
    assert.equal(other.isReached, false);
  });

  test('holds back an answer that a promise of the handler decides', async () => {
    let release = (): void => {};
    const { client } = join({ handler: () => new Promise((resolve) => (release = () => resolve({ body: 'ok' }))) });
    client.send(GET());
    assert.equal(client.take(), '');
    release();
    await new Promise(setImmediate);
    client.deliver();
    assert.equal(client.take(), OK);
  });
});

describe('cutting connections', () => {
  test('ends all of them, whatever is under way', async () => {
    const { peer, client, clock } = join({ fault: { kind: 'slowAnswer', pauseMs: 10 } });
    const idle = new MemoryClient(peer);
    client.send(GET());
    clock.advance(20);
    peer.cut('reset');
    client.deliver();
    idle.deliver();
    assert.equal(client.take(), 'H(RST)');
    assert.equal(idle.take(), '(RST)');
    assert.equal(clock.pendingTimers, 0);
    assert.equal(peer.openConnections, 0);
    await peer.close();
  });

  test('close() destroys them, and resolves when they are gone', async () => {
    const { peer, client } = join();
    const closed = Promise.all([peer.close(), peer[Symbol.asyncDispose]()]);
    client.deliver();
    await closed;
    assert.equal(peer.openConnections, 0);
    assert.equal(client.take(), '(FIN)');
  });
});

describe('options of a bad peer', () => {
  const wrong: readonly (readonly [unknown, string, RegExp])[] = [
    [{ fault: { kind: 'bad' } }, 'fault.kind', /is "bad", it must be one of announcedClose, blackHole/],
    [{ fault: { kind: 'toString' } }, 'fault.kind', /is "toString"/],
    [{ fault: 'closeWhenIdle' }, 'fault', /is closeWhenIdle, it must be an object/],
    [{ fault: { kind: 'closeWhenIdle', afterMs: -1 } }, 'fault.afterMs', /is -1, it must be a number of milliseconds/],
    [{ fault: { kind: 'closeWhenIdle', afterMs: Number.NaN } }, 'fault.afterMs', /is NaN/],
    [
      { fault: { kind: 'closeWhenIdle', ending: 'none' } },
      'fault.ending',
      /is 'none', it must be one of 'fin', 'linger'/,
    ],
    [{ fault: { kind: 'closeWhenIdle', after: 1 } }, 'fault.after', /there are: afterMs, ending, turn/],
    [{ fault: { kind: 'missingAnswer', after: 1 } }, 'fault.after', /there are: none/],
    [{ fault: { kind: 'poison', bytes: new Uint8Array() } }, 'fault.bytes', /must be one of 'response'/],
    [{ fault: { kind: 'lyingHint', advertise: 'a\r\nb' } }, 'fault.advertise', /must be text that can be the value/],
    [{ fault: { kind: 'lyingMax', serves: 1.5 } }, 'fault.serves', /whole number, 1 or more \(or Infinity\)/],
    [{ fault: { kind: 'earlyAnswer', status: 100 } }, 'fault.status', /a final status/],
    [{ fault: { kind: 'earlyAnswer', close: 1 } }, 'fault.close', /true or false/],
    [{ fault: { kind: 'interimResponses', status: 101 } }, 'fault.status', /one of 100, 102, 103/],
    [{ fault: { kind: 'slowAnswer', pieceBytes: [] } }, 'fault.pieceBytes', /a list of such numbers/],
    [{ fault: { kind: 'slowAnswer', pieceBytes: [1, 0] } }, 'fault.pieceBytes', /whole number, 1 or more/],
    [{ fault: [{ kind: 'shortBody' }, { kind: 'shortBody', missingBytes: 0 }] }, 'fault[1].missingBytes', /is 0/],
    [{ fault: { kind: 'shortBody', when: { connection: 0 } } }, 'fault.when.connection', /1 or more, or 'every'/],
    [{ fault: { kind: 'shortBody', when: { request: 'all' } } }, 'fault.when.request', /is 'all'/],
    [{ fault: { kind: 'shortBody', when: { times: 0 } } }, 'fault.when.times', /is 0/],
    [{ fault: { kind: 'shortBody', when: { answer: 1 } } }, 'fault.when.answer', /connection, request, times/],
    [{ fault: { kind: 'shortBody', when: null } }, 'fault.when', /must be an object/],
    [{ faults: [] }, 'faults', /is not the name of an option/],
    [{ framing: 'untilClose' }, 'framing', /'length', 'chunked'/],
    [{ handler: 'echo' }, 'handler', /a function/],
    [{ clock: {} }, 'clock', /a Clock/],
    [{ port: 70_000 }, 'port', /from 0 to 65535/],
    [{ hostname: '' }, 'hostname', /a name or an address/],
    [null, 'options', /must be an object/],
  ];
  for (const [options, option, message] of wrong) {
    test(`${option}: ${message.source}`, async () => {
      const check = (error: unknown): boolean =>
        error instanceof OptionError && error.option === option && message.test(error.message);
      assert.throws(() => new BadPeer(options as BadPeerOptions), check);
      await assert.rejects(startBadPeer(options as BadPeerOptions), check);
    });
  }

  test('are checked where they are given later, too', () => {
    const peer = new BadPeer({ fault: undefined, handler: undefined });
    assert.throws(() => peer.setFault({ kind: 'shortBody', missingBytes: 0 }), OptionError);
    assert.throws(() => peer.hold({ at: 'end' as 'answer' }), OptionError);
    assert.throws(() => peer.hold({ request: -1 }), OptionError);
    assert.throws(() => peer.hold({ where: 1 } as object), OptionError);
    assert.throws(() => peer.cut('softly' as 'fin'), OptionError);
    assert.throws(() => badPeerConnection(transportPair()[0], { port: 1 } as object), OptionError);
    assert.ok(!(new OptionError('a', 'b') instanceof MisuseError));
  });
});

const arbitraryFault: fc.Arbitrary<BadPeerFault> = fc.record({
  kind: fc.constantFrom(...BAD_PEER_FAULT_KINDS),
  when: fc.record(
    { request: fc.oneof(fc.nat(2), fc.constant('every' as const)), times: fc.integer({ min: 1, max: 2 }) },
    { requiredKeys: [] },
  ),
});

const arbitraryBytes: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    GET(),
    POST('/p', 'abc'),
    GET('/q'),
    POST('/e', '', 2).replace('Host', 'Expect: 100-continue\r\nHost'),
  ),
  fc.constantFrom(
    'GET',
    ' / HTTP/1.1\r\n',
    '\r\n',
    'a: b\r\n',
    'Transfer-Encoding: chunked\r\n\r\n',
    '0\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\n',
  ),
  fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);

describe('whatever the client sends and whatever is wrong with the peer', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: arbitraryBytes },
    { weight: 1, arbitrary: fc.constantFrom('end' as const, 'reset' as const, 'destroy' as const) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 50 }) },
  );

  test('it does not throw, logs in a sensible order, and the same run has the same story', () => {
    const run = (fault: BadPeerFault | undefined, steps: readonly (string | number)[]): string => {
      const { peer, client, clock, pass } = join({ fault });
      let ended = false;
      for (const action of steps) {
        if (typeof action === 'number') pass(action);
        else if (action === 'end' || action === 'reset' || action === 'destroy') {
          ended = true;
          client.transport[action]();
          client.deliver();
        } else if (!ended) client.send(action);
      }
      const { log } = peer;
      assert.equal(log[0]?.type, 'accepted');
      const closed = log.findIndex(({ type }) => type === 'closed');
      assert.ok(closed === -1 || closed === log.length - 1, 'nothing is logged behind the end');
      assert.ok(log.filter((event) => event.type === 'fin' && event.by === 'peer').length <= 1);
      for (const [index, event] of log.entries()) {
        if (event.type === 'executed') {
          const request = log.findIndex((other) => other.type === 'request' && other.number === event.number);
          const { complete } = log[request] as BadPeerEvent & { type: 'request' };
          assert.ok(request < index && complete, 'only what has come whole is executed');
        }
      }
      const executed = log.filter(({ type }) => type === 'executed').length;
      assert.equal(
        [...peer.executions.values()].reduce((sum, times) => sum + times, 0),
        executed,
      );
      if (closed !== -1) assert.equal(clock.pendingTimers, 0, 'no timer is left behind');
      return `${log.map(formatEvent).join('\n')}\n${client.take()}`;
    };
    fc.assert(
      fc.property(fc.option(arbitraryFault, { nil: undefined }), fc.array(step, { maxLength: 12 }), (fault, steps) => {
        assert.equal(run(fault, steps), run(fault, steps));
      }),
      { numRuns: 2_000 },
    );
  });

  test('a connection of its own over any transport is what badPeerConnection makes', () => {
    const pair = transportPair();
    const sink = new RecordingSink();
    pair[0].attach(sink);
    const peer = badPeerConnection(pair[1], { clock: new ManualClock(), handler: () => ({ body: 'ok' }) });
    pair[0].write(GET());
    pair.deliverAll();
    assert.equal(sink.received, OK);
    assert.equal(peer.executed('/'), 1);
  });
});
