// Each fault of the bad peer, seen from the outside: the bytes that arrive and what the log says. In memory, on a clock that tests move.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BAD_PEER_FAULT_KINDS } from '#src/testing/bad-peer/index.js';
import type { BadPeerFault, BadPeerFaultKind, Ending } from '#src/testing/bad-peer/index.js';
import { formatLog, GET, join, MemoryClient, OK, POST } from './bad-peer-fixture.ts';

const SERVED = ['request GET /', 'executed / 1', 'answered / 200'];
const TIMEOUT_408 =
  'HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: 16\r\n\r\nRequest Timeout\n';

/** What one client is sent and what is logged when it does `requests`, each when the one before has had its effect. */
interface Case {
  readonly name: string;
  readonly fault: BadPeerFault;
  readonly requests: readonly string[];
  readonly waitMs?: number;
  readonly arrives: string;
  readonly log: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'closeWhenIdle ends the connection right behind the answer',
    fault: { kind: 'closeWhenIdle' },
    requests: [GET()],
    arrives: `${OK}(FIN)`,
    log: [...SERVED, 'fault closeWhenIdle', 'fin by peer'],
  },
  {
    name: 'closeWhenIdle breaks it with RST after its time',
    fault: { kind: 'closeWhenIdle', afterMs: 20, ending: 'reset' },
    requests: [GET()],
    waitMs: 20,
    arrives: `${OK}(RST)`,
    log: [...SERVED, 'fault closeWhenIdle', 'reset', 'closed'],
  },
  {
    name: 'closeWhenIdle closes a connection that never asked, where request 0 is meant',
    fault: { kind: 'closeWhenIdle', when: { request: 0 } },
    requests: [],
    arrives: '(FIN)',
    log: ['fault closeWhenIdle', 'fin by peer'],
  },
  {
    name: 'requestTimeoutWhenIdle says 408 and closes at once',
    fault: { kind: 'requestTimeoutWhenIdle', afterMs: 5 },
    requests: [GET()],
    waitMs: 5,
    arrives: `${OK}${TIMEOUT_408}(FIN)`,
    log: [...SERVED, 'fault requestTimeoutWhenIdle', 'fin by peer'],
  },
  {
    name: 'requestTimeoutWhenIdle resets behind its 408',
    fault: { kind: 'requestTimeoutWhenIdle', ending: 'reset', endAfterMs: 5 },
    requests: [GET()],
    waitMs: 5,
    arrives: `${OK}${TIMEOUT_408}(RST)`,
    log: [...SERVED, 'fault requestTimeoutWhenIdle', 'reset', 'closed'],
  },
  {
    name: 'requestTimeoutWhenIdle leaves the connection open and deaf',
    fault: { kind: 'requestTimeoutWhenIdle', ending: 'none' },
    requests: [GET(), GET('/b')],
    waitMs: 1_000_000,
    arrives: `${OK}${TIMEOUT_408}`,
    log: [...SERVED, 'fault requestTimeoutWhenIdle', 'ignored 28'],
  },
  ...(
    [
      ['response', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'],
      ['partialHead', 'HTTP/1.1 200 OK\r\nContent-Le'],
      ['interim', 'HTTP/1.1 100 Continue\r\n\r\n'],
      ['emptyLine', '\r\n'],
      ['garbage', '\x00\xff\x16\x03 not HTTP\n'],
      [Uint8Array.of(1, 2), '\x01\x02'],
    ] as const
  ).map(([bytes, arrives]): Case => ({
    name: `poison ${String(bytes)} arrives on the idle connection, which lives on`,
    fault: { kind: 'poison', bytes, afterMs: 10, when: { times: 1 } },
    requests: [GET()],
    waitMs: 10,
    arrives: OK + arrives,
    log: [...SERVED, 'fault poison'],
  })),
  {
    name: 'poison behind the answer leaves in its segment',
    fault: { kind: 'poison', place: 'behindAnswer', bytes: 'emptyLine' },
    requests: [GET()],
    arrives: `${OK}\r\n`,
    log: ['request GET /', 'executed / 1', 'fault poison', 'answered / 200'],
  },
  {
    name: 'lyingHint promises one time and keeps another',
    fault: { kind: 'lyingHint', advertise: 'timeout=60', afterMs: 100 },
    requests: [GET()],
    waitMs: 100,
    arrives: `${OK.replace('Content', 'Keep-Alive: timeout=60\r\nContent')}(FIN)`,
    log: [...SERVED, 'fault lyingHint', 'fin by peer'],
  },
  {
    name: 'lyingHint advertises junk as it is',
    fault: { kind: 'lyingHint', advertise: 'timeout=-1, ,max=\xe9;;"', afterMs: Infinity },
    requests: [GET()],
    waitMs: 100_000,
    arrives: OK.replace('Content', 'Keep-Alive: timeout=-1, ,max=\xe9;;"\r\nContent'),
    log: SERVED,
  },
  {
    name: 'lyingMax counts down and closes one answer early',
    fault: { kind: 'lyingMax' },
    requests: [GET(), GET()],
    arrives:
      [2, 1].map((max) => OK.replace('Content', `Keep-Alive: timeout=5, max=${max}\r\nContent`)).join('') + '(FIN)',
    log: [...SERVED, 'request GET /', 'executed / 2', 'answered / 200', 'fault lyingMax', 'fin by peer'],
  },
  {
    name: 'lyingMax serves without end',
    fault: { kind: 'lyingMax', max: 0, serves: Infinity },
    requests: [GET(), GET()],
    arrives: OK.replace('Content', 'Keep-Alive: timeout=5, max=0\r\nContent').repeat(2),
    log: [...SERVED, 'request GET /', 'executed / 2', 'answered / 200'],
  },
  {
    name: 'unannouncedClose ends the connection although a further request waits',
    fault: { kind: 'unannouncedClose', afterAnswers: 2 },
    requests: [GET() + GET() + GET('/c')],
    arrives: `${OK}${OK}(FIN)`,
    log: [
      'request GET /',
      'request GET /',
      'request GET /c',
      'executed / 1',
      'answered / 200',
      'executed / 2',
      'answered / 200',
      'fault unannouncedClose',
      'fin by peer',
    ],
  },
  {
    name: 'announcedClose says close and stays open, deaf',
    fault: { kind: 'announcedClose' },
    requests: [GET(), GET()],
    arrives: OK.replace('Content', 'Connection: close\r\nContent'),
    log: ['request GET /', 'executed / 1', 'fault announcedClose', 'answered / 200', 'ignored 27'],
  },
  {
    name: 'closeBeforeProcessing reads the request whole and does not execute it',
    fault: { kind: 'closeBeforeProcessing' },
    requests: [POST('/p', 'ab', 4), 'cd'],
    arrives: '(FIN)',
    log: ['request POST /p 4 bytes', 'fault closeBeforeProcessing', 'fin by peer'],
  },
  {
    name: 'closeAfterProcessing executes the request and answers nothing',
    fault: { kind: 'closeAfterProcessing', ending: 'reset', afterMs: 3 },
    requests: [POST('/p', 'abcd')],
    waitMs: 3,
    arrives: '(RST)',
    log: ['request POST /p 4 bytes', 'executed /p 1', 'fault closeAfterProcessing', 'reset', 'closed'],
  },
  {
    name: 'closeMidRequest closes when only the head has arrived',
    fault: { kind: 'closeMidRequest' },
    requests: [POST('/p', '', 4)],
    arrives: '(FIN)',
    log: ['fault closeMidRequest', 'request POST /p (incomplete)', 'fin by peer'],
  },
  {
    name: 'closeMidRequest closes in the middle of the body',
    fault: { kind: 'closeMidRequest', afterBodyBytes: 2, ending: 'reset' },
    requests: [POST('/p', 'a', 4), 'b'],
    arrives: '(RST)',
    log: ['fault closeMidRequest', 'request POST /p 2 bytes (incomplete)', 'reset', 'closed'],
  },
  {
    name: 'closeMidRequest serves a request whose body is shorter',
    fault: { kind: 'closeMidRequest', afterBodyBytes: 5 },
    requests: [POST('/p', 'abcd')],
    arrives: OK,
    log: ['request POST /p 4 bytes', 'executed /p 1', 'answered /p 200'],
  },
  {
    name: 'earlyAnswer says 413 and close before the body has come; the rest is thrown away',
    fault: { kind: 'earlyAnswer' },
    requests: [POST('/p', '', 4), 'abcd'],
    arrives:
      'HTTP/1.1 413 Content Too Large\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: 18\r\n\r\nContent Too Large\n(FIN)',
    log: ['fault earlyAnswer', 'answered /p 413', 'request POST /p (incomplete)', 'fin by peer', 'ignored 4'],
  },
  {
    name: 'earlyAnswer keeps the connection: the rest of the body is read, and the next request served',
    fault: { kind: 'earlyAnswer', status: 200, close: false },
    requests: [POST('/p', 'a', 4), `bcd${GET()}`],
    arrives: `HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\nOK\n${OK}`,
    log: ['fault earlyAnswer', 'answered /p 200', 'request POST /p 4 bytes', ...SERVED],
  },
  {
    name: 'requestTimeoutAnswer meets a request on a reused connection, and no first one',
    fault: { kind: 'requestTimeoutAnswer' },
    requests: [GET(), POST('/p', 'ab', 2)],
    arrives: `${OK}${TIMEOUT_408}(FIN)`,
    log: [...SERVED, 'request POST /p 2 bytes', 'fault requestTimeoutAnswer', 'answered /p 408', 'fin by peer'],
  },
  {
    name: 'requestTimeoutAnswer meets the head of a request',
    fault: { kind: 'requestTimeoutAnswer', at: 'head', ending: 'linger', when: { request: 1 } },
    requests: [POST('/p', '', 2), 'ab'],
    arrives: `${TIMEOUT_408}(FIN)`,
    log: ['fault requestTimeoutAnswer', 'answered /p 408', 'request POST /p (incomplete)', 'fin by peer', 'ignored 2'],
  },
  {
    name: 'blackHole from the start takes a request and ignores it',
    fault: { kind: 'blackHole', at: 'accept' },
    requests: [GET()],
    waitMs: 1_000_000,
    arrives: '',
    log: ['fault blackHole', 'ignored 27'],
  },
  {
    name: 'blackHole when idle reads nothing any more',
    fault: { kind: 'blackHole', reads: false },
    requests: [GET(), GET()],
    arrives: OK,
    log: [...SERVED, 'fault blackHole'],
  },
  {
    name: 'blackHole swallows a request before it is executed',
    fault: { kind: 'blackHole', at: 'beforeProcessing' },
    requests: [POST('/p', 'ab')],
    arrives: '',
    log: ['request POST /p 2 bytes', 'fault blackHole'],
  },
  {
    name: 'blackHole swallows a request after it was executed',
    fault: { kind: 'blackHole', at: 'afterProcessing' },
    requests: [POST('/p', 'ab')],
    arrives: '',
    log: ['request POST /p 2 bytes', 'executed /p 1', 'fault blackHole'],
  },
  {
    name: 'blackHole stops after half of the response head',
    fault: { kind: 'blackHole', at: 'responseHead' },
    requests: [GET()],
    arrives: OK.slice(0, 19),
    log: ['request GET /', 'executed / 1', 'fault blackHole'],
  },
  {
    name: 'blackHole stops after half of the response body',
    fault: { kind: 'blackHole', at: 'responseBody' },
    requests: [GET()],
    arrives: OK.slice(0, -1),
    log: ['request GET /', 'executed / 1', 'fault blackHole'],
  },
  {
    name: 'shortBody lacks its last byte',
    fault: { kind: 'shortBody' },
    requests: [GET()],
    arrives: `${OK.slice(0, -1)}(FIN)`,
    log: ['request GET /', 'executed / 1', 'fault shortBody', 'fin by peer'],
  },
  {
    name: 'shortBody can lack all of them',
    fault: { kind: 'shortBody', missingBytes: 99 },
    requests: [GET()],
    arrives: `${OK.slice(0, -2)}(FIN)`,
    log: ['request GET /', 'executed / 1', 'fault shortBody', 'fin by peer'],
  },
  {
    name: 'missingLastChunk sends the whole body and not its end',
    fault: { kind: 'missingLastChunk' },
    requests: [GET()],
    arrives: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n(FIN)',
    log: ['request GET /', 'executed / 1', 'fault missingLastChunk', 'fin by peer'],
  },
  ...(
    [
      ['statusLine', 'HTTP/1.1 2'],
      ['fieldName', 'HTTP/1.1 200 OK\r\nCon'],
      ['finalLineEnd', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n'],
    ] as const
  ).map(([at, arrives]): Case => ({
    name: `cutHead ends at ${at}`,
    fault: { kind: 'cutHead', at },
    requests: [GET()],
    arrives: `${arrives}(FIN)`,
    log: ['request GET /', 'executed / 1', 'fault cutHead', 'fin by peer'],
  })),
  {
    name: 'slowAnswer sends the whole answer, byte by byte',
    fault: { kind: 'slowAnswer', pauseMs: 10 },
    requests: [GET()],
    waitMs: 10 * (OK.length - 1),
    arrives: OK,
    log: ['request GET /', 'executed / 1', 'fault slowAnswer', 'answered / 200'],
  },
  {
    name: 'slowAnswer has not sent the last byte before its time',
    fault: { kind: 'slowAnswer', pauseMs: 10 },
    requests: [GET()],
    waitMs: 10 * (OK.length - 1) - 1,
    arrives: OK.slice(0, -1),
    log: ['request GET /', 'executed / 1', 'fault slowAnswer'],
  },
  {
    name: 'interimResponses come before the answer, in one segment',
    fault: { kind: 'interimResponses', status: 100, count: 3 },
    requests: [GET()],
    arrives: 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(3) + OK,
    log: ['request GET /', 'executed / 1', 'fault interimResponses', 'answered / 200'],
  },
  {
    name: 'interimResponses come one by one',
    fault: { kind: 'interimResponses', count: 2, pauseMs: 50 },
    requests: [GET()],
    waitMs: 99,
    arrives: 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n'.repeat(2),
    log: ['request GET /', 'executed / 1', 'fault interimResponses'],
  },
  {
    name: 'closeOnAccept closes at once; a request is answered by RST',
    fault: { kind: 'closeOnAccept' },
    requests: [GET()],
    arrives: '(FIN)',
    log: ['fault closeOnAccept', 'fin by peer', 'ignored 27', 'reset', 'closed'],
  },
  {
    name: 'missingAnswer executes the first request and answers only the second',
    fault: { kind: 'missingAnswer' },
    requests: [GET('/a') + GET()],
    arrives: OK,
    log: ['request GET /a', 'request GET /', 'executed /a 1', 'fault missingAnswer', 'executed / 1', 'answered / 200'],
  },
  {
    name: 'swappedAnswers sends the first answer behind the second',
    fault: { kind: 'swappedAnswers' },
    requests: [GET('/a'), GET('/b'), GET('/c')],
    arrives: OK.repeat(3),
    log: [
      'request GET /a',
      'executed /a 1',
      'fault swappedAnswers',
      'request GET /b',
      'executed /b 1',
      'answered /b 200',
      'answered /a 200',
      'request GET /c',
      'executed /c 1',
      'answered /c 200',
    ],
  },
  {
    name: 'http10Answer without keep-alive stays open, so that a reuse is seen',
    fault: { kind: 'http10Answer' },
    requests: [GET()],
    arrives: OK.replace('HTTP/1.1', 'HTTP/1.0'),
    log: ['request GET /', 'executed / 1', 'fault http10Answer', 'answered / 200'],
  },
  {
    name: 'http10Answer with keep-alive says so',
    fault: { kind: 'http10Answer', keepAlive: true },
    requests: [GET()],
    arrives: 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok',
    log: ['request GET /', 'executed / 1', 'fault http10Answer', 'answered / 200'],
  },
  {
    name: 'http10Answer with Transfer-Encoding has chunks that HTTP/1.0 does not know',
    fault: { kind: 'http10Answer', framing: 'chunked', keepAlive: true },
    requests: [GET()],
    arrives: 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    log: ['request GET /', 'executed / 1', 'fault http10Answer', 'answered / 200'],
  },
  {
    name: 'http10Answer until the end of the connection ends it',
    fault: { kind: 'http10Answer', framing: 'untilClose' },
    requests: [GET()],
    arrives: 'HTTP/1.0 200 OK\r\n\r\nok(FIN)',
    log: ['request GET /', 'executed / 1', 'fault http10Answer', 'answered / 200', 'fin by peer'],
  },
];

describe('the faults of a bad peer', () => {
  for (const { name, fault, requests, waitMs = 0, arrives, log } of CASES) {
    test(name, () => {
      const { peer, client, pass } = join({ fault });
      for (const request of requests) client.send(request);
      pass(waitMs);
      assert.equal(client.take(), arrives);
      assert.deepEqual(formatLog(peer.log), log);
    });
  }

  test('every fault has a case', () => {
    const tested = new Set<BadPeerFaultKind>(CASES.map(({ fault }) => fault.kind));
    assert.deepEqual(
      BAD_PEER_FAULT_KINDS.filter((kind) => !tested.has(kind)),
      [],
    );
  });

  const endings: readonly (readonly [Ending, readonly string[]])[] = [
    ['fin', ['fin by peer', 'ignored 27', 'reset', 'closed']],
    ['linger', ['fin by peer', 'ignored 27']],
    ['halfClose', ['fin by peer', 'request GET /', 'executed / 2']],
  ];
  for (const [ending, log] of endings) {
    test(`a request behind the end ${ending} meets what the name says`, () => {
      const { peer, client } = join({ fault: { kind: 'closeWhenIdle', ending } });
      client.send(GET());
      client.send(GET());
      assert.equal(client.take(), `${OK}(FIN)`);
      // What answers the late request is heard with the next write, if at all: FIN has ended the reading.
      client.send(GET('/late'));
      assert.equal(client.take(), ending === 'fin' ? '(RST)' : '');
      assert.deepEqual(formatLog(peer.log).slice(SERVED.length + 1, SERVED.length + 1 + log.length), log);
      assert.equal(peer.executed('/'), ending === 'halfClose' ? 2 : 1);
    });
  }

  test('an idle fault does not happen where a request begins before its time', () => {
    const { peer, client, pass } = join({ fault: { kind: 'closeWhenIdle', afterMs: 20, when: { times: 1 } } });
    client.send(GET());
    pass(19);
    client.send('G');
    pass(1_000);
    client.send(GET().slice(1));
    assert.equal(client.take(), OK + OK);
    pass(19);
    assert.equal(client.take(), '');
    // It has not been used up by the time that it was called off.
    pass(1);
    assert.equal(client.take(), '(FIN)');
    assert.deepEqual(formatLog(peer.log).slice(-2), ['fault closeWhenIdle', 'fin by peer']);
  });

  test('closeWhenIdle in the next turn lets what the test does in this one come first', () => {
    const { client, clock } = join({ fault: { kind: 'closeWhenIdle', turn: 'next' } });
    client.send(GET());
    assert.equal(client.take(), OK);
    clock.turn();
    client.deliver();
    assert.equal(client.take(), '(FIN)');
  });

  test('poison behind the answer comes in the same read, however small the answer', () => {
    const { client } = join({ fault: { kind: 'poison', place: 'behindAnswer', bytes: 'response' } });
    client.send(GET());
    assert.equal(client.sink.pieces.length, 1);
  });

  test('poison comes once for each time of idleness, also where empty lines arrive', () => {
    const { client } = join({ fault: { kind: 'poison', bytes: 'emptyLine' } });
    client.send(GET());
    client.send('\r\n');
    assert.equal(client.take(), `${OK}\r\n`);
    client.send(GET());
    assert.equal(client.take(), `${OK}\r\n`);
  });

  test('earlyAnswer ends the connection where the rest of the body makes no sense', () => {
    const { peer, client } = join({ fault: { kind: 'earlyAnswer', close: false } });
    client.send(POST('/p', '').replace('Content-Length: 0', 'Transfer-Encoding: chunked'));
    assert.match(client.take(), /^HTTP\/1\.1 413 [^]*Content Too Large\n$/);
    client.send('no size\r\n');
    assert.equal(client.take(), '(FIN)');
    assert.deepEqual(formatLog(peer.log).slice(2), [
      'malformed badChunkSize',
      'request POST /p (incomplete)',
      'fin by peer',
    ]);
  });

  test('slowAnswer cuts once behind every byte that is asked for', () => {
    for (let at = 1; at < OK.length; at++) {
      const { client, clock } = join({ fault: { kind: 'slowAnswer', pieceBytes: [at, Infinity] } });
      client.send(GET());
      clock.turn();
      client.deliver();
      assert.deepEqual(
        client.sink.pieces.map((piece) => piece.toString('latin1')),
        [OK.slice(0, at), OK.slice(at)],
      );
    }
  });

  test('a slow head has its body in one piece', () => {
    const { client, clock } = join({ fault: { kind: 'slowAnswer', pieceBytes: 20, part: 'head' } });
    client.send(GET());
    for (let turn = 0; turn < 3; turn++) {
      clock.turn();
      client.deliver();
    }
    assert.deepEqual(
      client.sink.pieces.map(({ length }) => length),
      [20, 18, 2],
    );
  });

  test('a black hole does not close when the client does', () => {
    const { peer, client, pass } = join({ fault: { kind: 'blackHole' } });
    client.send(GET());
    client.end();
    pass(1_000_000);
    assert.equal(client.take(), OK);
    assert.deepEqual(formatLog(peer.log), [...SERVED, 'fault blackHole', 'fin by client']);
  });
});

describe('when a fault applies', () => {
  test('only on the connection and to the request that are meant', () => {
    const { peer, client } = join({ fault: { kind: 'closeBeforeProcessing', when: { connection: 2, request: 2 } } });
    const second = new MemoryClient(peer);
    for (let request = 0; request < 3; request++) {
      client.send(GET());
      second.send(GET());
    }
    assert.equal(client.take(), OK.repeat(3));
    assert.equal(second.take(), `${OK}(FIN)`);
  });

  test('as often as is said, over all connections', () => {
    const { peer, client } = join({ fault: { kind: 'closeAfterProcessing', when: { times: 2 } } });
    const clients = [client, new MemoryClient(peer), new MemoryClient(peer)];
    for (const each of clients) each.send(GET());
    assert.deepEqual(
      clients.map((each) => each.take()),
      ['(FIN)', '(FIN)', OK],
    );
    assert.equal(peer.executed('/'), 3);
  });

  test('an undefined part counts as not given, so that the default of the fault stays', () => {
    const when = { request: undefined } as unknown as { readonly request: 'every' };
    const { client } = join({ fault: { kind: 'requestTimeoutAnswer', when } });
    client.send(GET());
    assert.equal(client.take(), OK);
  });

  test('where a function of the request says so', () => {
    const { client } = join({ fault: { kind: 'shortBody', when: { request: ({ target }) => target === '/b' } } });
    client.send(GET('/a') + GET('/b'));
    assert.equal(client.take(), `${OK}${OK.slice(0, -1)}(FIN)`);
  });

  test('the first of several that match acts', () => {
    const { client } = join({
      fault: [
        { kind: 'shortBody', when: { request: 2 } },
        { kind: 'interimResponses', status: 102 },
        { kind: 'closeWhenIdle', when: { request: 1 }, afterMs: Infinity },
      ],
    });
    client.send(GET());
    client.send(GET());
    assert.equal(client.take(), `HTTP/1.1 102 Processing\r\n\r\n${OK}${OK.slice(0, -1)}(FIN)`);
  });

  test('a fault that is set at run time reaches connections that are idle', () => {
    const { peer, client, pass } = join();
    client.send(GET());
    peer.setFault({ kind: 'closeWhenIdle', afterMs: 20 });
    pass(10);
    peer.setFault(undefined);
    pass(1_000);
    assert.equal(client.take(), OK);
    peer.setFault({ kind: 'closeWhenIdle' });
    client.deliver();
    assert.equal(client.take(), '(FIN)');
  });
});
