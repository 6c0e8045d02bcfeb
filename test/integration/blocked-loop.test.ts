// The event loop of the client is blocked for 300 ms while the server ends idle connections, or writes on them; in the same turn the
// client sends requests. Real sockets, with the server in a thread of its own.
//
// The event is in the kernel, and nobody has told the client. Node's http.Agent loses each of these requests, or hands out the 408
// and the injected 200 as its answer. Here nothing may be lost, repeated or mixed up, and nothing has to be sent again either: the
// connections are looked at first.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Session } from '#src/client/index.js';
import type { BadPeerEcho, BadPeerFault } from '#src/testing/bad-peer/index.js';
import { startRemoteBadPeer } from './remote-bad-peer.ts';
import type { RemoteBadPeer } from './remote-bad-peer.ts';

const CONNECTIONS = 20;
const BLOCKED_MS = 300;

const EVENTS: readonly (readonly [string, BadPeerFault])[] = [
  ['FIN', { kind: 'closeWhenIdle', ending: 'fin' }],
  ['FIN, and reads on', { kind: 'closeWhenIdle', ending: 'linger' }],
  ['FIN, and goes on executing', { kind: 'closeWhenIdle', ending: 'halfClose' }],
  ['RST', { kind: 'closeWhenIdle', ending: 'reset' }],
  ['408 and FIN', { kind: 'requestTimeoutWhenIdle', ending: 'fin' }],
  ['408 and nothing', { kind: 'requestTimeoutWhenIdle', ending: 'none' }],
  ['408 and RST', { kind: 'requestTimeoutWhenIdle', ending: 'reset' }],
  ['a poisonous 200', { kind: 'poison', bytes: 'response' }],
  ['half a poisonous 200', { kind: 'poison', bytes: 'partialHead' }],
];

const CALLS = {
  request: async (session: Session, url: string, method: string): Promise<string> => {
    const { status, body } = await session.request(url, { method });
    return `${status} ${await body.text()}`;
  },
  fetch: async (session: Session, url: string, method: string): Promise<string> => {
    const response = await session.fetch(url, { method });
    return `${response.status} ${await response.text()}`;
  },
} as const;

let peer: RemoteBadPeer;
before(async () => {
  peer = await startRemoteBadPeer();
});
after(async () => {
  await peer.close();
});

let runs = 0;

for (const [name, fault] of EVENTS) {
  describe(`the server does ${name}`, () => {
    for (const call of ['request', 'fetch'] as const) {
      for (const method of ['GET', 'POST']) {
        test(`each of ${CONNECTIONS} ${method} by ${call}() gets its own answer, and is executed once`, async () => {
          runs += 1;
          const session = new Session();
          const send = (path: string): Promise<string> => CALLS[call](session, new URL(path, peer.url).href, method);
          await session.preconnect(peer.url, CONNECTIONS);
          const paths = Array.from({ length: CONNECTIONS }, (_, index) => `/${runs}/${index}`);
          await Promise.all(paths.map((path) => send(`${path}/first`)));
          assert.equal(session.connections().length, CONNECTIONS);

          peer.setFault({ ...fault, when: { times: CONNECTIONS } }, CONNECTIONS);
          peer.blockLoop(BLOCKED_MS);
          const outcomes = await Promise.allSettled(paths.map((path) => send(path)));
          peer.setFault(undefined);

          for (const [index, outcome] of outcomes.entries()) {
            assert.equal(outcome.status, 'fulfilled', outcome.status === 'rejected' ? String(outcome.reason) : '');
            const [, status, text] = /^(\d+) (.*)$/s.exec(outcome.value)!;
            assert.equal(status, '200', outcome.value);
            assert.equal((JSON.parse(text!) as BadPeerEcho).id, paths[index]);
          }
          const executions = await peer.executions();
          for (const path of paths) assert.equal(executions.get(path), 1, path);
          const { retries, validations, closed } = session.stats();
          assert.equal(retries, 0);
          assert.ok(validations >= CONNECTIONS, `${validations} connections were looked at`);
          assert.equal(
            (closed.peerClosed ?? 0) + (closed.peerReset ?? 0) + (closed.unsolicitedBytes ?? 0),
            CONNECTIONS,
          );
          await session.close();
        });
      }
    }
  });
}

test('where nothing happened, the connections that were looked at are used', async () => {
  const session = new Session();
  await session.preconnect(peer.url, CONNECTIONS);
  const send = (path: string): Promise<string> => CALLS.request(session, new URL(path, peer.url).href, 'POST');
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => send(`/quiet/${index}/first`)));
  const endMs = performance.now() + BLOCKED_MS;
  while (performance.now() < endMs);
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => send(`/quiet/${index}`)));
  const { connectionsOpened, validations, retries } = session.stats();
  assert.deepEqual([connectionsOpened, retries], [CONNECTIONS, 0]);
  assert.ok(validations >= CONNECTIONS);
  await session.close();
});
