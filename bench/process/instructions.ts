// Instructions that a process executes in user space: they depend neither on what else the machine does nor on its clock, so two
// programs can be compared where times say nothing. Counted by perf; who may use it is up to the system.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Tools } from './tools.ts';

/** Runs `work` and counts what the process does meanwhile; undefined where that cannot be counted. */
export async function countInstructions<Result>(
  tools: Tools,
  pid: number,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly instructions: number | undefined }> {
  if (tools.perf === undefined) return { result: await work(), instructions: undefined };
  // perf counts while its command runs, and starts it when the counters are on: the echo tells that they are.
  const options = ['stat', '-x', ',', '-e', 'instructions:u', '-p', String(pid), 'cat'];
  const perf = spawn(tools.perf, options, { stdio: 'pipe' });
  let report = '';
  perf.stderr.on('data', (bytes: Buffer) => (report += bytes.toString('latin1')));
  perf.stdin.on('error', () => {});
  const exit = once(perf, 'close');
  perf.stdin.write('on\n');
  await Promise.race([once(perf.stdout, 'data'), exit]);
  const result = await work();
  perf.stdin.end();
  await exit;
  const count = Number(/^(\d+),/m.exec(report)?.[1] ?? Number.NaN);
  return { result, instructions: Number.isNaN(count) ? undefined : count };
}
