// Ends without losing a request. Ask for a page, which takes a second, and press Ctrl-C meanwhile: it still arrives,
// with `Connection: close`, and the process ends by itself.
import { setTimeout as wait } from 'node:timers/promises';
import { Response, serve } from 'perdura/server';

const server = await serve({
  port: Number(process.argv[2] ?? 8080),
  fetch: async () => {
    console.log('a request is under way');
    await wait(1_000);
    return new Response('not lost\n');
  },
});
console.log(server.url);

async function stop() {
  // 300 ms for requests that are on their way to idle connections; without it those are kept as long as was advertised.
  const { closed, destroyed } = await server.close({ drainMs: 10_000, idleGraceMs: 300 });
  console.log(`closed in order: ${closed}, broken off: ${destroyed.length}`);
}
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
