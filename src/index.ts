// The front door: what most users need, from each layer that has something for them. The layers themselves are subpaths.
export {
  AbortedError,
  BodyError,
  ConnectError,
  ConnectionLostError,
  EventStreamError,
  ListenError,
  MisuseError,
  OptionError,
  PerduraError,
  PoolError,
  RedirectError,
  TimeoutError,
  type LossEvidence,
  type LossKind,
  type PerduraErrorCode,
  type TimeoutPhase,
} from './errors.ts';
export { CLOSE_REASONS, Headers, parseKeepAlive, type CloseReason, type KeepAliveHint } from './http/index.ts';
export { Session } from './client/index.ts';
export type {
  EventsOptions,
  FetchInit,
  FetchResponse,
  RequestBodyInput,
  RequestOptions,
  ResponseBody,
  ResponseConnection,
  ServerSentEvent,
  SessionEvents,
  SessionHeartbeatOptions,
  SessionLimits,
  SessionOptions,
  SessionRequest,
  SessionResponse,
  SessionStats,
  SessionTimeouts,
} from './client/index.ts';
export { Response, serve } from './server/index.ts';
export type {
  Answer,
  AnswerHandler,
  CloseOptions,
  CloseReport,
  FetchHandler,
  HandlerContext,
  ServeOptions,
  Server,
} from './server/index.ts';
export { staticFiles, type StaticOptions } from './server/static/index.ts';
export type {
  ClientConnectionInfo,
  ConnectionInfo,
  ConnectionState,
  ExchangeRecord,
  RetryRecord,
  SessionEvent,
  SessionTraceSink,
  TraceEvent,
  TraceSink,
} from './trace.ts';
