// What makes a server out of a configuration file: a program in a process of its own, or the product in this one, where it need not start anew.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { main } from '#src/cli/main.js';
import { FakeTerminal } from '../../../cli/fake-terminal.ts';

/** A server that was started and may listen by now. */
export interface StartedServer {
  /** What it printed so far. */
  readonly output: string;
  /** How it ended; undefined while it runs. */
  readonly ended: string | undefined;
  /** Ends it, and waits for that. */
  stop(): Promise<void>;
}

export interface ServerProgram {
  /** Names the side in what is reported, and its folder. */
  readonly name: string;
  /** The value of its Server field where the configuration says `ServerTokens Prod`. */
  readonly serverName: string;
  start(configuration: string): StartedServer;
}

const STOP_TIMEOUT_MS = 5_000;

/** Ends with this process, also where that is ended from outside, as the runner of the tests does. */
const running = new Set<() => void>();
process.on('exit', () => {
  for (const kill of running) kill();
});
process.once('SIGTERM', () => process.exit(143));

/** Local times in listings and logs are the same for all. */
process.env['TZ'] = 'UTC';

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

/** Runs the command line in this process, with a terminal and signals of its own. */
export function startHere(args: readonly string[]): StartedServer {
  const terminal = new FakeTerminal();
  let ended: string | undefined;
  const over = main(args, terminal).then(
    (code) => (ended = String(code)),
    (error: unknown) => (ended = String(error)),
  );
  return {
    get output() {
      return terminal.stdout.text + terminal.stderr.text;
    },
    get ended() {
      return ended;
    },
    async stop() {
      if (ended !== undefined) return;
      if (!terminal.send('SIGTERM')) throw new Error('nobody listens to SIGTERM');
      let deadline: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => (deadline = setTimeout(resolve, STOP_TIMEOUT_MS)));
      await Promise.race([over, late]);
      clearTimeout(deadline);
      if (ended === undefined) throw new Error(`it does not end: ${terminal.stderr.text}`);
    },
  };
}
