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

const RUNS = Number(process.env['PERDURA_FAULT_RUNS'] ?? 250);
const FIRST_SEED = Number(process.env['PERDURA_FAULT_SEED'] ?? 1);

/** What came of all runs against one fault. */
interface Figures {
  requests: number;
  retries: number;
  hedges: number;
  readonly outcomes: Map<string, number>;
  readonly failure: Error | undefined;
}

async function playAndJudge(run: FaultRun, outcomes: Map<string, number>): Promise<void> {
  await run.play();
  for (const request of run.requests) {
    const outcome = judge(run, request);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  assert.deepEqual(await run.leftovers(), []);
}

async function playAll(kind: BadPeerFaultKind): Promise<Figures> {
  const figures: Figures = { requests: 0, retries: 0, hedges: 0, outcomes: new Map(), failure: undefined };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) {
    const run = new FaultRun(seed, kind);
    try {
      await playAndJudge(run, figures.outcomes);
    } catch (error) {
      const how = `PERDURA_FAULT_RUNS=1 PERDURA_FAULT_SEED=${seed}, ${kind}`;
      const failure = new Error(`${String(error)}\n${how}\n${run.describe()}`, { cause: error });
      return { ...figures, failure };
    }
    const { requests, retries, hedges } = run.driven.session.stats();
    figures.requests += requests;
    figures.retries += retries;
    figures.hedges += hedges;
  }
  return figures;
}

// Before the first test is declared: from then on the runner follows every promise, which takes longer than the runs themselves.
const figures = new Map<BadPeerFaultKind, Figures>();
for (const kind of BAD_PEER_FAULT_KINDS) figures.set(kind, await playAll(kind));

for (const [kind, { requests, retries, hedges, outcomes, failure }] of figures) {
  test(`${kind}: no request is lost, repeated or mixed up that need not be`, (context) => {
    if (failure !== undefined) throw failure;
    const counted = [...outcomes]
      .toSorted(([, left], [, right]) => right - left)
      .map(([name, count]) => `${name} ${count}`);
    context.diagnostic(
      `${kind}: ${RUNS} runs, ${requests} requests, ${retries} retries, ${hedges} hedges; ${counted.join(', ')}`,
    );
    assert.ok(requests >= RUNS);
  });
}
