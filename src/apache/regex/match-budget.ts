// How much matching one request may cost: expressions may come from .htaccess, subjects come from the network.

/**
 * Steps that all matches of one request may take together. A step is one operation of the matcher, or eight bytes of a simple run such as
 * `.*`. Measured with eight expressions that never end, `^(a+)+$` among them: 15 to 30 ns for a step, so that the default bounds a request
 * to 4 to 8 ms of a core, and to twice that and more where others want the core, too. While the engine has not compiled the matcher yet, the
 * first such requests take up to ten times as long: about 50 ms of a core, once for each process. A hundred rewrite rules take some thousand
 * steps. PCRE2 allows 10,000,000 to each match (its match limit), and Apache leaves that as it is: up to a second for each expression that a
 * request meets.
 */
export const DEFAULT_MATCH_STEPS = 250_000;

/** The budget is used up, or a match needs more memory than it may have. PCRE2 gives up with an error, which Apache takes as no match. */
export class MatchLimitError extends Error {
  /** Which limit, and its value. */
  readonly limit: 'steps' | 'memory';

  constructor(limit: 'steps' | 'memory', message: string) {
    super(message);
    this.name = 'MatchLimitError';
    this.limit = limit;
  }
}

/** One for each request. What is left when it is used up, or a match ran out of memory, is nothing: every later match throws, too. */
export class MatchBudget {
  /** What it started with. */
  readonly steps: number;
  #remaining: number;

  constructor(steps: number = DEFAULT_MATCH_STEPS) {
    this.steps = steps;
    this.#remaining = steps;
  }

  get remaining(): number {
    return this.#remaining;
  }

  /** Called by the matcher with what it has left. */
  settle(remaining: number): void {
    this.#remaining = Math.max(0, remaining);
  }
}
