// Keeping an eye on the connections of a session: events as they happen, a list of what is open, and counts.
import { serve, Response, Session } from 'perdura';

const server = await serve({ port: 0, fetch: () => new Response('ok\n'), maxKeepAliveRequests: 2 });

const session = new Session({
  baseUrl: server.url,
  trace: (event) => {
    if (event.type === 'opened') console.log(`${event.connection.id} opened in ${event.opening.totalMs.toFixed(1)} ms`);
    if (event.type === 'response') console.log(`${event.connection.id} ${event.request.method} ${event.status}`);
    if (event.type === 'idle') console.log(`${event.connection.id} idle, because: ${event.because}`);
    if (event.type === 'closed') console.log(`${event.connection.id} closed: ${event.reason}`);
  },
});

for (let request = 1; request <= 3; request += 1) {
  const { body } = await session.request('/');
  await body.text();
}

for (const { id, state, requests, ageMs } of session.connections()) {
  console.log(`open: ${id} ${state}, ${requests} requests, ${ageMs.toFixed(0)} ms old`);
}
const { requests, reused, retries, closed } = session.stats();
console.log({ requests, reused, retries, closed });

await session.close();
await server.close({ idleGraceMs: 0 });
