// The trace is told synchronously, in the middle of things. Whoever is told may give a request up, make another one, or end the
// session: nothing may be sent for a request that was given up, no end be told twice, and no promise stay open.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RequestOptions } from '#src/client/index.js';
import type { SessionEvent } from '#src/trace.js';
import { DrivenSession } from './driven-session.ts';
import { MemoryOrigin, formatResponse } from './memory-origin.ts';

/** Done once, at the first event of the type. */
interface Reaction {
  readonly type: SessionEvent['type'];
  run(): void;
}

/** A session whose servers answer by path: `/moved` redirects, `/lost` ends the first connection, `/silent` stays so. */
class Scene {
  readonly origin: MemoryOrigin = new MemoryOrigin();
  readonly driven: DrivenSession;
  readonly controller: AbortController = new AbortController();
  #reaction: Reaction | undefined;

  constructor() {
    this.driven = new DrivenSession(this.origin.accept, { hedgeStale: 'always' });
    this.driven.onEvent = (event) => {
      if (event.type !== this.#reaction?.type) return;
      const reaction = this.#reaction;
      this.#reaction = undefined;
      reaction.run();
    };
    this.origin.answer = ({ target }, peer) => {
      if (target === '/moved') return formatResponse('', 'Location: /new\r\n', '302 Found');
      if (target === '/silent' && peer.number === 1) return undefined;
      if (target === '/lost' && peer.number === 1) peer.rst();
      return formatResponse(target);
    };
  }

  when(type: Reaction['type'], run: () => void): void {
    this.#reaction = { type, run };
  }

  send(path: string, options: RequestOptions = {}): Promise<string> {
    return this.driven.outcome(this.driven.session.request(path, { signal: this.controller.signal, ...options }));
  }

  /** With a connection that was used. */
  async warmUp(): Promise<void> {
    const outcome = this.send('/warm');
    await this.driven.settle();
    assert.equal(await outcome, '200 /warm');
    this.origin.requests.length = 0;
  }

  get executed(): string[] {
    return this.origin.requests.map(({ method, target }) => `${method} ${target}`);
  }

  /** The ends that were told, by connection. */
  get ends(): string[] {
    return this.driven.log.filter((line) => line.startsWith('closed '));
  }
}

describe('a request that is given up within the event', () => {
  test('`reused` loses its connection, and no byte of it is answered', async () => {
    const scene = new Scene();
    await scene.warmUp();
    scene.when('reused', () => scene.controller.abort());
    const outcome = scene.send('/a', { method: 'POST', body: 'x' });
    await scene.driven.settle();
    assert.equal(await outcome, 'AbortError');
    assert.deepEqual(scene.ends, ['closed 1 aborted']);
    assert.equal(scene.driven.session.stats().responses, 1);
  });

  test('`retried` is not sent again', async () => {
    const scene = new Scene();
    await scene.warmUp();
    scene.when('retried', () => scene.controller.abort());
    const outcome = scene.send('/lost');
    await scene.driven.settle();
    assert.equal(await outcome, 'AbortError');
    assert.deepEqual(scene.executed, ['GET /lost']);
    assert.equal(scene.driven.opener.opened, 1);
  });

  test('`hedged` is not sent a second time', async () => {
    const scene = new Scene();
    await scene.warmUp();
    scene.when('hedged', () => scene.controller.abort());
    const outcome = scene.send('/silent');
    await scene.driven.settle();
    await scene.driven.advance(5_000);
    assert.equal(await outcome, 'AbortError');
    assert.equal(scene.driven.opener.opened, 1);
  });

  test('`response` fails once, also where its redirect would have been followed', async () => {
    const scene = new Scene();
    const { session } = scene.driven;
    scene.when('response', () => scene.controller.abort());
    const outcome = session.fetch('/moved', { signal: scene.controller.signal }).catch((error: Error) => error.name);
    await scene.driven.settle();
    assert.equal(await outcome, 'AbortError');
    assert.deepEqual(scene.executed, ['GET /moved']);
    const { requests, responses, failures } = session.stats();
    assert.deepEqual({ requests, responses, failures }, { requests: 1, responses: 0, failures: 1 });
  });
});

test('a request that is made within the event `closed` does not go out on what has ended', async () => {
  const scene = new Scene();
  await scene.warmUp();
  let outcome: Promise<string> | undefined;
  scene.when('closed', () => {
    outcome = scene.send('/a');
  });
  scene.origin.peer(1).fin();
  await scene.driven.settle();
  assert.equal(await outcome, '200 /a');
  assert.equal(scene.driven.opener.opened, 2);
});

test('a request that is made within the event `idle` keeps the process alive', async () => {
  const scene = new Scene();
  let outcome: Promise<string> | undefined;
  scene.when('idle', () => {
    outcome = scene.send('/silent');
  });
  await scene.warmUp();
  await scene.driven.settle();
  assert.notEqual(outcome, undefined);
  assert.equal(scene.driven.opener.connections[0]?.client.idleCalls.at(-1) ?? false, false);
});

for (const type of ['validated', 'reused'] as const) {
  test(`a session that is closed within the event '${type}' still answers the request that it is about`, async () => {
    const scene = new Scene();
    await scene.warmUp();
    let closing: Promise<void> | undefined;
    scene.when(type, () => {
      closing = scene.driven.session.close();
    });
    if (type === 'validated') scene.driven.clock.stall(100);
    const outcome = scene.send('/a');
    await scene.driven.settle();
    assert.equal(await outcome, '200 /a');
    await closing;
  });
}

for (const type of ['connecting', 'opened', 'reused', 'idle', 'response', 'retried', 'hedged', 'closed'] as const) {
  test(`a session that is destroyed within the event '${type}' ends each connection once, and all that waits`, async () => {
    const scene = new Scene();
    if (type !== 'connecting' && type !== 'opened') await scene.warmUp();
    scene.when(type, () => scene.driven.session.destroy(new TypeError('over')));
    const path = type === 'hedged' ? '/silent' : type === 'retried' || type === 'closed' ? '/lost' : '/a';
    const outcomes = [scene.send(path), scene.send('/b'), scene.send('/c')];
    await scene.driven.settle();
    await scene.driven.advance(5_000);
    for (const outcome of await Promise.all(outcomes)) assert.match(outcome, /^TypeError|^PoolError|^200 \/[abc]$/);
    await scene.driven.session.close();
    assert.deepEqual(scene.driven.session.connections(), []);
    assert.equal(new Set(scene.ends.map((line) => line.split(' ')[1])).size, scene.ends.length);
    const opened = scene.driven.log.filter((line) => line.startsWith('opened ')).length;
    assert.equal(scene.ends.length, opened);
  });
}
