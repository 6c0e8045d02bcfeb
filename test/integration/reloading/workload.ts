// What programs do with a session all day: many of them at once ask for things, send things, and pause. Each answer is compared with
// the request that it belongs to. What a failure means is judged in reload-under-load.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Session, SessionResponse } from '#src/client/index.js';
import { Random } from '../random.ts';

/** One request of the load. `id` is unique, and is sent as `X-Id`. */
export interface LoadRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly id: string;
  /** Empty for GET. */
  readonly body: string;
}

/** What the answer to a request has to be. */
export interface ExpectedAnswer {
  readonly status: number;
  /** Undefined where the server writes one of its own that says nothing. */
  readonly body: string | undefined;
}

/** A request that got no answer. */
export interface FailedRequest {
  readonly request: LoadRequest;
  readonly error: unknown;
}

/** What came of the load. */
export interface WorkloadResult {
  readonly answered: LoadRequest[];
  readonly failed: FailedRequest[];
  /** Answers that are not those to their requests, in words. */
  readonly wrong: string[];
}

export interface WorkloadOptions {
  readonly session: Session;
  readonly url: string;
  readonly expect: (request: LoadRequest) => ExpectedAnswer;
  /** Programs side by side. */
  readonly loops: number;
  /** Whether it was enough. */
  readonly isOver: () => boolean;
  readonly seed?: number;
}

/** Files that servers of files have, each with a content of its own; see served-files.ts. */
export const LOAD_FILES = 20;

/** Mostly a short thought, now and then so long that a server with an idle timeout of a second ends the connection meanwhile. */
function choosePauseMs(random: Random): number {
  if (random.chance(70)) return random.below(15);
  return random.chance(85) ? random.below(150) : 900 + random.below(300);
}

function chooseRequest(random: Random, id: string): LoadRequest {
  const method = random.pick(['GET', 'GET', 'PUT', 'POST'] as const);
  const path = method === 'GET' ? `/files/${random.below(LOAD_FILES)}.txt` : `/echo/${random.below(LOAD_FILES)}`;
  const body = method === 'GET' ? '' : `${id} says `.repeat(1 + random.below(random.chance(10) ? 2_000 : 5));
  return { method, path, id, body };
}

/** Why the answer is not the one to the request; undefined where it is. */
async function findFault(request: LoadRequest, response: SessionResponse, expected: ExpectedAnswer): Promise<string[]> {
  const text = await response.body.text();
  const name = `${request.method} ${request.path} ${request.id}`;
  const echo = response.headers.get('x-echo');
  const faults: string[] = [];
  if (response.status !== expected.status) faults.push(`${name}: status ${response.status} ${text.slice(0, 200)}`);
  if (echo !== name) faults.push(`${name}: the answer is to ${echo}`);
  if (expected.body !== undefined && text !== expected.body)
    faults.push(`${name}: ${text.length} bytes instead of ${expected.body.length}`);
  return faults;
}

/** Asks until it is over, and resolves when the last answer or failure is there. */
export async function runWorkload(options: WorkloadOptions): Promise<WorkloadResult> {
  const { session, url, expect, loops, isOver, seed = 1 } = options;
  const result: WorkloadResult = { answered: [], failed: [], wrong: [] };
  const loop = async (number: number): Promise<void> => {
    const random = new Random(seed * 1_000 + number);
    for (let count = 0; !isOver(); count += 1) {
      const request = chooseRequest(random, `${number}-${count}`);
      try {
        const response = await session.request(url + request.path, {
          method: request.method,
          headers: { 'x-id': request.id },
          ...(request.method === 'GET' ? {} : { body: request.body }),
        });
        result.wrong.push(...(await findFault(request, response, expect(request))));
        result.answered.push(request);
      } catch (error) {
        result.failed.push({ request, error });
      }
      await sleep(choosePauseMs(random));
    }
  };
  await Promise.all(Array.from({ length: loops }, (_, number) => loop(number)));
  return result;
}
