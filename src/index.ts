// The front door: what most users need, from each layer that has something for them. The layers themselves are subpaths.
export {
  AbortedError,
  BodyError,
  ListenError,
  MisuseError,
  OptionError,
  PerduraError,
  type PerduraErrorCode,
} from './errors.ts';
export { CLOSE_REASONS, Headers, parseKeepAlive, type CloseReason, type KeepAliveHint } from './http/index.ts';
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
export type { ConnectionInfo, ConnectionState, ExchangeRecord, TraceEvent, TraceSink } from './trace.ts';
