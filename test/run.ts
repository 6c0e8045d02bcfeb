// Runs the compiled tests, each file in a process of its own: all, or those whose path contains one of the arguments.
// With PERDURA_TEST_EXTERNAL=required a skipped test is a failure: a machine that has every program must run every test.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { run } from 'node:test';
import { spec, type TestEvent } from 'node:test/reporters';

/** Longest time that one file may take; what takes longer hangs. */
const FILE_TIMEOUT_MS = 240_000;

const SUMMARY_LINE = /^(?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

const root = import.meta.dirname;
const words = process.argv.slice(2);
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .toSorted()
  .map((file) => path.join(root, file));

if (files.length === 0) {
  console.error(`No test file ${words.length === 0 ? 'was built' : `contains ${words.join(' or ')} in its path`}.`);
  process.exit(1);
}

const skipped: string[] = [];
const stream = run({ files, concurrency: availableParallelism(), timeout: FILE_TIMEOUT_MS });
stream.on('test:pass', (event) => {
  if (event.skip === undefined || event.skip === false) return;
  const why = typeof event.skip === 'string' && event.skip !== '' ? ` (${event.skip})` : '';
  skipped.push(`${path.relative(root, event.file ?? '')}: ${event.name}${why}`);
});
stream.on('test:fail', (event) => {
  // A failure that is announced as one is none.
  if (event.todo === undefined || event.todo === false) process.exitCode = 1;
});
// The reporter lists the failures behind the summary; held back, the summary is what the run ends with.
const summary: string[] = [];
async function* withoutSummary(events: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
  for await (const event of events) {
    if (event.type === 'test:diagnostic' && SUMMARY_LINE.test(event.data.message)) summary.push(event.data.message);
    else yield event;
  }
}

const report = Readable.from(withoutSummary(stream)).pipe(new spec());
report.on('end', () => {
  if (skipped.length > 0 && process.env['PERDURA_TEST_EXTERNAL'] === 'required') {
    console.log(`\nSkipped, although PERDURA_TEST_EXTERNAL=required:\n${skipped.join('\n')}\n`);
    process.exitCode = 1;
  }
  console.log(summary.map((line) => `ℹ ${line}`).join('\n'));
});
report.pipe(process.stdout);
