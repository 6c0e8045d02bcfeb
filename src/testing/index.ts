// Test doubles for what perdura is built on: time, transports, faults and peers. For tests only; nothing here opens a socket.
export { type Faults } from './fault-options.ts';
export { FaultyTransport, withFaults } from './faults.ts';
export { ManualClock, type ManualClockOptions } from './manual-clock.ts';
export { ScriptedPeer, type ScriptedPeerOptions, ScriptError } from './scripted-peer.ts';
export { formatBytes, Transcript } from './transcript.ts';
export { transportError, type TransportError, type TransportErrorCode } from './transport-error.ts';
export { transportPair, type TransportPair, type TransportPairOptions, type TransportPump } from './transport-pair.ts';
