// A session's stream of events: what is asked for, what opens it again and when, what ends it, and how silence is taken.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EventStreamError, OptionError, Session, TimeoutError } from '#src/client/index.js';
import type { EventsOptions } from '#src/client/index.js';
import { DrivenEvents } from './driven-events.ts';

describe('a stream of events', () => {
  test('asks for nothing before the first event is asked for', async () => {
    const stream = new DrivenEvents();
    await stream.advance(100_000);
    assert.equal(stream.driven.opener.opened, 0);
    assert.equal(stream.events.state, 'new');
    await stream.listen();
    assert.equal(stream.events.state, 'connecting');
    const { head } = stream.origin.requests[0]!;
    assert.match(head, /^GET \/news HTTP\/1\.1\r\n/);
    assert.match(head, /\r\naccept: text\/event-stream\r\n/);
    assert.match(head, /\r\ncache-control: no-cache\r\n/);
    assert.match(head, /\r\naccept-encoding: identity\r\n/);
    assert.doesNotMatch(head, /last-event-id/i);
  });

  test('gives its events as they come, and tells that it is open', async () => {
    const stream = new DrivenEvents();
    await stream.listen();
    await stream.open();
    assert.deepEqual(stream.takeStates(), ['open 1 on 1']);
    await stream.say(': hello\n\nid: 5\ndata: a\n\nevent: tick\nda');
    assert.deepEqual(stream.takeHeard(), ['message a']);
    await stream.say('ta: b\ndata: c\n\n');
    assert.deepEqual(stream.takeHeard(), ['tick b\nc']);
    assert.equal(stream.events.lastEventId, '5');
    assert.equal(stream.events.state, 'open');
  });

  test('comes back behind the last event when it ends, after the time that the server asked for', async () => {
    const stream = new DrivenEvents();
    await stream.listen();
    await stream.open('retry: 700\nid: é1\ndata: a\n\nid: 2\ndata: half of it');
    await stream.fin();
    await stream.advance(699);
    assert.deepEqual(stream.takeStates(), ['open 1 on 1', 'reconnecting in 700 after 0: the server ended the stream']);
    assert.equal(stream.events.state, 'waiting');
    assert.equal(stream.origin.requests.length, 1);
    await stream.advance(1);
    assert.deepEqual(stream.sent('last-event-id'), ['', Buffer.from('é1').toString('latin1')]);
    await stream.open('id: 2\ndata: whole\n\n');
    assert.deepEqual(stream.takeHeard(), ['message a', 'message whole']);
    assert.deepEqual(stream.takeStates(), ['open 2 on 2']);
  });

  test('keeps the id over a stream that has none', async () => {
    const stream = new DrivenEvents({ retryMs: 10, lastEventId: '41' });
    await stream.listen();
    await stream.open(':\n\nheartbeat: 1000\n\n');
    await stream.fin();
    await stream.advance(10);
    assert.deepEqual(stream.sent('last-event-id'), ['41', '41']);
  });

  test('comes back after a loss, and after answers and failures that time may mend, less and less often', async () => {
    const stream = new DrivenEvents({ retryMs: 1_000, maxRetryMs: 3_000 });
    await stream.listen();
    await stream.open('id: 1\ndata: a\n\n');
    await stream.rst();
    const [opened, lost] = stream.takeStates();
    assert.equal(opened, 'open 1 on 1');
    assert.match(lost!, /^reconnecting in 1000 after 0: .*reset/);
    await stream.advance(1_000);
    await stream.say('HTTP/1.1 503 x\r\nContent-Length: 4\r\n\r\nbusy');
    assert.deepEqual(stream.takeStates(), ['reconnecting in 1000 after 1: the server answered 503']);
    stream.driven.opener.failures.push(new Error('refused'));
    await stream.advance(1_000);
    await stream.say('HTTP/1.1 429 x\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n');
    assert.deepEqual(stream.takeStates(), ['reconnecting in 5000 after 2: the server answered 429']);
    await stream.advance(5_000);
    await stream.say('HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n');
    assert.deepEqual(stream.takeStates(), ['reconnecting in 3000 after 3: the server answered 500']);
    await stream.advance(3_000);
    await stream.open('data: b\n\n');
    await stream.fin();
    assert.deepEqual(stream.takeStates(), ['open 2 on 2', 'reconnecting in 1000 after 0: the server ended the stream']);
    assert.deepEqual(stream.takeHeard(), ['message a', 'message b']);
    assert.deepEqual(stream.sent('last-event-id').at(-1), '1');
  });

  test('waits longer by chance, never shorter than the server asked for', async () => {
    const stream = new DrivenEvents({ jitter: 0.5 }, { random: () => 0.5 });
    await stream.listen();
    await stream.open('retry: 1000\n\n');
    await stream.fin();
    assert.equal(stream.takeStates().at(-1), 'reconnecting in 1250 after 0: the server ended the stream');
  });

  test('is not driven to come back without a pause, whatever its server asks for', async () => {
    const stream = new DrivenEvents();
    await stream.listen();
    for (let round = 0; round < 5; round += 1) {
      await stream.open('retry: 0\ndata: a\n\n');
      await stream.fin();
      await stream.advance(499);
      assert.equal(stream.origin.requests.length, round + 1);
      await stream.advance(1);
      assert.equal(stream.origin.requests.length, round + 2);
    }
    assert.equal(stream.takeHeard().length, 5, 'who ends behind each event is polled at the pace that it asks for');
  });

  test('comes back sooner where its server asks for it, as soon as the caller would have', async () => {
    const stream = new DrivenEvents({ retryMs: 20 });
    await stream.listen();
    for (const [toldMs, waitedMs] of [
      [30, 30],
      [0, 20],
    ] as const) {
      await stream.open(`retry: ${toldMs}\ndata: a\n\n`);
      await stream.fin();
      assert.match(stream.takeStates().at(-1)!, new RegExp(`^reconnecting in ${waitedMs} after 0`));
      await stream.advance(waitedMs);
    }
  });

  test('waits longer each time for a server that loses it at once, until one lasts for longer than was waited', async () => {
    const stream = new DrivenEvents({ retryMs: 1_000 });
    await stream.listen();
    const lose = async (afterMs: number): Promise<number> => {
      await stream.open('data: a\n\n');
      await stream.advance(afterMs);
      await stream.rst();
      const [, delay = '', failures = ''] =
        /^reconnecting in (\d+) after (\d+)/.exec(stream.takeStates().at(-1)!) ?? [];
      await stream.advance(Number(delay));
      return Number(failures);
    };
    assert.equal(await lose(0), 0, 'nobody had waited for the first');
    for (const failures of [1, 2, 3]) assert.equal(await lose(10), failures);
    // Waited: 1, 1, 2, and now 4 s.
    assert.equal(await lose(3_999), 4);
    assert.equal(await lose(8_000), 0);
    assert.equal(await lose(999), 1);
  });

  test('waits longer for a server that ends it behind a comment as well', async () => {
    const stream = new DrivenEvents({ retryMs: 100, maxFailures: 3 });
    await stream.listen();
    for (const waitMs of [100, 100, 200]) {
      await stream.open(': soon\n\n');
      await stream.fin();
      await stream.advance(waitMs);
    }
    await stream.open(': soon\n\n');
    await stream.fin();
    assert.match(stream.takeHeard()[0]!, /^EventStreamError: .*3 attempts in a row failed/);
  });

  test('that opens and says nothing at all came to nothing', async () => {
    const stream = new DrivenEvents({ retryMs: 100, maxFailures: 2 });
    await stream.listen();
    await stream.open();
    await stream.fin();
    await stream.advance(100);
    await stream.open();
    await stream.fin();
    assert.match(
      stream.takeHeard()[0]!,
      /^EventStreamError: .*2 attempts in a row failed \(maxFailures\); the last: the server ended/,
    );
    assert.equal(stream.takeStates().at(-1), 'over failed');
  });

  test('follows redirects', async () => {
    const stream = new DrivenEvents();
    await stream.listen();
    await stream.say('HTTP/1.1 307 x\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n');
    await stream.open('data: a\n\n');
    assert.deepEqual(stream.takeHeard(), ['message a']);
    assert.deepEqual(
      stream.origin.requests.map(({ target }) => target),
      ['/news', '/elsewhere'],
    );
  });
});

