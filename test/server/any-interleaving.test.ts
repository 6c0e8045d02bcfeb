// Whatever a client sends in whatever pieces, whenever it reads, stops or goes, and whenever handlers finish:
// answers come in order and whole, nothing is executed twice, nothing is left behind. A search for states nobody thought of.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CLOSE, DrivenServer, gate } from './driven-server.ts';
import type { DrivenClient, Gate } from './driven-server.ts';

const KINDS = [
  'sync',
  'async',
  'stream',
  'large',
  'head',
  'postRead',
  'postIgnore',
  'postEcho',
  'expect',
  'fails',
  'close',
] as const;
type Kind = (typeof KINDS)[number];

type Step =
  | { readonly kind: 'send'; readonly bytes: number }
  | { readonly kind: 'open'; readonly which: number }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'pause' | 'resume' | 'readOnce' | 'fin' | 'reset' | 'closeIdle' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), bytes: fc.integer({ min: 1, max: 400 }) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('open' as const), which: fc.nat({ max: 5 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(1, 900, 5_000, 21_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('pause' as const, 'resume' as const, 'readOnce' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('fin' as const, 'reset' as const, 'closeIdle' as const) }),
  },
);

const BODY = 'b'.repeat(70);
const LARGE = 'l'.repeat(40_000);

