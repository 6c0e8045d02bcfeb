// The middlebox on a clock that stands still: when it forgets, and what each kind then does with what comes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { OptionError } from '#src/errors.js';
import { ManualClock, transportPair, type TransportPair } from '#src/testing/index.js';
import { Middlebox } from '#src/testing/middlebox/index.js';
import type { MiddleboxEvent, MiddleboxKind, MiddleboxOptions } from '#src/testing/middlebox/index.js';
import { RecordingSink } from '../support/recording-sink.ts';

type Settings = Partial<Omit<MiddleboxOptions, 'target' | 'clock' | 'onEvent'>>;

/** A box between a client and a server in memory. */
class BoxBetween {
  readonly clock: ManualClock = new ManualClock();
  readonly events: MiddleboxEvent[] = [];
  readonly box: Middlebox;
  readonly client: RecordingSink = new RecordingSink();
  readonly server: RecordingSink = new RecordingSink();
  readonly #near: TransportPair;
  readonly #far: TransportPair;

  constructor(settings: Settings, highWaterMarkBytes = 16_384) {
    const { clock, events } = this;
    this.box = new Middlebox({
      target: { port: 1 },
      forgetAfterMs: 1_000,
      clock,
      onEvent: (event) => void events.push(event),
      ...settings,
    });
    this.#near = transportPair();
    this.#far = transportPair({ highWaterMarkBytes });
    this.#near[0].attach(this.client);
    this.#far[1].attach(this.server);
    this.box.join(this.#near[1], this.#far[0]);
  }

  say(from: 'client' | 'server', bytes: string): void {
    (from === 'client' ? this.#near[0] : this.#far[1]).write(bytes);
    this.settle();
  }

  end(from: 'client' | 'server'): void {
    (from === 'client' ? this.#near[0] : this.#far[1]).end();
    this.settle();
  }

  reset(from: 'client' | 'server'): void {
    (from === 'client' ? this.#near[0] : this.#far[1]).reset();
    this.settle();
  }

  wait(ms: number): void {
    this.clock.advance(ms);
    this.settle();
  }

  pauseServer(): void {
    this.#far[1].pause();
  }

  resumeServer(): void {
    this.#far[1].resume();
    this.settle();
  }

  settle(): void {
    while (this.#near.deliverAll() + this.#far.deliverAll() > 0);
  }

  /** What was told, without flow and time. */
  takeEvents(): string[] {
    return this.events.splice(0).map(({ type, ...facts }) => {
      const words = Object.entries(facts)
        .filter(([name]) => name !== 'flow' && name !== 'atMs')
        .map(([, value]) => String(value));
      return [type, ...words].join(' ');
    });
  }
}

describe('a middlebox', () => {
  test('carries bytes both ways and forgets nothing as long as one byte comes in time', () => {
    const between = new BoxBetween({});
    for (const from of ['client', 'server', 'server', 'client'] as const) {
      between.wait(999);
      between.say(from, from.slice(0, 1));
    }
    assert.deepEqual(between.server.log, ['data:c', 'data:c']);
    assert.deepEqual(between.client.log, ['data:s', 'data:s']);
    assert.equal(between.box.forgotten, 0);
    between.wait(400);
    assert.deepEqual(between.box.flows(), [
      {
        id: 1,
        remote: '127.0.0.1:50000',
        state: 'open',
        idleMs: 400,
        toTargetBytes: 2,
        toClientBytes: 2,
        swallowedBytes: 0,
      },
    ]);
  });

  test('forgets silently: whatever comes from either side is swallowed, FIN and RST included, and nobody is told', () => {
    const between = new BoxBetween({ kind: 'silent' });
    between.wait(1_000);
    between.say('client', 'ping');
    between.say('server', 'x');
    between.end('client');
    between.reset('server');
    assert.deepEqual(between.server.log, ['closed']);
    assert.deepEqual(between.client.log, []);
    assert.deepEqual(between.takeEvents(), [
      'opened 127.0.0.1:50000',
      'forgotten silent 1000',
      'swallowed client 4',
      'swallowed target 1',
      'swallowed client 0',
    ]);
    assert.equal(between.box.flows()[0]?.swallowedBytes, 5);
    assert.equal(between.box.forgotten, 1);
  });

  test('of the kind rst answers the next packet with RST and tells the other side nothing until it speaks', () => {
    const between = new BoxBetween({ kind: 'rst' });
    between.wait(5_000);
    assert.deepEqual(between.client.log, []);
    between.say('client', 'ping');
    assert.deepEqual(between.client.log, ['closed:read ECONNRESET']);
    assert.deepEqual(between.server.log, []);
    between.end('server');
    assert.deepEqual(between.server.log, ['closed:read ECONNRESET']);
    assert.deepEqual(between.takeEvents().slice(2), [
      'swallowed client 4',
      'reset client',
      'swallowed target 0',
      'reset target',
      'closed',
    ]);
    assert.deepEqual(between.box.flows(), []);
  });

  test('of the kind fin ends both sides when the time is up, not before', () => {
    const between = new BoxBetween({ kind: 'fin' });
    between.wait(999);
    assert.deepEqual(between.client.log, []);
    between.wait(1);
    assert.deepEqual([between.client.log, between.server.log], [['end'], ['end']]);
    between.end('client');
    assert.deepEqual(between.client.log, ['end', 'closed']);
    between.say('server', 'late');
    // Behind a FIN only the next write hears of RST.
    between.say('server', 'again');
    assert.deepEqual(between.server.log, ['end', 'closed:write EPIPE']);
    assert.deepEqual(between.box.flows(), []);
  });

  test('carries FIN and RST of a flow that it knows', () => {
    const ended = new BoxBetween({});
    ended.end('client');
    ended.say('server', 'last');
    ended.end('server');
    assert.deepEqual(
      [ended.client.log, ended.server.log],
      [
        ['data:last', 'end', 'closed'],
        ['end', 'closed'],
      ],
    );
    assert.deepEqual(ended.takeEvents(), ['opened 127.0.0.1:50000', 'closed']);
    const broken = new BoxBetween({});
    broken.reset('server');
    assert.deepEqual(broken.client.log, ['closed:read ECONNRESET']);
    assert.equal(broken.clock.pendingTimers, 0);
  });

  test('holds a sender back while the other side does not read', () => {
    const between = new BoxBetween({}, 8);
    between.pauseServer();
    for (const piece of ['12345678', 'abcdefgh', 'ABCDEFGH']) between.say('client', piece);
    assert.equal(between.server.received, '');
    assert.equal(between.box.flows()[0]?.toTargetBytes, 8);
    between.resumeServer();
    assert.equal(between.server.received, '12345678abcdefghABCDEFGH');
  });

  test('finds a flow forgotten when its time is up, even where its own timer is late', () => {
    const between = new BoxBetween({});
    between.clock.stall(1_000);
    between.say('client', 'late');
    assert.deepEqual(between.server.log, []);
    assert.equal(between.box.forgotten, 1);
  });

  test('takes another time for the flows that exist as well', () => {
    const between = new BoxBetween({ forgetAfterMs: Infinity });
    between.wait(3_600_000);
    assert.equal(between.box.forgotten, 0);
    between.say('client', 'a');
    between.box.forgetAfterMs = 500;
    between.wait(499);
    assert.equal(between.box.forgotten, 0);
    between.box.forgetAfterMs = 499;
    assert.equal(between.box.forgotten, 1);
    between.box.forgetAfterMs = Infinity;
    assert.equal(between.box.flows()[0]?.state, 'forgotten');
  });

  test('takes another kind for flows that it forgets from now on', () => {
    const between = new BoxBetween({ kind: 'silent' });
    between.box.kind = 'fin';
    between.box.forgetAll();
    assert.deepEqual(between.takeEvents(), ['opened 127.0.0.1:50000', 'forgotten fin 0']);
    between.box.kind = 'silent';
    between.settle();
    between.say('client', 'x');
    assert.deepEqual(between.takeEvents(), ['swallowed client 1', 'reset client']);
  });

  test('lets go of everything when it is closed', async () => {
    const between = new BoxBetween({});
    const closed = between.box.close();
    between.settle();
    await closed;
    assert.deepEqual(between.box.flows(), []);
    assert.equal(between.clock.pendingTimers, 0);
    await between.box.close();
  });

  test('carries exactly what was said before a silence of its time, whatever the story', () => {
    const step = fc.record({
      from: fc.constantFrom('client' as const, 'server' as const),
      waitMs: fc.integer({ min: 0, max: 1_500 }),
      bytes: fc.constantFrom('a', 'bc'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const between = new BoxBetween({ kind: 'silent' });
        let isForgotten = false;
        const expected = { client: '', server: '' };
        for (const { from, waitMs, bytes } of steps) {
          between.wait(waitMs);
          isForgotten ||= waitMs >= 1_000;
          between.say(from, bytes);
          if (!isForgotten) expected[from === 'client' ? 'server' : 'client'] += bytes;
        }
        assert.deepEqual({ client: between.client.received, server: between.server.received }, expected);
        assert.equal(between.box.forgotten, isForgotten ? 1 : 0);
      }),
    );
  });

  test('refuses options that make no sense, and says what is allowed', () => {
    const good = { target: { port: 80 }, forgetAfterMs: 100 };
    const refused: [Record<string, unknown>, string][] = [
      [{ forgetAfterMs: 0 }, 'forgetAfterMs: is 0, it must be a number, 1 or more (Infinity: no limit)'],
      [{ kind: 'loud' }, "kind: is 'loud', it must be 'silent', 'rst' or 'fin'"],
      [{ target: { port: 0 } }, 'target.port: is 0, it must be a whole number from 1 to 65535'],
      [{ target: { ports: 1 } }, 'target.ports: is not the name of an option; did you mean target.port?'],
      [{ target: undefined }, 'target: is undefined, it must be an object'],
      [{ hostname: '' }, "hostname: is '', it must be a name or an address, e.g. '127.0.0.1'"],
      [{ forgetAfter: 1 }, 'forgetAfter: is not the name of an option; did you mean forgetAfterMs?'],
      [{ onEvent: 1 }, 'onEvent: is 1, it must be a function'],
    ];
    for (const [change, message] of refused) {
      assert.throws(
        () => new Middlebox({ ...good, ...change }),
        (error) => error instanceof OptionError && error.message === message,
        message,
      );
    }
    const box = new Middlebox(good);
    assert.throws(() => (box.forgetAfterMs = Number.NaN), OptionError);
    assert.throws(() => (box.kind = 'loud' as MiddleboxKind), OptionError);
    assert.deepEqual([box.forgetAfterMs, box.kind], [100, 'silent']);
  });
});
