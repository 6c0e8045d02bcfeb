// What handlers may know of their connection.
import type { ConnectionInfo } from '../trace.ts';
import type { HandlerContext } from './handler.ts';
import type { ServedConnection } from './served-connection.ts';

/** A snapshot of the connection, made when it is asked for. */
export class ConnectionContext implements HandlerContext {
  readonly #connection: ServedConnection;

  constructor(connection: ServedConnection) {
    this.#connection = connection;
  }

  get connection(): ConnectionInfo {
    return this.#connection.info();
  }
}
