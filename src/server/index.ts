// The server: HTTP/1.0 and HTTP/1.1 on persistent connections that keep their word.
export { Headers } from '../http/headers.ts';
export type { CloseReason } from '../http/close-reason.ts';
export { reasonPhrase } from '../http/status.ts';
export type {
  ConnectionInfo,
  ConnectionState,
  ConnectionTls,
  ExchangeRecord,
  RefusalReason,
  TraceEvent,
  TraceSink,
} from '../trace.ts';
export type { CertificateFacts, Pem, PemKey } from '../io/index.ts';
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
export { advertisedSeconds, defaultGraceMs, realIdleTimeoutMs } from './keep-alive-policy.ts';
export { DEFAULT_SERVE_OPTIONS, resolveServeOptions } from './options.ts';
export type { IdleClose, ResolvedServeOptions, ServeOptions } from './options.ts';
export type { Http2Options } from './options/http2.ts';
export type { Http2FloodLimits } from './options/http2-floods.ts';
export type { ServerLimits } from './options/limits.ts';
export type { ServerTimeouts } from './options/timeouts.ts';
export type { TlsContext, TlsOptions, TlsVersion } from './options/tls.ts';
export { Response } from './response.ts';
export type { ResponseBody, ResponseOptions } from './response.ts';
export { serve } from './serve.ts';
export type { CloseOptions, CloseReport, Server, TlsState } from './server.ts';
