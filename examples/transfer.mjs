// A large upload and a large download, piece by piece: neither is ever in memory as a whole.
import { createReadStream } from 'node:fs';
import { serve, Response, Session } from 'perdura';

const server = await serve({ port: 0, fetch: (request) => new Response(request.body) });
const session = new Session({ baseUrl: server.url });

// As a function the body can be produced again, so a stale connection does not cost the upload.
// Without a Content-Length it is sent in chunks.
const { body } = await session.request('/echo', {
  method: 'PUT',
  body: () => createReadStream(process.execPath, { end: 9_999_999 }),
});

// The connection is read no faster than this loop goes; leaving it early gives up the rest.
let bytes = 0;
for await (const piece of body) bytes += piece.length;
console.log(`${bytes} bytes there and back`);

await session.close();
await server.close({ idleGraceMs: 0 });
