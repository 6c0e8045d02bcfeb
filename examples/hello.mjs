// The smallest server: `node examples/hello.mjs [port]`.
import { Response, serve } from 'perdura/server';

const server = await serve({
  port: Number(process.argv[2] ?? 8080),
  fetch: (request, { connection }) =>
    new Response(`${request.method}: request ${connection.requests} on connection ${connection.id}\n`),
});
console.log(server.url);
