// Where the product answers otherwise than the real httpd and means to: each with its reason, as docs/apache.md tells it.

export interface DeliberateDifference {
  /** The name of the site, or `broken/FILE`. */
  readonly site: string;
  /** The conversation, a log, or the name of the broken configuration. */
  readonly part: string;
  /** The number of the step and its request line, as the report names it; empty for logs and broken configurations. */
  readonly request: string;
  readonly reason: string;
}

export const DELIBERATE_DIFFERENCES: readonly DeliberateDifference[] = [];
