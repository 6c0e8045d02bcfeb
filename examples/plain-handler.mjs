// `handler` answers with plain objects: nothing but status, fields and body. A path is compared as it was sent.
import { serve } from 'perdura/server';

async function answer(request) {
  const path = request.url.slice(request.url.indexOf('/', 'http://'.length));
  if (path === '/') return { headers: { 'content-type': 'text/plain' }, body: 'ask for /echo with POST\n' };
  if (path !== '/echo') return { status: 404, body: 'not found\n' };
  if (request.method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
  return {
    headers: [
      ['content-type', request.headers.get('content-type') ?? 'application/octet-stream'],
      ['cache-control', 'no-store'],
    ],
    body: await request.bytes(),
  };
}

const server = await serve({ port: Number(process.argv[2] ?? 8080), handler: answer });
console.log(server.url);
