// Readiness and liveness: what the server itself answers, before any handler (docs/decisions/0014-health.md). For every version of HTTP.
import { statusAnswer } from '../exchange/builtin-answers.ts';
import type { Answer } from '../handler.ts';
import type { ResolvedHealthOptions } from '../options/health.ts';
import type { ServerState } from '../server.ts';

/** What a check is about to be told, and an error of the application's own check. */
export interface HealthAnswer {
  readonly answer: Answer;
  /** What `ready` threw; undefined where it did not. */
  readonly error?: unknown;
}

/** See the head of the file. One for each server that has such paths. */
export class HealthAnswers {
  readonly #options: ResolvedHealthOptions;
  readonly #state: () => ServerState;

  constructor(options: ResolvedHealthOptions, state: () => ServerState) {
    this.#options = options;
    this.#state = state;
  }

  /** Whether checks are told to `trace`. */
  get traced(): boolean {
    return this.#options.traced;
  }

  /** Undefined where the request is no check. `target` is the request target in origin form, or the `:path` of HTTP/2. */
  answerTo(method: string, target: string): HealthAnswer | undefined {
    const { readiness, liveness } = this.#options;
    const isReadiness = isPath(target, readiness);
    if (!isReadiness && !isPath(target, liveness)) return undefined;
    if (method !== 'GET' && method !== 'HEAD') {
      return { answer: statusAnswer(405, undefined, { allow: 'GET, HEAD', connection: 'close' }) };
    }
    return isReadiness ? this.#readiness() : { answer: stateAnswer(this.#isAlive(), this.#state()) };
  }

  #readiness(): HealthAnswer {
    const state = this.#state();
    if (state !== 'accepting' || this.#options.ready === undefined) {
      return { answer: stateAnswer(state === 'accepting', state) };
    }
    try {
      // A promise would be true for ever: only `true` itself counts.
      const ready: unknown = this.#options.ready();
      const isReady = ready === true;
      return { answer: stateAnswer(isReady, isReady ? state : `${state}, not ready`) };
    } catch (error) {
      return { answer: stateAnswer(false, `${state}, not ready`), error };
    }
  }

  #isAlive(): boolean {
    const state = this.#state();
    return state === 'accepting' || (state === 'lameDuck' && this.#options.livenessFailsAt === 'draining');
  }
}

/** With a query or without. */
function isPath(target: string, path: string | undefined): boolean {
  if (path === undefined || !target.startsWith(path)) return false;
  return target.length === path.length || target.charCodeAt(path.length) === 0x3f;
}

/**
 * Each check on a connection of its own: it then tests that connections are accepted, and no checker holds one open that a shutdown
 * would have to wait for.
 */
function stateAnswer(isGood: boolean, text: string): Answer {
  return {
    status: isGood ? 200 : 503,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', connection: 'close' },
    body: `${text}\n`,
  };
}
