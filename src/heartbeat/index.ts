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
export { LivenessWatch } from './engine/liveness.ts';
export type { LivenessSink } from './engine/liveness.ts';
export { DEFAULT_HEARTBEAT_OPTIONS } from './engine/options.ts';
export type { HeartbeatOptions } from './engine/options.ts';
export type { Acknowledgement, Probe, ProbeFunction, ProbeSink } from './engine/probe.ts';
export type { RoundTripStats } from './engine/round-trips.ts';
export type { HeartbeatStats } from './engine/stats.ts';
export { sseHeartbeat } from './probes/sse-heartbeat.ts';
export type { HeartbeatWritable, SseHeartbeat, SseHeartbeatOptions } from './probes/sse-heartbeat.ts';
