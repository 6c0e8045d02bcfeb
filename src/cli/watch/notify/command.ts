// `--on-change CMD`: runs a command of the shell for each change. The event is in the environment and never part of the command: the
// words of a peer must not become words of the shell.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { kill, platform } from 'node:process';
import { systemClock } from '../../../io/index.ts';
import type { Clock } from '../../../io/index.ts';
import { printable } from '../../../text/index.ts';
import { CommandOutput } from './command-output.ts';
import { Deliveries } from './deliveries.ts';
import type { DeliveryLimits, DeliveryMoment } from './deliveries.ts';
import type { Notifier, NotifyTools, WatchChange } from './notifier.ts';

/** Options of {@link commandNotifier}. */
export interface CommandNotifierOptions extends DeliveryLimits, NotifyTools {
  /** What the command finds in its environment beside the event. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How long one run may take. Default 30,000; then it is asked to end, and two seconds later made to. */
  readonly runTimeoutMs?: number;
  /** Which of several commands it is: `2`. Default: the only one. */
  readonly ordinal?: number | undefined;
  /** Told of every run that begins, with what ends it at once; the result is called when it is over. For a process that ends early. */
  readonly onRun?: ((endAtOnce: () => void) => () => void) | undefined;
}

/** How long a command may take to end after it was asked to. */
const GRACE_MS = 2_000;

/** Longest text of an event in the environment: Linux refuses to run what has a variable above 128 KiB. */
const MOST_CHARACTERS = 4_096;

/** Groups of processes, so that what the shell has started can be ended with it; and Ctrl-C on the terminal does not reach it. */
const HAS_GROUPS = platform !== 'win32';

/** See the head of the file. */
export function commandNotifier(command: string, options: CommandNotifierOptions): Notifier {
  const { tell, environment, runTimeoutMs = 30_000, clock = systemClock, ordinal, onRun } = options;
  const name = `on-change ${programOf(command)}${ordinal === undefined ? '' : ` #${ordinal}`}`;
  return new Deliveries(
    {
      name,
      tell,
      deliver: (change, moment) => {
        const output = new CommandOutput((line) => tell(printable(`${name}: ${line}`)));
        const run = new CommandRun({ command, change, environment, output, runTimeoutMs, clock });
        const forget = onRun?.(() => run.endAtOnce());
        return run.ended(moment).finally(() => forget?.());
      },
    },
    options,
  );
}

/** Enough to tell two commands apart. What follows may be a secret, and what is assigned before it as well. */
function programOf(command: string): string {
  const behindAssignments = command.replace(/^\s*(?:\w+=(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])*\s+)*/s, '');
  const program = behindAssignments.split(/\s+/).find((word) => word !== '' && !word.includes('=')) ?? '';
  return program.slice(0, 40);
}

/** The variables that describe the event. All are always set, so that none of another perdura's is inherited. */
export function describeInEnvironment(change: WatchChange): Record<string, string> {
  const { type, target, at, rttMs, missed, reason } = change;
  return {
    PERDURA_EVENT: type,
    PERDURA_TARGET: textOf(target),
    PERDURA_AT: at.toISOString(),
    PERDURA_REASON: textOf(reason),
    PERDURA_MISSED: String(missed),
    PERDURA_RTT_MS: numberOf(rttMs),
    PERDURA_DOWN_MS: numberOf(change.type === 'up' ? change.downMs : undefined),
  };
}

/** Without control characters: a NUL cannot be in an environment, and the others are for nobody's log. */
function textOf(text: string | undefined): string {
  return printable(text ?? '').slice(0, MOST_CHARACTERS);
}

function numberOf(value: number | undefined): string {
  return value === undefined ? '' : String(Math.round(value * 1_000) / 1_000);
}

interface CommandRunOptions {
  readonly command: string;
  readonly change: WatchChange;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly output: CommandOutput;
  readonly runTimeoutMs: number;
  readonly clock: Clock;
}

/** One run of the command. */
class CommandRun {
  readonly #options: CommandRunOptions;
  readonly #child: ChildProcess;
  #endedBy: string | undefined;

  constructor(options: CommandRunOptions) {
    const { command, change, environment, output } = options;
    this.#options = options;
    this.#child = spawn(command, {
      shell: true,
      env: { ...environment, ...describeInEnvironment(change) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: HAS_GROUPS,
      windowsHide: true,
    });
    this.#child.stdout?.on('data', (bytes: Buffer) => output.add(bytes));
    this.#child.stderr?.on('data', (bytes: Buffer) => output.add(bytes));
  }

  /** Rejects where it could not be run, took too long, or ended with anything but 0. */
  ended({ isOver }: DeliveryMoment): Promise<void> {
    const { clock, runTimeoutMs, output } = this.#options;
    const end = (why: string): void => {
      this.#endedBy ??= why;
      this.#signal('SIGTERM');
      grace ??= clock.startTimer(GRACE_MS, () => this.#endForGood(), true);
    };
    let grace: { stop(): void } | undefined;
    const timer = clock.startTimer(runTimeoutMs, () => end(`not done within ${runTimeoutMs} ms`), true);
    const onOver = (): void => end('the time was up');
    isOver.addEventListener('abort', onOver);
    return new Promise<void>((resolve, reject) => {
      this.#child.on('error', (error) => reject(new Error(`cannot be run: ${error.message}`)));
      this.#child.on('exit', () => {
        // What it has left in the background may hold the pipes open: it is listened to a little longer.
        timer.stop();
        grace ??= clock.startTimer(GRACE_MS, () => this.#closePipes(), true);
      });
      this.#child.on('close', (code, signal) => {
        output.end();
        if (this.#endedBy !== undefined) reject(new Error(`ended: ${this.#endedBy}`));
        else if (code === 0) resolve();
        else reject(new Error(code === null ? `ended by ${signal}` : `exit code ${code}`));
      });
    }).finally(() => {
      timer.stop();
      grace?.stop();
      isOver.removeEventListener('abort', onOver);
    });
  }

  /** With all that it started. What it left in the background when it ended is not ours any more. */
  endAtOnce(): void {
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) this.#signal('SIGKILL');
  }

  #endForGood(): void {
    this.#signal('SIGKILL');
    this.#closePipes();
  }

  #closePipes(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    const { pid } = this.#child;
    try {
      if (HAS_GROUPS && pid !== undefined) kill(-pid, signal);
      else this.#child.kill(signal);
    } catch {
      // It is gone already.
    }
  }
}
