// The limit of connections for each address as a step of accepting: behind the PROXY protocol, which says whose they are, and before
// TLS, whose handshake is what costs.
import type { AcceptStep, PendingConnection } from '../../io/index.ts';
import { AddressCounts } from './address-counts.ts';

/** See the head of the file. */
export class AddressLimitStep implements AcceptStep {
  readonly counts: AddressCounts;

  constructor(limit: number) {
    this.counts = new AddressCounts(limit);
  }

  begin(connection: PendingConnection): void {
    const leave = this.counts.enter(connection.remote);
    if (leave === undefined) {
      connection.turnAway({ reason: 'tooManyFromAddress' });
      return;
    }
    // Of the socket, whatever the connection becomes meanwhile: a failed handshake, HTTP, another protocol.
    connection.socket.once('close', leave);
    connection.proceed();
  }
}
