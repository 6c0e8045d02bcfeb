// A transport sink that writes down what it is told, as a log that a test can compare.
import assert from 'node:assert/strict';
import type { TransportSink } from '#src/io/transport.js';

/** Notes every call; checks that calls never overlap and that nothing follows the end. */
export class RecordingSink implements TransportSink {
  /** `data:…` (latin1), `end`, `drain`, `closed` or `closed:read ECONNRESET`, in order. */
  readonly log: string[] = [];
  readonly pieces: Buffer[] = [];
  error: Error | undefined;
  #inside = false;
  readonly #react: (event: string) => void;

  /** `react` runs inside every call, with the line that was noted for it. */
  constructor(react: (event: string) => void = () => {}) {
    this.#react = react;
  }

  /** All bytes that arrived, joined, as latin1. */
  get received(): string {
    return Buffer.concat(this.pieces).toString('latin1');
  }

  onTransportData(bytes: Buffer): void {
    this.pieces.push(bytes);
    this.#note(`data:${bytes.toString('latin1')}`);
  }

  onTransportEnd(): void {
    this.#note('end');
  }

  onTransportDrain(): void {
    this.#note('drain');
  }

  onTransportClosed(error: Error | undefined): void {
    this.error = error;
    this.#note(error === undefined ? 'closed' : `closed:${error.message}`);
  }

  #note(event: string): void {
    assert.ok(!this.#inside, `'${event}' was told in the middle of another call`);
    assert.ok(!this.log.at(-1)?.startsWith('closed'), `'${event}' was told after the end`);
    this.log.push(event);
    this.#inside = true;
    try {
      this.#react(event);
    } finally {
      this.#inside = false;
    }
  }
}
