// Whatever a peer does wrong, whenever it does it, and however its bytes are cut and delayed: no idempotent request fails where a
// healthy connection can be had, no other request is executed twice, nobody gets what is not his, every failure says what is known,
// and nothing is left behind. A search for states nobody thought of; fault-oracle.ts says precisely what may be.
//
// PERDURA_FAULT_RUNS sets the number of runs for each fault, PERDURA_FAULT_SEED the first seed: a failure prints both. Without them
// 500 are played, or as many as fit into half a minute.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BAD_PEER_FAULT_KINDS } from '#src/testing/bad-peer/index.js';
import type { BadPeerFaultKind } from '#src/testing/bad-peer/index.js';
import { judge } from './fault-oracle.ts';
import { FaultRun } from './fault-run.ts';

/** Without a wish: the same ones on every machine that is fast enough for them. */
const RUNS = Number(process.env['PERDURA_FAULT_RUNS'] ?? 500);
const FIRST_SEED = Number(process.env['PERDURA_FAULT_SEED'] ?? 1);
const BUDGET_MS = process.env['PERDURA_FAULT_RUNS'] === undefined ? 30_000 : Infinity;

/** What came of all runs against one fault. */
class Figures {
  runs = 0;
  requests = 0;
  retries = 0;
  hedges = 0;
  readonly outcomes = new Map<string, number>();
  /** The first failure ends the runs against this fault. */
  failure: Error | undefined;

  async play(seed: number, kind: BadPeerFaultKind): Promise<void> {
    const run = new FaultRun(seed, kind);
    try {
      await run.play();
      for (const request of run.requests) this.#count(judge(run, request));
      assert.deepEqual(await run.leftovers(), []);
    } catch (error) {
      const how = `PERDURA_FAULT_RUNS=1 PERDURA_FAULT_SEED=${seed}, ${kind}`;
      this.failure = new Error(`${String(error)}\n${how}\n${run.describe()}`, { cause: error });
    }
    const { requests, retries, hedges } = run.driven.session.stats();
    this.runs += 1;
    this.requests += requests;
    this.retries += retries;
    this.hedges += hedges;
  }

  format(): string {
    const counted = [...this.outcomes].toSorted(([, left], [, right]) => right - left);
    const outcomes = counted.map(([name, count]) => `${name} ${count}`).join(', ');
    return `${this.runs} runs, ${this.requests} requests, ${this.retries} retries, ${this.hedges} hedges; ${outcomes}`;
  }

  #count(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}

// Before the first test is declared: from then on the runner follows every promise, which takes longer than the runs themselves.
const figures = new Map(BAD_PEER_FAULT_KINDS.map((kind) => [kind, new Figures()]));
const endMs = performance.now() + BUDGET_MS;
for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS && performance.now() < endMs; seed += 1) {
  for (const [kind, figuresOfKind] of figures) {
    if (figuresOfKind.failure === undefined) await figuresOfKind.play(seed, kind);
  }
}

for (const [kind, figuresOfKind] of figures) {
  test(`${kind}: no request is lost, repeated or mixed up that need not be`, (context) => {
    if (figuresOfKind.failure !== undefined) throw figuresOfKind.failure;
    context.diagnostic(`${kind}: ${figuresOfKind.format()}`);
    assert.ok(figuresOfKind.requests >= figuresOfKind.runs);
  });
}
