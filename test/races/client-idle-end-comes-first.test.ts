// An idle connection ends, or speaks unasked, before the next request.
//
// 1. The connection served a request and is idle.
// 2. The server ends it, or sends bytes that nobody asked for.
// 3. That arrives at the client.
// 4. The client sends a request.
//
// The request goes out on a new connection as if the old one had never been: nothing is lost, nothing is repeated, and the bytes
// are given to nobody.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BadPeerFault } from '#src/testing/bad-peer/index.js';
import { ClientRace } from './client-race.ts';
import { oneShotShapes, REPLAYABLE_SHAPES } from './request-shapes.ts';

interface IdleFault {
  readonly name: string;
  readonly fault: BadPeerFault;
  /** What the client closes the connection for. */
  readonly reason: string;
  readonly unsolicited?: string;
}

const when = { connection: 1, times: 1 };

const FAULTS: readonly IdleFault[] = [
  { name: 'FIN', fault: { kind: 'closeWhenIdle', ending: 'fin', when }, reason: 'peerClosed' },
  { name: 'FIN that lingers', fault: { kind: 'closeWhenIdle', ending: 'linger', when }, reason: 'peerClosed' },
  { name: 'a half-close', fault: { kind: 'closeWhenIdle', ending: 'halfClose', when }, reason: 'peerClosed' },
  { name: 'RST', fault: { kind: 'closeWhenIdle', ending: 'reset', when }, reason: 'peerReset' },
  { name: 'FIN at the end of the turn', fault: { kind: 'closeWhenIdle', turn: 'next', when }, reason: 'peerClosed' },
  {
    name: '408 and FIN',
    fault: { kind: 'requestTimeoutWhenIdle', when },
    reason: 'unsolicitedBytes',
    unsolicited: '408',
  },
  {
    name: '408 and an open end',
    fault: { kind: 'requestTimeoutWhenIdle', ending: 'none', when },
    reason: 'unsolicitedBytes',
    unsolicited: '408',
  },
  { name: 'FIN against a promise', fault: { kind: 'lyingHint', when }, reason: 'peerClosed' },
  { name: 'FIN before max= is reached', fault: { kind: 'lyingMax', serves: 1, when }, reason: 'peerClosed' },
  ...(
    [
      ['response', 'poison'],
      ['partialHead', 'Content-Le'],
      ['interim', '100 Continue'],
      ['emptyLine', '\r\n'],
      ['garbage', 'not HTTP'],
    ] as const
  ).map(([bytes, unsolicited]): IdleFault => ({
    name: `poison, ${bytes}`,
    fault: { kind: 'poison', bytes, when },
    reason: 'unsolicitedBytes',
    unsolicited,
  })),
];

for (const { name, fault, reason, unsolicited } of FAULTS) {
  describe(`behind ${name}`, () => {
    for (const shape of [...REPLAYABLE_SHAPES, ...oneShotShapes()]) {
      test(`${shape.name} is answered on a new connection, and sent once`, async () => {
        // What a hint says comes with the answer; all else happens once the connection is idle.
        const lies = fault.kind === 'lyingHint' || fault.kind === 'lyingMax';
        const race = new ClientRace(lies ? { fault } : {});
        await race.run('GET', '/first');
        if (!lies) race.peer.setFault(fault);
        await race.settle();
        assert.ok(race.log.includes('GET /first: 200 own'), race.log.join('\n'));
        assert.ok(race.log.includes(`closed 1 ${reason}`), race.log.join('\n'));
        race.driven.log.length = 0;
        await race.run(shape.method, '/x', shape.options);
        assert.deepEqual(race.log, [
          'opened 2',
          'peer 2: executes /x',
          'response 2 200',
          `${shape.method} /x: 200 own`,
        ]);
        for (const event of race.driven.events) {
          if (event.type === 'closed' && unsolicited !== undefined) assert.ok(event.unsolicited?.includes(unsolicited));
        }
        assert.deepEqual(await race.leftovers(), []);
      });
    }
  });
}

test('a connection that was opened ahead of need is given up as one that was used', async () => {
  const race = new ClientRace({ fault: { kind: 'requestTimeoutWhenIdle', when: { request: 0, times: 1 } } });
  await Promise.all([race.driven.session.preconnect('/'), race.settle()]);
  assert.deepEqual(race.log, ['peer 1: FIN', 'opened 1', 'closed 1 unsolicitedBytes']);
  await race.run('POST', '/x');
  assert.deepEqual(race.log.slice(3), ['opened 2', 'peer 2: executes /x', 'response 2 200', 'POST /x: 200 own']);
});
