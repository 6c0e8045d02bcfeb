// A story of a session that nobody wrote: requests of all kinds, servers that do what they like, openings that fail, time that passes,
// in an order that fast-check chooses and can shrink.
import type { Readable } from 'node:stream';
import fc from 'fast-check';
import { ConnectError } from '#src/errors.js';
import type { RequestOptions } from '#src/client/options.js';
import type { SessionResponse } from '#src/client/response/session-response.js';
import { DrivenSession } from './driven-session.ts';
import type { DrivenOptions } from './driven-session.ts';
import { formatResponse, MemoryOrigin } from './memory-origin.ts';
import type { MemoryPeer } from './memory-origin.ts';

const METHODS = ['GET', 'GET', 'HEAD', 'POST', 'PUT', 'STREAM', 'ENDLESS'] as const;
const CONSUMERS = ['text', 'text', 'pieces', 'break', 'dump', 'unread'] as const;
const SERVER_DEEDS = [
  'answer',
  'answer',
  'answer',
  'answerAndClose',
  'answerLarge',
  'answerByHalf',
  'answerChunked',
  'fin',
  'rst',
  '408',
  'junk',
] as const;

/** One step of a story. `which` chooses among what is there. */
export type Step =
  | {
      readonly kind: 'request';
      readonly host: 'a' | 'b' | 'c';
      readonly method: (typeof METHODS)[number];
      readonly consumer: (typeof CONSUMERS)[number];
    }
  | { readonly kind: 'serve'; readonly deed: (typeof SERVER_DEEDS)[number]; readonly which: number }
  | { readonly kind: 'deliver'; readonly which: number; readonly events: number }
  | { readonly kind: 'advance' | 'stall' | 'jumpWall'; readonly ms: number }
  | { readonly kind: 'abort' | 'openingFails' | 'preconnect' | 'consume'; readonly which: number }
  | { readonly kind: 'turn' | 'settle' | 'close' };

const which = fc.nat(20);

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('request' as const),
        host: fc.constantFrom('a' as const, 'b' as const, 'c' as const),
        method: fc.constantFrom(...METHODS),
        consumer: fc.constantFrom(...CONSUMERS),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('serve' as const), deed: fc.constantFrom(...SERVER_DEEDS), which }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('deliver' as const), which, events: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('advance' as const),
        ms: fc.constantFrom(1, 20, 300, 1_100, 5_000, 31_000, 61_000),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom('stall' as const, 'jumpWall' as const),
        ms: fc.constantFrom(4, 300, 70_000),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('abort' as const, 'openingFails' as const, 'preconnect' as const, 'consume' as const),
        which,
      }),
    },
    { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('turn' as const, 'settle' as const) }) },
  ),
  { minLength: 5, maxLength: 50 },
);

const durationMs = fc.constantFrom(1_000, 10_000, 60_000);

export const options: fc.Arbitrary<DrivenOptions> = fc.record({
  limits: fc.record({
    perOrigin: fc.constantFrom(1, 2, 3, Infinity),
    total: fc.constantFrom(1, 2, 4, 256),
    queue: fc.constantFrom(0, 2, Infinity, Infinity),
    acquireTimeoutMs: durationMs,
    drainBytes: fc.constantFrom(0, 65_536),
  }),
  idleTimeoutMs: durationMs,
  maxAgeMs: fc.constantFrom(1_000, Infinity, Infinity),
  maxRequestsPerConnection: fc.constantFrom(1, 3, Infinity, Infinity),
  pipelining: fc.constantFrom(1, 1, 3),
  nonIdempotent: fc.constantFrom('validate' as const, 'fresh' as const, 'reuse' as const),
  hedgeStale: fc.constantFrom('auto' as const, 'always' as const, 'never' as const),
  holdBack: fc.constantFrom('auto' as const, 'lastByte' as const, 'continue' as const, 'never' as const),
  maxRetries: fc.constantFrom(0, 1, 2),
  timeouts: fc.record({ headersMs: durationMs, bodyMs: durationMs }),
});

interface Call {
  readonly abort: AbortController;
  readonly source: Readable | undefined;
  response: SessionResponse | undefined;
  isOver: boolean;
}

/** See the head of the file. */
export class RandomStory {
  readonly origin = new MemoryOrigin();
  readonly driven: DrivenSession;
  readonly calls: Call[] = [];
  readonly #preconnects: { isOver: boolean }[] = [];

  constructor(sessionOptions: DrivenOptions) {
    this.driven = new DrivenSession(this.origin.accept, sessionOptions);
    this.origin.hold();
    this.driven.opener.holds = true;
  }