describe('the end of a stream of events', () => {
  test('is 204: the server wants the client to stay away', async () => {
    const stream = new DrivenEvents();
    await stream.listen();
    await stream.say('HTTP/1.1 204 x\r\n\r\n');
    await stream.advance(1_000_000);
    assert.deepEqual(stream.takeHeard(), ['end']);
    assert.deepEqual(stream.takeStates(), ['over noContent']);
    assert.equal(stream.origin.requests.length, 1);
    assert.equal(stream.events.state, 'over');
  });

  test('is an error for what is no stream of events', async () => {
    const answers: Record<string, RegExp> = {
      'HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n': /answered 404, and an event stream is a 200/,
      'HTTP/1.1 205 x\r\nContent-Length: 0\r\n\r\n': /answered 205/,
      'HTTP/1.1 200 x\r\nContent-Type: text/html; charset=x\r\nContent-Length: 1\r\n\r\nx': /content-type text\/html,/,
      'HTTP/1.1 200 x\r\nContent-Length: 1\r\n\r\nx': /without a content-type/,
    };
    for (const [answer, words] of Object.entries(answers)) {
      const stream = new DrivenEvents();
      await stream.listen();
      await stream.say(answer);
      await stream.advance(100_000);
      assert.match(stream.takeHeard()[0]!, /^EventStreamError: http:\/\/origin\.test\/news: /);
      const [over] = stream.states;
      assert.ok(over?.type === 'over' && over.because === 'failed');
      assert.ok(over.error instanceof EventStreamError);
      assert.match(over.error.message, words);
      assert.equal(over.error.status, Number(answer.slice(9, 12)));
    }
    const typed = new DrivenEvents();
    await typed.listen();
    await typed.say('HTTP/1.1 200 x\r\nContent-Type: Text/Event-Stream;charset=utf-8\r\n\r\ndata: a\n\n');
    assert.deepEqual(typed.takeHeard(), ['message a']);
  });

  test('is an error for a line without measure', async () => {
    const stream = new DrivenEvents({ maxEventBytes: 20 });
    await stream.listen();
    await stream.open('data: a\n\ndata: 123456789012345\n\n');
    assert.deepEqual(
      stream.takeHeard().map((heard) => heard.slice(0, 42)),
      ['message a', 'BodyError: a line of the event stream has '],
    );
    await stream.advance(10_000);
    assert.equal(stream.origin.requests.length, 1);
    assert.deepEqual(stream.driven.session.connections(), []);
  });

  test('is an error for an id that cannot be sent back', async () => {
    const stream = new DrivenEvents({ retryMs: 0 });
    await stream.listen();
    await stream.open('id: \u0001\ndata: a\n\n');
    await stream.fin();
    await stream.advance(1);
    assert.match(stream.takeHeard().join(), /^message a,EventStreamError: .*control character/);
  });

  test('comes with the loop: whoever leaves it gives the connection up', async () => {
    const stream = new DrivenEvents();
    const leaving = (async () => {
      for await (const { data } of stream.events) if (data === 'b') break;
    })();
    await stream.driven.settle();
    await stream.open('data: a\n\ndata: b\n\ndata: c\n\n');
    await leaving;
    await stream.driven.settle();
    assert.deepEqual(stream.takeStates(), ['open 1 on 1', 'over closed']);
    assert.deepEqual(stream.driven.session.connections(), []);
    assert.deepEqual(await stream.events.next(), { done: true, value: undefined });
    await stream.advance(100_000);
    assert.equal(stream.origin.requests.length, 1);
  });

  test('comes with its signal, whatever it is doing, and the reason is what the iteration throws', async () => {
    const prepare: Record<string, (stream: DrivenEvents) => Promise<unknown>> = {
      connecting: (stream) => stream.listen(),
      open: async (stream) => {
        await stream.listen();
        await stream.open('data: a\n\n');
      },
      waiting: async (stream) => {
        await stream.listen();
        await stream.say('HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n');
      },
    };
    for (const [state, enter] of Object.entries(prepare)) {
      const controller = new AbortController();
      const stream = new DrivenEvents({ signal: controller.signal });
      await enter(stream);
      assert.equal(stream.events.state, state);
      stream.takeHeard();
      controller.abort(new Error('enough'));
      await stream.advance(100_000);
      assert.deepEqual(stream.takeHeard(), ['Error: enough'], state);
      assert.equal(stream.takeStates().at(-1), 'over aborted');
      assert.equal(stream.origin.requests.length, 1);
      assert.equal(stream.driven.session.connections().filter(({ state: now }) => now === 'active').length, 0);
    }
    const late = new DrivenEvents({ signal: AbortSignal.abort(new Error('before')) });
    await late.listen();
    assert.deepEqual(late.takeHeard(), ['Error: before']);
    assert.equal(late.driven.opener.opened, 0);
  });

  test('comes with the session: what has arrived is still given, and the session waits for nothing else', async () => {
    const stream = new DrivenEvents();
    const first = stream.take();
    await stream.driven.settle();
    await stream.open('data: a\n\ndata: b\n\n');
    assert.equal((await first)?.data, 'a');
    const closing = stream.driven.session.close();
    await stream.advance(2_000);
    await closing;
    assert.equal((await stream.take())?.data, 'b');
    assert.equal(await stream.take(), undefined);
    assert.throws(() => stream.driven.session.events('/'), /closed/);
  });

  test('comes with the destruction of the session, and its reason', async () => {
    const stream = new DrivenEvents();
    await stream.listen();
    await stream.open();
    stream.driven.session.destroy(new Error('fire'));
    await stream.driven.settle();
    assert.deepEqual(stream.takeHeard(), ['Error: fire']);
  });

  test('that was made and never begun holds nothing', async () => {
    const stream = new DrivenEvents();
    await stream.events.return();
    assert.deepEqual(stream.takeStates(), []);
    await stream.driven.session.close();
    const begun = new DrivenEvents();
    await begun.driven.session.close();
    await begun.listen();
    assert.match(begun.takeHeard()[0]!, /PoolError: .*closed/);
  });
});

