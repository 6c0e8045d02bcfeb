// The order and the pace of RFC 8305: whatever the resolver says, and whatever the addresses do.
import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AddressRace } from '#src/io/address-race.js';
import { interleaveFamilies } from '#src/io/happy-eyeballs.js';
import { ManualClock } from '#src/testing/index.js';

const addresses = fc.array(
  fc.record({ family: fc.constantFrom(4, 6), number: fc.nat(9) }).map(({ family, number }) => ({
    family,
    address: family === 4 ? `192.0.2.${number}` : `2001:db8::${number}`,
  })),
  { maxLength: 12 },
);

describe('the order of the addresses of a name', () => {
  test('is that of the resolver within a family, and names every address once', () => {
    fc.assert(
      fc.property(addresses, (resolved) => {
        const order = interleaveFamilies(resolved);
        for (const family of [4, 6]) {
          const expected = new Set(resolved.filter((one) => one.family === family).map((one) => one.address));
          assert.deepEqual(
            order.filter((address) => net.isIP(address) === family),
            [...expected],
          );
        }
      }),
    );
  });

  test('begins with what the resolver named first, and takes turns for as long as both families have any', () => {
    fc.assert(
      fc.property(addresses, (resolved) => {
        const order = interleaveFamilies(resolved);
        assert.equal(order[0], resolved[0]?.address);
        const counts = [4, 6].map((family) => order.filter((address) => net.isIP(address) === family).length);
        const together = 2 * Math.min(...counts);
        for (let index = 1; index < together; index++) {
          assert.notEqual(net.isIP(order[index]!), net.isIP(order[index - 1]!));
        }
      }),
    );
  });
});

const DELAY_MS = 250;

type Action =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'answer' | 'fail'; readonly attempt: number };

const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400 }) }),
    fc.record({ do: fc.constantFrom('fail' as const, 'fail' as const, 'answer' as const), attempt: fc.nat(4) }),
  ),
  { maxLength: 15 },
);

describe('a race of addresses, whatever they do and when', () => {
  test('tries one after the other at its pace, has one end, and leaves nothing behind', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), actions, (count, script) => {
        const clock = new ManualClock();
        const names = Array.from({ length: count }, (_, index) => `192.0.2.${index}`);
        const started: { socket: net.Socket; atMs: number; failed: boolean }[] = [];
        const ends: string[] = [];
        const race = new AddressRace(
          {
            clock,
            attemptDelayMs: DELAY_MS,
            addresses: names,
            connect: (address) => {
              assert.equal(address, names[started.length], 'in order');
              const latest = started.at(-1);
              if (latest !== undefined) {
                const alone = started.every((attempt) => attempt.failed);
                const hadItsTime = clock.nowMs() - latest.atMs >= DELAY_MS;
                assert.ok(alone || latest.failed || hadItsTime, 'not before its time');
              }
              const socket = new net.Socket();
              started.push({ socket, atMs: clock.nowMs(), failed: false });
              return socket;
            },
          },
          {
            onRaceWon: (socket, address) => {
              assert.deepEqual([socket.listenerCount('connect'), socket.listenerCount('error')], [0, 0]);
              ends.push(address);
            },
            onRaceLost: (failed) => {
              assert.equal(failed.length, count);
              ends.push('lost');
            },
          },
        );
        race.start();
        let winner: net.Socket | undefined;
        for (const step of script) {
          if (step.do === 'wait') {
            clock.advance(step.ms);
            continue;
          }
          const attempt = started[step.attempt];
          if (attempt === undefined || attempt.failed || ends.length > 0) continue;
          if (step.do === 'answer') {
            winner = attempt.socket;
            attempt.socket.emit('connect');
          } else {
            attempt.failed = true;
            attempt.socket.emit('error', new Error('refused'));
          }
          if (ends.length > 0) continue;
          // Nobody waits for one that has failed while there are others to try.
          assert.ok(started.length === count || !started.at(-1)!.failed);
        }
        const over = winner !== undefined || (started.length === count && started.every(({ failed }) => failed));
        assert.equal(ends.length, over ? 1 : 0);
        if (!over) {
          assert.ok(started.length === count || clock.nowMs() - started.at(-1)!.atMs < DELAY_MS, 'in time');
          assert.deepEqual(race.silentAddresses.length, started.filter(({ failed }) => !failed).length);
          race.abort();
          assert.equal(ends.length, 0, 'an abort is silent');
        }
        for (const { socket } of started) assert.equal(socket.destroyed, socket !== winner);
        assert.equal(clock.pendingTimers, 0);
      }),
    );
  });
});
