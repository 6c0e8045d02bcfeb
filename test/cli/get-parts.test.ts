// The small parts of `perdura get` that decide something without a network: URLs, fields, heads, order and pace, what is remembered.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CommandError } from '#src/cli/exit-code.js';
import { ConnectionMemory } from '#src/cli/get/connection-memory.js';
import { nextRequest } from '#src/cli/get/follow-redirect.js';
import { joinFields, parseRequestField } from '#src/cli/request-field.js';
import { parseRequestUrl } from '#src/cli/request-url.js';
import { runRounds } from '#src/cli/get/rounds.js';
import { RunEnd } from '#src/cli/get/run-end.js';
import { exitCodeOf, tellFailure } from '#src/cli/get/tell-failure.js';
import { redactField } from '#src/http/secret-fields.js';
import { BodyError, ConnectError, OptionError, RedirectError, TimeoutError } from '#src/errors.js';
import { Headers } from '#src/http/index.js';
import { ManualClock } from '#src/testing/index.js';
import type { ClientConnectionInfo } from '#src/trace.js';

describe('a URL on the command line', () => {
  test('may lack its scheme, and loses fragment, user and password', () => {
    for (const [typed, url, authorization] of [
      ['localhost:8080', 'http://localhost:8080/', undefined],
      ['example.com/a?b#c', 'http://example.com/a?b', undefined],
      ['HTTPS://example.com', 'https://example.com/', undefined],
      [' http://[::1]:80/ ', 'http://[::1]/', undefined],
      ['http://ann:p%40ss@h/', 'http://h/', `Basic ${Buffer.from('ann:p@ss').toString('base64')}`],
    ] as const) {
      assert.deepEqual(parseRequestUrl(typed), { url, authorization }, typed);
    }
  });

  test('that is none is refused without telling what could be a password', () => {
    for (const typed of [
      '',
      ' ',
      '/path',
      'http://',
      'http://a b/',
      'ftp://host/',
      'mailto://x@y',
      'http://u:secret@a b/',
    ]) {
      assert.throws(
        () => parseRequestUrl(typed),
        (error) => error instanceof CommandError && error.exitCode === 2 && !error.message.includes('secret'),
        typed,
      );
    }
  });
});

describe('a field on the command line', () => {
  test('has a name in lower case, and a value as the bytes of UTF-8', () => {
    assert.deepEqual(parseRequestField('Accept: text/html'), ['accept', 'text/html']);
    assert.deepEqual(parseRequestField('X-Empty:'), ['x-empty', '']);
    assert.deepEqual(parseRequestField('X-Time: 12:30'), ['x-time', '12:30']);
    assert.deepEqual(parseRequestField('X-Name: ñ'), ['x-name', 'Ã±']);
  });

  test('that cannot be sent is refused without telling its value', () => {
    for (const text of [
      'Authorization secret',
      ': secret',
      'a b: secret',
      'a: se\u0000cret secret',
      'a: x\r\nb: secret',
    ]) {
      assert.throws(
        () => parseRequestField(text),
        (error) => error instanceof CommandError && error.exitCode === 2 && !error.message.includes('secret'),
        text,
      );
    }
  });

  test('takes the place of a default, and an empty one leaves the default out', () => {
    const defaults = [
      ['accept', '*/*'],
      ['user-agent', 'perdura'],
    ] as const;
    assert.deepEqual(
      joinFields(defaults, [
        ['accept', 'a'],
        ['accept', 'b'],
        ['user-agent', ''],
      ]),
      [
        ['accept', 'a'],
        ['accept', 'b'],
      ],
    );
  });
});

test('secrets are left out of what is shown of a field', () => {
  for (const [name, value, shown] of [
    ['authorization', 'Bearer abc.def', 'Bearer …'],
    ['authorization', 'abc', '…'],
    ['proxy-authorization', 'Basic eHh4', 'Basic …'],
    ['cookie', 'sid=abc; theme=dark', 'sid=…; theme=…'],
    ['cookie', 'abc', '…'],
    ['set-cookie', 'sid=abc=; Path=/; HttpOnly', 'sid=…; Path=/; HttpOnly'],
    ['x-api-key', '123', '…'],
    ['x-csrf-token', '123', '…'],
    ['accept', 'text/html', 'text/html'],
  ] as const) {
    assert.equal(redactField(name, value), shown, `${name}: ${value}`);
  }
});

describe('failures', () => {
  test('name what to type instead of options of the library', () => {
    for (const [message, told] of [
      ['raise timeouts.connectMs', 'raise --connect-timeout'],
      ['raise timeouts.headersMs if', 'raise --timeout if'],
      ['check socketPath', 'check --unix-socket'],
      ['maxRetries is used up', '--retries is used up'],
      ['headers.expect: cannot be set', '-H expect: cannot be set'],
      ['give it as bytes, a string, or a function', 'give it as text or as @file, not as @-'],
    ] as const) {
      assert.equal(tellFailure(new Error(message)), told);
    }
    const error = new ConnectError(
      'https://h',
      'cannot connect to h:443: the certificate is self-signed; give it as tls.ca',
    );
    assert.match(tellFailure(error), /give it as --cacert FILE; --insecure goes on without knowing who answers$/);
  });

  test('have the exit code of their kind, and a defect has none', () => {
    for (const [error, code] of [
      [new OptionError('a', 'b'), 2],
      [new ConnectError('http://a', 'b'), 3],
      [new TimeoutError('headers', 1, 'a'), 3],
      [new RedirectError('a'), 1],
      [new BodyError('a'), 1],
      [Object.assign(new Error('a'), { syscall: 'read' }), 1],
      [new RangeError('a'), undefined],
    ] as const) {
      assert.equal(exitCodeOf(error), code, error.name);
    }
  });
});

