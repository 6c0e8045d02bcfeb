// HTTP/1.x without I/O: what the layers above, and users of `perdura/wire`, may take from it.
export { BodyWriter, formatFramingLine } from './body-writer.ts';
export type { WireOutput } from './body-writer.ts';
export { ChunkedReader, formatChunkSize, formatLastChunk } from './chunked.ts';
export type { BodySink } from './chunked.ts';
export { WireConfiguration } from './configuration.ts';
export type { RequestScanning } from './configuration.ts';
export { WireConnection } from './connection.ts';
export { Exchange } from './exchange.ts';
export { FieldLines, formatFieldLines } from './field-lines.ts';
export {
  BODY_UNTIL_CLOSE,
  CHUNKED_BODY,
  NO_BODY,
  decideRequestFraming,
  decideResponseFraming,
  readFramingFields,
} from './framing.ts';
export type { BodyFraming, FramingFields } from './framing.ts';
export { HeadScanner } from './head-scanner.ts';
export type { ScanResult } from './head-scanner.ts';
export { STRICT } from './leniency.ts';
export type { Leniency } from './leniency.ts';
export { DEFAULT_WIRE_LIMITS } from './limits.ts';
export type { WireLimits } from './limits.ts';
export { RequestHead } from './message-head.ts';
export type { ResponseHead } from './message-head.ts';
export { decidePersistence } from './persistence.ts';
export type { PersistenceFacts } from './persistence.ts';
export { PROTOCOL_FAULTS, ProtocolError } from './protocol-error.ts';
export type { ProtocolFault } from './protocol-error.ts';
export type { HeadKind, PartialHead } from './scanned-head.ts';
export { EXCHANGE_OUTCOMES, PERSISTENCE_TRANSITIONS, REQUEST_TRANSITIONS, RESPONSE_TRANSITIONS } from './states.ts';
export type { ExchangeOutcome, MessageEvent, MessageState, PersistenceEvent, PersistenceState } from './states.ts';
export { decideTargetForm } from './start-line.ts';
export type { TargetForm } from './start-line.ts';
export type { WireRole, WireSink } from './wire-sink.ts';
