// The story of stop-and-kill.ts with the plainest peer there is: a process that sends back what it gets.
import net from 'node:net';
import type { Probe } from '#src/heartbeat/index.js';
import { PeerProcess } from './peer-process.ts';
import { describeStopAndKill } from './stop-and-kill.ts';

const ECHO = `
  require('node:net').createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  }).listen(Number(process.argv[1]), '127.0.0.1');
`;

/** One byte there, one byte back, on a connection that is kept. */
function echoProbe(port: number): Probe {
  let socket: net.Socket | undefined;
  return {
    target: `tcp://127.0.0.1:${port}`,
    send(signal) {
      const connection = socket === undefined ? 'new' : 'kept';
      const used = (socket ??= net.connect(port, '127.0.0.1'));
      return new Promise((resolve, reject) => {
        const giveUp = (error: Error): void => {
          if (socket === used) socket = undefined;
          used.destroy();
          reject(error);
        };
        used.removeAllListeners();
        used.once('error', giveUp);
        used.on('error', () => {});
        used.once('close', () => giveUp(new Error('the connection ended')));
        used.once('data', () => resolve({ connection, detail: 'echo' }));
        signal.addEventListener('abort', () => giveUp(signal.reason as Error), { once: true });
        used.write('\u0005');
      });
    },
    close: () => {
      socket?.destroy();
    },
  };
}

describeStopAndKill({
  name: 'a process that echoes',
  start: (port) => new PeerProcess(process.execPath, ['-e', ECHO, String(port)]).untilListening(port),
  probe: echoProbe,
});
