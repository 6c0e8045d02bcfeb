// Whether a connection keeps its process alive: a process of its own opens one and has nothing else to do.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type net from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { certificate, identity, listenTcp, tlsAcceptor, until } from './opening.ts';

const CLIENT = path.join(import.meta.dirname, 'fixtures/idle-client.js');
/** What the client exits with when the connection brought it an answer. */
const ANSWERED = 7;

describe('a process whose only connection', () => {
  for (const scheme of ['http', 'https', 'https whose end is watched']) {
    for (const state of ['idle', 'busy']) {
      const outcome = state === 'idle' ? 'is idle ends' : 'was idle and is busy again waits for its answer';
      test(`${outcome} (${scheme})`, async (context) => {
        const sockets: net.Socket[] = [];
        const note = (socket: net.Socket): void => void sockets.push(socket.resume());
        const accept = scheme === 'http' ? note : tlsAcceptor(identity('localhost'), note);
        const { port } = await listenTcp(context, accept);
        const child = fork(CLIENT, [scheme, String(port), certificate('authority').toString(), state]);
        context.after(() => child.kill('SIGKILL'));
        const exited = once(child, 'exit') as Promise<[number | null]>;
        // It has said so and then let go of us: from there on only the connection can keep it.
        await once(child, 'disconnect');
        // With TLS 1.3 the client is done with its handshake before the server is.
        await until(() => sockets.length === 1);
        if (state === 'busy') sockets[0]!.write('answer');
        assert.equal((await exited)[0], state === 'busy' ? ANSWERED : 0);
      });
    }
  }
});
