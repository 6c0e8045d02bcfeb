// The names of all checks: stable, for `--only`, `--skip` and reports.

/** In the order in which they stand in reports; waiting ones run beside the others. */
export const CHECK_IDS = [
  'first-answer',
  'concurrency',
  'idle-timeout',
  'silent-connection',
  'partial-head',
  'http10',
  'connection-close',
  'request-limit',
  'pipelining',
  'head-and-304',
  'chunked',
  'unread-body',
  'half-close',
  'error-answers',
  'malformed-requests',
  'latency',
  'tls',
  'http2',
  'http2-idle',
  'addresses',
] as const;

export type CheckId = (typeof CHECK_IDS)[number];
