// What to do when a connection is lost under a request that must not run twice: the error says what is known.
import { ConnectionLostError, Session } from 'perdura';
import { startBadPeer } from 'perdura/testing/bad-peer';

// A server that executes the second request of its first connection, and ends without an answer.
const fault = { kind: 'closeAfterProcessing', when: { connection: 1, request: 2 } };
const peer = await startBadPeer({ fault });
const session = new Session({ baseUrl: peer.url });

async function order(what) {
  const headers = { 'x-request-id': what };
  try {
    const { status, body } = await session.request('/orders', { method: 'POST', headers, body: what });
    await body.dump();
    return `${what}: ${status}`;
  } catch (error) {
    if (!(error instanceof ConnectionLostError)) throw error;
    const { reused, responseBytes, safeToRetry } = error.evidence;
    return `${what}: lost (reused: ${reused}, bytes of a response: ${responseBytes}, safe to retry: ${safeToRetry})`;
  }
}

console.log(await order('tea'));
console.log(await order('coffee'));
console.log(`coffee was made ${peer.executed('coffee')} times`);

await session.close();
await peer.close();
