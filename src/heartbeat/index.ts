// Keepalive signals with a timer, an acknowledgement and a notification: the engine, and probes for real connections.
export { AbortedError, ConnectError, MisuseError, OptionError, PerduraError, TimeoutError } from '../errors.ts';
export { CalmMemory } from './engine/calm-memory.ts';
export type { CalmMemoryOptions } from './engine/calm-memory.ts';
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
export type { IntervalSearchOptions, SearchPhase } from './engine/interval-search.ts';
export type { HeartbeatState } from './engine/machine.ts';
export { LivenessWatch } from './engine/liveness.ts';
export type { LivenessSink } from './engine/liveness.ts';
export { DEFAULT_HEARTBEAT_OPTIONS } from './engine/options.ts';
export type { HeartbeatOptions } from './engine/options.ts';
export type { AdaptiveStats } from './engine/path-learning.ts';
export type { Acknowledgement, Probe, ProbeFunction, ProbeSink } from './engine/probe.ts';
export type { RoundTripStats } from './engine/round-trips.ts';
export type { HeartbeatStats } from './engine/stats.ts';
export type { ExpectedStatus, StatusPattern } from './probes/http/expected-status.ts';
export { httpProbe } from './probes/http/http1.ts';
export type { HttpConnectOptions, HttpProbeOptions } from './probes/http/http1-options.ts';
export { http2Probe } from './probes/http/http2.ts';
export type { Http2ProbeOptions } from './probes/http/http2.ts';
export { webProbe } from './probes/http/web.ts';
export { sseProbe } from './probes/http/sse.ts';
export type { SseProbeOptions } from './probes/http/sse.ts';
export { sseHeartbeat } from './probes/sse-heartbeat.ts';
export type { HeartbeatWritable, SseHeartbeat, SseHeartbeatOptions } from './probes/sse-heartbeat.ts';
export { ftpProbe } from './probes/dialogue/ftp.ts';
export { imapProbe } from './probes/dialogue/imap.ts';
export { memcachedProbe } from './probes/dialogue/memcached.ts';
export { mqttProbe } from './probes/mqtt/mqtt.ts';
export type { MqttProbeOptions } from './probes/mqtt/mqtt.ts';
export { peerProbe, PeerSignals, peerSignals } from './probes/peer/peer.ts';
export type { PeerOptions } from './probes/peer/peer.ts';
export { pop3Probe } from './probes/dialogue/pop3.ts';
export { postgresProbe } from './probes/postgresql/postgres-probe.ts';
export type { PostgresProbeOptions } from './probes/postgresql/postgres-probe.ts';
export { PROBE_SCHEMES, probeFor } from './probes/probe-for.ts';
export type { ProbeForOptions } from './probes/probe-for.ts';
export type { Reply } from './probes/dialogue/dialogue.ts';
export type { DialogueProbeOptions } from './probes/dialogue/preset-probe.ts';
export type { ProbeConnectionOptions } from './probes/connection/probe-connection.ts';
export type { HostAndPort } from './probes/connection/probe-target.ts';
export { redisProbe } from './probes/dialogue/redis.ts';
export { sendExpectProbe } from './probes/dialogue/send-expect.ts';
export type { Expectation, SendExpect, SendExpectOptions } from './probes/dialogue/send-expect.ts';
export { smtpProbe } from './probes/dialogue/smtp.ts';
export type { SmtpProbeOptions } from './probes/dialogue/smtp.ts';
export { tcpProbe } from './probes/tcp.ts';
export type { KernelKeepAlive, KernelKeepAliveOptions, TcpProbe, TcpProbeOptions } from './probes/tcp.ts';
export { webSocketProbe } from './probes/websocket/websocket.ts';
export type { WebSocketProbeOptions } from './probes/websocket/websocket.ts';
export type { PingableWebSocket } from './probes/websocket/websocket-line.ts';
