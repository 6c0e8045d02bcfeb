// Server-sent events: `curl -N http://…/events` ticks, a browser does so by `new EventSource('/events')`. A heartbeat goes out while
// nothing happens. Ctrl-C tells every client when to come back, and none is cut off in the middle.
import { Response, eventStream, serve } from 'perdura/server';

function tick(request, context) {
  const events = eventStream(request, context);
  // A client that was cut off says what it saw last: nothing is told twice.
  let count = Number(events.lastEventId);
  const timer = setInterval(() => events.send({ id: String(++count), event: 'tick', data: `tick ${count}` }), 100);
  void events.closed.then((reason) => {
    clearInterval(timer);
    console.log(`a stream is over: ${reason}`);
  });
  return events;
}

const server = await serve({
  port: Number(process.argv[2] ?? 8080),
  fetch: (request, context) =>
    new URL(request.url).pathname === '/events' ? tick(request, context) : new Response('ask for /events\n'),
});
console.log(server.url);
process.once('SIGINT', () => server.close());
process.once('SIGTERM', () => server.close());