/** The bytes of request number `id`. */
function request(kind: Kind, id: number): string {
  const path = `/${id}/${kind}`;
  if (kind === 'head') return `HEAD ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
  if (kind === 'postEcho') {
    return `POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n46\r\n${BODY}\r\n0\r\n\r\n`;
  }
  const expects = kind === 'expect' ? 'Expect: 100-continue\r\n' : '';
  if (kind.startsWith('post') || kind === 'expect') {
    return `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY.length}\r\n${expects}\r\n${BODY}`;
  }
  return `GET ${path} HTTP/1.1\r\nHost: a\r\n${kind === 'close' ? CLOSE : ''}\r\n`;
}

/** What the body of the answer to request number `id` is. */
function expectedBody(kind: Kind, id: number): string {
  if (kind === 'head') return '';
  if (kind === 'large') return LARGE;
  if (kind === 'stream') return `${id}`.repeat(3);
  return kind === 'postRead' || kind === 'postEcho' || kind === 'expect' ? BODY : `${id}`;
}

class Story {
  readonly server: DrivenServer;
  readonly client: DrivenClient;
  readonly gates: Gate<void>[] = [];
  readonly begun: number[] = [];
  readonly settled: number[] = [];
  readonly aborted = new Set<number>();
  sourcesOpen = 0;

  constructor() {
    this.server = new DrivenServer({
      handler: (incoming) => this.#handle(incoming),
      keepAliveTimeoutMs: 5_000,
      limits: { pipelinedHandlers: 3 },
    });
    this.client = this.server.connect({ readBytes: 3_000 });
  }

  #gate(): Promise<void> {
    const mine = gate();
    this.gates.push(mine);
    return mine.promise;
  }

  async #wait(id: number): Promise<void> {
    await this.#gate();
    this.settled.push(id);
  }

  #handle(incoming: Request): ReturnType<NonNullable<ConstructorParameters<typeof DrivenServer>[0]['handler']>> {
    const [, number, kind] = new URL(incoming.url).pathname.split('/');
    const id = Number(number);
    const headers = { 'x-id': `${id}` };
    this.begun.push(id);
    incoming.signal.addEventListener('abort', () => this.aborted.add(id));
    switch (kind as Kind) {
      case 'sync':
      case 'close':
      case 'postIgnore':
        return { headers, body: `${id}` };
      case 'head':
      case 'async':
        return this.#wait(id).then(() => ({ headers, body: `${id}` }));
      case 'large':
        return this.#wait(id).then(() => ({ headers, body: LARGE }));
      case 'stream':
        return { headers, body: this.#source(id) };
      case 'postEcho':
        return { headers, body: incoming.body };
      case 'fails':
        return this.#wait(id).then(() => {
          throw new Error(`handler ${id}`);
        });
      default:
        return incoming.text().then((body) => ({ headers, body }));
    }
  }

  async *#source(id: number): AsyncGenerator<string> {
    this.sourcesOpen += 1;
    try {
      for (let piece = 0; piece < 3; piece += 1) {
        yield `${id}`;
        await this.#gate();
      }
    } finally {
      this.sourcesOpen -= 1;
    }
  }
}

/** Checks that what arrived is a row of answers to the requests in order, of which only the last may be cut off. */
function checkAnswers(bytes: string, kinds: readonly Kind[]): void {
  let rest = bytes;
  let id = 0;
  let closed = false;
  while (rest !== '') {
    if (rest.startsWith('HTTP/1.1 100 Continue\r\n\r\n')) {
      assert.equal(kinds[id], 'expect', 'only who expects is told to continue');
      rest = rest.slice(25);
      continue;
    }
    const match = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest);
    if (match === null) return assert.match(rest, /^HTTP\/1\.1[^]*$|^H[TP/1.]*$/, 'a head that is cut off');
    const [head, status, fields] = match;
    assert.ok(!closed, 'nothing behind an answer that says close');
    closed = /^Connection: close\r$/m.test(fields!);
    rest = rest.slice(head.length);
    const length = /^Content-Length: (\d+)\r$/m.exec(fields!)?.[1];
    let body: string;
    if (/^Transfer-Encoding: chunked\r$/m.test(fields!)) {
      const chunks = /^(?:[0-9a-f]+\r\n[^\r]+\r\n)*?0\r\n\r\n/.exec(rest)?.[0];
      if (chunks === undefined) return;
      body = [...chunks.matchAll(/[0-9a-f]+\r\n([^\r]*)\r\n/g)].map(([, data]) => data).join('');
      rest = rest.slice(chunks.length);
    } else {
      const bodyBytes = kinds[id] === 'head' && status === '200' ? 0 : Number(length ?? 0);
      body = rest.slice(0, bodyBytes);
      rest = rest.slice(bodyBytes);
      if (body.length < bodyBytes) return;
    }
    if (status === '200') {
      assert.match(fields!, new RegExp(`^x-id: ${id}\\r$`, 'm'), 'in order');
      assert.equal(body, expectedBody(kinds[id]!, id));
    } else {
      assert.ok(['500', '408', '400'].includes(status!), status);
      if (status === '500') assert.equal(kinds[id], 'fails');
      else assert.ok(closed, `${status} closes`);
    }
    id += 1;
  }
}

async function perform(
  story: Story,
  next: Step,
  unsent: { bytes: string },
  state: { gone: boolean; fin: boolean },
): Promise<void> {
  const { server, client } = story;
  switch (next.kind) {
    case 'send':
      if (state.gone || state.fin || unsent.bytes === '' || client.over !== undefined) return;
      await client.send(unsent.bytes.slice(0, next.bytes));
      unsent.bytes = unsent.bytes.slice(next.bytes);
      return;
    case 'open':
      story.gates.splice(next.which, 1)[0]?.open();
      return await server.run();
    case 'advance':
      return await server.advance(next.ms);
    case 'pause':
      return client.pause();
    case 'resume':
      return await client.resume();
    case 'readOnce':
      return await client.readOnce();
    case 'fin':
      if (!state.gone && !state.fin) await client.end();
      state.fin = true;
      return;
    case 'reset':
      if (!state.gone) await client.reset();
      state.gone = true;
      return;
    case 'closeIdle':
      client.connection.closeIdle('draining');
      return await server.run();
  }
}

test('whatever happens in whatever order, answers are whole and in order, and nothing is left behind', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 7 }),
        fc.array(step, { minLength: 1, maxLength: 40 }),
        async (kinds, steps) => {
          const story = new Story();
          const { server, client } = story;
          const unsent = { bytes: kinds.map((kind, id) => request(kind, id)).join('') };
          const state = { gone: false, fin: false };
          for (const next of steps) await perform(story, next, unsent, state);
          checkAnswers(client.received, kinds);

          // The end: everybody does what is still to be done, and the client goes.
          for (let round = 0; round < 4; round += 1) {
            await client.resume();
            for (const open of story.gates.splice(0)) open.open();
            await server.run();
          }
          if (!state.gone && !state.fin) await client.end();
          for (let round = 0; round < 8; round += 1) {
            for (const open of story.gates.splice(0)) open.open();
            await server.advance(30_000);
          }
          checkAnswers(client.received, kinds);
          assert.equal(server.closed.length, 1, 'the connection ended, once');
          assert.equal(server.core.connections.size, 0);
          assert.equal(server.clock.pendingTimers, 0, 'no timer is left');
          assert.equal(story.sourcesOpen, 0, 'every source was ended or cancelled');
          assert.deepEqual(story.begun, [...new Set(story.begun)], 'nothing is executed twice');
          assert.deepEqual(
            story.begun,
            story.begun.toSorted((a, b) => a - b),
            'requests begin in order',
          );
          for (const error of server.errors)
            assert.match(String(error), /^Error: handler \d|AbortedError|ProtocolError/);
          assert.deepEqual(unhandled, []);
        },
      ),
      { numRuns: Number(process.env['PERDURA_INTERLEAVINGS'] ?? 150) },
    );
  } finally {
    process.off('unhandledRejection', note);
  }
});
