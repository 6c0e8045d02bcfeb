// The names of all checks: stable, for `--only`, `--skip` and reports.

/** In the order in which they stand in reports; waiting ones run beside the others. */
export const CHECK_IDS = [
  'first-answer',
  'concurrency',
  'idle-timeout',
  'silent-connection',
  'partial-head',
  'http2-idle',
  'http10',
  'connection-close',
  'head-and-304',
  'request-limit',
  'pipelining',
  'chunked',
  'unread-body',
  'half-close',
  'error-answers',
  'malformed-requests',
  'tls',
  'http2',
  'latency',
  'addresses',
] as const;

export type CheckId = (typeof CHECK_IDS)[number];