describe('a stream that is not to be opened again', () => {
  test('ends where it ends, and a loss is an error', async () => {
    const ended = new DrivenEvents({ reconnect: false });
    await ended.listen();
    await ended.open('data: a\n\n');
    await ended.fin();
    await ended.advance(100_000);
    assert.deepEqual(ended.takeHeard(), ['message a', 'end']);
    assert.equal(ended.takeStates().at(-1), 'over ended');
    const lost = new DrivenEvents({ reconnect: false });
    await lost.listen();
    await lost.open('data: a\n\n');
    await lost.rst();
    await lost.advance(100_000);
    assert.match(lost.takeHeard()[1]!, /^ConnectionLostError: /);
    assert.equal(lost.origin.requests.length, 1);
  });

  test('is one whose request changes something, unless a repetition does no harm', async () => {
    const post: EventsOptions = {
      method: 'POST',
      body: '{"question":1}',
      headers: { 'content-type': 'application/json' },
    };
    const once = new DrivenEvents(post);
    await once.listen();
    await once.open('data: a\n\n');
    await once.fin();
    await once.advance(100_000);
    assert.deepEqual(once.takeHeard(), ['message a', 'end']);
    assert.equal(once.origin.requests[0]!.body, '{"question":1}');
    const again = new DrivenEvents({ ...post, idempotent: true, retryMs: 1 });
    await again.listen();
    await again.open('data: a\n\n');
    await again.fin();
    await again.advance(2);
    assert.deepEqual(
      again.origin.requests.map(({ body }) => body),
      ['{"question":1}', '{"question":1}'],
    );
  });
});

