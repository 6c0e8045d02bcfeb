// Where the product answers otherwise than the real httpd and means to: each with its reason, as docs/apache.md tells it.

export interface DeliberateDifference {
  readonly site: string;
  /** The conversation, or a log. */
  readonly part: string;
  /** The number of the step and its request line, as the report names it; empty for logs. */
  readonly request: string;
  readonly reason: string;
}

export const DELIBERATE_DIFFERENCES: readonly DeliberateDifference[] = [];
