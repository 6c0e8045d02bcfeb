// The client's end of a connection in memory, with what its owner asked of it written down: nothing else shows from outside.
import type { Transport, TransportSink } from '#src/io/index.js';

/** See the head of the file. */
export class RecordedTransport implements Transport {
  readonly #inner: Transport;
  /** What `setIdle` was called with, in order. */
  readonly idleCalls: boolean[] = [];
  /** Whether nothing of it is left: its owner destroyed it, or was told that it is closed. */
  isOver = false;
  isPaused = false;
  bytesWritten = 0;

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  get remote(): string {
    return this.#inner.remote;
  }

  get pendingBytes(): number {
    return this.#inner.pendingBytes;
  }

  get failure(): Error | undefined {
    return this.#inner.failure;
  }

  attach(sink: TransportSink): void {
    this.#inner.attach({
      onTransportData: (bytes) => sink.onTransportData(bytes),
      onTransportEnd: () => sink.onTransportEnd(),
      onTransportDrain: () => sink.onTransportDrain(),
      onTransportClosed: (error) => {
        this.isOver = true;
        sink.onTransportClosed(error);
      },
    });
  }

  write(data: Uint8Array | string): boolean {
    if (!this.isOver) this.bytesWritten += data.length;
    return this.#inner.write(data);
  }

  end(): void {
    this.#inner.end();
  }

  destroy(): void {
    this.isOver = true;
    this.#inner.destroy();
  }

  reset(): void {
    this.isOver = true;
    this.#inner.reset();
  }

  pause(): void {
    this.isPaused = true;
    this.#inner.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.#inner.resume();
  }

  setIdle(idle: boolean): void {
    this.idleCalls.push(idle);
    this.#inner.setIdle(idle);
  }
}
