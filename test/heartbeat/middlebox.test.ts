// Heartbeats over real sockets through a middlebox that forgets idle connections: without signals the connection dies, with them it
// lives, and the adaptive search finds after how long the box forgets.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, test, type TestContext } from 'node:test';
import { Heartbeat } from '#src/heartbeat/index.js';
import type { Acknowledgement, AdaptedEvent, Probe, ProbeSink } from '#src/heartbeat/index.js';
import { startMiddlebox } from '#src/testing/middlebox/index.js';
import type { Middlebox, MiddleboxKind } from '#src/testing/middlebox/index.js';

/** Sends a byte over one connection that it keeps, and waits for it to come back. */
class EchoProbe implements Probe {
  readonly target: string;
  readonly #port: number;
  #socket: net.Socket | undefined;
  #sink: ProbeSink | undefined;
  #onEcho: (() => void) | undefined;

  constructor(port: number) {
    this.#port = port;
    this.target = `tcp://127.0.0.1:${port}`;
  }

  attach(sink: ProbeSink): void {
    this.#sink = sink;
  }

  async send(signal: AbortSignal): Promise<Acknowledgement> {
    const kept = this.#socket;
    const socket = kept ?? (await this.#open(signal));
    return new Promise((resolve, reject) => {
      const sentMs = performance.now();
      const fail = (): void => {
        socket.off('close', fail);
        if (this.#socket === socket) this.close();
        reject(new Error('the connection ended, or nothing came back in time'));
      };
      this.#onEcho = () => {
        socket.off('close', fail);
        signal.removeEventListener('abort', fail);
        resolve({ rttMs: performance.now() - sentMs, connection: kept === undefined ? 'new' : 'kept' });
      };
      signal.addEventListener('abort', fail);
      socket.on('close', fail);
      socket.write('.');
    });
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#onEcho = undefined;
    socket?.destroy();
  }

  async #open(signal: AbortSignal): Promise<net.Socket> {
    const socket = net.connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('data', () => {
      const onEcho = this.#onEcho;
      this.#onEcho = undefined;
      if (onEcho === undefined) this.#sink?.onReceived();
      else onEcho();
    });
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      if (this.#onEcho === undefined) this.#sink?.onLost('the connection ended');
    });
    await once(socket, 'connect', { signal });
    return socket;
  }
}

async function startEcho(context: TestContext): Promise<number> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => socket.write(bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as net.AddressInfo).port;
}

async function startBox(context: TestContext, forgetAfterMs: number, kind: MiddleboxKind): Promise<Middlebox> {
  const box = await startMiddlebox({ target: { port: await startEcho(context) }, forgetAfterMs, kind });
  context.after(() => box.close());
  return box;
}

/** Five per cent of it, by which intervals stay below it, must be more than a busy machine is late. */
const LIMIT_MS = 600;

const kinds: readonly MiddleboxKind[] = ['silent', 'rst', 'fin'];

// They wait for nearly all of their time.
describe('through a middlebox that forgets', { concurrency: true }, () => {
  for (const kind of kinds) {
    test(`a connection dies without heartbeats and lives with them (${kind})`, async (context) => {
      const forgetAfterMs = 400;
      const box = await startBox(context, forgetAfterMs, kind);
      const connectionsOf = async (intervalMs: number): Promise<Acknowledgement['connection'][]> => {
        const connections: Acknowledgement['connection'][] = [];
        const heartbeat = new Heartbeat({ probe: new EchoProbe(box.port), intervalMs, timeoutMs: 1_000, jitter: 0 });
        context.after(() => heartbeat.stop());
        for await (const event of heartbeat.start()) {
          if (event.type === 'ack') connections.push(event.connection);
          // Without signals in between the two exchanges are all there is.
          if (connections.length === (intervalMs > forgetAfterMs ? 2 : 16)) break;
        }
        heartbeat.stop();
        return connections;
      };
      assert.deepEqual(await connectionsOf(800), ['new', 'new']);
      assert.equal(box.forgotten, 1);
      // Four times as long as the silence that kills.
      assert.deepEqual(await connectionsOf(100), ['new', ...Array.from({ length: 15 }, () => 'kept')]);
      assert.equal(box.forgotten, 1);
    });

    test(`an adaptive heartbeat finds after how long it forgets, within 10 %, and keeps its connection then (${kind})`, async (context) => {
      const box = await startBox(context, LIMIT_MS, kind);
      const heartbeat = new Heartbeat({
        probe: new EchoProbe(box.port),
        timeoutMs: 150,
        adaptive: { lowestMs: 100, highestMs: 5_000 },
      });
      context.after(() => heartbeat.stop());
      let downs = 0;
      heartbeat.on('down', () => (downs += 1));
      const found = await new Promise<AdaptedEvent>((resolve) => {
        heartbeat.on('adapted', (event) => event.isHolding && resolve(event));
        heartbeat.start();
      });
      const story = JSON.stringify(found);
      assert.ok(found.survivedMs < LIMIT_MS && found.survivedMs > LIMIT_MS * 0.9, story);
      assert.ok(found.diedMs > LIMIT_MS * 0.95 && found.diedMs < LIMIT_MS * 1.1, story);
      assert.ok(found.intervalMs < found.survivedMs, story);
      assert.equal(downs, 0);
      const { forgotten } = box;
      const { acknowledged } = heartbeat.stats();
      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      await new Promise<void>((resolve) => {
        heartbeat.on('ack', () => heartbeat.stats().acknowledged >= acknowledged + 6 && resolve());
      });
      heartbeat.stop();
      delay.disable();
      // Box and signals share this process: when it stood still for longer than the margin, both are late.
      const stoodStill = delay.max / 1e6 > (LIMIT_MS - found.intervalMs) / 2;
      assert.ok(box.forgotten - forgotten <= (stoodStill ? 3 : 0), `${box.forgotten - forgotten} lost`);
    });
  }

  test('an adaptive heartbeat follows a box that begins to forget sooner', async (context) => {
    const box = await startBox(context, 700, 'rst');
    const heartbeat = new Heartbeat({
      probe: new EchoProbe(box.port),
      timeoutMs: 150,
      adaptive: { lowestMs: 250, highestMs: 5_000 },
    });
    context.after(() => heartbeat.stop());
    const holding = (): Promise<AdaptedEvent> =>
      new Promise((resolve) => {
        const listener = (event: AdaptedEvent): void => {
          if (!event.isHolding) return;
          heartbeat.off('adapted', listener);
          resolve(event);
        };
        heartbeat.on('adapted', listener);
      });
    const first = holding();
    heartbeat.start();
    assert.ok((await first).survivedMs > 630);
    box.forgetAfterMs = 400;
    const second = await holding();
    const story = JSON.stringify(second);
    assert.ok(second.survivedMs < 400 && second.survivedMs > 350 && second.diedMs < 440, story);
    heartbeat.stop();
  });
});
