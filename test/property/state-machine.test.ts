// The tables of the states: total, forward only, and settled from everywhere that can be reached.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MisuseError } from '#src/errors.js';
import type { CloseReason } from '#src/http/close-reason.js';
import {
  EXCHANGE_OUTCOMES,
  Exchange,
  PERSISTENCE_TRANSITIONS,
  REQUEST_TRANSITIONS,
  RESPONSE_TRANSITIONS,
} from '#src/wire/index.js';
import type { MessageEvent, MessageState, PersistenceEvent, PersistenceState } from '#src/wire/index.js';
import { ConnectionMachine } from '#src/wire/machine.js';

const STATES: readonly MessageState[] = ['awaited', 'body', 'complete', 'failed'];
const EVENTS: readonly MessageEvent[] = ['interim', 'head', 'data', 'end', 'whole', 'fail'];
const PERSISTENCE: readonly PersistenceState[] = ['persistent', 'closing', 'closed'];
const PERSISTENCE_EVENTS: readonly PersistenceEvent[] = ['retired', 'lastRetired', 'broken', 'stop', 'stopIdle'];
const TABLES = { request: REQUEST_TRANSITIONS, response: RESPONSE_TRANSITIONS };
const SIDES = ['request', 'response'] as const;

function openExchange(): { machine: ConnectionMachine; exchange: Exchange } {
  const machine = new ConnectionMachine();
  const exchange = new Exchange('GET', 1, false, false);
  machine.open(exchange);
  return { machine, exchange };
}

type Step = readonly [side: 'request' | 'response', event: MessageEvent];

function describeExchange({ requestState, responseState }: Exchange): string {
  return `${requestState}/${responseState}`;
}

/** Every pair of states that one exchange can be brought to, with the shortest way to it. */
function reachable(): Map<string, readonly Step[]> {
  const ways = new Map<string, readonly Step[]>([['awaited/awaited', []]]);
  for (const [, way] of ways) {
    for (const side of SIDES) {
      for (const event of EVENTS) {
        const { machine, exchange } = openExchange();
        for (const [earlierSide, earlier] of way) machine[earlierSide](exchange, earlier);
        if (TABLES[side][exchange[`${side}State`]][event] === undefined) continue;
        machine[side](exchange, event);
        const found = describeExchange(exchange);
        if (!ways.has(found)) ways.set(found, [...way, [side, event]]);
      }
    }
  }
  return ways;
}

describe('the tables', () => {
  test('name every state, and lead nowhere else', () => {
    for (const side of SIDES) {
      assert.deepEqual(Object.keys(TABLES[side]).toSorted(), STATES.toSorted());
      for (const targets of Object.values(TABLES[side])) {
        for (const [event, target] of Object.entries(targets)) {
          assert.ok(EVENTS.includes(event as MessageEvent));
          assert.ok(STATES.includes(target));
        }
      }
    }
    for (const request of STATES) {
      for (const response of STATES) assert.ok(EXCHANGE_OUTCOMES[request][response] !== undefined);
    }
  });

  test('never lead back to an earlier state', () => {
    for (const side of SIDES) {
      for (const from of STATES) {
        for (const to of Object.values(TABLES[side][from])) {
          assert.ok(STATES.indexOf(to) >= STATES.indexOf(from), `${side}: ${from} → ${to}`);
        }
      }
    }
    for (const from of PERSISTENCE) {
      for (const event of PERSISTENCE_EVENTS) {
        const to = PERSISTENCE_TRANSITIONS[from][event];
        assert.ok(PERSISTENCE.indexOf(to) >= PERSISTENCE.indexOf(from), `${from} → ${to}`);
      }
    }
  });

  test('let a failed message of either side end in a broken exchange, once there is nothing left to answer', () => {
    for (const other of STATES) assert.equal(EXCHANGE_OUTCOMES[other].failed, 'broken');
    assert.equal(EXCHANGE_OUTCOMES.failed.complete, 'broken');
    assert.equal(EXCHANGE_OUTCOMES.complete.complete, 'retired');
  });
});

