// WebSockets with the package `ws` (npm install ws), on the same port as everything else. Whatever a client says, all of them hear.
// Ctrl-C closes them with 1012, Service Restart, and waits until they are gone.
import { Response, serve, upgradeWebSocket } from 'perdura/server';
import { WebSocketServer } from 'ws';

const webSockets = new WebSocketServer({ noServer: true, maxPayload: 65_536 });

const server = await serve({
  port: Number(process.argv[2] ?? 8080),
  fetch: async (request, context) => {
    if (new URL(request.url).pathname !== '/chat') return new Response('open a WebSocket to /chat\n');
    const { socket, answer } = await upgradeWebSocket(webSockets, request, context);
    socket?.on('message', (data, binary) => {
      for (const client of webSockets.clients) client.send(data, { binary });
    });
    return answer;
  },
});
console.log(server.url);

async function stop() {
  const { closed, destroyed } = await server.close({ drainMs: 10_000 });
  console.log(`closed in order: ${closed}, broken off: ${destroyed.length}`);
}
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
