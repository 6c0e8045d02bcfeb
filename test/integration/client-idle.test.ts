// Sessions whose pauses are as long as the server's idle timeout, which is where a request crosses the close: twenty of them side by
// side at each server, whether it tells its timeout or leaves it to be found out.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session } from '#src/client/index.js';
import { externalProgram } from '../support/external-program.ts';
import { Random } from './random.ts';
import { ApacheServer } from './reloading/apache-server.ts';
import { NginxServer } from './reloading/nginx-server.ts';
import { GoProgram, ScriptServer } from './reloading/script-server.ts';

const SESSIONS = 20;
/** Enough for a timeout to be met twice, which is when it is learned, and for some requests after that. */
const REQUESTS = 7;
const LIMIT = { timeout: 60_000 };

/** How many requests met the end of their connection before and after their session knew the timeout. */
interface Tally {
  requests: number;
  metBefore: number;
  metAfter: number;
  closedByPeer: number;
  closedByUs: number;
  sessionsThatLearned: number;
}

async function pauseAndAsk(url: string, number: number, tally: Tally): Promise<void> {
  const random = new Random(number + 1);
  let knows = false;
  await using session = new Session({
    trace: (event) => {
      if (event.type === 'idle' && event.because === 'learned' && !knows) {
        knows = true;
        tally.sessionsThatLearned += 1;
      }
      if (event.type === 'retried' && knows) tally.metAfter += 1;
      if (event.type === 'retried' && !knows) tally.metBefore += 1;
    },
  });
  for (let count = 0; count < REQUESTS; count += 1) {
    const id = `${number}-${count}`;
    const response = await session.request(`${url}/files/1.txt`, { headers: { 'x-id': id } });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('x-echo'), `GET /files/1.txt ${id}`);
    await response.body.dump();
    tally.requests += 1;
    await sleep(900 + random.below(201));
  }
  const { idleTimeout = 0, hintExpired = 0, peerClosed = 0, peerReset = 0 } = session.stats().closed;
  tally.closedByUs += idleTimeout + hintExpired;
  tally.closedByPeer += peerClosed + peerReset;
}

async function pauseSideBySide(t: TestContext, url: string): Promise<Tally> {
  const tally = { requests: 0, metBefore: 0, metAfter: 0, closedByPeer: 0, closedByUs: 0, sessionsThatLearned: 0 };
  await Promise.all(Array.from({ length: SESSIONS }, (_, number) => pauseAndAsk(url, number, tally)));
  t.diagnostic(
    `${tally.requests} requests; met a close: ${tally.metBefore} before the timeout was learned, ${tally.metAfter} after; ` +
      `${tally.sessionsThatLearned} of ${SESSIONS} sessions learned it; ended by the server ${tally.closedByPeer}, by us ${tally.closedByUs}`,
  );
  return tally;
}

const nginx = externalProgram('nginx');
const apache = externalProgram('apache2');
const go = externalProgram('go');

let program: GoProgram | undefined;
before(() => {
  if (go.skip === false) program = new GoProgram(go.path);
});
after(() => program?.[Symbol.dispose]());

describe('pauses as long as the idle timeout cost no request', { concurrency: true }, () => {
  test('at nginx, which says nothing of it', { ...nginx, ...LIMIT }, async (t) => {
    await using server = await NginxServer.start(nginx.path);
    const { sessionsThatLearned } = await pauseSideBySide(t, server.url);
    assert.ok(sessionsThatLearned > SESSIONS / 2, `${sessionsThatLearned} sessions learned the timeout`);
  });

  test('at a server in Go, which says nothing of it', { ...go, ...LIMIT }, async (t) => {
    await using server = await ScriptServer.startGo(program!, '1s');
    const { sessionsThatLearned } = await pauseSideBySide(t, server.url);
    assert.ok(sessionsThatLearned > SESSIONS / 2, `${sessionsThatLearned} sessions learned the timeout`);
  });

  test('at Apache, which says timeout=1', { ...apache, ...LIMIT }, async (t) => {
    await using server = await ApacheServer.start(apache.path);
    // On a busy machine the server can be first: it counts from when it sent the answer, we from when we saw it.
    const { closedByUs } = await pauseSideBySide(t, server.url);
    assert.ok(closedByUs > SESSIONS / 2, `${closedByUs} connections were ended by us`);
  });

  test('at a server of node:http, which says timeout=1', LIMIT, async (t) => {
    await using server = await ScriptServer.start({ kind: 'node', keepAliveTimeoutMs: 1_000 });
    // On a busy machine the server can be first: it counts from when it sent the answer, we from when we saw it.
    const { closedByUs } = await pauseSideBySide(t, server.url);
    assert.ok(closedByUs > SESSIONS / 2, `${closedByUs} connections were ended by us`);
  });
});
