// What a probe tells its heartbeat between signals, as a log.
import type { ProbeSink } from '#src/heartbeat/index.js';

/** See the head of the file. */
export class RecordingProbeSink implements ProbeSink {
  readonly log: string[] = [];
  #wake = (): void => {};

  onReceived(): void {
    this.#note('received');
  }

  onSent(): void {
    this.#note('sent');
  }

  onLost(reason: string): void {
    this.#note(`lost: ${reason}`);
  }

  onCalm(reason: string): void {
    this.#note(`calm: ${reason}`);
  }

  onBlocked(isBlocked: boolean): void {
    this.#note(isBlocked ? 'blocked' : 'unblocked');
  }

  /** Resolves when something that begins so was told. */
  async told(prefix: string): Promise<void> {
    while (!this.log.some((line) => line.startsWith(prefix))) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #note(line: string): void {
    this.log.push(line);
    this.#wake();
  }
}
