// The program of the workers in tests: a small server, told by its arguments how to misbehave.
import { serve } from '#src/server/index.js';
import { attachWorker, workerIdentity } from '#src/workers/index.js';

const identity = workerIdentity();
const words = process.argv.slice(2);
const valueOf = (name: string): string | undefined => words.find((word) => word.startsWith(`${name}=`))?.split('=')[1];

// Nothing ever becomes of it.
if (words.includes('crash')) process.exit(7);
// The first generation is well, later ones are not.
const brokenFrom = Number(valueOf('brokenFrom') ?? Infinity);
if ((identity?.worker ?? 0) >= brokenFrom) process.exit(9);

const server = await serve({
  port: identity?.port ?? 0,
  keepAliveTimeoutMs: Number(valueOf('keepAliveTimeoutMs') ?? 65_000),
  handler: async ({ url }) => {
    const { pathname } = new URL(url);
    if (pathname === '/slow') await new Promise((resolve) => setTimeout(resolve, 300));
    if (pathname === '/keys') {
      const inherited = String(process.env['PERDURA_WORKER']);
      return { body: `${inherited} ${Buffer.from(identity?.ticketKeys ?? []).toString('hex')}` };
    }
    if (pathname === '/never') await new Promise(() => {});
    if (pathname === '/block') for (const until = Date.now() + 3_000; Date.now() < until;);
    return { headers: { 'X-Worker': String(identity?.worker), 'X-Pid': String(process.pid) }, body: 'ok' };
  },
});
await attachWorker(server, { drainMs: Number(valueOf('drainMs') ?? 5_000) });
