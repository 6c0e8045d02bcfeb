// The check of malformed requests, against servers that serve some of them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { inspect } from '#src/inspect/index.js';
import type { MalformedRequest, Measurements } from '#src/inspect/index.js';
import { Response, serve } from '#src/server/index.js';
import { measuredBy, runOneCheck, startNodeServer } from '../run-one-check.ts';
import { plainAnswer, startRawServer } from '../raw-server.ts';
import { MALFORMED_REQUESTS, startTolerantServer } from '../tolerant-server.ts';
import type { TolerantServerOptions } from '../tolerant-server.ts';

type Accepted = [Measurements['acceptsMalformed'], Measurements['leadingEmptyLine']];

async function accepted(url: string): Promise<Accepted> {
  const { acceptsMalformed, leadingEmptyLine } = await measuredBy('malformed-requests', url);
  return [acceptsMalformed, leadingEmptyLine];
}

async function acceptedBy(options: TolerantServerOptions): Promise<Accepted> {
  await using server = await startTolerantServer(options);
  return await accepted(server.url);
}

describe('malformed-requests', { concurrency: 3 }, () => {
  test('nothing is told of a server that has begun to turn requests away', async () => {
    let requests = 0;
    await using server = await startRawServer((_head, { socket }) => {
      requests += 1;
      socket.write(plainAnswer('', '', requests > 3 ? '429 Too Many Requests' : '200 OK'));
    });
    const { measured, outcome } = await runOneCheck(server.url, 'malformed-requests');
    assert.equal(measured.acceptsMalformed, null);
    assert.match(outcome, /^failed: it answers 429/);
  });

  test('what a server serves is what is told of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(MALFORMED_REQUESTS as MalformedRequest[]),
        fc.boolean(),
        fc.constantFrom('200 OK', '302 Found', '404 Not Found', '503 Service Unavailable'),
        async (serves, refusesEmptyLine, status) => {
          const [kinds, isLeadingEmptyLineServed] = await acceptedBy({ serves, refusesEmptyLine, status });
          assert.deepEqual(kinds, serves);
          assert.equal(isLeadingEmptyLineServed, !refusesEmptyLine);
        },
      ),
      { numRuns: 8 },
    );
  });

  test('a length beside chunks counts only where the connection is kept', async () => {
    const serves = ['lengthBesideChunked'] as const;
    assert.deepEqual(await acceptedBy({ serves }), [serves, true]);
    assert.deepEqual(await acceptedBy({ serves, closesBehindDoubt: true }), [[], true]);
  });

  test('serve() serves none of them, and ignores an empty line', async () => {
    await using server = await serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('ok\n') });
    assert.deepEqual(await accepted(server.url), [[], true]);
  });

  test('node:http serves those for which it has a flag', async () => {
    const handler = (_request: unknown, response: { end(): void }): void => response.end();
    await using strict = await startNodeServer(handler);
    await using lax = await startNodeServer(handler, (node) =>
      Object.assign(node, { insecureHTTPParser: true, requireHostHeader: false }),
    );
    const [strictly] = await accepted(strict.url);
    assert.deepEqual(
      strictly?.filter((kind) => kind !== 'repeatedHost'),
      [],
    );
    const [laxly] = await accepted(lax.url);
    assert.ok(laxly?.includes('missingHost'));
    assert.ok(laxly?.includes('lengthBesideChunked'));
  });

  test('whoever drops them without a word serves none', async () => {
    await using server = await startRawServer((head, { socket }) => {
      const isPlain = head.split('\r\n').length === 4 && !head.startsWith('\r\n');
      if (isPlain) socket.write('HTTP/1.1 204 No Content\r\n\r\n');
    });
    const { acceptsMalformed, leadingEmptyLine } = await measuredBy('malformed-requests', server.url, {
      responseTimeoutMs: 200,
    });
    assert.deepEqual([acceptsMalformed, leadingEmptyLine], [[], false]);
  });

  test('where well-formed requests get 400, nothing is asked', async () => {
    const report = await (async () => {
      await using server = await startNodeServer((_request, response) => void response.writeHead(400).end());
      return await inspect(server.url, { only: ['malformed-requests'] });
    })();
    assert.equal(report.measurements.acceptsMalformed, null);
    assert.equal(report.checks.at(-1)?.outcome, 'skipped');
  });

  test('gently, none is sent', async () => {
    const requests: string[] = [];
    await using server = await startRawServer((head, { socket }) => {
      requests.push(head);
      socket.write('HTTP/1.1 204 No Content\r\n\r\n');
    });
    const report = await inspect(server.url, { only: ['malformed-requests'], gentle: true });
    assert.deepEqual([report.measurements.acceptsMalformed, report.checks.at(-1)?.outcome], [null, 'skipped']);
    const wellFormed = /^GET \/ HTTP\/1\.1\r\nHost: [\d.:]+(?:\r\n[\w-]+: [^\r\n]+)+$/;
    assert.ok(
      requests.every((head) => wellFormed.test(head)),
      requests.join('\n'),
    );
  });
});
