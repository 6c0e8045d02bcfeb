// A request crosses the idle close.
//
// 1. The connection served a request and is idle for its whole timeout.
// 2. The client sends a second request; it is still on its way.
// 3. The timeout is due: the server sends FIN.
// 4. The request arrives at the server, behind its FIN.
// 5. The FIN arrives at the client.
//
// The request must not be executed: the client has seen no answer and will send it again elsewhere. It must see an orderly end,
// or with idleClose '408' be told in so many words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get } from '../server/driven-server.ts';
import { Race } from './race-log.ts';

for (const idleClose of ['fin', '408'] as const) {
  test(`with idleClose '${idleClose}' a request that crosses the idle close is not executed, and the end is orderly`, async () => {
    const race = new Race({
      idleClose,
      handler: (request) => {
        race.note(`handler: ${new URL(request.url).pathname}`);
        return { body: 'ok' };
      },
    });
    const { server, client } = race;
    client.write(get('/first'));
    await race.deliver();
    server.clock.advance(68_249);
    race.step('the client sends its second request', () => client.write(get('/second')));
    race.step('the idle timeout is due', () => server.clock.advance(1));
    race.step('the request arrives', () => assert.ok(client.deliverTo('server')));
    await race.deliver();
    await client.end();
    await race.deliver();
    assert.deepEqual(race.log, [
      'handler: /first',
      'client: reads 200',
      '-- the client sends its second request',
      '-- the idle timeout is due',
      '-- the request arrives',
      ...(idleClose === '408' ? ['client: reads 408 close'] : []),
      'client: FIN',
      'server: closed (idleTimeout)',
    ]);
  });
}

test('a request that arrives before the timeout is looked at is answered, however late it is', async () => {
  const race = new Race({ handler: () => ({ body: 'ok' }) });
  const { server, client } = race;
  client.write(get('/first'));
  await race.deliver();
  server.clock.advance(68_249);
  race.step('the client sends its second request, and it arrives', () => {
    client.write(get('/second'));
    client.deliverTo('server');
  });
  race.step('the old timeout would be due', () => server.clock.advance(1));
  await race.deliver();
  assert.deepEqual(race.log.slice(-2), ['-- the old timeout would be due', 'client: reads 200']);
});
