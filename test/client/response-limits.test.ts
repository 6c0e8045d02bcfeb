import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectionLostError } from '#src/errors.js';
import type { Transport } from '#src/io/index.js';
import { DrivenSession } from './driven-session.ts';

/** Answers every request with these bytes. */
function answering(bytes: string): (transport: Transport) => void {
  return (transport) => {
    transport.attach({
      onTransportData: () => void transport.write(bytes),
      onTransportEnd: () => transport.end(),
      onTransportDrain: () => {},
      onTransportClosed: () => {},
    });
  };
}

async function messageOf(bytes: string, limits: { headerBytes?: number; headerFields?: number; bodyBytes?: number }) {
  const driven = new DrivenSession(answering(bytes), { limits });
  const outcome = driven.session.request('/').then(({ body }) => body.text());
  const failure = assert
    .rejects(outcome, ConnectionLostError)
    .then(() => outcome.catch((error: Error) => error.message));
  await driven.settle();
  return failure;
}

const FIELDS = Array.from({ length: 20 }, (_, index) => `X-${index}: ${'y'.repeat(100)}\r\n`).join('');

describe('a response beyond a limit names the limit, its value and what to do', () => {
  test('its head is too large', async () => {
    const message = await messageOf(`HTTP/1.1 200 OK\r\n${FIELDS}\r\n`, { headerBytes: 1_024 });
    assert.match(message, /limits\.headerBytes is 1024\. To do: raise limits\.headerBytes/);
  });

  test('its head has too many fields', async () => {
    const message = await messageOf(`HTTP/1.1 200 OK\r\n${FIELDS}\r\n`, { headerFields: 10 });
    assert.match(message, /limits\.headerFields is 10\. To do: raise limits\.headerFields/);
  });

  test('its body is too large', async () => {
    const message = await messageOf(`HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n${'z'.repeat(100)}`, {
      bodyBytes: 10,
    });
    assert.match(message, /limits\.bodyBytes is 10\. To do: raise limits\.bodyBytes/);
  });

  test('what is no matter of limits is told as what it is', async () => {
    const message = await messageOf('SSH-2.0-OpenSSH_9.2\r\n\r\n', {});
    assert.match(message, /the server broke the protocol: the status line is malformed|the HTTP version/);
  });
});
