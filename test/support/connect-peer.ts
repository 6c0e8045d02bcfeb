// Scripted peers over real sockets on loopback.
import { once } from 'node:events';
import net from 'node:net';
import { systemClock } from '#src/io/clock.js';
import { ScriptedPeer } from '#src/testing/index.js';
import { NetTransport } from './net-transport.ts';

/** Connects a scripted peer to a server that listens. Destroy it when the test ends. */
export async function connectPeer(port: number, host = '127.0.0.1', deadlineMs = 5_000): Promise<ScriptedPeer> {
  const socket = net.connect({ port, host, allowHalfOpen: true });
  await once(socket, 'connect');
  return new ScriptedPeer(new NetTransport(socket), { clock: systemClock, deadlineMs });
}
