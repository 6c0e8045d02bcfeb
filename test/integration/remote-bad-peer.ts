// A bad peer in a thread of its own, as a test sees it: what it does does not wait for the event loop of the test.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { BadPeerFault } from '#src/testing/bad-peer/index.js';
import type { PeerCommand, PeerThreadData } from './remote-bad-peer-thread.ts';

/** Made by {@link startRemoteBadPeer}. */
export class RemoteBadPeer {
  readonly url: string;
  readonly #worker: Worker;
  readonly #flags: Int32Array;
  #questions = 0;

  constructor(worker: Worker, flags: Int32Array, url: string) {
    this.#worker = worker;
    this.#flags = flags;
    this.url = url;
  }

  /** Misbehaves from now on; idle connections are looked at anew. */
  setFault(fault: BadPeerFault | undefined, connections = Infinity): void {
    Atomics.store(this.#flags, 0, 0);
    this.#command({ command: 'setFault', fault, connections });
  }

  /** Keeps the event loop of this thread busy for `ms`, and until the fault has acted on as many connections as it was to. */
  blockLoop(ms: number): void {
    const endMs = performance.now() + ms;
    if (Atomics.wait(this.#flags, 0, 0, 20_000) === 'timed-out') throw new Error('the peer did not act');
    // What has just left the peer is in our kernel a moment later.
    const actedMs = performance.now() + 20;
    while (performance.now() < Math.max(endMs, actedMs));
  }

  /** How often each identity was executed. */
  async executions(): Promise<ReadonlyMap<string, number>> {
    this.#questions += 1;
    const number = this.#questions;
    this.#command({ command: 'executions', number });
    for (;;) {
      const [answer] = (await once(this.#worker, 'message')) as [
        { readonly number: number; readonly executions: ReadonlyMap<string, number> },
      ];
      if (answer.number === number) return answer.executions;
    }
  }

  async close(): Promise<void> {
    const exit = once(this.#worker, 'exit');
    this.#command({ command: 'close' });
    await exit;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #command(command: PeerCommand): void {
    this.#worker.postMessage(command, []);
  }
}

/** Starts the thread, and resolves once it listens. */
export async function startRemoteBadPeer(fault?: BadPeerFault): Promise<RemoteBadPeer> {
  const flags = new Int32Array(new SharedArrayBuffer(4));
  const workerData: PeerThreadData = { flags, fault };
  const worker = new Worker(new URL('./remote-bad-peer-thread.js', import.meta.url), { workerData });
  const [{ url }] = (await once(worker, 'message')) as [{ readonly url: string }];
  return new RemoteBadPeer(worker, flags, url);
}
