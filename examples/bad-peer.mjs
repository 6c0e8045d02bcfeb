// What a client makes of a server that misbehaves: status, how often it was sent again, how often it was executed.
import { Session } from 'perdura';
import { startBadPeer } from 'perdura/testing/bad-peer';

async function ask(session, method) {
  const { status, body, retries } = await session.request('/second', { method, body: 'one' });
  await body.text();
  return `${status}, sent again: ${retries.length}`;
}

async function suffer(kind, method) {
  const peer = await startBadPeer({ fault: { kind, when: { connection: 1, request: 2 } } });
  const session = new Session({ baseUrl: peer.url });
  const first = await session.request('/first');
  await first.body.text();
  const outcome = await ask(session, method).catch((error) => `${error.name}, safe to retry: ${error.safeToRetry}`);
  console.log(`${kind} ${method}: ${outcome}, executed: ${peer.executed('/second')}`);
  await session.close();
  await peer.close();
}

for (const kind of ['closeBeforeProcessing', 'closeAfterProcessing', 'requestTimeoutAnswer', 'shortBody']) {
  await suffer(kind, 'PUT');
  await suffer(kind, 'POST');
}
