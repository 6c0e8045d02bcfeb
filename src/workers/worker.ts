// A worker's side: says that it is ready, answers what the primary asks, and drains when it is told to or when the primary is gone.
import { MisuseError } from '../errors.ts';
import { checkFunction, checkNames, checkNumber } from '../option-checks.ts';
import type { CloseOptions, CloseReport, Server } from '../server/index.ts';
import { clusterLink } from './cluster.ts';
import { encodeMessage, readPrimaryMessage } from './message.ts';
import { DEFAULT_WORKERS_OPTIONS } from './options.ts';
import type { PrimaryLink } from './worker-process.ts';

/** Options of {@link attachWorker}. */
export interface AttachOptions {
  /** How long draining may take where the primary is gone, so that nobody says. Default 30,000. */
  readonly drainMs?: number;
  /** Is called when the primary was told that files were renamed (SIGHUP): re-open logs. A defect of it is the program's. */
  readonly onHangUp?: () => void;
}

/** What this process is. */
export interface WorkerIdentity {
  /** Its number among the workers, counted from 1 and never given twice. */
  readonly worker: number;
  /**
   * The port to listen on. Undefined: the one that the program chooses. Once all workers that listened are gone nobody holds a port that the
   * system chose (`port: 0`), and it must be named: `port: workerIdentity()?.port ?? 0`.
   */
  readonly port: number | undefined;
  /**
   * For `tls.ticketKeys` of serve(): 48 random bytes, the same in all workers, so that a TLS session can be resumed at any of them. They live as
   * long as the primary process.
   */
  readonly ticketKeys: Uint8Array;
  /** What `startWorkers()` was given to share. */
  readonly shared: string | undefined;
}

let link: PrimaryLink | undefined;

function ownLink(): PrimaryLink | undefined {
  link ??= clusterLink();
  return link;
}

/** Which worker of `startWorkers()` this process is; undefined where it is none. */
export function workerIdentity(): WorkerIdentity | undefined {
  const own = ownLink();
  if (own === undefined) return undefined;
  const { number: worker, port, ticketKeys, shared } = own;
  return { worker, port, ticketKeys: Buffer.from(ticketKeys, 'hex'), shared };
}

/**
 * Tells the primary that this worker's server is ready, and does what the primary says from then on.
 * Resolves with the server's report when it has been drained, whoever asked for that. The process can end then.
 *
 * @throws MisuseError where this process is no worker.
 */
export function attachWorker(server: Server, options: AttachOptions = {}): Promise<CloseReport> {
  const own = ownLink();
  if (own === undefined) {
    throw new MisuseError('attachWorker() was called in a process that startWorkers() did not start.');
  }
  checkNames('', options, ['drainMs', 'onHangUp']);
  const drainMs = options.drainMs ?? DEFAULT_WORKERS_OPTIONS.drainMs;
  checkNumber('drainMs', drainMs, 0);
  return attachTo(own, server, { drainMs, onHangUp: checkFunction('onHangUp', options.onHangUp) ?? (() => {}) });
}

/**
 * Tells the primary why this worker cannot serve, for the person who reads its messages. The process can end then.
 * Where no worker was ever ready, the primary gives up with this message and exit code.
 */
export async function reportWorkerFailure(message: string, exitCode: number): Promise<void> {
  const own = ownLink();
  await own?.send(encodeMessage({ type: 'failed', message, exitCode }));
  own?.close();
}

/** As {@link attachWorker}, over any link. */
export async function attachTo(
  own: PrimaryLink,
  server: Server,
  options: Required<AttachOptions>,
): Promise<CloseReport> {
  const report = await new Promise<CloseReport>((resolve, reject) => {
    let isDraining = false;
    const drain = (close: CloseOptions): void => {
      isDraining = true;
      server.close(close).then(resolve, reject);
    };
    own.onMessage((value) => {
      const message = readPrimaryMessage(value);
      if (message?.type === 'drain') drain(message.options);
      else if (message?.type === 'hangUp') options.onHangUp();
      else if (message?.type === 'connections') {
        const { question } = message;
        void own.send(encodeMessage({ type: 'connections', question, connections: server.connections() }));
      }
    });
    // It goes when another one is ready. A supervisor that signals the whole group of processes signals the primary, too.
    own.onTerminate(() => void own.send(encodeMessage({ type: 'retire' })));
    own.onDisconnect(() => {
      if (!isDraining) drain({ drainMs: options.drainMs, lameDuckMs: 0, stopListeningFirst: true });
    });
    void own.send(encodeMessage({ type: 'ready', port: server.port, url: server.url }));
  });
  await own.send(encodeMessage({ type: 'drained', report }));
  own.close();
  return report;
}
