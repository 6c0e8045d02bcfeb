// Which socket belongs to which connection: the same one for all requests of an HTTP/1 connection, one for each stream of HTTP/2.
import type { HandlerContext } from '../../server/handler.ts';
import type { ExchangeLife, ConnectionHandle } from '../../server/exchange-life.ts';
import { ConnectionSocket } from './connection-socket.ts';
import type { SocketOwner } from './connection-socket.ts';

/** The sockets of one server. */
export class ConnectionSockets {
  readonly #byConnection = new WeakMap<ConnectionHandle, ConnectionSocket>();
  readonly #owner: SocketOwner | undefined;
  readonly #onOpened: ((socket: ConnectionSocket) => void) | undefined;

  constructor(owner: SocketOwner | undefined, onOpened: ((socket: ConnectionSocket) => void) | undefined) {
    this.#owner = owner;
    this.#onOpened = onOpened;
  }

  /** The socket for a request. */
  of(context: HandlerContext, life: ExchangeLife): ConnectionSocket {
    if (life.multiplexed) {
      return new ConnectionSocket(() => context.connection, undefined, this.#owner);
    }
    const { handle: connection } = life;
    let socket = this.#byConnection.get(connection);
    if (socket === undefined) {
      socket = new ConnectionSocket(() => connection.info(), connection, this.#owner);
      this.#byConnection.set(connection, socket);
      this.#onOpened?.(socket);
    }
    return socket;
  }
}
