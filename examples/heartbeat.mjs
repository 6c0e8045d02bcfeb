// Keepalive signals on one persistent connection: told when the server is gone.
import { Heartbeat, httpProbe } from 'perdura/heartbeat';
import { serve, Response } from 'perdura/server';

const server = await serve({ port: Number(process.argv[2] ?? 8080), fetch: () => new Response('alive\n') });
const heartbeat = new Heartbeat({ probe: httpProbe(server.url), intervalMs: 500, timeoutMs: 250, tolerance: 2 });

heartbeat.on('ack', ({ rttMs, connection, detail }) => {
  console.log(`ack: ${detail} after ${rttMs?.toFixed(1)} ms on a connection that was ${connection}`);
});
heartbeat.on('up', ({ downMs }) => console.log(`up again after ${downMs} ms`));
heartbeat.on('down', ({ missed, reason }) => {
  console.log(`down: ${missed} missed, ${reason}`);
  heartbeat.stop();
  console.log(`${heartbeat.stats().acknowledged} of ${heartbeat.stats().sent} were acknowledged`);
});
heartbeat.start();
console.log(`Signals to ${server.url}; Ctrl-C ends the server.`);

process.once('SIGINT', () => server.close());
