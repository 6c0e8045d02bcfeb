// node:cluster, behind the types of worker-process.ts. The only file that knows it, and that touches the process of a worker.
//
// The workers share one listening socket and each accepts from it (SCHED_NONE): whoever is killed takes along what it has accepted and nothing
// else. With the primary handing out connections (SCHED_RR), the one under way to a killed worker is never closed, so its client
// hangs. Measured, and what else spoke for it: docs/decisions/0012-workers.md.
import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import type { PrimaryLink, SpawnWorker, WorkerSeed } from './worker-process.ts';

/** Where a worker finds its seed. */
const SEED_VARIABLE = 'PERDURA_WORKER';

/** Whether this process is a worker of `startWorkers()`, or of node:cluster otherwise. */
export function isClusterWorker(): boolean {
  return cluster.isWorker;
}

/** Starts workers by node:cluster. Its settings belong to the whole process, so they are set anew for each worker. */
export function clusterSpawner(program: string | URL, args: readonly string[]): SpawnWorker {
  const exec = program instanceof URL ? fileURLToPath(program) : program;
  return (seed, sink) => {
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    cluster.setupPrimary({ exec, args: [...args] });
    const worker = cluster.fork({ [SEED_VARIABLE]: JSON.stringify(seed) });
    let isGone = false;
    worker.on('listening', () => sink.onListening());
    worker.on('message', (value: unknown) => sink.onMessage(value));
    worker.on('exit', (code, signal) => {
      isGone = true;
      // Typed as always there; Node.js gives null for the one that does not apply.
      const how = (signal as string | null) === null ? `with exit code ${code}` : `by ${signal}`;
      if (!worker.isConnected()) {
        sink.onExit(how);
        return;
      }
      // Its last words may still be in the channel, which no longer holds the primary once a socket was sent over it.
      worker.process.channel?.ref?.();
      // Not `disconnect`: it is left out where the worker ended before it acknowledged the socket to listen on.
      worker.process.once('close', () => sink.onExit(how));
    });
    // A channel that broke: the exit follows, and tells more.
    worker.on('error', () => {});
    return {
      pid: worker.process.pid ?? 0,
      send: (message) => {
        if (!isGone && worker.isConnected()) worker.send(message, () => {});
      },
      kill: () => {
        if (!isGone) worker.process.kill('SIGKILL');
      },
    };
  };
}

/** This process's end of the channel; undefined where it is no worker of `startWorkers()`. */
export function clusterLink(): PrimaryLink | undefined {
  const worker = cluster.worker;
  const seed = readSeed(process.env[SEED_VARIABLE]);
  // It holds a secret, and processes that a worker starts inherit its environment.
  delete process.env[SEED_VARIABLE];
  if (worker === undefined || seed === undefined) return undefined;
  // Ctrl-C goes to every process of the terminal, its end (SIGHUP) too; what follows is the primary's to say.
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => {});
  // node:cluster would end the process at once when the primary is gone, in the middle of its answers.
  worker.on('disconnect', () => {
    worker.exitedAfterDisconnect = true;
  });
  return {
    ...seed,
    send: (message) =>
      new Promise((resolve) => {
        if (!worker.isConnected()) resolve();
        else worker.send(message, () => resolve());
      }),
    onMessage: (listener) => void process.on('message', listener),
    onDisconnect: (listener) => {
      if (worker.isConnected()) worker.on('disconnect', listener);
      else listener();
    },
    onTerminate: (listener) => void process.on('SIGTERM', listener),
    close: () => {
      if (worker.isConnected()) process.disconnect();
    },
  };
}

function readSeed(text: string | undefined): WorkerSeed | undefined {
  if (text === undefined) return undefined;
  try {
    const { number, port, ticketKeys, shared } = JSON.parse(text) as Partial<Record<keyof WorkerSeed, unknown>>;
    if (typeof number !== 'number' || typeof ticketKeys !== 'string') return undefined;
    return {
      number,
      ticketKeys,
      port: typeof port === 'number' ? port : undefined,
      shared: typeof shared === 'string' ? shared : undefined,
    };
  } catch {
    return undefined;
  }
}
