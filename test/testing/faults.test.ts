// Faults of the path: each is decided by counting, so each is repeatable.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MisuseError, OptionError } from '#src/errors.js';
import {
  type Faults,
  type FaultyTransport,
  ManualClock,
  transportPair,
  type TransportPair,
  withFaults,
} from '#src/testing/index.js';
import { RecordingSink } from '../support/recording-sink.ts';

interface Setup {
  readonly pair: TransportPair;
  readonly faulty: FaultyTransport;
  /** What the owner of the faulty transport is told. */
  readonly own: RecordingSink;
  /** What the other side is told. */
  readonly peer: RecordingSink;
}

function join(faults: Faults, react?: (faulty: FaultyTransport, event: string) => void): Setup {
  const pair = transportPair();
  const faulty = withFaults(pair[0], faults);
  const own = new RecordingSink((event) => react?.(faulty, event));
  const peer = new RecordingSink();
  faulty.attach(own);
  pair[1].attach(peer);
  return { pair, faulty, own, peer };
}

const REST_OF_MICROTASKS = 10;

async function microtasks(): Promise<void> {
  for (let turn = 0; turn < REST_OF_MICROTASKS; turn++) await Promise.resolve();
}

describe('withFaults, incoming', () => {
  test('bytes arrive whole and in order, however they are split, joined, delayed and paused', () => {
    const actions = fc.array(
      fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 30 }),
        fc.constantFrom('pause' as const, 'resume' as const, 'flush' as const),
        fc.integer({ min: 0, max: 20 }),
      ),
      { maxLength: 40 },
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 });
    fc.assert(
      fc.property(actions, sizes, fc.integer({ min: 1, max: 50 }), fc.nat(30), (steps, split, coalesce, delayMs) => {
        const clock = new ManualClock();
        const { pair, faulty, own } = join({
          splitIncoming: split,
          coalesceIncoming: coalesce,
          delayIncoming: { clock, delayMs },
        });
        let written = '';
        for (const step of steps) {
          if (typeof step === 'number') clock.advance(step);
          else if (typeof step === 'string') faulty[step]();
          else {
            pair[1].write(step);
            written += Buffer.from(step).toString('latin1');
            pair.deliverAll();
          }
          assert.ok(written.startsWith(own.received));
        }
        pair[1].end();
        faulty.end();
        faulty.resume();
        pair.deliverAll();
        clock.advance(delayMs);
        faulty.flush();
        assert.equal(own.received, written);
        assert.deepEqual(own.log.slice(-2), ['end', 'closed']);
        // Apart from the last one, the pieces are cut where the sizes say.
        if (split.length > 0 && coalesce === 1) {
          let place = 0;
          const cuts = new Set<number>();
          for (let piece = 0; place <= written.length; piece++) {
            place += split[Math.min(piece, split.length - 1)] ?? 1;
            cuts.add(place);
          }
          let seen = 0;
          const places = own.pieces.map((piece) => (seen += piece.length));
          assert.ok([...cuts].every((cut) => cut > written.length || places.includes(cut)));
        }
      }),
    );
  });

  test('pieces have the lengths that were asked for, whatever the lengths of the writes', () => {
    const { pair, own } = join({ splitIncoming: [1, 3] });
    pair[1].write('ab');
    pair[1].write('cdefgh');
    pair.deliverAll();
    assert.deepEqual(own.log, ['data:a', 'data:b', 'data:cd', 'data:efg', 'data:h']);
  });

  test('bytes are held until enough have come together, the peer ends, or they are flushed', () => {
    const { pair, faulty, own } = join({ coalesceIncoming: 4 });
    for (const piece of ['a', 'b', 'c', 'de']) pair[1].write(piece);
    pair.deliverAll();
    assert.deepEqual(own.log, ['data:abcde']);
    pair[1].write('f');
    pair.deliverAll();
    faulty.flush();
    assert.deepEqual(own.log, ['data:abcde', 'data:f']);
    pair[1].write('g');
    pair[1].end();
    pair.deliverAll();
    assert.deepEqual(own.log, ['data:abcde', 'data:f', 'data:g', 'end']);
  });

  test('everything of the peer arrives later by the delay, its reset included', () => {
    const clock = new ManualClock();
    const { pair, own } = join({ delayIncoming: { clock, delayMs: 100 } });
    pair[1].write('a');
    pair.deliverAll();
    clock.advance(60);
    pair[1].reset();
    pair.deliverAll();
    clock.advance(39);
    assert.deepEqual(own.log, []);
    clock.advance(1);
    assert.deepEqual(own.log, ['data:a']);
    clock.advance(60);
    assert.deepEqual(own.log, ['data:a', 'closed:read ECONNRESET']);
  });

  test('a sink that pauses in the middle of the pieces gets the rest when it resumes, outside its own call', async () => {
    const { pair, faulty, own } = join({ splitIncoming: 1 }, (transport, event) => {
      if (event === 'data:a') transport.pause();
    });
    pair[1].write('abc');
    pair.deliverAll();
    assert.deepEqual(own.log, ['data:a']);
    faulty.resume();
    assert.deepEqual(own.log, ['data:a']);
    await microtasks();
    assert.deepEqual(own.log, ['data:a', 'data:b', 'data:c']);
  });

  test('a sink that destroys the connection in the middle of the pieces is told no more of them', () => {
    const { pair, own } = join({ splitIncoming: 1 }, (transport, event) => {
      if (event === 'data:b') transport.destroy();
    });
    pair[1].write('abc');
    pair.deliverAll();
    assert.deepEqual(own.log, ['data:a', 'data:b', 'closed']);
  });

  test('a connection that is destroyed while its end is still delayed is closed once', async () => {
    const clock = new ManualClock();
    const { pair, faulty, own } = join({ delayIncoming: { clock, delayMs: 100 } });
    pair[1].reset();
    pair.deliverAll();
    faulty.destroy();
    assert.equal(clock.pendingTimers, 0);
    assert.deepEqual(own.log, []);
    await microtasks();
    clock.advance(200);
    assert.deepEqual(own.log, ['closed']);
  });

  test('a paused sink is told at once of a write that failed', () => {
    const { pair, faulty, own } = join({});
    faulty.pause();
    assert.equal(faulty.write(Buffer.alloc(20_000)), false);
    pair[1].reset();
    pair.deliverAll();
    assert.deepEqual(own.log, ['closed:write ECONNRESET']);
  });

  test('the connection breaks once exactly so many bytes have arrived', () => {
    const { pair, own, peer } = join({ resetAfterReadBytes: 3 });
    pair[1].write('ab');
    pair[1].write('cde');
    pair.deliverAll();
    assert.deepEqual(own.log, ['data:ab', 'data:c', 'closed:read ECONNRESET']);
    assert.deepEqual(peer.log, ['closed:read ECONNRESET']);
  });

  test('the peer seems to end after so many bytes, and the other direction goes on', () => {
    const { pair, faulty, own, peer } = join({ endAfterReadBytes: 3 });
    pair[1].write('abcde');
    pair[1].write('f');
    pair.deliverAll();
    assert.deepEqual(own.log, ['data:abc', 'end']);
    faulty.write('answer');
    faulty.end();
    pair.deliverAll();
    assert.deepEqual(peer.log, ['data:answer', 'end']);
    pair[1].end();
    pair.deliverAll();
    assert.deepEqual(own.log, ['data:abc', 'end', 'closed']);
  });
});

