// Sockets and time: the only layer that touches either.
export { systemClock } from './clock.ts';
export type { Clock, ClockTimer, LoopClock } from './clock.ts';
export type {
  ConnectionOpener,
  ConnectTarget,
  OpenedConnection,
  Opening,
  OpeningSink,
  SecuringSink,
  TlsRecord,
} from './connection-opener.ts';
export { Connector } from './connector.ts';
export type { ConnectorOptions } from './connector.ts';
export { Deadline, DeadlineList, DeadlineSchedule } from './deadlines.ts';
export { listen } from './listener.ts';
export type { AcceptedConnection, Listener, ListenOptions, ListenSink } from './listener.ts';
export { readEnvironment } from './environment.ts';
export type { Environment } from './environment.ts';
export type { ResolvedAddress } from './happy-eyeballs.ts';
export { systemLookup } from './name-lookup.ts';
export type { Lookup } from './name-lookup.ts';
export { SystemPollWatch } from './poll-watch.ts';
export type { PollWatch } from './poll-watch.ts';
export { SocketTransport } from './socket-transport.ts';
export type { Transport, TransportSink } from './transport.ts';
