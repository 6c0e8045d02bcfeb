// The request's body breaks while the response is streaming.
//
// 1. The handler answers with a stream before the request's body is complete; the head and a first piece are out.
// 2. The body turns out to be malformed (or its deadline is over, or the client sends FIN in the middle of it).
// 3. The stream goes on and ends.
//
// There is an answer already, so no 400 may be put into the middle of it. It may end properly; after it the connection ends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Response } from '#src/server/index.js';
import { gate } from '../server/driven-server.ts';
import { Race } from './race-log.ts';

const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n';

const failures: Record<string, { fail: (race: Race) => Promise<void>; error: RegExp; reason: string }> = {
  'a malformed chunk': {
    fail: async ({ client }) => client.write('not a size\r\n'),
    error: /a chunk size is malformed/,
    reason: 'protocolError',
  },
  'a FIN': { fail: ({ client }) => client.end(), error: /ended within a message/, reason: 'protocolError' },
  silence: {
    fail: async ({ server }) => server.clock.advance(60_006),
    error: /did not arrive in time/,
    reason: 'slowBody',
  },
};

for (const [what, { fail, error, reason }] of Object.entries(failures)) {
  test(`${what} in the request's body lets the answer that is streaming end, and then ends the connection`, async () => {
    const end = gate();
    const seen: unknown[] = [];
    const race = new Race({
      fetch: (request) => {
        request.signal.addEventListener('abort', () => race.note('handler: signal aborted'));
        async function* answer(): AsyncGenerator<Uint8Array> {
          yield Buffer.from('first');
          await request.text().catch((failure: unknown) => seen.push(failure));
          race.note('source: reading failed');
          await end.promise;
          yield Buffer.from('last');
        }
        return new Response(answer());
      },
    });
    const { client } = race;
    client.write(head);
    await race.deliver();
    race.note(`-- ${what}`);
    await fail(race);
    await race.deliver();
    race.step('the source ends', () => end.open());
    await race.deliver();
    if (what !== 'a FIN') await client.end();
    await race.deliver();
    assert.deepEqual(
      race.log.filter((line) => !/^client: (?:reads \d+ bytes|closed|FIN)|^server/.test(line)),
      ['client: reads 200', `-- ${what}`, 'handler: signal aborted', 'source: reading failed', '-- the source ends'],
    );
    assert.ok(race.log.indexOf('-- the source ends') < race.log.indexOf('client: FIN'), 'not before the answer is out');
    assert.ok(race.log.includes(`server: closed (${reason})`), race.log.join('\n'));
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*\r\n5\r\nfirst\r\n4\r\nlast\r\n0\r\n\r\n$/);
    assert.match(String(seen), error);
  });
}
