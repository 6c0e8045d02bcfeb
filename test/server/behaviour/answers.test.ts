// What handlers may answer with, and what becomes of answers that fail, the same over every protocol.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MisuseError } from '#src/errors.js';
import { Response } from '#src/server/index.js';
import type { Answer, AnswerBody } from '#src/server/index.js';
import { fieldOf } from './behaviour-client.ts';
import { until } from '../../io/opening.ts';
import { PROTOCOLS, patternOf, startBench } from './protocols.ts';

async function* pieces(...all: (string | Uint8Array | Error)[]): AsyncGenerator<string | Uint8Array> {
  for (const piece of all) {
    // Long enough for what was sent before to leave.
    for (let turn = 0; turn < 4; turn += 1) await new Promise(setImmediate);
    if (piece instanceof Error) throw piece;
    yield piece;
  }
}

const KINDS: Readonly<Record<string, () => globalThis.Response | Answer>> = {
  'our Response': () => new Response('señal'),
  'our Response with fields': () => new Response('señal', { headers: { 'x-own': '1' } }),
  'the global Response': () => new globalThis.Response('señal'),
  'a plain answer with text': () => ({ body: 'señal' }),
  'a plain answer with bytes': () => ({ body: Buffer.from('señal') }),
  'a stream': () => new Response(new Blob(['señal']).stream()),
  'pieces that come one after the other': () => ({ body: pieces('se', Buffer.from('ñ'), '', 'al') }),
  'pieces with a length': () => ({ headers: { 'content-length': '6' }, body: pieces('señ', 'al') }),
};

