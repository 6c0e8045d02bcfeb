// Keepalive signals with a timer, an acknowledgement and a notification: the engine, and probes for real connections.
export { AbortedError, ConnectError, MisuseError, OptionError, PerduraError, TimeoutError } from '../errors.ts';
export { CalmMemory } from './engine/calm-memory.ts';
export type {
  AckEvent,
  AdaptedEvent,
  CalmedEvent,
  DownEvent,
  HeartbeatEvent,
  HeartbeatEventOf,
  HeartbeatEventType,
  MissedEvent,
  ResumedEvent,
  UpEvent,
} from './engine/event.ts';
export { Heartbeat } from './engine/heartbeat.ts';
export { IntervalSearch } from './engine/interval-search.ts';
export type { IntervalSearchOptions } from './engine/interval-search.ts';
export type { HeartbeatState } from './engine/machine.ts';
export { DEFAULT_HEARTBEAT_OPTIONS } from './engine/options.ts';
export type { HeartbeatOptions } from './engine/options.ts';
export type { Acknowledgement, Probe, ProbeFunction, ProbeSink } from './engine/probe.ts';
export type { RoundTripStats } from './engine/round-trips.ts';
export type { HeartbeatStats } from './engine/stats.ts';
export type { ExpectedStatus, StatusPattern } from './probes/expected-status.ts';
export { httpProbe } from './probes/http1.ts';
export type { HttpConnectOptions, HttpProbeOptions } from './probes/http1-options.ts';
export { http2Probe } from './probes/http2.ts';
export type { Http2ProbeOptions } from './probes/http2.ts';
export { webProbe } from './probes/web.ts';
