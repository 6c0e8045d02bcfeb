// The server decides to close while a pipelined request is half read.
//
// 1. The client sends two requests; of the second one only a part has arrived (of its head, or of its body).
// 2. The handler of the first one answers with close.
// 3. The rest of the second request arrives.
//
// The second request must not be executed, not even answered with an error, and the first answer must arrive whole, with no RST.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gate, get, post } from '../server/driven-server.ts';
import { Race } from './race-log.ts';

const cuts: Record<string, [string, string]> = {
  'its head': ['GET /second HTTP/1.1\r\nHo', 'st: a\r\n\r\n'],
  'its request line': ['GE', 'T /second HTTP/1.1\r\nHost: a\r\n\r\n'],
  'its body': [post('x'.repeat(50), '', '/second'), 'x'.repeat(50)],
  nothing: [get('/second'), ''],
};

for (const [what, [arrived, rest]] of Object.entries(cuts)) {
  test(`a close that is decided when ${what} has arrived of the next request drops that request`, async () => {
    const answer = gate();
    const race = new Race({
      limits: { pipelinedHandlers: 1 },
      handler: async (request) => {
        race.note(`handler: ${new URL(request.url).pathname}`);
        await answer.promise;
        return { headers: { connection: 'close' }, body: 'ok' };
      },
    });
    const { client } = race;
    client.write(get('/first') + arrived);
    await race.deliver();
    race.step('the handler answers with close', () => answer.open());
    await race.settle();
    race.step('the rest of the second request arrives', () => {
      if (rest === '') return;
      client.write(rest);
      while (client.deliverTo('server'));
    });
    await race.deliver();
    await client.end();
    await race.deliver();
    assert.deepEqual(race.log, [
      'handler: /first',
      '-- the handler answers with close',
      '-- the rest of the second request arrives',
      'client: reads 200 close',
      'client: FIN',
      'server: closed (weSentClose)',
    ]);
  });
}
