// GETs without end over loopback, from clients that never repeat one: what fails is counted, and nothing is made good in silence.
import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';

/** Above it an answer counts as lost: a connection that nobody serves would hang for ever. */
const LONGEST_MS = 5_000;

export interface LoadResult {
  answered: number;
  readonly failures: string[];
  /** Answers by the number of the worker that gave them. */
  readonly workers: Map<string, number>;
  /** Milliseconds, in order of the answers. */
  readonly durationsMs: number[];
  longestMs: number;
}

/** One GET with node:http. @throws what went wrong, with its code. */
export async function getOnce(port: number, path: string, agent: Agent): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', path, agent }, (response) => {
      response.resume().on('end', () => resolve(response));
      response.on('error', reject);
      response.on('aborted', () => reject(new Error('aborted')));
    });
    request.on('error', reject);
    request.setTimeout(LONGEST_MS, () => request.destroy(new Error('no answer')));
  });
}

/** Clients that ask one request after the other until they are stopped. */
export class SteadyLoad {
  readonly result: LoadResult = { answered: 0, failures: [], workers: new Map(), durationsMs: [], longestMs: 0 };
  readonly #clients: Promise<void>[] = [];
  readonly #agents: Agent[] = [];
  #isOver = false;

  constructor(port: number, clients: { readonly reusing: number; readonly fresh: number; readonly path?: string }) {
    const { reusing, fresh, path = '/' } = clients;
    for (let client = 0; client < reusing + fresh; client += 1) {
      const agent = new Agent({ keepAlive: client < reusing, maxSockets: 1 });
      this.#agents.push(agent);
      this.#clients.push(this.#ask(port, path, agent));
    }
  }

  /** Resolves when so many more answers, or failures, have come. */
  async answers(count: number): Promise<void> {
    const target = this.#count + count;
    while (this.#count < target) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async stop(): Promise<LoadResult> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    for (const agent of this.#agents) agent.destroy();
    return this.result;
  }

  get #count(): number {
    return this.result.answered + this.result.failures.length;
  }

  async #ask(port: number, path: string, agent: Agent): Promise<void> {
    const { result } = this;
    while (!this.#isOver) {
      const startedAtMs = performance.now();
      try {
        const { headers } = await getOnce(port, path, agent);
        const worker = String(headers['x-worker']);
        result.workers.set(worker, (result.workers.get(worker) ?? 0) + 1);
        result.answered += 1;
      } catch (error) {
        result.failures.push(error instanceof Error ? error.message : String(error));
      }
      const durationMs = performance.now() - startedAtMs;
      result.durationsMs.push(durationMs);
      result.longestMs = Math.max(result.longestMs, durationMs);
    }
  }
}

/** `p50 1.2 ms, p99 8 ms, longest 30 ms` */
export function describeDurations({ durationsMs, longestMs }: LoadResult): string {
  const sorted = durationsMs.toSorted((one, other) => one - other);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${longestMs.toFixed(1)} ms`;
}
