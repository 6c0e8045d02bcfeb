// A body that is made piece by piece: chunked for HTTP/1.1, pulled only as fast as the client reads.
// `curl -N` shows the lines as they come. When the client goes away, the generator's `finally` runs.
import { setTimeout as wait } from 'node:timers/promises';
import { Response, serve } from 'perdura/server';

async function* countdown() {
  try {
    for (let second = 3; second > 0; second -= 1) {
      yield `${second}\n`;
      await wait(250);
    }
    yield 'lift-off\n';
  } finally {
    console.log('the body ended');
  }
}

const server = await serve({
  port: Number(process.argv[2] ?? 8080),
  fetch: () => new Response(countdown(), { headers: { 'content-type': 'text/plain' } }),
});
console.log(server.url);
