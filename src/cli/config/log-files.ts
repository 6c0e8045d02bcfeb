// The access and error logs of a configuration: a LogFile for each, opened before anything listens.
import { systemClock } from '../../io/index.ts';
import { LogFile } from '../../observe/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { accessLogOpener, formatLogTrouble } from '../serve/access-log-destination.ts';
import type { Terminal } from '../terminal.ts';
import { systemErrorWords } from './system-error-words.ts';

/** See the head of the file. A file that several hosts name is opened once. */
export class LogFiles {
  readonly #terminal: Terminal;
  readonly #files = new Map<string, LogFile>();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Opens those that are not open yet. @throws CommandError in Apache's words */
  async open(accessLogs: Iterable<string>, errorLogs: Iterable<string>): Promise<void> {
    for (const name of errorLogs)
      await this.#open(name, 'error', `AH00091: perdura: could not open error log file ${name}.`);
    for (const name of accessLogs)
      await this.#open(name, 'access', `AH00649: could not open transfer log file ${name}.`);
  }

  /** One line, without its end, each character a byte. */
  write(name: string, line: string): void {
    this.#files.get(name)?.write(toText(line));
  }

  /** What belongs into no file, or into one that is not open, is told on standard error. */
  writeError(name: string | undefined, line: string): void {
    const file = name === undefined ? undefined : this.#files.get(name);
    if (file === undefined) this.#terminal.stderr.write(`${toText(line)}\n`);
    else file.write(toText(line));
  }

  /** Goes on in new files of the same names, for logrotate. */
  async reopen(): Promise<void> {
    await Promise.all([...this.#files.values()].map((file) => file.reopen()));
  }

  async close(): Promise<void> {
    const files = [...this.#files];
    this.#files.clear();
    for (const [name, file] of files) {
      await file.close();
      if (file.droppedLines > 0)
        this.#terminal.stderr.write(`${name}: ${file.droppedLines} lines are missing in all\n`);
    }
  }

  async #open(name: string, kind: 'access' | 'error', failure: string): Promise<void> {
    if (this.#files.has(name)) return;
    try {
      const file = await LogFile.open({
        open: accessLogOpener(name, this.#terminal.stdout),
        endOfTurn: (callback) => systemClock.endOfTurn(callback),
        onTrouble: (trouble) => void this.#terminal.stderr.write(formatLogTrouble(name, trouble, kind)),
      });
      this.#files.set(name, file);
    } catch (error) {
      const text = `${systemErrorWords(error)}: ${failure}\nAH00015: Unable to open logs`;
      throw new CommandError(EXIT_CODES.finding, text, { cause: error });
    }
  }
}

/** What logs are made of is escaped to visible ASCII, but for formats that have other bytes in them. */
function toText(line: string): string {
  return Buffer.from(line, 'latin1').toString();
}
