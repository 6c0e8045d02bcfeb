// A stream of events that survives its server: the first one drains after five events, the second takes over on the same port, and the
// listener goes on where it was.
import { Session } from 'perdura/client';
import { eventStream, serve } from 'perdura/server';

const listen = (port) =>
  serve({
    port,
    fetch: (request, context) => {
      const events = eventStream(request, context, { heartbeatMs: 5_000, drainingRetryMs: 100 });
      let count = Number(events.lastEventId);
      const timer = setInterval(() => events.send({ id: String(++count), data: `event ${count}` }), 20);
      void events.closed.then(() => clearInterval(timer));
      return events;
    },
  });

let server = await listen(Number(process.argv[2] ?? 0));
const session = new Session({ baseUrl: server.url });
const onState = ({ type, reason = '', lastEventId }) => console.log(`${type} behind '${lastEventId}' ${reason}`);
for await (const { data, lastEventId } of session.events('/', { onState })) {
  console.log(data);
  if (lastEventId === '5') void server.close().then(async () => (server = await listen(server.port)));
  if (lastEventId === '10') break;
}
await session.close();
await server.close();
