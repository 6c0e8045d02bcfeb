// What the trace tells of a connection that becomes idle.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DrivenSession } from './driven-session.ts';

/** The promise of the event `idle` after one response with these fields. */
async function promiseAfter(fields: string): Promise<unknown> {
  const driven = new DrivenSession((transport) => {
    transport.attach({
      onTransportData: () => void transport.write(`HTTP/1.1 200 OK\r\n${fields}Content-Length: 0\r\n\r\n`),
      onTransportEnd: () => transport.end(),
      onTransportDrain: () => {},
      onTransportClosed: () => {},
    });
  });
  const outcome = driven.outcome(driven.session.request('/'));
  await driven.settle();
  assert.equal(await outcome, '200 ');
  const event = driven.events.find(({ type }) => type === 'idle');
  assert.ok(event?.type === 'idle');
  return event.serverAdvertised;
}

test('the event of an idle connection has what the server promised, and nothing where it promised nothing', async () => {
  assert.deepEqual(await promiseAfter('Keep-Alive: timeout=5, max=99\r\n'), { timeoutMs: 5_000, max: 99 });
  assert.equal(await promiseAfter(''), undefined);
});
