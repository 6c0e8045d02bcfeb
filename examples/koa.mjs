// A Koa application on serve() by toHandler(): every option of serve() is at hand, and so is its report of how a shutdown went.
import { Readable } from 'node:stream';
import Koa from 'koa';
import { toHandler } from 'perdura/node';
import { serve } from 'perdura/server';

const app = new Koa();
app.use(async (context) => {
  if (context.path === '/stream') context.body = Readable.from(['one ', 'two ', 'three\n']);
  else context.body = `hello from ${context.path}\n`;
});

const server = await serve({
  port: Number(process.argv[2] ?? 8080),
  handler: toHandler(app.callback()),
  keepAliveTimeoutMs: 75_000,
});
console.log(server.url);
process.on('SIGTERM', async () => {
  const { closed, destroyed } = await server.close({ idleGraceMs: 0 });
  console.log(`closed in order: ${closed}, broken off: ${destroyed.length}`);
});
