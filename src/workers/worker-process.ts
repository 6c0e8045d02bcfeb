// A worker as the primary sees it, and the primary as a worker sees it. Types only: node:cluster stands behind them in cluster.ts,
// plain objects do in tests.

/** What a process tells of itself. */
export interface WorkerProcessSink {
  /** It listens: connections may come to it from now on. */
  onListening(): void;
  onMessage(value: unknown): void;
  /** It is gone. `how` in words: `with exit code 1`, `by SIGKILL`. Called once. */
  onExit(how: string): void;
}

/** A process that was started. */
export interface WorkerProcess {
  readonly pid: number;
  /** A message to a process that is gone is lost in silence: its end is told in any case. */
  send(message: object): void;
  /** SIGKILL. */
  kill(): void;
}

/** What a new worker is told before it runs. */
export interface WorkerSeed {
  readonly number: number;
  /** The port that it has to take; undefined where it is what the program says. */
  readonly port: number | undefined;
  /** 48 secret bytes in hexadecimal digits, the same for all workers of a primary. */
  readonly ticketKeys: string;
  /** Whatever the program shares among its workers. */
  readonly shared: string | undefined;
}

/** Starts a process. */
export type SpawnWorker = (seed: WorkerSeed, sink: WorkerProcessSink) => WorkerProcess;

/** A worker's end of the channel. */
export interface PrimaryLink extends WorkerSeed {
  /** Resolves when the message has left. Never rejects: where the primary is gone nobody is there to hear it. */
  send(message: object): Promise<void>;
  onMessage(listener: (value: unknown) => void): void;
  /** The primary is gone. */
  onDisconnect(listener: () => void): void;
  /** SIGTERM, which somebody sent to this worker alone, or to the whole group of processes. */
  onTerminate(listener: () => void): void;
  /** Lets the process end. */
  close(): void;
}
