// A site as its httpd.conf and .htaccess files describe it, answered as Apache answers: three hosts of examples/apache.
import { fileURLToPath } from 'node:url';
import { NodeFileLookup, RunningSite } from 'perdura/apache';
import { serve } from 'perdura/server';

const port = Number(process.argv[2] ?? 8080);
const folder = fileURLToPath(new URL('apache', import.meta.url));
const site = new RunningSite(
  { file: `${folder}/httpd.conf`, environment: { SITE: folder, PORT: String(port === 0 ? 8080 : port) } },
  {
    files: new NodeFileLookup(),
    processId: process.pid,
    machineName: undefined,
    wallMs: () => Date.now(),
    writeAccess: (file, line) => console.log(file, line),
    writeError: (file, line) => console.error(line),
  },
);
for (const { options } of site.plan().listeners) {
  const server = await serve({ ...options, port });
  console.log(server.url);
}