for (const protocol of PROTOCOLS) {
  describe(`answers over ${protocol.name}`, { timeout: 60_000 }, () => {
    for (const [kind, answer] of Object.entries(KINDS)) {
      test(`may be ${kind}, at once and later`, async (context) => {
        const { client, errors } = await startBench(context, protocol, {
          fetch: (request) => {
            const now = answer() as globalThis.Response;
            return request.url.endsWith('/later') ? new Promise((resolve) => setImmediate(resolve, now)) : now;
          },
        });
        for (const path of ['/', '/later']) {
          const { status, body } = await client.send({ path }).answer();
          assert.equal(status, 200);
          assert.equal(body.toString(), 'señal');
        }
        assert.deepEqual(errors, []);
      });
    }

    test('that are at hand have their length', async (context) => {
      const { client } = await startBench(context, protocol, {
        fetch: (request) => new globalThis.Response(request.url.endsWith('/empty') ? '' : 'señal'),
      });
      assert.equal(fieldOf(await client.send().answer(), 'content-length'), '6');
      assert.equal(fieldOf(await client.send({ path: '/empty' }).answer(), 'content-length'), '0');
    });

    test('to HEAD have no body, and the length that GET would have', async (context) => {
      const { client } = await startBench(context, protocol, { handler: () => ({ body: 'x'.repeat(1_000) }) });
      const answer = await client.send({ method: 'HEAD' }).answer();
      assert.deepEqual([answer.status, answer.body.length], [200, 0]);
      assert.equal(fieldOf(answer, 'content-length'), '1000');
      assert.equal((await client.send().answer()).body.length, 1_000);
    });

    test('without a body by their status have none', async (context) => {
      let cancelled = 0;
      const { client } = await startBench(context, protocol, {
        handler: (request) => ({
          status: Number(new URL(request.url).pathname.slice(1)),
          headers: { 'x-here': 'yes' },
          body: {
            [Symbol.asyncIterator]: () => ({
              next: () => Promise.reject(new Error('nobody should ask')),
              return: () => {
                cancelled += 1;
                return Promise.resolve({ done: true as const, value: undefined });
              },
            }),
          },
        }),
      });
      for (const status of [204, 205, 304]) {
        const answer = await client.send({ path: `/${status}` }).answer();
        assert.deepEqual([answer.status, answer.body.length, fieldOf(answer, 'x-here')], [status, 0, 'yes']);
      }
      assert.equal(cancelled, 3);
      assert.equal(fieldOf(await client.send({ path: '/204' }).answer(), 'content-length'), undefined);
    });

    test('that a handler fails to give are 500 without a word of why', async (context) => {
      const secret = new Error('secret');
      const failures: Readonly<Record<string, () => Answer | Promise<Answer>>> = {
        '/throws': () => {
          throw secret;
        },
        '/rejects': () => Promise.reject(secret),
        '/nothing': () => undefined as never,
        '/status': () => ({ status: 99 }),
        '/field': () => ({ headers: { 'x-a': 'a\u0001b' } }),
        '/length': () => ({ headers: { 'content-length': '7' }, body: 'x' }),
        '/first-piece': () => ({ body: failing() }),
      };
      const { client, errors } = await startBench(context, protocol, {
        handler: (request) => failures[new URL(request.url).pathname]!(),
      });
      for (const path of Object.keys(failures)) {
        const answer = await client.send({ path }).answer();
        assert.equal(answer.status, 500, path);
        assert.doesNotMatch(answer.body.toString(), /secret|at /, path);
      }
      assert.equal(errors.length, Object.keys(failures).length);
    });

    const BROKEN: Readonly<Record<string, () => { body: AnswerBody; headers?: Record<string, string> }>> = {
      'fail in the middle': () => ({ body: pieces(patternOf(70_000), new Error('broken')) }),
      'fall short of their length': () => ({ headers: { 'content-length': '70001' }, body: pieces(patternOf(70_000)) }),
      'exceed their length': () => ({ headers: { 'content-length': '70000' }, body: pieces(patternOf(70_000), 'x') }),
    };
    for (const [what, answer] of Object.entries(BROKEN)) {
      test(`that ${what} break off, and nobody takes them for whole`, async (context) => {
        const { client, errors } = await startBench(context, protocol, { handler: () => answer() });
        const exchange = client.send();
        if (what === 'exceed their length') {
          // Whether the last byte of the announced ones is sent before the defect is seen is nobody's business.
          await exchange.answer().then(
            ({ body }) => assert.deepEqual(body, patternOf(70_000)),
            () => {},
          );
        } else {
          assert.equal((await exchange.head).status, 200);
          await assert.rejects(exchange.answer());
        }
        await until(() => errors.length > 0);
        assert.equal(errors.length, 1);
        assert.ok(what === 'fail in the middle' || errors[0] instanceof MisuseError);
      });
    }

    test('have trailers, evaluated behind the body', async (context) => {
      const { client } = await startBench(context, protocol, {
        handler: (request) => ({
          body: request.url.endsWith('/pieces') ? pieces('a', 'b') : request.url.endsWith('/none') ? null : 'ab',
          trailers: () => ({ 'x-sum': '2' }),
        }),
      });
      for (const path of ['/', '/pieces', '/none']) {
        const { body, trailers } = await client.send({ path }).answer();
        assert.equal(body.toString(), path === '/none' ? '' : 'ab');
        assert.deepEqual({ ...trailers }, { 'x-sum': '2' }, path);
      }
    });

    test('may be announced by interim ones', async (context) => {
      const { client } = await startBench(context, protocol, {
        handler: (_request, handling) => {
          assert.equal(handling.sendInformational(103, { link: '</style.css>; rel=preload', connection: 'x' }), true);
          return { body: 'x' };
        },
      });
      const exchange = client.send();
      const { status, body } = await exchange.answer();
      assert.deepEqual([status, body.toString()], [200, 'x']);
      assert.equal(exchange.interim.length, 1);
      assert.equal(exchange.interim[0]!.status, 103);
      assert.deepEqual(
        exchange.interim[0]!.headers.filter(([name]) => name !== 'date'),
        [['link', '</style.css>; rel=preload']],
      );
    });
  });
}

function failing(): AsyncIterable<string> {
  return {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('secret')) }),
  };
}