describe('redirects', () => {
  const request = {
    method: 'POST',
    url: 'http://a.test/form',
    fields: [
      ['accept', '*/*'],
      ['content-type', 'text/plain'],
      ['authorization', 'Basic eA=='],
    ],
    data: { body: 'x', lengthBytes: 1, replayable: true },
  } as const;
  const follow = (status: number, location?: string): ReturnType<typeof nextRequest> =>
    nextRequest(request, { status, headers: new Headers(location === undefined ? [] : [['location', location]]) }, 0);

  test('turn a POST into a GET without body fields, and keep credentials at their origin', () => {
    assert.deepEqual(follow(302, '/done#part'), {
      method: 'GET',
      url: 'http://a.test/done',
      fields: [
        ['accept', '*/*'],
        ['authorization', 'Basic eA=='],
      ],
      data: undefined,
    });
    assert.deepEqual(follow(307, 'http://b.test/'), {
      method: 'POST',
      url: 'http://b.test/',
      fields: [
        ['accept', '*/*'],
        ['content-type', 'text/plain'],
      ],
      data: request.data,
    });
  });

  test('are answers where they lead nowhere, and errors where they cannot be followed', () => {
    assert.equal(follow(200), undefined);
    assert.equal(follow(302), undefined);
    assert.throws(() => follow(302, 'ftp://a/'), /cannot follow.*--no-follow shows it/);
  });
});

describe('rounds', () => {
  interface Driven {
    readonly clock: ManualClock;
    readonly end: RunEnd;
    readonly log: string[];
    readonly done: Promise<void>;
  }

  function start(urls: number, repeat: number, parallel: number, gapMs: number): Driven {
    const clock = new ManualClock();
    const end = new RunEnd();
    const log: string[] = [];
    const done = runRounds(
      { urls, repeat, parallel, gapMs, clock, end, onPause: () => log.push('pause') },
      async (turn) => {
        log.push(`${'ABC'[turn.index]}${turn.round}`);
      },
    );
    return { clock, end, log, done };
  }

  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  test('take every URL as often as wanted, round by round, however many at a time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 9 }),
        async (urls, repeat, parallel) => {
          const { log, done } = start(urls, repeat, parallel, 0);
          await done;
          const expected = Array.from(
            { length: urls * repeat },
            (_, at) => `${'ABC'[at % urls]}${1 + Math.floor(at / urls)}`,
          );
          assert.deepEqual(log.toSorted(), expected.toSorted());
          if (parallel === 1) assert.deepEqual(log, expected);
        },
      ),
    );
  });

  test('pause between repetitions and not between URLs', async () => {
    const { clock, log, done } = start(2, 2, 1, 1_000);
    await settle();
    assert.deepEqual(log, ['A1', 'B1', 'pause']);
    clock.advance(1_000);
    await done;
    assert.deepEqual(log, ['A1', 'B1', 'pause', 'A2', 'B2']);
  });

  test('end within a pause when the run ends', async () => {
    const { end, log, done } = start(1, 2, 1, 1_000);
    await settle();
    end.end();
    await done;
    assert.deepEqual(log, ['A1', 'pause']);
  });

  test('end with the first failure', async () => {
    const taken: number[] = [];
    const options = {
      urls: 1,
      repeat: 5,
      parallel: 1,
      gapMs: 0,
      clock: new ManualClock(),
      end: new RunEnd(),
      onPause: () => {},
    };
    await assert.rejects(
      runRounds(options, async ({ round }) => {
        taken.push(round);
        throw new Error('defect');
      }),
      /defect/,
    );
    assert.deepEqual(taken, [1]);
  });
});

test('times belong to their response, also where several are in flight on one connection', () => {
  const memory = new ConnectionMemory();
  const connection = (requests: number, state: ClientConnectionInfo['state']): ClientConnectionInfo => ({
    id: 1,
    origin: 'http://a.test',
    state,
    protocol: 'http/1.1',
    requests,
    ageMs: 0,
    idleMs: 0,
    remote: '',
  });
  const request = { method: 'GET', url: 'http://a.test/' };
  const opening = { totalMs: 1, lookupMs: 0, connectMs: 1, tls: undefined };
  memory.observe({ type: 'opened', connection: connection(0, 'opened'), opening }, 0);
  memory.observe({ type: 'response', connection: connection(1, 'active'), request, status: 200, waitMs: 10 }, 10);
  memory.observe(
    {
      type: 'idle',
      connection: connection(1, 'idle'),
      deadlineMs: 60_000,
      because: 'option',
      serverAdvertised: undefined,
    },
    10,
  );
  const known = memory.observe({ type: 'reused', connection: connection(1, 'active'), idleMs: 500, inFlight: 1 }, 510);
  assert.deepEqual(known.idle, { idleMs: 500, deadlineMs: 60_000, because: 'option' });
  memory.observe({ type: 'reused', connection: connection(2, 'active'), idleMs: 0, inFlight: 2 }, 511);
  memory.observe({ type: 'response', connection: connection(3, 'active'), request, status: 200, waitMs: 20 }, 530);
  memory.observe({ type: 'response', connection: connection(3, 'active'), request, status: 200, waitMs: 1 }, 531);
  const times = [1, 2, 3].map((number) => memory.takeTimes({ id: 1, reused: number > 1, request: number }));
  assert.deepEqual(times, [
    { waitMs: 10, idleMs: 0 },
    { waitMs: 20, idleMs: 500 },
    { waitMs: 1, idleMs: 0 },
  ]);
});
