// Ten thousand generated requests to the same application on node:http and on perdura/node: status, reason phrase, fields and bodies are
// identical, but for what docs/node.md lists.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { AddressInfo } from 'node:net';
import { AnswerReader } from '../integration/read-answers.js';
import type { ReceivedAnswer } from '../integration/read-answers.js';
import { Random } from '../integration/random.js';
import { RawConnection } from '../support/raw-client.js';
import { expressApp } from './apps/express-app.js';
import { fastifyApp } from './apps/fastify-app.js';
import { ENGINES, listen, readAnswer } from './engines.js';
import { generateRequest } from './generate-exchanges.js';
import type { GeneratedRequest, Route } from './generate-exchanges.js';

const REQUESTS = 5_000;
/** Connections to each server at the same time. */
const LANES = 8;

/** Of docs/node.md: what says how long a connection stays, and when the answer was made. */
const NOT_COMPARED = new Set(['connection', 'keep-alive', 'date', 'transfer-encoding']);

const fixed =
  (path: string): Route['path'] =>
  () =>
    path;

function words(random: Random, most: number): string {
  return Array.from({ length: random.below(most) }, () =>
    random.pick(['tea', 'coffee', 'milk', 'Zürich', '"', '€']),
  ).join(' ');
}

function json(random: Random): [string, string] {
  if (random.chance(5)) return ['application/json', '{"broken":'];
  if (random.chance(5)) return ['application/json', JSON.stringify({ long: 'x'.repeat(9_900 + random.below(300)) })];
  return ['application/json', JSON.stringify({ name: words(random, 5), age: random.below(100), list: [null, true] })];
}

const SHARED_PATHS = ['/', '/buffer', '/stream', '/empty', '/moved', '/cookies', '/throws', '/mirror'];

const EXPRESS_ROUTES: readonly Route[] = [
  ...[
    ...SHARED_PATHS,
    '/page',
    '/moved-for-good',
    '/file',
    '/attachment',
    '/vary',
    '/pieces',
    '/length',
    '/reason',
    '/close',
    '/ip',
    '/rejects',
  ].map((path) => ({ method: 'GET', path: fixed(path) })),
  { method: 'GET', path: (random) => `/users/${random.below(100)}?q=${encodeURIComponent(words(random, 3))}&a[]=1` },
  { method: 'GET', path: (random) => `/status/${random.pick([200, 201, 400, 404, 409, 418, 451, 500, 503])}` },
  {
    method: 'GET',
    path: (random) => random.pick(['/site/index.html', '/site/', '/site/robots.txt', '/site/none', '/file']),
    fields: (random) => {
      if (random.chance(40))
        return [['Range', random.pick(['bytes=0-9', 'bytes=-5', 'bytes=5-', 'bytes=0-1,4-5', 'bytes=99999999-'])]];
      return random.chance(30) ? [['If-Modified-Since', 'Fri, 31 Dec 2100 00:00:00 GMT']] : [];
    },
  },
  { method: 'POST', path: fixed('/json'), body: json },
  {
    method: 'POST',
    path: fixed('/form'),
    body: (random) => ['application/x-www-form-urlencoded', `a=${random.below(9)}&b=%20`],
  },
  { method: 'POST', path: fixed('/text'), body: (random) => ['text/plain', words(random, 2500)] },
  { method: 'PUT', path: fixed('/raw'), body: (random) => ['application/octet-stream', words(random, 2500)] },
  { method: 'POST', path: fixed('/pipe'), body: (random) => ['application/octet-stream', words(random, 8_000)] },
  { method: 'POST', path: fixed('/ignored'), body: (random) => ['text/plain', words(random, 100)] },
];

const FASTIFY_ROUTES: readonly Route[] = [
  ...[
    ...SHARED_PATHS,
    '/text',
    '/nothing',
    '/filtered',
    '/web-stream',
    '/response',
    '/broken-stream',
    '/trailers',
    '/hijacked',
    '/teapot',
  ].map((path) => ({ method: 'GET', path: fixed(path) })),
  { method: 'GET', path: (random) => `/users/${random.pick(['1', '22', 'x'])}?q=${random.below(10)}` },
  { method: 'POST', path: fixed('/checked'), body: json },
  { method: 'POST', path: fixed('/echo'), body: json },
  {
    method: 'POST',
    path: fixed('/echo'),
    body: (random) => [random.pick(['text/plain', 'image/png']), words(random, 500)],
  },
  { method: 'PUT', path: fixed('/raw'), body: (random) => ['application/octet-stream', words(random, 2500)] },
  { method: 'DELETE', path: fixed('/gone') },
];

