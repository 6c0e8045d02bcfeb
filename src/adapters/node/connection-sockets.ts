// Which socket belongs to which connection: the same one for all requests of an HTTP/1 connection, one for each stream of HTTP/2.
import type { ConnectionHandle, ExchangeLife } from '../../server/exchange/exchange-life.ts';
import { ConnectionSocket } from './connection-socket.ts';
import type { SocketOwner } from './connection-socket.ts';

/** The sockets of one server. */
export class ConnectionSockets {
  readonly #byConnection = new WeakMap<ConnectionHandle, ConnectionSocket>();
  /** Connections that had a request and are open. */
  readonly #open = new Set<ConnectionHandle>();
  readonly #owner: SocketOwner | undefined;

  constructor(owner: SocketOwner | undefined) {
    this.#owner = owner;
  }

  /** The socket for a request. */
  of({ handle, multiplexed }: ExchangeLife): ConnectionSocket {
    const known = multiplexed ? undefined : this.#byConnection.get(handle);
    if (known !== undefined) return known;
    const socket = new ConnectionSocket(handle, multiplexed, this.#owner);
    if (!multiplexed) this.#byConnection.set(handle, socket);
    if (!this.#open.has(handle)) this.#begin(handle, socket);
    return socket;
  }

  /** Ends the connections that are doing nothing, in an orderly way. */
  closeIdle(): void {
    for (const handle of this.#open) handle.closeIdle('draining');
  }

  destroyAll(): void {
    for (const handle of this.#open) handle.destroy('destroyed');
  }

  #begin(handle: ConnectionHandle, socket: ConnectionSocket): void {
    this.#open.add(handle);
    handle.watchClose(() => this.#closed(handle));
    this.#owner?.opened(socket);
  }

  #closed(handle: ConnectionHandle): void {
    this.#open.delete(handle);
    const socket = this.#byConnection.get(handle);
    if (socket !== undefined) ConnectionSocket.closed(socket);
  }
}
