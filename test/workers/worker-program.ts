// The program of the workers in tests: a small server, told by its arguments how to misbehave.
import { spawn } from 'node:child_process';
import type { EventEmitter } from 'node:events';
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

// Somebody else keeps its end of the channel open, so that its own end is seen first: else only a race shows that.
const heirMs = Number(valueOf('heirMs') ?? 0);
// Not in the types, which follow the documentation.
const channelFd = (process.channel as { readonly fd?: number } | undefined)?.fd ?? 0;
if (heirMs > 0) spawn('sleep', [String(heirMs / 1000)], { stdio: ['ignore', 'ignore', 'ignore', channelFd] });

// It gets the socket to listen on, and never says so.
if (words.includes('deaf')) {
  (process as EventEmitter).prependListener('internalMessage', ({ cmd }: { readonly cmd?: string }) => {
    if (cmd !== 'NODE_HANDLE') return;
    process.send?.('deaf');
    for (;;);
  });
}

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
