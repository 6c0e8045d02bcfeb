// SIGHUP: the configuration is read anew, logs are opened anew. What is wrong leaves everything as it was, and is told.
import { ConfigurationRefused } from '../../apache/index.ts';
import type { RunningSite } from '../../apache/index.ts';
import { CommandError } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import type { ConfigFlags } from './config-flags.ts';
import { tellNotes, tellRefusal } from './config-notes.ts';
import type { LogFiles } from './log-files.ts';
import type { ListenerChanges, OpenListeners } from './open-listeners.ts';

/** What a reload changes. */
export interface Reloaded {
  readonly site: RunningSite;
  readonly listeners: OpenListeners;
  readonly logs: LogFiles;
  readonly flags: ConfigFlags;
  readonly terminal: Terminal;
}

/** See the head of the file. One reload after the other: what is asked for meanwhile is one more. */
export class Reloader {
  readonly #parts: Reloaded;
  #isRunning = false;
  #isWantedAgain = false;

  constructor(parts: Reloaded) {
    this.#parts = parts;
  }

  request(): void {
    if (this.#isRunning) {
      this.#isWantedAgain = true;
      return;
    }
    this.#isRunning = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    do {
      this.#isWantedAgain = false;
      await this.#reload();
    } while (this.#isWantedAgain);
    this.#isRunning = false;
  }

  async #reload(): Promise<void> {
    const { site, listeners, logs, flags, terminal } = this.#parts;
    const isVerbose = flags.verbose === true;
    try {
      const next = site.readNext();
      await logs.open(next.accessLogFiles, next.errorLogFiles);
      const changes = await listeners.change(next.listeners, () => site.use(next));
      tellNotes(next.configuration.notes, isVerbose, terminal);
      await logs.reopen();
      terminal.stdout.write(`SIGHUP: ${flags.config!} is in use\n${formatChanges(changes)}`);
    } catch (error) {
      if (error instanceof ConfigurationRefused) tellRefusal(error, isVerbose, terminal);
      // Whatever it is, the site that is served is not ended by it.
      else terminal.stderr.write(`${error instanceof CommandError ? error.message : describeDefect(error)}\n`);
      terminal.stderr.write('SIGHUP: the new configuration is refused; the old one stays in use\n');
    }
  }
}

function describeDefect(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function formatChanges({ opened, closed, replaced, certificates }: ListenerChanges): string {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['listens on', opened],
    ['listens no more on', closed],
    ['has other limits, timeouts or versions for new connections on', replaced],
    ['has other certificates on', certificates],
  ];
  return rows
    .filter(([, addresses]) => addresses.length > 0)
    .map(([what, addresses]) => `SIGHUP: ${what} ${addresses.join(', ')}\n`)
    .join('');
}
