// What the site knows of its connections. It is forgotten with the connection: the key is an object that the server lets go.
import type { HandlerContext, RawRequest } from '../../server/index.ts';
import type { ConnectionFacts } from '../request/connection-facts.ts';

/** See the head of the file. */
export class ConnectionTable {
  readonly #connections = new WeakMap<object, ConnectionFacts>();

  find(raw: RawRequest, context: HandlerContext): ConnectionFacts {
    let connection = this.#connections.get(raw.connectionKey);
    if (connection === undefined) {
      const { id, tls } = context.connection;
      const { local, remote } = raw;
      connection = {
        id: String(id),
        localAddress: local.address,
        localPort: local.port,
        remoteAddress: remote.address,
        remotePort: remote.port,
        tls: raw.secure,
        handshake: tls,
        keepAlives: 0,
      };
      this.#connections.set(raw.connectionKey, connection);
    }
    return connection;
  }
}
