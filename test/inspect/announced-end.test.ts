// What counts as an announcement that a connection ends: the word, or a version of HTTP in which it ends by default (RFC 9112 §9.3).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from '#src/inspect/index.js';
import { plainAnswer, startRawServer } from './raw-server.ts';

describe('an answer behind which the connection ends', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['says close', plainAnswer('ok\n', 'Connection: close\r\n'), true],
    ['says nothing', plainAnswer(), false],
    ['is of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok\n', true],
    [
      'is of HTTP/1.0 and says keep-alive',
      'HTTP/1.0 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nok\n',
      false,
    ],
  ];
  for (const [what, answer, isAnnounced] of cases) {
    test(`${isAnnounced ? 'announces' : 'does not announce'} the end where it ${what}`, async () => {
      await using server = await startRawServer((_head, { socket }) => socket.end(answer));
      const { measurements, findings } = await inspect(server.url, { only: ['first-answer'] });
      assert.deepEqual([measurements.http11Persistent, measurements.http11CloseAnnounced], [false, isAnnounced]);
      const ids: readonly string[] = findings.map(({ id }) => id);
      assert.equal(ids.includes('closes-without-announcing'), !isAnnounced);
      assert.equal(ids.includes('closes-after-each-answer'), isAnnounced);
    });
  }
});
