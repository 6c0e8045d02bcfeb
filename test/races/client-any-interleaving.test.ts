// Whatever a peer does wrong, whenever it does it, and however its bytes are cut and delayed: no idempotent request fails where a
// healthy connection can be had, no other request is executed twice, nobody gets what is not his, every failure says what is known,
// and nothing is left behind. A search for states nobody thought of; fault-oracle.ts says precisely what may be.
//
// PERDURA_FAULT_RUNS sets the number of runs for each fault, PERDURA_FAULT_SEED the first seed: a failure prints both.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BAD_PEER_FAULT_KINDS } from '#src/testing/bad-peer/index.js';
import type { BadPeerFaultKind } from '#src/testing/bad-peer/index.js';
import { judge } from './fault-oracle.ts';
import { FaultRun } from './fault-run.ts';

const RUNS = Number(process.env['PERDURA_FAULT_RUNS'] ?? 500);
const FIRST_SEED = Number(process.env['PERDURA_FAULT_SEED'] ?? 1);

async function playOne(seed: number, kind: BadPeerFaultKind, outcomes: Map<string, number>): Promise<FaultRun> {
  const run = new FaultRun(seed, kind);
  try {
    await run.play();
    for (const request of run.requests) {
      const outcome = judge(run, request);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    assert.deepEqual(await run.leftovers(), []);
  } catch (error) {
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}\nPERDURA_FAULT_RUNS=1 PERDURA_FAULT_SEED=${seed}, ${kind}\n${run.describe()}`,
      { cause: error },
    );
  }
  return run;
}

for (const kind of BAD_PEER_FAULT_KINDS) {
  test(`${kind}: no request is lost, repeated or mixed up that need not be`, async (context) => {
    const outcomes = new Map<string, number>();
    let requests = 0;
    let retries = 0;
    let hedges = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) {
      const run = await playOne(seed, kind, outcomes);
      const stats = run.driven.session.stats();
      requests += stats.requests;
      retries += stats.retries;
      hedges += stats.hedges;
    }
    const counted = [...outcomes].toSorted(([, left], [, right]) => right - left).map(([name, count]) => `${name} ${count}`);
    context.diagnostic(
      `${kind}: ${RUNS} runs, ${requests} requests, ${retries} retries, ${hedges} hedges; ${counted.join(', ')}`,
    );
    assert.ok(requests > RUNS);
  });
}