  /** How many promises of callers wait. */
  get pending(): number {
    return [...this.calls, ...this.#preconnects].filter(({ isOver }) => !isOver).length;
  }

  async perform(step: Step): Promise<void> {
    const { driven } = this;
    switch (step.kind) {
      case 'request':
        return this.#request(step);
      case 'serve':
        return serve(pick(this.origin.peers.slice(-6), step.which), step.deed);
      case 'deliver':
        return this.#deliver(step.which, step.events);
      case 'advance':
        return await driven.advance(step.ms);
      case 'stall':
        return driven.clock.stall(step.ms);
      case 'jumpWall':
        return driven.clock.jumpWall(step.ms);
      case 'abort':
        return pick(this.calls.slice(-4), step.which)?.abort.abort();
      case 'openingFails':
        driven.opener.failures.push(new ConnectError('http://origin.test', 'refused'));
        return driven.opener.admit(1);
      case 'preconnect':
        return this.#preconnect(step.which);
      case 'consume':
        return this.#dump(pick(this.calls, step.which));
      case 'turn':
        driven.opener.admit(1);
        return driven.clock.turn();
      case 'settle':
        driven.opener.admit();
        return await driven.settle();
      case 'close':
        return void driven.session.close();
    }
  }

  /** The servers do what they owe, the callers read what they got, and time passes until all is over. */
  async runOut(): Promise<void> {
    const { driven, origin } = this;
    origin.release();
    driven.opener.holds = false;
    for (let round = 0; round < 12; round += 1) {
      driven.opener.admit();
      for (const peer of origin.peers) if (peer.closed === undefined && round % 3 === 2) peer.fin();
      for (const call of this.calls) this.#dump(call);
      await driven.settle();
      await driven.advance(20_000);
    }
  }

  #request({ host, method, consumer }: Extract<Step, { kind: 'request' }>): void {
    const abort = new AbortController();
    const call: Call = { abort, source: undefined, response: undefined, isOver: false };
    this.calls.push(call);
    const response = this.driven.session.request(`http://${host}.test/${this.calls.length}`, {
      ...requestOptions(method),
      signal: abort.signal,
    });
    void this.#consume(call, response, consumer);
  }

  async #consume(call: Call, pending: Promise<SessionResponse>, consumer: (typeof CONSUMERS)[number]): Promise<void> {
    try {
      const response = await pending;
      if (consumer === 'text') await response.body.text();
      else if (consumer === 'dump') await response.body.dump();
      else if (consumer === 'unread') call.response = response;
      else for await (const piece of response.body) if (consumer === 'break' && piece.length > 0) break;
    } catch {
      // Whatever it is: that it came is what counts.
    } finally {
      call.isOver = true;
    }
  }

  #dump(call: Call | undefined): void {
    void call?.response?.body.dump().catch(() => {});
  }

  #preconnect(count: number): void {
    const preconnect = { isOver: false };
    this.#preconnects.push(preconnect);
    const settled = (): void => {
      preconnect.isOver = true;
    };
    this.driven.session.preconnect('http://a.test/', 1 + (count % 3)).then(settled, settled);
  }

  #deliver(index: number, events: number): void {
    const connection = pick(this.driven.opener.connections.slice(-6), index);
    for (let event = 0; event < events; event += 1) connection?.pair.deliver();
  }
}

function pick<Element>(elements: readonly Element[], index: number): Element | undefined {
  return elements[index % elements.length];
}

function requestOptions(method: (typeof METHODS)[number]): RequestOptions {
  if (method === 'STREAM') return { method: 'POST', body: ['one', 'two', 'three'].values() };
  if (method === 'ENDLESS') return { method: 'PUT', body: endless() };
  return method === 'POST' || method === 'PUT' ? { method, body: 'body' } : { method };
}

/** Gives two pieces and then nothing more, for ever. */
function endless(): ReadableStream<Uint8Array> {
  let pieces = 2;
  return new ReadableStream({
    pull: (controller) => {
      if (pieces > 0) controller.enqueue(Buffer.from('piece'));
      else return new Promise<void>(() => {});
      pieces -= 1;
      return undefined;
    },
  });
}

function serve(peer: MemoryPeer | undefined, deed: (typeof SERVER_DEEDS)[number]): void {
  if (peer === undefined || peer.closed !== undefined || peer.isFinished) return;
  switch (deed) {
    case 'answer':
      return peer.answer('ok', 'Keep-Alive: timeout=30\r\n');
    case 'answerAndClose':
      peer.answer('ok', 'Connection: close\r\n');
      return peer.fin();
    case 'answerLarge':
      return peer.answer('x'.repeat(200_000));
    case 'answerByHalf':
      return peer.send(formatResponse('x'.repeat(100)).slice(0, 60));
    case 'answerChunked':
      return peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n');
    case 'fin':
      return peer.fin();
    case 'rst':
      return peer.rst();
    case '408':
      peer.send('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return peer.fin();
    case 'junk':
      return peer.send('what?\r\n\r\n');
  }
}
