// A session keeps its connections for the next request. It asks a server of its own, so that it runs anywhere.
import { Response, serve, Session } from 'perdura';

const server = await serve({ port: 0, fetch: async (request) => Response.json({ got: await request.text() }) });
const session = new Session({ baseUrl: server.url, headers: { accept: 'application/json' } });

// Plain data, with the body still on its way.
const { status, body, connection } = await session.request('/teas?sort=name');
console.log(status, await body.json(), connection);

// The same with the interface of fetch: redirects are followed, content codings undone.
const response = await session.fetch('/teas', { method: 'POST', body: 'oolong', idempotent: true });
console.log(response.status, await response.json(), response.connection);

await session.close();
await server.close({ idleGraceMs: 0 });
