// A network of its own in which the peer vanishes without a word: what a connection that is held tells then. For half-open.test.ts,
// which starts it where it may switch off the loopback device.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { tcpProbe } from '#src/heartbeat/index.js';

const server = net.createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as net.AddressInfo;

const probe = tcpProbe(
  { host: '127.0.0.1', port },
  { hold: true, keepAlive: { idleMs: 1_000, intervalMs: 1_000, count: 2 } },
);
probe.attach?.({
  onReceived: () => {},
  onSent: () => {},
  onCalm: () => {},
  onBlocked: () => {},
  onLost: (reason) => {
    console.log(JSON.stringify({ reason, afterMs: performance.now() - vanishedMs, ...taken }));
    process.exit();
  },
});
const opened = await probe.send(new AbortController().signal);
const taken = { detail: opened?.detail, kernelKeepAlive: probe.kernelKeepAlive };
const held = await probe.send(new AbortController().signal);
if (held?.connection !== 'kept') throw new Error('it was not kept');
execFileSync('ip', ['link', 'set', 'lo', 'down']);
const vanishedMs = performance.now();
// Both ends of the connection live in this process: without it nothing would be waited for, as what is held keeps no process alive.
setTimeout(() => console.log('nothing was told'), 40_000);
