// The thread of a RemoteBadPeer: a bad peer on loopback that goes on while the event loop of the test is blocked.
import { parentPort, workerData } from 'node:worker_threads';
import { startBadPeer } from '#src/testing/bad-peer/index.js';
import type { BadPeerFault, Ending } from '#src/testing/bad-peer/index.js';

/** What the test asks of the thread. */
export type PeerCommand =
  /** Misbehave from now on. `flags[0]` becomes 1 once it has acted on so many connections; for Infinity, a moment later. */
  | { readonly command: 'setFault'; readonly fault: BadPeerFault | undefined; readonly connections: number }
  | { readonly command: 'cut'; readonly ending: Ending }
  | { readonly command: 'executions'; readonly number: number }
  | { readonly command: 'close' };

/** What the thread is made with. `flags[0]` tells the test that something has happened, even while its loop is blocked. */
export interface PeerThreadData {
  readonly flags: Int32Array;
  readonly fault: BadPeerFault | undefined;
}

const { flags, fault } = workerData as PeerThreadData;
const port = parentPort!;
let awaited = Infinity;

/** All idle connections have seen the fault by then: it acts on them at once. */
const ACTED_MS = 20;

const peer = await startBadPeer({
  fault,
  onEvent: ({ type }) => {
    if (type !== 'fault') return;
    awaited -= 1;
    if (awaited === 0) tell();
  },
});

/** Two turns later: libuv sends FIN at the end of a turn. */
function tell(): void {
  setImmediate(() => {
    setImmediate(() => {
      Atomics.store(flags, 0, 1);
      Atomics.notify(flags, 0);
    });
  });
}

port.on('message', (message: PeerCommand) => {
  switch (message.command) {
    case 'setFault':
      awaited = message.connections;
      peer.setFault(message.fault);
      if (awaited === Infinity) setTimeout(tell, ACTED_MS);
      return;
    case 'cut':
      peer.cut(message.ending);
      tell();
      return;
    case 'executions':
      port.postMessage({ number: message.number, executions: peer.executions });
      return;
    case 'close':
      void peer.close().then(() => port.close());
  }
});
port.postMessage({ url: peer.url });
