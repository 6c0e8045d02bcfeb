// A server of Node.js that passes requests on through undici: persistence on the front is its own, whatever the server behind it does.
import { createServer } from 'node:http';
import { Pool } from 'undici';
import type { KnownServer } from './known-server.ts';
import { listening, startNodeServer } from './node.ts';

/** All servers of this kind. */
export function undiciFronts(): readonly KnownServer[] {
  return [
    {
      name: '3 s in front of 1 s',
      start: async () => {
        const backend = await startNodeServer({ keepAliveTimeoutMs: 1_000 });
        const pool = new Pool(new URL(backend.url).origin);
        const server = createServer((request, response) => {
          request.resume();
          pool.request({ path: request.url ?? '/', method: 'GET' }).then(
            async ({ statusCode, body }) => {
              response.statusCode = statusCode;
              response.end(Buffer.from(await body.arrayBuffer()));
            },
            () => {
              response.statusCode = 502;
              response.end();
            },
          );
        });
        server.keepAliveTimeout = 3_000;
        const front = await listening(server);
        return {
          url: front.url,
          [Symbol.asyncDispose]: async () => {
            await front[Symbol.asyncDispose]();
            await pool.destroy();
            await backend[Symbol.asyncDispose]();
          },
        };
      },
      truth: {
        http11Persistent: true,
        advertisedTimeoutMs: 3_000,
        // Node.js adds a second to what it tells.
        idleTimeoutMs: { ms: 4_000 },
        idleClose: 'fin',
        maxRequests: null,
        requestsTried: 200,
        pipelining: 'ordered',
        notFoundStatus: 404,
      },
      options: { maxWaitMs: 6_000, maxRequests: 200 },
    },
  ];
}
