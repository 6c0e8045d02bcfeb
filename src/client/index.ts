// The client: a session that keeps its connections for the next requests. Its errors are here as well: whoever calls meets them.
export {
  AbortedError,
  BodyError,
  ConnectError,
  ConnectionLostError,
  EventStreamError,
  OptionError,
  PerduraError,
  PoolError,
  RedirectError,
  TimeoutError,
} from '../errors.ts';
export type { LossEvidence, LossKind, PerduraErrorCode, TimeoutPhase } from '../errors.ts';
export type { CloseReason } from '../http/close-reason.ts';
export { Headers } from '../http/headers.ts';
export type { HeadersInput } from '../http/headers.ts';
export type {
  ClientConnectionInfo,
  ConnectionHeartbeatInfo,
  ConnectionState,
  IdleLimit,
  OpeningRecord,
  RequestSummary,
  RetryCause,
  RetryRecord,
  SessionEvent,
  SessionTraceSink,
} from '../trace.ts';
export { Session } from './session.ts';
export type { SessionRequest } from './session.ts';
export type { SessionStats } from './session-core.ts';
export type { SessionResponse, ResponseConnection } from './response/session-response.ts';
export { FetchResponse } from './response/response.ts';
export { ResponseBody } from './response/response-body.ts';
export type { FetchInit } from './request/fetch-call.ts';
export type { SessionEvents } from './events/session-events.ts';
export { DEFAULT_EVENTS_OPTIONS } from './events/options.ts';
export type { EventsOptions } from './events/options.ts';
export type { ServerSentEvent } from './events/server-sent-event.ts';
export type { EventsState, OpenState, OverState, ReconnectingState, StaleState } from './events/state.ts';
export { DEFAULT_SESSION_HEARTBEAT } from './heartbeat-options.ts';
export { DEFAULT_SESSION_OPTIONS } from './options.ts';
export type {
  CookieJar,
  HeartbeatOrigins,
  HoldBack,
  NonIdempotentPolicy,
  ProfileName,
  RequestBodyInput,
  RequestOptions,
  SessionHeartbeatOptions,
  SessionLimits,
  SessionOptions,
  SessionTimeouts,
  SignalMethod,
  TlsOptions,
} from './options.ts';
export { RETRY_CAUSES, RETRY_REFUSALS } from './policy/retry.ts';
export type { RetryRefusal } from './policy/retry.ts';
export { PROFILES } from './profiles.ts';
