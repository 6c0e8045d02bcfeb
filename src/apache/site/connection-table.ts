// What the site knows of its connections. It is forgotten with the connection: the key is an object that the server lets go.
import type { RawRequest } from '../../server/index.ts';
import type { ConnectionFacts } from '../request/connection-facts.ts';

/** See the head of the file. */
export class ConnectionTable {
  readonly #connections = new WeakMap<object, ConnectionFacts>();

  find(raw: RawRequest, id: string): ConnectionFacts {
    let connection = this.#connections.get(raw.connectionKey);
    if (connection === undefined) {
      connection = {
        id,
        localAddress: raw.local.address,
        localPort: raw.local.port,
        remoteAddress: raw.remote.address,
        remotePort: raw.remote.port,
        tls: raw.secure,
        keepAlives: 0,
      };
      this.#connections.set(raw.connectionKey, connection);
    }
    return connection;
  }
}
