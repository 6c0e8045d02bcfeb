// The client's FIN arrives in the middle of a pipelined batch.
//
// 1. The client sends several requests and FIN in one go.
// 2. The handlers are not finished when the FIN is read.
// 3. The handlers finish, in any order.
//
// A half-closed client still reads: every whole request is answered, in order; half a request gets 400; then the server ends too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gate, get, post } from '../server/driven-server.ts';
import { Race } from './race-log.ts';

test('whole requests before a FIN are all answered, then the server ends the connection', async () => {
  const gates = { '/1': gate(), '/2': gate(), '/3': gate() };
  const race = new Race({
    handler: async (request) => {
      const path = new URL(request.url).pathname as keyof typeof gates;
      race.note(`handler: ${path}`);
      await gates[path].promise;
      return { body: path };
    },
  });
  const { client } = race;
  client.write(get('/1') + get('/2') + post('body', '', '/3'));
  await client.end();
  race.step('requests and FIN arrive', () => {
    while (client.deliverTo('server'));
  });
  await race.settle();
  race.step('the second handler finishes', () => gates['/2'].open());
  await race.deliver();
  race.step('the first handler finishes', () => gates['/1'].open());
  await race.deliver();
  race.step('the third handler finishes', () => gates['/3'].open());
  await race.deliver();
  assert.deepEqual(race.log, [
    '-- requests and FIN arrive',
    'handler: /1',
    'handler: /2',
    '-- the second handler finishes',
    '-- the first handler finishes',
    'handler: /3',
    'client: reads 200, 200',
    '-- the third handler finishes',
    'client: reads 200 close',
    'server: closed (peerClosed)',
    'client: FIN',
  ]);
});

test('half a request before a FIN is answered with 400, behind the answer to the whole one', async () => {
  const answer = gate();
  const race = new Race({
    handler: async () => {
      await answer.promise;
      return { body: 'ok' };
    },
  });
  const { client } = race;
  client.write(`${get('/1')}GET /2 HT`);
  await client.end();
  race.step('requests and FIN arrive', () => {
    while (client.deliverTo('server'));
  });
  await race.settle();
  race.step('the handler finishes', () => answer.open());
  await race.deliver();
  assert.deepEqual(race.log, [
    '-- requests and FIN arrive',
    '-- the handler finishes',
    'client: reads 200, 400 close',
    'server: closed (protocolError)',
    'client: FIN',
  ]);
});
