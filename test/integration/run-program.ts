// Runs an external program to its end, bounded in time. What the output means is the affair of the test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a program ended and what it printed. */
export interface ProgramResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Longest time that a program may run before it is killed, which its result then tells as `signal`. */
const TIMEOUT_MS = 60_000;

async function collect(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** Standard input is `input`, then its end. A program that does not read all of it is no error of ours. */
export async function runProgram(
  path: string,
  args: readonly string[],
  input: Uint8Array | string = '',
): Promise<ProgramResult> {
  const environment: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C' };
  // A proxy of the machine must not come between the client and loopback.
  for (const name of Object.keys(environment)) if (/_proxy$/i.test(name)) delete environment[name];
  const child = spawn(path, args, { timeout: TIMEOUT_MS, killSignal: 'SIGKILL', env: environment });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [stdout, stderr, [code, signal]] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { code, signal, stdout, stderr: stderr.toString('latin1') };
}
