// What a connection of HTTP/1 tells of itself.
import type { ConnectionInfo, ConnectionState } from '../../trace.ts';
import type { ConnectionProvenance } from './protocol-switch.ts';

/** The connection itself, as far as it is asked. */
interface DescribedConnection {
  readonly id: number;
  readonly state: ConnectionState;
  readonly openedAtMs: number;
  readonly transport: { readonly remote: string };
  readonly provenance: ConnectionProvenance;
}

/** `idleAtMs`: since when it is idle, undefined while it is not. `requests`: those that began on it. */
export function describeConnection(
  connection: DescribedConnection,
  minorVersion: number,
  requests: number,
  idleAtMs: number | undefined,
  nowMs: number,
): ConnectionInfo {
  return {
    id: connection.id,
    state: connection.state,
    protocol: minorVersion === 0 ? 'http/1.0' : 'http/1.1',
    requests,
    ageMs: nowMs - connection.openedAtMs,
    idleMs: idleAtMs === undefined ? 0 : nowMs - idleAtMs,
    remote: connection.transport.remote,
    ...connection.provenance,
  };
}