/** One connection after the other to one server. */
class Lane {
  readonly #port: number;
  #connection: RawConnection | undefined;
  #reader = new AnswerReader();
  /** Connections remember what went over them, so none serves for ever. */
  #asked = 0;

  constructor(port: number) {
    this.#port = port;
  }

  async ask(request: GeneratedRequest): Promise<ReceivedAnswer> {
    if (this.#connection === undefined) {
      this.#connection = await RawConnection.open(this.#port);
      this.#reader = new AnswerReader();
    }
    this.#connection.write(request.bytes);
    const answer = await readAnswer(this.#connection, this.#reader, request.isHead);
    this.#asked += 1;
    if (this.#asked % 50 === 0 || !request.persists || answer.closes || answer.fields.get('connection') === undefined)
      this.close();
    return answer;
  }

  close(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }
}

/**
 * What is compared. Which of the two framings a body has is the server's affair, as long as the body is the same, and trailers go only to
 * those who know them: a client of HTTP/1.0 does not. A 204 announces no length (RFC 9110 §8.6).
 */
function toComparable({ status, body, fields, trailers }: ReceivedAnswer, { isHead, name }: GeneratedRequest): unknown {
  const saysLength = isHead && status !== 204;
  const compared = [...fields]
    .filter(([field]) => !NOT_COMPARED.has(field) && (saysLength || field !== 'content-length'))
    // The second of the answer, as in Date; which one that is says nothing of the servers.
    .map(([field, value]): [string, string] => [
      field,
      value.replaceAll(/(Max-Age=0; Path=\/; Expires=)[^;]+/g, '$1now'),
    ]);
  const said = fields.get('content-length');
  if (!isHead && said !== undefined && status !== 304) assert.equal(Number(said), body.length);
  const isHttp11 = name.endsWith('1.1');
  return {
    status,
    body,
    trailers: isHttp11 ? trailers : undefined,
    fields: compared.map(([field, value]) => `${field}: ${value}`).toSorted(),
  };
}

async function compare(ports: readonly number[], routes: readonly Route[], seed: number): Promise<number> {
  const random = new Random(seed);
  let left = REQUESTS;
  let kept = 0;
  const work = async (): Promise<void> => {
    const lanes = ports.map((port) => new Lane(port));
    while (left > 0) {
      left -= 1;
      const request = generateRequest(random, routes);
      const [expected, actual] = await Promise.all(lanes.map((lane) => lane.ask(request)));
      assert.deepEqual(
        toComparable(actual!, request),
        toComparable(expected!, request),
        `${request.name}\n${request.bytes.toString('latin1')}`,
      );
      if (!actual!.closes) kept += 1;
    }
    for (const lane of lanes) lane.close();
  };
  await Promise.all(Array.from({ length: LANES }, work));
  return kept;
}

void describe('The same requests to the same application on node:http and on perdura/node', () => {
  void test('have the same answers from Express', { timeout: 110_000 }, async (t: TestContext) => {
    const app = expressApp();
    app.disable('x-powered-by');
    const servers = [];
    for (const engine of ENGINES) servers.push(await listen(t, engine, app));
    const kept = await compare(
      servers.map(({ port }) => port),
      EXPRESS_ROUTES,
      1,
    );
    assert.ok(kept > REQUESTS / 2, `most connections are kept, ${kept} answers said so`);
  });

  void test('have the same answers from Fastify', { timeout: 110_000 }, async (t: TestContext) => {
    const ports = [];
    for (const engine of ENGINES) {
      const app = fastifyApp(engine);
      await app.listen({ port: 0, host: '127.0.0.1' });
      t.after(() => app.close());
      ports.push((app.server.address() as AddressInfo).port);
    }
    assert.ok((await compare(ports, FASTIFY_ROUTES, 2)) > REQUESTS / 2);
  });
});
