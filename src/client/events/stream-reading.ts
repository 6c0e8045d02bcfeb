// One connection of a stream of events: its bytes become events, no faster than they are taken, and its silence is watched.
import { LivenessWatch } from '../../heartbeat/engine/liveness.ts';
import type { LoopClock } from '../../io/index.ts';
import type { Cadence } from './cadence.ts';
import type { EventBuffer } from './event-buffer.ts';
import { EventParser } from './event-parser.ts';
import type { EventParserSink } from './event-parser.ts';
import type { ServerSentEvent } from './server-sent-event.ts';

/** What a {@link StreamReading} works with. */
export interface StreamReadingParts {
  readonly clock: LoopClock;
  readonly buffer: EventBuffer;
  readonly cadence: Cadence;
  /** The longest silence; undefined: what the cadence says. */
  readonly livenessMs: number | undefined;
  readonly maxEventBytes: number;
  readonly lastEventId: string;
  onRetry(retryMs: number): void;
  /** A piece of the stream was read; what to come back with by now. */
  onProgress(lastEventId: string): void;
  /** The connection is to be given up, so that `read` rejects. */
  onStale(silentMs: number, livenessMs: number): void;
}

/** See the head of the file. */
export class StreamReading implements EventParserSink {
  readonly #parts: StreamReadingParts;
  readonly #parser: EventParser;
  readonly #watch: LivenessWatch;
  /** Whether a byte has come. */
  hasProgressed = false;
  /** Whether an event has come as a whole. */
  hasBroughtEvents = false;

  constructor(parts: StreamReadingParts) {
    const { clock, cadence, maxEventBytes, lastEventId } = parts;
    this.#parts = parts;
    this.#parser = new EventParser(this, maxEventBytes, lastEventId);
    cadence.interrupted();
    this.#watch = new LivenessWatch(clock, this.#livenessMs, {
      onStale: (silentMs) => parts.onStale(silentMs, this.#watch.deadlineMs),
    });
  }

  /** Resolves when the stream has ended in good order. Rejects where it was lost, and for lines without measure. */
  async read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const { buffer } = this.#parts;
    const reader = stream.getReader();
    this.#watch.start();
    try {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        const { buffer: memory, byteOffset, byteLength } = piece.value;
        this.#watch.received();
        this.hasProgressed = true;
        this.#parser.push(Buffer.from(memory, byteOffset, byteLength));
        this.#parts.onProgress(this.#parser.lastEventId);
        if (!buffer.isEmpty) await this.#letTake();
      }
    } finally {
      this.#watch.stop();
    }
  }

  onEvent(event: ServerSentEvent): void {
    this.hasBroughtEvents = true;
    this.#parts.buffer.push(event);
  }

  onRetry(retryMs: number): void {
    this.#parts.onRetry(retryMs);
  }

  onSign(): void {
    this.#parts.cadence.signed(this.#parts.clock.nowMs());
    this.#watch.deadlineMs = this.#livenessMs;
  }

  onCadence(intervalMs: number): void {
    this.#parts.cadence.told(intervalMs);
    this.#watch.deadlineMs = this.#livenessMs;
  }

  get #livenessMs(): number {
    return this.#parts.livenessMs ?? this.#parts.cadence.livenessMs;
  }

  /** Reads on when the caller has taken all: until then the server is stopped by its window, and its silence says nothing. */
  async #letTake(): Promise<void> {
    this.#watch.suspend();
    await this.#parts.buffer.whenEmpty();
    this.#watch.unsuspend();
  }
}
