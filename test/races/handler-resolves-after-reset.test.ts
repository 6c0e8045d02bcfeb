// The handler resolves after the client reset the connection.
//
// 1. A request is being handled.
// 2. The client breaks the connection (RST); the server sees it.
// 3. The handler answers, or throws.
//
// Nothing is written to what is gone, a stream in the answer is cancelled, a failure of the handler is nobody's news,
// and the handler learns of it through its signal before it answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Response } from '#src/server/index.js';
import { gate, get } from '../server/driven-server.ts';
import { Race } from './race-log.ts';

const endings: Record<string, { end: (race: Race) => Response; log: string[] }> = {
  text: { end: () => new Response('late'), log: [] },
  'a stream': {
    end: (race) => new Response(new ReadableStream({ cancel: () => race.note('source: cancelled') })),
    log: ['source: cancelled'],
  },
  'an exception': {
    end: () => {
      throw new Error('aborted, as the signal said');
    },
    log: [],
  },
};

for (const [what, { end, log }] of Object.entries(endings)) {
  test(`a handler that ends with ${what} after the client's reset harms nobody`, async () => {
    const answer = gate();
    const race = new Race({
      onError: (error) => race.note(`reported: ${String(error)}`),
      fetch: async (request) => {
        request.signal.addEventListener('abort', () => race.note('handler: signal aborted'));
        await answer.promise;
        race.note('handler: ends');
        return end(race);
      },
    });
    const { server, client } = race;
    client.write(get());
    await race.deliver();
    race.note('-- the client resets');
    await client.reset();
    await race.deliver();
    race.step('the handler goes on', () => answer.open());
    await race.settle();
    assert.deepEqual(race.log, [
      '-- the client resets',
      'handler: signal aborted',
      'server: closed (peerReset)',
      '-- the handler goes on',
      'handler: ends',
      ...log,
    ]);
    assert.deepEqual(client.writes, []);
    assert.equal(server.core.connections.size, 0);
    assert.ok(server.clock.pendingTimers <= 1, 'at most the one timer of all deadlines');
    server.clock.advance(100_000);
    assert.equal(server.clock.pendingTimers, 0);
  });
}
