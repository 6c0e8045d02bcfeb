// A folder as a web site, with a page of its own for what is not there.
import { fileURLToPath } from 'node:url';
import { serve } from 'perdura/server';
import { staticFiles } from 'perdura/server/static';

const server = await serve({
  port: Number(process.argv[2] ?? 8080),
  handler: staticFiles(fileURLToPath(new URL('site', import.meta.url)), {
    notFound: '404.html',
    cacheControl: (path) => (path.endsWith('.html') ? 'no-cache' : 'max-age=3600'),
  }),
});
console.log(server.url);
