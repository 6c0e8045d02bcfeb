// What a PING to a client of HTTP/2 fails with, by a session that the test drives.
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { PerduraError } from '#src/errors.js';
import { DeadlineSchedule } from '#src/io/index.js';
import { ClientHeartbeat, ClientHeartbeats } from '#src/server/http2/client-heartbeat.js';
import { ManualClock } from '#src/testing/index.js';

for (const [what, code, message, drive] of [
  ['could not be sent', 'ERR_PERDURA_CONNECTION_LOST', 'PING could not be sent', () => false],
  [
    'was given up by its session',
    'ERR_PERDURA_CONNECTION_LOST',
    'the session is gone',
    (acknowledged: (error: Error) => void) => {
      acknowledged(new Error('the session is gone'));
      return true;
    },
  ],
  ['is not waited for any more', 'ERR_PERDURA_ABORTED', 'no request is open', () => true],
] as const) {
  test(`a PING that ${what} fails with an error that has a code`, async () => {
    const clock = new ManualClock();
    const options = { intervalMs: 1_000, timeoutMs: 400, tolerance: 1 };
    const shared = new ClientHeartbeats(clock, new DeadlineSchedule(clock), options as never, 60_000);
    const session = { state: {}, ping: drive as () => boolean };
    const owner = { remote: '127.0.0.1', heartbeatLost: () => {} };
    const heartbeat = new ClientHeartbeat(shared, session, new PassThrough(), owner);
    heartbeat.attach({} as never);
    const sent = heartbeat.send(new AbortController().signal);
    heartbeat.close();
    await assert.rejects(
      sent,
      (error) => error instanceof PerduraError && error.code === code && error.message === message,
    );
  });
}
