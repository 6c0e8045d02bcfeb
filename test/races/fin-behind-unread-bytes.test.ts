// Reading is paused with a FIN waiting behind bytes that nobody has read yet.
//
// 1. The client sends a request with a large body and FIN. The handler does not read: the server stops reading.
// 2. The FIN waits behind the unread bytes, in the kernel and in our own buffer.
// 3. The handler reads on.
//
// The FIN must not overtake the bytes: the handler gets the whole body, the client its answer, and only then the connection ends.
// The same for pipelined requests that wait for their turn, and for a peer that stopped reading.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gate, get, post } from '../server/driven-server.ts';
import { Race } from './race-log.ts';

test('a body behind which a FIN waits is read to its end', async () => {
  const begin = gate();
  const race = new Race(
    {
      handler: async (request) => {
        race.note('handler: begins');
        await begin.promise;
        const { length } = await request.text();
        race.note(`handler: read ${length} bytes`);
        return { body: 'ok' };
      },
    },
    { readBytes: 10_000 },
  );
  const { client } = race;
  client.write(post('x'.repeat(200_000)));
  await client.end();
  await race.deliver();
  race.note(`-- paused: ${client.paused}`);
  race.step('the handler reads on', () => begin.open());
  await race.deliver();
  assert.deepEqual(race.log, [
    'handler: begins',
    '-- paused: true',
    '-- the handler reads on',
    'handler: read 200000 bytes',
    'client: reads 200 close',
    'server: closed (peerClosed)',
    'client: FIN',
  ]);
});

test('a request that waits for its turn, with a FIN behind it, is answered', async () => {
  const first = gate();
  const race = new Race({
    handler: async (request) => {
      const path = new URL(request.url).pathname;
      race.note(`handler: ${path}`);
      if (path === '/first') await first.promise;
      return { body: 'ok' };
    },
  });
  const { client } = race;
  client.write(get('/first') + post('', '', '/second') + get('/third'));
  await client.end();
  await race.deliver();
  race.step('the first handler finishes', () => first.open());
  await race.deliver();
  assert.deepEqual(race.log, [
    'handler: /first',
    '-- the first handler finishes',
    'handler: /second',
    'handler: /third',
    'client: reads 200',
    'client: reads 200',
    'client: reads 200',
    'server: closed (peerClosed)',
    'client: FIN',
  ]);
});

test('a client that sent everything and FIN, and reads only later, gets everything', async () => {
  const race = new Race({ handler: () => ({ body: 'x'.repeat(50_000) }) });
  const { client } = race;
  client.pause();
  client.write(get().repeat(20));
  await client.end();
  await race.deliver();
  race.note('-- the client reads');
  await client.resume();
  await race.deliver();
  assert.equal(client.received.split('HTTP/1.1 200 OK').length - 1, 20);
  assert.deepEqual(race.log.slice(-2), ['server: closed (peerClosed)', 'client: FIN']);
});
