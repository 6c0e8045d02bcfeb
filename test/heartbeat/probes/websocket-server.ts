// A server of `ws`, its clients, and heartbeats of them.
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import type { ServerOptions } from 'ws';
import { CalmMemory, Heartbeat, webSocketProbe } from '#src/heartbeat/index.js';
import type {
  HeartbeatEvent,
  HeartbeatEventType,
  HeartbeatOptions,
  WebSocketProbeOptions,
} from '#src/heartbeat/index.js';
import { identity } from '../../io/opening.ts';

export interface WebSocketFixture {
  readonly url: string;
  readonly library: WebSocketServer;
  readonly server: http.Server;
  /** A client and its socket on the server. */
  readonly pair: () => Promise<[client: WebSocket, server: WebSocket]>;
}

export async function listen(t: TestContext, options: ServerOptions = {}, secure = false): Promise<WebSocketFixture> {
  const server = secure ? https.createServer(identity('localhost')) : http.createServer();
  const library = new WebSocketServer({ server, ...options });
  library.on('connection', (socket) => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  t.after(() => {
    for (const socket of library.clients) socket.terminate();
    server.close();
    server.closeAllConnections();
  });
  const url = `${secure ? 'wss' : 'ws'}://127.0.0.1:${port}/`;
  return {
    url,
    library,
    server,
    pair: async () => {
      const connected = once(library, 'connection') as Promise<[WebSocket]>;
      const client = new WebSocket(url);
      t.after(() => client.terminate());
      await once(client, 'open');
      const [socket] = await connected;
      return [client, socket];
    },
  };
}

/** A heartbeat with a memory of its own. */
export function beat(
  t: TestContext,
  target: Parameters<typeof webSocketProbe>[0],
  options: Partial<HeartbeatOptions> = {},
  probe: WebSocketProbeOptions = {},
): Heartbeat {
  const heartbeat = new Heartbeat({
    probe: webSocketProbe(target, probe),
    intervalMs: 50,
    timeoutMs: 2_000,
    calm: new CalmMemory(),
    ...options,
  });
  t.after(() => heartbeat.stop());
  return heartbeat.start();
}

/** The next event of the type. */
export async function next<Type extends HeartbeatEventType>(
  heartbeat: Heartbeat,
  type: Type,
): Promise<HeartbeatEvent & { type: Type }> {
  return await new Promise((resolve) => {
    const told = (event: HeartbeatEvent): void => {
      heartbeat.off(type, told);
      resolve(event as HeartbeatEvent & { type: Type });
    };
    heartbeat.on(type, told);
  });
}
