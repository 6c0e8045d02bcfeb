import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DrivenSession } from './driven-session.ts';

test('a session that is being closed follows the redirects of the calls under way, and ends behind them', async () => {
  let requests = 0;
  const driven = new DrivenSession((transport) => {
    transport.attach({
      onTransportData: () => {
        requests += 1;
        transport.write(
          requests === 1
            ? 'HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n'
            : 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nthere',
        );
      },
      onTransportEnd: () => transport.end(),
      onTransportDrain: () => {},
      onTransportClosed: () => {},
    });
  });
  const text = driven.session.fetch('/').then((response) => response.text());
  const closed = driven.session.close();
  await driven.settle();
  assert.equal(await text, 'there');
  await closed;
  assert.equal(requests, 2);
  assert.deepEqual(driven.session.connections(), []);
});
