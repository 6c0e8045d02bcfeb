// Sockets and time: the only layer that touches either.
export { warnOfCertificates } from './accept/certificate.ts';
export type { CertificateFacts, Pem, PemKey, TlsIdentity } from './accept/certificate.ts';
export type { AcceptStep, PendingConnection, Refusal } from './accept/pending-connection.ts';
export { PendingConnections } from './accept/pending-connections.ts';
export type {
  AcceptedConnection,
  ListenSink,
  PendingOptions,
  RefusedConnection,
} from './accept/pending-connections.ts';
export { ProxyStep } from './accept/proxy-step.ts';
export { WaitingRoom } from './accept/waiting-room.ts';
export { TICKET_KEY_BYTES, TlsContexts } from './accept/tls-contexts.ts';
export type { TlsContextOptions, TlsNamedIdentity } from './accept/tls-contexts.ts';
export { TlsStep } from './accept/tls-step.ts';
export type { AlpnProtocols } from './accept/tls-step.ts';
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
export type { KernelKeepAlive, KernelKeepAliveOptions } from './kernel-keep-alive.ts';
export { listen } from './listener.ts';
export type { Listener, ListenOptions, Reception } from './listener.ts';
export { readEnvironment } from './environment.ts';
export type { Environment } from './environment.ts';
export type { ResolvedAddress } from './happy-eyeballs.ts';
export { OwnResources } from './process-resources.ts';
export type { ProcessResources } from './process-resources.ts';
export { systemLookup } from './name-lookup.ts';
export type { Lookup } from './name-lookup.ts';
export { SystemPollWatch } from './poll-watch.ts';
export type { PollWatch } from './poll-watch.ts';
export { SocketTransport } from './socket-transport.ts';
export { countQueuedBytes, countTakenBytes } from './taken-bytes.ts';
export { prepareTls } from './tls-context.ts';
export type { Transport, TransportSink } from './transport.ts';
