// A server of node:http that a test gives its handler, and that ends with the test.
import { createServer } from 'node:http';
import type { RequestListener, ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

export interface NodeServer extends AsyncDisposable {
  readonly url: string;
}

/** Whatever is asked for is there, as far as the handler says nothing else. */
export async function startNodeServer(handler: RequestListener, options: ServerOptions = {}): Promise<NodeServer> {
  const server = createServer(options, handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
