// What every client of the comparison is asked to do, so that all of them do the same, and the loop in which they do it.
import { answerParent } from '../process/answer-parent.ts';

/** Bytes of the answer to `/large`. */
export const LARGE_BYTES = 16 * 1024 * 1024;

/** What is sent with each POST. */
export const JSON_BODY: string = JSON.stringify({ id: 12_345, name: 'a thing of some kind', tags: ['one', 'two'] });

/** Where the server is, and how much the client may do at once. */
export interface ClientPlan {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly connections: number;
  /** Requests in flight on each connection. */
  readonly depth: number;
}

/** Makes one request, and resolves to the length of its body when the last byte of that was read. */
export type ClientTask = () => Promise<number>;

/** What a client can be asked for, by name. */
export type ClientTasks = Readonly<Record<string, (plan: ClientPlan) => ClientTask>>;

/** What came of some time of work. */
export interface ClientAnswer {
  readonly requests: number;
  readonly elapsedMs: number;
}

/** Arguments of the program: task, port, connections, depth. */
export function runClient(tasks: ClientTasks): void {
  const [name = '', port = '', connections = '', depth = ''] = process.argv.slice(2);
  const plan = { url: `http://127.0.0.1:${port}`, connections: Number(connections), depth: Number(depth) };
  const task = tasks[name]!(plan);
  const inFlight = plan.connections * plan.depth;
  answerParent(0, {
    check: () => task(),
    warmUp: (requests: number) => work(task, inFlight, { requests, milliseconds: Infinity }),
    work: (milliseconds: number) => work(task, inFlight, { requests: Infinity, milliseconds }),
  });
}

/** Where the work ends: after so many requests, or after so long. */
interface WorkLimit {
  readonly requests: number;
  readonly milliseconds: number;
}

/** Requests, each followed at once by the next. */
async function work(task: ClientTask, inFlight: number, limit: WorkLimit): Promise<ClientAnswer> {
  let begun = 0;
  let requests = 0;
  const startedAtMs = performance.now();
  const endsAtMs = startedAtMs + limit.milliseconds;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (begun < limit.requests && performance.now() < endsAtMs) {
        begun += 1;
        // oxlint-disable-next-line no-await-in-loop
        await task();
        requests += 1;
      }
    }),
  );
  return { requests, elapsedMs: performance.now() - startedAtMs };
}
