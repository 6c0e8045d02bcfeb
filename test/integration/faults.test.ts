// The column of perdura in docs/fault-comparison.md, over real sockets and with fewer requests: what must never happen, and what need not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULT_CLIENTS } from './fault-clients.ts';
import { FAULT_SCENARIOS, playScenario } from './fault-scenarios.ts';

const REQUESTS = 40;

/** Where even a POST need not fail: what is wrong can be seen before it is sent. */
const LOSES_NOTHING = /^blocked loop|^poisonous|^says close/;

for (const scenario of FAULT_SCENARIOS) {
  test(`${scenario.name}: no GET and no PUT is lost, no POST is executed twice, and nobody gets what is not his`, async () => {
    const tally = await playScenario(scenario, FAULT_CLIENTS['perdura']!, REQUESTS);
    assert.equal(tally.requests, REQUESTS);
    assert.equal(tally.repeatedPosts, 0);
    if (scenario.canCross === true) return;
    assert.deepEqual([tally.lostIdempotent, tally.foreign], [0, 0]);
    if (LOSES_NOTHING.test(scenario.name)) assert.equal(tally.lostPosts, 0);
  });
}