describe('withFaults, outgoing', () => {
  test('the chosen write hands nothing on and breaks with the syscall write', () => {
    const { pair, faulty, own, peer } = join({ failWrite: 2 });
    assert.equal(faulty.write('first'), true);
    pair.deliverAll();
    assert.equal(faulty.failure, undefined);
    assert.equal(faulty.write('second'), false);
    assert.deepEqual(own.log, []);
    assert.equal((faulty.failure as NodeJS.ErrnoException | undefined)?.syscall, 'write', 'known before it is told');
    assert.equal(faulty.write('third'), false);
    pair.deliverAll();
    assert.deepEqual(own.log, ['closed:write ECONNRESET']);
    assert.deepEqual(peer.log, ['data:first', 'closed:read ECONNRESET']);
    const error = own.error as NodeJS.ErrnoException;
    assert.equal(error.code, 'ECONNRESET');
    assert.equal(error.syscall, 'write');
    assert.equal(faulty.failure, error);
  });

  test('a write that fails below is known at once, a reset that is still on its way is not', () => {
    const clock = new ManualClock();
    const { pair, faulty, own } = join({ delayIncoming: { clock, delayMs: 100 } });
    pair[1].reset();
    pair.deliver(pair[0]);
    assert.equal(faulty.write('into the void'), false);
    assert.equal(faulty.failure, undefined);
    clock.advance(100);
    assert.equal(faulty.failure, own.error);
    assert.deepEqual(own.log, ['closed:read ECONNRESET']);

    const below = join({});
    below.faulty.pause();
    below.pair[1].reset();
    below.pair.deliverAll();
    assert.equal(below.faulty.write('too late'), false);
    assert.deepEqual(below.own.log, []);
    assert.equal((below.faulty.failure as NodeJS.ErrnoException).syscall, 'write');
  });

  test('the connection breaks once so many bytes were written', () => {
    const { pair, faulty, own, peer } = join({ resetAfterWrittenBytes: 7 });
    faulty.write('first');
    pair.deliverAll();
    faulty.write('second');
    assert.equal(faulty.failure, undefined, 'reading tells it');
    pair.deliverAll();
    assert.equal(faulty.failure, own.error);
    assert.deepEqual(own.log, ['closed:read ECONNRESET']);
    assert.deepEqual(peer.log, ['data:first', 'closed:read ECONNRESET']);
  });

  test('a message is cut short by a FIN, and what is written behind it is lost', () => {
    const { pair, faulty, own, peer } = join({ endAfterWrittenBytes: 7 });
    faulty.write('first');
    faulty.write(Buffer.from('second'));
    faulty.write('third');
    faulty.end();
    pair.deliverAll();
    assert.deepEqual(peer.log, ['data:first', 'data:se', 'end']);
    pair[1].write('answer');
    pair[1].end();
    pair.deliverAll();
    assert.deepEqual(own.log, ['data:answer', 'end', 'closed']);
  });

  test('a black hole takes everything and says nothing, FIN included', () => {
    const { pair, faulty, own, peer } = join({ swallowWritesAfterBytes: 2 });
    assert.equal(faulty.write('first'), true);
    assert.equal(faulty.write('second'), true);
    faulty.end();
    pair.deliverAll();
    assert.deepEqual(peer.log, ['data:fi']);
    faulty.destroy();
    pair.deliverAll();
    assert.deepEqual(own.log, ['closed']);
  });

  test('back-pressure is passed on up to the place where the path begins to swallow', () => {
    const { pair, faulty, own } = join({ swallowWritesAfterBytes: 20_000 });
    assert.equal(faulty.write(Buffer.alloc(20_000)), false);
    pair.deliverAll();
    assert.deepEqual(own.log, ['drain']);
    assert.equal(faulty.write(Buffer.alloc(20_000)), true);
  });

  test('a path that goes dark carries nothing in either direction', () => {
    const { pair, faulty, own, peer } = join({});
    faulty.write('before');
    pair.deliverAll();
    faulty.goDark();
    faulty.write('after');
    pair[1].write('answer');
    pair[1].end();
    pair.deliverAll();
    assert.deepEqual(own.log, []);
    assert.deepEqual(peer.log, ['data:before']);
    faulty.destroy();
    pair.deliverAll();
    assert.deepEqual(own.log, ['closed']);
  });

  test('a write after the end is misuse, with faults as without', () => {
    const { faulty } = join({ swallowWritesAfterBytes: 0 });
    faulty.write('lost');
    faulty.end();
    assert.throws(() => faulty.write('late'), MisuseError);
  });

  test('numbers that a fault cannot have are named', () => {
    const [transport] = transportPair();
    const clock = new ManualClock();
    for (const [option, faults] of Object.entries({
      splitIncoming: { splitIncoming: [2, 0] },
      coalesceIncoming: { coalesceIncoming: 1.5 },
      delayIncoming: { delayIncoming: { clock, delayMs: -1 } },
      resetAfterReadBytes: { resetAfterReadBytes: -1 },
      failWrite: { failWrite: 0 },
    })) {
      assert.throws(
        () => withFaults(transport, faults),
        (error) => error instanceof OptionError && error.option === option,
      );
    }
  });
});
