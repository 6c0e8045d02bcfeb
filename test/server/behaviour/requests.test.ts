// What a handler sees of a request, and what a client sees of an answer's head, the same over every protocol.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Response } from '#src/server/index.js';
import type { ServeOptions } from '#src/server/index.js';
import { fieldOf, linesOf } from './behaviour-client.ts';
import { PROTOCOLS, startBench } from './protocols.ts';

/** Answers with what it sees. */
const mirror: Partial<ServeOptions> = {
  fetch: async (request) =>
    Response.json({
      method: request.method,
      url: request.url,
      headers: [...request.headers],
      body: await request.text(),
    }),
};

interface Mirrored {
  readonly method: string;
  readonly url: string;
  readonly headers: [string, string][];
  readonly body: string;
}

for (const protocol of PROTOCOLS) {
  describe(`requests over ${protocol.name}`, { timeout: 60_000 }, () => {
    test('reach the handler with their method, whatever it is', async (context) => {
      const { client } = await startBench(context, protocol, mirror);
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'QUERY']) {
        const body = method === 'POST' || method === 'QUERY' ? { body: 'x' } : {};
        const { status, body: seen } = await client.send({ method, ...body }).answer();
        assert.equal(status, 200);
        assert.equal((JSON.parse(seen.toString()) as Mirrored).method, method);
      }
    });

    test('reach the handler with their path and query as they were sent', async (context) => {
      const { client } = await startBench(context, protocol, mirror);
      for (const path of ['/', '/a/../b%2fc//d;e?x=1&y=%20&x=2', '/?', `/${'p'.repeat(4_000)}`, "/~'()*!$&+,;=:@"]) {
        const { body } = await client.send({ path }).answer();
        const { url } = JSON.parse(body.toString()) as Mirrored;
        assert.ok(url.startsWith(protocol.secure ? 'https://' : 'http://'));
        assert.equal(url.slice(url.indexOf('/', 8)), path);
      }
    });

    test('reach the handler with all their fields', async (context) => {
      const { client } = await startBench(context, protocol, mirror);
      const long = 'l'.repeat(8_000);
      const { body } = await client
        .send({
          headers: [
            ['x-plain', 'one'],
            ['x-twice', 'first'],
            ['x-twice', 'second'],
            ['x-empty', ''],
            ['x-latin', 'caf\u00e9'],
            ['x-long', long],
            ['cookie', 'a=b; c=d'],
          ],
        })
        .answer();
      const { headers } = JSON.parse(body.toString()) as Mirrored;
      const seen = new Map(headers);
      assert.deepEqual(
        ['x-plain', 'x-twice', 'x-empty', 'x-latin', 'x-long', 'cookie'].map((name) => seen.get(name)),
        ['one', 'first, second', '', 'caf\u00e9', long, 'a=b; c=d'],
      );
      // Pseudo-fields belong to the protocol.
      assert.equal(
        headers.some(([name]) => name.startsWith(':')),
        false,
      );
    });

    test('tell the handler of their connection', async (context) => {
      const { client } = await startBench(context, protocol, {
        handler: (_request, { connection }) => ({ body: JSON.stringify(connection) }),
      });
      const { body } = await client.send().answer();
      const info = JSON.parse(body.toString()) as Record<string, unknown>;
      assert.equal(info['protocol'], protocol.version === 1 ? 'http/1.1' : 'h2');
      assert.equal(info['state'], 'active');
      assert.equal(info['requests'], 1);
      assert.match(String(info['remote']), /^127\.0\.0\.1:\d+$/);
      const tls = info['tls'] as { alpn: string } | undefined;
      assert.equal(tls?.alpn, protocol.secure ? (protocol.version === 1 ? 'http/1.1' : 'h2') : undefined);
    });

    test('are told to the trace with their answer', async (context) => {
      const { client, events } = await startBench(context, protocol, {
        fetch: () => new Response('12345', { status: 201 }),
      });
      await client.send({ path: '/log?q', headers: [['user-agent', 'behaviour']] }).answer();
      const records = events.flatMap((event) => (event.type === 'exchange' ? event.exchange : []));
      assert.equal(records.length, 1);
      const { request, status, bodyBytes, requestNumber, persistent } = records[0]!;
      assert.deepEqual(request, {
        method: 'GET',
        target: '/log?q',
        version: protocol.version === 1 ? '1.1' : '2.0',
      });
      assert.deepEqual([status, bodyBytes, requestNumber, persistent], [201, 5, 1, true]);
      assert.equal(records[0]!.requestField('user-agent'), 'behaviour');
      assert.equal(records[0]!.requestField('x-none'), undefined);
    });

    test('that are too large are refused by the limit that they exceed', async (context) => {
      const { client } = await startBench(context, protocol, {
        ...mirror,
        limits: { headerBytes: 2_000, headerFields: 20, targetBytes: 500 },
      });
      const many = Array.from({ length: 21 }, (_, index): [string, string] => [`x-${index}`, 'v']);
      assert.equal((await client.send({ path: `/${'p'.repeat(500)}` }).answer()).status, 414);
      assert.equal((await client.send({ headers: [['x-large', 'v'.repeat(2_000)]] }).answer()).status, 431);
      assert.equal((await client.send({ headers: many }).answer()).status, 431);
      assert.equal((await client.send({ path: `/${'p'.repeat(400)}` }).answer()).status, 200);
    });

    test('that are the server’s own affair never reach a handler', async (context) => {
      let asked = 0;
      const { client } = await startBench(context, protocol, {
        handler: () => {
          asked += 1;
          return {};
        },
      });
      const trace = await client.send({ method: 'TRACE' }).answer();
      assert.equal(trace.status, 405);
      assert.match(fieldOf(trace, 'allow')!, /GET/);
      assert.equal((await client.send({ method: 'OPTIONS', path: '*' }).answer()).status, 204);
      assert.equal(
        (await client.send({ method: 'POST', headers: [['expect', 'wonders']], body: 'x' }).answer()).status,
        417,
      );
      // HTTP/2 may answer it or reset the stream (RFC 9113 §8.1.1).
      await client
        .send({ headers: [['host', 'not a host']] })
        .answer()
        .then(
          ({ status }) => assert.equal(status, 400),
          () => assert.equal(protocol.version, 2),
        );
      assert.equal(asked, 0);
    });
  });

  describe(`heads of answers over ${protocol.name}`, { timeout: 60_000 }, () => {
    test('have the fields that the handler gave', async (context) => {
      const long = 'l'.repeat(8_000);
      const { client } = await startBench(context, protocol, {
        handler: () => ({
          status: 218,
          headers: [
            ['X-Mixed', 'Case'],
            ['set-cookie', 'a=1; Path=/'],
            ['set-cookie', 'b=2, c'],
            ['x-twice', 'first'],
            ['x-twice', 'second'],
            ['etag', '"one"'],
            ['etag', '"two"'],
            ['x-latin', 'caf\u00e9'],
            ['x-empty', ''],
            ['x-long', long],
            ['__proto__', 'a name like others'],
          ],
          body: 'x',
        }),
      });
      const answer = await client.send().answer();
      assert.equal(answer.status, 218);
      assert.deepEqual(linesOf(answer, 'set-cookie'), ['a=1; Path=/', 'b=2, c']);
      // One line or two say the same (RFC 9110 §5.3).
      assert.equal(linesOf(answer, 'x-twice').join(', '), 'first, second');
      assert.equal(linesOf(answer, 'etag').join(', '), '"one", "two"');
      assert.deepEqual(
        ['x-mixed', 'x-latin', 'x-empty', 'x-long'].map((name) => fieldOf(answer, name)),
        ['Case', 'caf\u00e9', '', long],
      );
    });

    test('have no fields of a connection that is not the handler’s to speak of', async (context) => {
      const { client } = await startBench(context, protocol, {
        handler: () => ({
          headers: {
            'keep-alive': 'timeout=1',
            'proxy-connection': 'keep-alive',
            'transfer-encoding': 'gzip',
            'x-kept': 'yes',
          },
          body: 'x',
        }),
      });
      const answer = await client.send().answer();
      assert.equal(answer.body.toString(), 'x');
      assert.equal(fieldOf(answer, 'x-kept'), 'yes');
      assert.equal(fieldOf(answer, 'proxy-connection'), undefined);
      assert.notEqual(fieldOf(answer, 'keep-alive'), 'timeout=1');
      assert.equal(fieldOf(answer, 'transfer-encoding'), undefined);
    });

    test('have a date, the handler’s own where it gave one', async (context) => {
      const own = 'Sun, 06 Nov 1994 08:49:37 GMT';
      const { client } = await startBench(context, protocol, {
        handler: (request) => (request.url.endsWith('/own') ? { headers: { date: own } } : {}),
      });
      assert.deepEqual(linesOf(await client.send({ path: '/own' }).answer(), 'date'), [own]);
      const [date] = linesOf(await client.send().answer(), 'date');
      assert.ok(Math.abs(Date.parse(date!) - Date.now()) < 60_000);
    });
  });
}
