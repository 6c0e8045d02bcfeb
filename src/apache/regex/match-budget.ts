// How much work the regular expressions of one request may be: they come from files that are not trusted.

/** Steps that are left. All matches of a request, and of the requests that come of it, take from one. */
export class MatchBudget {
  remaining: number;

  constructor(steps: number) {
    this.remaining = steps;
  }
}
