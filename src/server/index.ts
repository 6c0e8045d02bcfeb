// The server: HTTP/1.0 and HTTP/1.1 on persistent connections that keep their word.
export { Headers } from '../http/headers.ts';
export type { CloseReason } from '../http/close-reason.ts';
export { reasonPhrase } from '../http/status.ts';
export type {
  ClientInfo,
  ConnectionInfo,
  ConnectionLiveness,
  ConnectionState,
  ConnectionTls,
  ExchangeRecord,
  ProxiedConnection,
  RefusalReason,
  TraceEvent,
  TraceSink,
} from '../trace.ts';
export type { CertificateFacts, Pem, PemKey } from '../io/index.ts';
export { eventStream } from './long-answers/event-stream.ts';
export type { EventStream, EventStreamEnd, EventStreamOptions } from './long-answers/event-stream.ts';
export type { EventMessage } from './long-answers/event-message.ts';
export type {
  Answer,
  AnswerBody,
  AnswerHandler,
  AnswerHeaders,
  AnswerTrailers,
  FetchHandler,
  HandlerContext,
  UpgradedConnection,
} from './handler.ts';
export type { ExactAnswer, ExactFraming, ExactHead, ExactHeadFacts, ExactRecord } from './answer/exact-answer.ts';
export type { Refusal, RefusalCause, RefuseHandler } from './exchange/refusal.ts';
export type { Endpoint, RawRequest } from './request/raw-request.ts';
export type { AcceptOptions } from './options/accept.ts';
export type { DerivedValue } from './derived-value.ts';
export { advertisedSeconds, defaultGraceMs, realIdleTimeoutMs } from './connection/keep-alive-policy.ts';
export { DEFAULT_SERVE_OPTIONS, resolveServeOptions } from './options.ts';
export type { IdleClose, ResolvedServeOptions, ServeOptions } from './options.ts';
export type { Behind } from './options/behind.ts';
export { deriveFromPath } from './options/derive-from-path.ts';
export type { PathDerivation } from './options/derive-from-path.ts';
export type { HealthOptions, ResolvedHealthOptions } from './options/health.ts';
export type { PathOptions } from './options/path-options.ts';
export type { Http2Options } from './options/http2.ts';
export type { Http2FloodLimits } from './options/http2-floods.ts';
export { DEFAULT_SERVER_HEARTBEAT } from './options/heartbeat.ts';
export type { ServerHeartbeatOptions, ServerTcpKeepAlive } from './options/heartbeat.ts';
export type { ServerLimits } from './options/limits.ts';
export type { PressureCause, PressureLevel, PressureState, ResourceUse } from './admission/pressure-plan.ts';
export type { ServerTimeouts } from './options/timeouts.ts';
export type { ForwardedFamily, TrustOptions } from './options/trust.ts';
export type { PlainHttp, TlsContext, TlsOptions, TlsVersion } from './options/tls.ts';
export { Response } from './answer/response.ts';
export type { ResponseBody, ResponseOptions } from './answer/response.ts';
export { serve } from './serve.ts';
export type { CloseOptions, CloseReport, PhaseReport, Server, ServerState, TlsState } from './server.ts';
export { formatWarning } from './warning.ts';
export type { ServerWarning } from './warning.ts';
export { upgradeWebSocket } from './long-answers/web-socket.ts';
export type {
  WebSocketLike,
  WebSocketOptions,
  WebSocketServerLike,
  WebSocketUpgrade,
} from './long-answers/web-socket.ts';
export type { WebSocketHeartbeatOptions } from './long-answers/web-socket-heartbeat.ts';
export type { UpgradeRequest } from './long-answers/upgrade-request.ts';
export { readTlsState } from './server-tls.ts';