describe('silence', () => {
  test('longer than is allowed means that the connection is dead: it is given up, and the stream is opened again', async () => {
    const stream = new DrivenEvents({ livenessMs: 400, retryMs: 100 });
    await stream.listen();
    await stream.open('id: 9\ndata: a\n\n');
    for (let count = 0; count < 5; count += 1) {
      await stream.advance(399);
      await stream.say(':\n');
    }
    await stream.advance(399);
    assert.deepEqual(stream.takeStates(), ['open 1 on 1']);
    await stream.advance(1);
    const [stale, again] = stream.takeStates();
    assert.equal(stale, 'stale 400');
    assert.match(
      again!,
      /^reconnecting in 100 after 0: http:\/\/origin\.test\/news: nothing came for 400 ms \(livenessMs\)$/,
    );
    assert.deepEqual(stream.driven.session.connections(), []);
    await stream.advance(100);
    await stream.open('id: 10\ndata: b\n\n');
    assert.deepEqual(stream.sent('last-event-id'), ['', '9']);
    assert.deepEqual(stream.takeHeard(), ['message a', 'message b']);
  });

  test('is the error of a stream that is not opened again', async () => {
    const stream = new DrivenEvents({ livenessMs: 400, reconnect: false });
    await stream.listen();
    await stream.open(':\n');
    await stream.advance(400);
    assert.match(stream.takeHeard()[0]!, /^TimeoutError: .*nothing came for 400 ms/);
    const over = stream.states.at(-1);
    assert.ok(over?.type === 'over' && over.error instanceof TimeoutError && over.error.phase === 'body');
  });

  test('is allowed for two and a half of the intervals that the server tells', async () => {
    const stream = new DrivenEvents();
    await stream.listen();
    await stream.open('heartbeat: 4000\n\n');
    assert.equal(stream.events.livenessMs, 10_000);
    await stream.advance(9_999);
    assert.deepEqual(stream.takeStates(), ['open 1 on 1']);
    await stream.advance(1);
    assert.equal(stream.takeStates()[0], 'stale 10000');
    assert.deepEqual(stream.takeHeard(), []);
  });

  test('is allowed for five minutes where nothing is known, whatever bodyMs and leakAfterMs say', async () => {
    const stream = new DrivenEvents({}, { timeouts: { bodyMs: 1_000 }, leakAfterMs: 1_000 });
    await stream.listen();
    await stream.open('data: a\n\n');
    await stream.advance(299_999);
    assert.deepEqual(stream.takeStates(), ['open 1 on 1']);
    assert.equal(stream.driven.count('leaked'), 0);
    await stream.advance(1);
    assert.equal(stream.takeStates()[0], 'stale 300000');
  });

  test('says nothing while the caller takes no events: then the server is stopped, and nothing is read ahead', async () => {
    const stream = new DrivenEvents({ livenessMs: 400 });
    const first = stream.take();
    await stream.driven.settle();
    await stream.open('data: 1\n\ndata: 2\n\n');
    await first;
    const event = `data: ${'x'.repeat(9_990)}\n\n`;
    for (let sent = 0; sent < 100; sent += 1) stream.peer.send(event);
    await stream.driven.settle();
    await stream.advance(10_000);
    assert.deepEqual(stream.takeStates(), ['open 1 on 1']);
    assert.equal(stream.driven.session.connections()[0]!.state, 'active');
    assert.ok(stream.driven.count('leaked') > 0, 'who reads so slowly is told of');
    assert.equal((await stream.take())?.data, '2');
    for (let taken = 0; taken < 100; taken += 1) assert.equal((await stream.take())?.data.length, 9_990);
    const waiting = stream.events.next();
    await stream.advance(399);
    assert.deepEqual(stream.takeStates(), []);
    await stream.advance(1);
    assert.equal(stream.takeStates()[0], 'stale 400');
    await stream.events.return();
    await waiting;
  });
});

