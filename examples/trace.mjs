// Tells what happens on every connection: opened, each exchange, closed and why (docs/close-reasons.md).
import { Response, serve } from 'perdura/server';

function print(event) {
  switch (event.type) {
    case 'exchange': {
      const { connection, requestNumber, request, status, persistent } = event.exchange;
      const line = request === undefined ? '(unreadable)' : `${request.method} ${request.target}`;
      console.log(`${connection.id}.${requestNumber} ${line} ${status}, ${persistent ? 'stays open' : 'ends'}`);
      break;
    }
    case 'refused':
      console.log(`refused ${event.remote}: ${event.reason}`);
      break;
    default: {
      const { id, remote, requests, ageMs } = event.connection;
      const why =
        event.type === 'closed' ? ` (${event.reason}) after ${requests} requests, ${Math.round(ageMs)} ms` : '';
      console.log(`${id} ${event.type} ${remote}${why}`);
    }
  }
}

const server = await serve({
  port: Number(process.argv[2] ?? 8080),
  trace: print,
  fetch: () => new Response('ok\n'),
});
console.log(server.url);