describe('the machine', () => {
  test('takes every event that is listed for the state of a message, and refuses every other', () => {
    for (const [place, way] of reachable()) {
      for (const side of SIDES) {
        for (const event of EVENTS) {
          const { machine, exchange } = openExchange();
          for (const [earlierSide, earlier] of way) machine[earlierSide](exchange, earlier);
          const before = exchange[`${side}State`];
          const expected = TABLES[side][before][event];
          if (expected === undefined) {
            assert.throws(() => machine[side](exchange, event), MisuseError, `${place} ${side} ${event}`);
            assert.equal(describeExchange(exchange), place, 'a refused event changes nothing');
          } else {
            machine[side](exchange, event);
            assert.equal(exchange[`${side}State`], expected);
          }
        }
      }
    }
  });

  test('retires or breaks an exchange from every state that it can reach', () => {
    const places = reachable();
    assert.ok(places.size > 10, [...places.keys()].join(' '));
    for (const [place, way] of places) {
      const { machine, exchange } = openExchange();
      for (const [side, event] of way) machine[side](exchange, event);
      for (let steps = 0; machine.oldest !== undefined; steps += 1) {
        assert.ok(steps < 6, `stuck in ${describeExchange(exchange)} from ${place}`);
        const side = exchange.responseState === 'complete' ? 'request' : 'response';
        machine[side](exchange, exchange[`${side}State`] === 'awaited' ? 'head' : 'end');
      }
      assert.equal(machine.newest, undefined);
    }
  });

  type Operation = (machine: ConnectionMachine, exchanges: Exchange[]) => void;
  const REASONS: readonly CloseReason[] = ['draining', 'peerSentClose', 'protocolError'];
  const messageEvent = fc
    .tuple(fc.constantFrom(...SIDES), fc.nat({ max: 5 }), fc.constantFrom(...EVENTS))
    .map(([side, which, event]): Operation => (machine, exchanges) => {
      const exchange = exchanges.at(-1 - which);
      if (exchange !== undefined) machine[side](exchange, event);
    });
  const operation: fc.Arbitrary<Operation> = fc.oneof(
    { weight: 12, arbitrary: messageEvent },
    {
      weight: 4,
      arbitrary: fc.constant<Operation>((machine, exchanges) => {
        const exchange = new Exchange('GET', 1, false, false);
        machine.open(exchange);
        exchanges.push(exchange);
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...REASONS).map((reason): Operation => (machine, exchanges) => {
        const open = exchanges.filter((each) => isOpen(machine, each));
        machine.stopAfter(open[0], reason);
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...REASONS).map(
        (reason): Operation =>
          (machine) =>
            machine.break(reason),
      ),
    },
  );

  function isOpen(machine: ConnectionMachine, exchange: Exchange): boolean {
    for (let each = machine.oldest; each !== undefined; each = each.next) if (each === exchange) return true;
    return false;
  }

  test('holds its promises after any sequence of operations, misuse among them', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        const machine = new ConnectionMachine();
        const exchanges: Exchange[] = [];
        let rank = 0;
        let reason: CloseReason | undefined;
        for (const run of operations) {
          try {
            run(machine, exchanges);
          } catch (error) {
            assert.ok(error instanceof MisuseError, String(error));
          }
          const { persistence, closeReason, oldest, newest } = machine;
          assert.ok(PERSISTENCE.indexOf(persistence) >= rank, 'persistence goes forward');
          rank = PERSISTENCE.indexOf(persistence);
          if (reason !== undefined) assert.equal(closeReason, reason, 'the first reason stays');
          reason = closeReason;
          assert.equal(persistence === 'persistent', closeReason === undefined, 'there is a reason for every end');
          assert.equal(oldest === undefined, newest === undefined);
          if (oldest !== undefined) {
            assert.equal(EXCHANGE_OUTCOMES[oldest.requestState][oldest.responseState], 'underWay', 'it has settled');
            assert.ok(isOpen(machine, newest!), 'the newest stands in the line');
            assert.equal(newest!.next, undefined);
          }
        }
      }),
      { numRuns: 5000 },
    );
  });
});
