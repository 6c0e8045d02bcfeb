// Draining begins while a head is half received.
//
// 1. The connection is idle, or new; a part of a request's head has arrived.
// 2. The shutdown begins and closes what is idle.
// 3. The rest of the head arrives.
//
// The request was on its way when nobody had said that the connection ends: it is executed, answered with close, and nothing is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Drain } from '#src/server/shutdown/drain.js';
import { get } from '../server/driven-server.ts';
import { Race } from './race-log.ts';

for (const before of ['', get('/before')]) {
  test(`a head that began before the shutdown on ${before === '' ? 'a new' : 'an idle'} connection is answered with close`, async () => {
    const race = new Race({
      handler: (request) => {
        race.note(`handler: ${new URL(request.url).pathname}`);
        return { body: 'ok' };
      },
    });
    const { server, client } = race;
    if (before !== '') {
      client.write(before);
      await race.deliver();
    }
    client.write('GET /crossing HTTP/1.1\r\n');
    await race.deliver();
    race.step('the shutdown begins', () => {
      const drain = new Drain(
        {
          clock: server.clock,
          connections: server.core.connections,
          latestIdle: undefined,
          announce: () => {
            server.core.draining = true;
          },
          stopListening: () => race.note('drain: stops listening'),
          onPhase: (phase) => race.note(`drain: ${phase}`),
        },
        { idleGraceMs: 0 },
      );
      server.core.onIdle = (connection) => drain.connectionIdle(connection);
      const { onClosed } = server.core;
      server.core.onClosed = (connection, reason) => {
        onClosed(connection, reason);
        drain.connectionClosed(connection);
      };
    });
    race.step('the rest of the head arrives', () => client.write('Host: a\r\n\r\n'));
    await race.deliver();
    await client.end();
    await race.deliver();
    assert.deepEqual(race.log, [
      ...(before === '' ? [] : ['handler: /before', 'client: reads 200']),
      '-- the shutdown begins',
      'drain: lameDuck',
      'drain: stops listening',
      'drain: draining',
      '-- the rest of the head arrives',
      'handler: /crossing',
      'client: reads 200 close',
      'client: FIN',
      'server: closed (draining)',
      'drain: closed',
    ]);
  });
}
