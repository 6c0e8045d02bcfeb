// The same faults for perdura and other clients of Node.js, over real sockets: what do they lose, repeat, or mix up? A script, no test:
// its table stands in docs/fault-comparison.md. perdura's own column is asserted by faults.test.ts.
//
//   npm run build && npm run build:test && node build/test/integration/fault-comparison.js [--requests N] [--only WORD]
import os from 'node:os';
import { parseArgs } from 'node:util';
import { FAULT_CLIENTS } from './fault-clients.ts';
import { FAULT_SCENARIOS, playScenario } from './fault-scenarios.ts';

const { values } = parseArgs({ options: { requests: { type: 'string' }, only: { type: 'string' } } });
const requests = Number(values.requests ?? 200);
const only = values.only ?? '';

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const names = Object.keys(FAULT_CLIENTS);
print(
  `${new Date().toISOString().slice(0, 10)}, Node.js ${process.version}, ${os.type()} ${os.release()}, ${requests} requests each\n`,
);
print(`| fault | ${names.join(' | ')} |`);
print(`| --- |${' --- |'.repeat(names.length)}`);
for (const scenario of FAULT_SCENARIOS) {
  if (!scenario.name.includes(only)) continue;
  const cells: string[] = [];
  for (const makeClient of Object.values(FAULT_CLIENTS)) {
    const tally = await playScenario(scenario, makeClient, requests);
    cells.push(`${tally.lostIdempotent} · ${tally.lostPosts} · ${tally.repeatedPosts} · ${tally.foreign}`);
  }
  print(`| ${scenario.name} | ${cells.join(' | ')} |`);
}
process.exit();
