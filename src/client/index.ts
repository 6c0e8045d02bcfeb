// The client: a session that keeps its connections for the next requests.
export { Session } from './session.ts';
export type { SessionRequest } from './session.ts';
export type { SessionStats } from './session-core.ts';
export type { SessionResponse, ResponseConnection } from './session-response.ts';
export { FetchResponse } from './response.ts';
export { ResponseBody } from './response-body.ts';
export type { FetchInit } from './fetch-call.ts';
export { DEFAULT_SESSION_OPTIONS } from './options.ts';
export type {
  CookieJar,
  HoldBack,
  NonIdempotentPolicy,
  ProfileName,
  RequestBodyInput,
  RequestOptions,
  SessionLimits,
  SessionOptions,
  SessionTimeouts,
  TlsOptions,
} from './options.ts';
export { RETRY_CAUSES, RETRY_REFUSALS } from './retry.ts';
export type { RetryRefusal } from './retry.ts';
export { PROFILES } from './profiles.ts';
