// A server that a test started: what it printed, how it ended, and when it listens. Which program it is does not matter here.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A server that was started and may listen by now. */
export interface StartedServer {
  /** What it printed so far. */
  readonly output: string;
  /** How it ended; undefined while it runs. */
  readonly ended: string | undefined;
  /** Ends it, and waits for that. */
  stop(): Promise<void>;
}

/** A machine that does much else takes its time. */
const START_TIMEOUT_MS = 30_000;
export const STOP_TIMEOUT_MS = 5_000;

/** Ends with this process, also where that is ended from outside, as the runner of the tests does. */
const running = new Set<() => void>();
process.on('exit', () => {
  for (const kill of running) kill();
});
process.once('SIGTERM', () => process.exit(143));

/** Starts a command; SIGTERM ends it. */
export function startProcess(command: string, args: readonly string[]): StartedServer {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
  const kill = (): void => void child.kill('SIGTERM');
  running.add(kill);
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString('latin1')));
  child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString('latin1')));
  child.once('exit', () => running.delete(kill));
  return {
    get output() {
      return output;
    },
    get ended() {
      const how = child.exitCode ?? child.signalCode;
      return how === null ? undefined : String(how);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const over = once(child, 'exit');
      kill();
      const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await over;
      clearTimeout(deadline);
    },
  };
}

/** Why nobody listens on the port of 127.0.0.1; undefined as soon as somebody does. */
export async function troubleAtStart(server: StartedServer, port: number): Promise<string | undefined> {
  for (const startedAt = performance.now(); !(await answers(port)); await delay(5)) {
    if (server.ended !== undefined) return `it ended (${server.ended})\n${server.output}`;
    if (performance.now() - startedAt > START_TIMEOUT_MS)
      return `it does not listen after ${START_TIMEOUT_MS} ms\n${server.output}`;
  }
  return undefined;
}

async function answers(port: number): Promise<boolean> {
  const socket = net.connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
