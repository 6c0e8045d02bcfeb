// The wire against node:http, message for message. Where they disagree, a rule of differences.ts says why, or the test fails.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { WireRole } from '#src/wire/index.js';
import { requestBytes, responseBytes } from '../property/message-arbitraries.ts';
import { compareObservations } from './compare-observations.ts';
import { DIFFERENCES } from './differences.ts';
import type { DifferenceRule } from './differences.ts';
import { observeNodeClient, observeNodeServer } from './node-peer.ts';
import { observeOurs } from './observation.ts';
import type { Observation } from './observation.ts';

/** Connections that node:http has open at once. */
const BATCH = 100;

/** The version of llhttp that the rules were found with. A later one may be stricter, and then some rules are never met. */
const RULES_ARE_OF_LLHTTP = /^9\.3\./;

async function observeTheirs(role: WireRole, texts: readonly string[], method: string): Promise<Observation[]> {
  const observations: Observation[] = [];
  for (let start = 0; start < texts.length; start += BATCH) {
    const batch = texts.slice(start, start + BATCH);
    const observed = role === 'server' ? observeNodeServer(batch) : observeNodeClient(batch, method);
    observations.push(...(await observed));
  }
  return observations;
}

/** Every text with the rule that it falls under; undefined where both agree. */
async function classify(
  role: WireRole,
  texts: readonly string[],
  method = 'GET',
): Promise<Array<DifferenceRule | undefined>> {
  const theirs = await observeTheirs(role, texts, method);
  return texts.map((text, index) => {
    const ours = observeOurs(role, text, role === 'client', method);
    const disagreement = compareObservations(text, ours, theirs[index]!);
    if (disagreement === undefined) return undefined;
    const found = DIFFERENCES.find((rule) => rule.examples[role] !== undefined && rule.applies(disagreement));
    const { kind } = disagreement;
    assert.ok(
      found,
      `${kind} at message ${disagreement.index} of ${JSON.stringify(text)}\nours ${JSON.stringify(ours)}\ntheirs ${JSON.stringify(theirs[index])}`,
    );
    return found;
  });
}

describe('the wire and node:http', () => {
  for (const { role, bytes, method, count } of [
    { role: 'server', bytes: requestBytes, method: 'GET', count: 3000 },
    { role: 'client', bytes: responseBytes, method: 'GET', count: 1500 },
    { role: 'client', bytes: responseBytes, method: 'HEAD', count: 500 },
  ] as const) {
    test(`mean the same by ${count} streams of messages, whole and damaged, as a ${role} (${method})`, async (t) => {
      const texts = fc.sample(bytes, { numRuns: count, seed: 20_261_121 });
      const met = new Map<string, number>();
      for (const rule of await classify(role, texts, method)) {
        const name = rule === undefined ? 'agreed' : `${rule.name} (${rule.stricter} are stricter, ${rule.clause})`;
        met.set(name, (met.get(name) ?? 0) + 1);
      }
      for (const [name, times] of met) t.diagnostic(`${String(times).padStart(5)}  ${name}`);
      assert.ok((met.get('agreed') ?? 0) > count / 2, 'most streams are understood alike');
    });
  }

  for (const role of ['server', 'client'] as const) {
    test(`differ as a ${role} in each of the ways that are listed, and no rule hides another`, async (t) => {
      const rules = DIFFERENCES.filter((rule) => rule.examples[role] !== undefined);
      const found = await classify(
        role,
        rules.map((rule) => rule.examples[role]!),
      );
      const version = process.versions['llhttp'] ?? '';
      for (const [index, rule] of rules.entries()) {
        if (found[index] === undefined && !RULES_ARE_OF_LLHTTP.test(version)) {
          t.diagnostic(`with llhttp ${version} both agree about '${rule.name}'`);
        } else {
          assert.equal(found[index]?.name, rule.name);
        }
      }
    });
  }
});