test('a session that keeps one connection to an origin gives it to its stream, and says who has it', async () => {
  const stream = new DrivenEvents(
    {},
    { limits: { perOrigin: 1, acquireTimeoutMs: 500 }, maxAgeMs: 1_000, idleTimeoutMs: 100 },
  );
  await stream.listen();
  await stream.open('data: a\n\n');
  const other = assert.rejects(stream.driven.session.request('/other'), /no connection became free within 500 ms/);
  await stream.advance(500);
  await other;
  await stream.advance(100_000);
  await stream.say('data: b\n\n');
  assert.deepEqual(stream.takeHeard(), ['message a', 'message b']);
});

test('options that make no sense are refused by name', () => {
  const session = new Session({ baseUrl: 'http://a' });
  const bad: Record<string, object> = {
    retryMs: { retryMs: -1 },
    maxRetryMs: { maxRetryMs: Infinity },
    jitter: { jitter: Infinity },
    maxFailures: { maxFailures: 0 },
    livenessMs: { livenessMs: 0 },
    maxEventBytes: { maxEventBytes: 0.5 },
    lastEventId: { lastEventId: 5 },
    reconnect: { reconnect: 'yes' },
    onState: { onState: {} },
    signal: { signal: {} },
    method: { method: 5 },
    'timeouts.bodyMs': { timeouts: { bodyMs: 5 } },
    'timeouts.headersMs': { timeouts: { headersMs: 0 } },
    retry: { retry: 5 },
  };
  for (const [name, options] of Object.entries(bad)) {
    assert.throws(
      () => session.events('/', options),
      (error) => error instanceof OptionError && error.option === name,
      name,
    );
  }
  assert.throws(() => session.events('http://u:p@a/'), /headers\.authorization/);
  assert.throws(() => session.events('ftp://a/'), OptionError);
});
