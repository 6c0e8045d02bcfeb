// Many requests at once, and shutting down without losing one, the same over every protocol.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Response } from '#src/server/index.js';
import { until } from '../../io/opening.ts';
import { gate } from '../driven-server.ts';
import { PROTOCOLS, startBench } from './protocols.ts';

for (const protocol of PROTOCOLS) {
  describe(`connections over ${protocol.name}`, { timeout: 60_000 }, () => {
    test('answer many requests at once, each with its own answer', async (context) => {
      const { client, server, events } = await startBench(context, protocol, {
        fetch: async (request) => {
          const { pathname } = new URL(request.url);
          // In another order than they came.
          for (let turn = 0; turn < Number(pathname.slice(1)) % 7; turn += 1) await new Promise(setImmediate);
          return new Response(pathname + (await request.text()));
        },
      });
      const count = 300;
      const answers = await Promise.all(
        Array.from({ length: count }, (_, index) =>
          client.send({ method: 'POST', path: `/${index}`, body: `:${index}` }).answer(),
        ),
      );
      assert.deepEqual(
        answers.map(({ body }) => body.toString()),
        Array.from({ length: count }, (_, index) => `/${index}:${index}`),
      );
      if (protocol.version === 2) assert.equal(server.connections().length, 1);
      assert.equal(events.filter(({ type }) => type === 'exchange').length, count);
    });

    test('are idle between requests, and show it', async (context) => {
      const { client, server } = await startBench(context, protocol, { handler: () => ({ body: 'x' }) });
      await client.send().answer();
      await until(() => server.connections()[0]?.state === 'idle');
      const [info] = server.connections();
      assert.equal(info?.requests, 1);
      assert.equal(info.protocol, protocol.version === 1 ? 'http/1.1' : 'h2');
    });

    test('that shut down answer everything that was asked before they end', async (context) => {
      const goOn = gate();
      let asked = 0;
      const { client, server, events } = await startBench(context, protocol, {
        handler: async (_request, { draining }) => {
          asked += 1;
          await goOn.promise;
          return { body: String(draining.aborted) };
        },
      });
      const answers = Array.from({ length: 20 }, () => client.send().answer());
      await until(() => asked === 20);
      const report = server.close({ drainMs: 20_000 });
      goOn.open();
      for (const { status, body } of await Promise.all(answers)) {
        assert.deepEqual([status, body.toString()], [200, 'true']);
      }
      assert.deepEqual((await report).destroyed, []);
      assert.deepEqual(server.connections(), []);
      for (const event of events) if (event.type === 'closed') assert.equal(event.reason, 'draining');
    });

    test('that are destroyed abort what is under way', async (context) => {
      const begun = gate();
      const aborted = gate();
      const { client, server } = await startBench(context, protocol, {
        fetch: (request) => {
          request.signal.addEventListener('abort', () => aborted.open());
          begun.open();
          return new Promise(() => {});
        },
      });
      const exchange = client.send();
      await begun.promise;
      server.destroy();
      await aborted.promise;
      await assert.rejects(exchange.answer());
      await until(() => server.connections().length === 0);
    });
  });
}
