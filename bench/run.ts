// The command behind `npm run bench`: which lines run, with what, and where the results go. Measures nothing itself.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { Finding } from './finding.ts';
import type { Line, Settings } from './line.ts';
import { apacheSite } from './lines/apache-site.ts';
import { clientConnections } from './lines/client-connections.ts';
import { clientDownload } from './lines/client-download.ts';
import { clientFetch, clientPipelined, clientPost, clientRequest } from './lines/client-requests.ts';
import { clientSafety } from './lines/client-safety.ts';
import { headScan } from './lines/head-scan.ts';
import { idleDeadlines } from './lines/idle-deadlines.ts';
import { idleMemory } from './lines/idle-memory.ts';
import { pipelined } from './lines/pipelined.ts';
import { staticFile } from './lines/static-file.ts';
import { traceOverhead } from './lines/trace-overhead.ts';
import { bareHeads, browserHeads } from './lines/unpipelined.ts';
import { planPinning } from './process/pinning.ts';
import { explainMissing, findTools } from './process/tools.ts';
import type { ToolName } from './process/tools.ts';
import { formatFinding, formatJson, formatMachine } from './report.ts';

const LINES: readonly Line[] = [
  headScan,
  bareHeads,
  browserHeads,
  pipelined,
  staticFile,
  apacheSite,
  traceOverhead,
  idleMemory,
  idleDeadlines,
  clientRequest,
  clientPost,
  clientFetch,
  clientPipelined,
  clientSafety,
  clientDownload,
  clientConnections,
];

const HELP = `Usage: npm run bench -- [options]

Compares perdura with its peers, side by side, and prints each ratio with its spread and its budget.

  --only NAME      one line only; may be given several times
  --rounds N       measurements of each contender (default 5)
  --seconds N      length of one measurement (default 2)
  --own-load       the benchmark's own load generator instead of wrk and h2load
  --json FILE      where the report goes (default build/bench-results.json)
  --help           this text

Lines:
${LINES.map(({ name, title }) => `  ${name.padEnd(18)} ${title}`).join('\n')}

Example: npm run bench -- --only pipelined --rounds 9
`;

function parseOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
      'own-load': { type: 'boolean', default: false },
      json: { type: 'string', default: 'build/bench-results.json' },
      help: { type: 'boolean', default: false },
    },
  });
  return values;
}

function readCount(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${option} is '${text}', it must be a whole number above 0`);
}

function selectLines(names: readonly string[]): readonly Line[] {
  const unknown = names.find((name) => !LINES.some((line) => line.name === name));
  if (unknown !== undefined) throw new Error(`there is no line '${unknown}'; --help lists them`);
  return names.length === 0 ? LINES : LINES.filter(({ name }) => names.includes(name));
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`);
}

function describeTools(settings: Settings): string {
  const wanted: readonly ToolName[] = ['taskset', 'wrk', 'h2load', 'nginx', 'apache2', 'perf'];
  return wanted.flatMap((name) => (settings.tools[name] === undefined ? [`${explainMissing(name)}\n`] : [])).join('');
}

async function runLines(lines: readonly Line[], settings: Settings): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const line of lines) {
    // One at a time: they would disturb each other.
    // oxlint-disable-next-line no-await-in-loop
    const found = await line.run(settings);
    showProgress('');
    console.log(`\n${line.title} (${line.name})`);
    for (const finding of found) console.log(formatFinding(finding));
    findings.push(...found);
  }
  return findings;
}

async function main(): Promise<void> {
  const values = parseOptions();
  if (values.help) {
    console.log(HELP);
    return;
  }
  const { wrk, h2load, ...others } = findTools();
  const generators = { ...(wrk === undefined ? {} : { wrk }), ...(h2load === undefined ? {} : { h2load }) };
  const tools = values['own-load'] ? others : { ...others, ...generators };
  const settings: Settings = {
    rounds: readCount('rounds', values.rounds),
    seconds: readCount('seconds', values.seconds),
    tools,
    pinning: planPinning(tools),
    progress: showProgress,
  };
  const lines = selectLines(values.only);
  const startedAt = new Date();
  console.log(formatMachine(settings));
  process.stdout.write(describeTools(settings));
  const findings = await runLines(lines, settings);
  mkdirSync(dirname(values.json), { recursive: true });
  writeFileSync(values.json, formatJson(settings, startedAt, findings));
  console.log(`\nEvery round: ${values.json}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
