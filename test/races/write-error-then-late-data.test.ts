// A write of the response fails, and data that was on its way arrives late.
//
// 1. The client sends a request and resets the connection; the server has not seen the reset.
// 2. The handler answers; the write fails because the peer is gone.
// 3. Whatever is told of the connection afterwards comes to a connection that is over.
//
// Also with the failure at the second piece of a stream, when bytes of a further request have arrived before it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Transport, TransportSink } from '#src/io/index.js';
import { resolveServeOptions } from '#src/server/options.js';
import { ServerConnection } from '#src/server/connection/server-connection.js';
import { ServerCore } from '#src/server/server-core.js';
import { ManualClock, transportPair, withFaults } from '#src/testing/index.js';
import { gate, get } from '../server/driven-server.ts';

/** Passes everything on, and writes down what the server's side is told and does. */
function noting(inner: Transport, log: string[]): Transport {
  return {
    get remote() {
      return inner.remote;
    },
    get pendingBytes() {
      return inner.pendingBytes;
    },
    get failure() {
      return inner.failure;
    },
    attach: (sink: TransportSink) =>
      inner.attach({
        onTransportData: (bytes) => {
          log.push(`told: ${bytes.length} bytes`);
          sink.onTransportData(bytes);
        },
        onTransportEnd: () => sink.onTransportEnd(),
        onTransportDrain: () => sink.onTransportDrain(),
        onTransportClosed: (error) => {
          log.push(`told: closed (${String(error?.message)})`);
          sink.onTransportClosed(error);
        },
      }),
    write: (data) => {
      log.push('server: writes');
      return inner.write(data);
    },
    end: () => inner.end(),
    destroy: () => inner.destroy(),
    reset: () => inner.reset(),
    pause: () => inner.pause(),
    resume: () => inner.resume(),
    setIdle: (idle) => inner.setIdle(idle),
  };
}

for (const failWrite of [1, 2]) {
  test(`a failing write number ${failWrite} ends the connection once, cancels the source and starts nothing more`, async () => {
    const log: string[] = [];
    const next = gate();
    const clock = new ManualClock();
    async function* body(): AsyncGenerator<string> {
      try {
        yield 'first';
        yield 'second';
        await next.promise;
        yield 'third';
        yield 'fourth';
      } finally {
        log.push('source: finally');
      }
    }
    const core = new ServerCore(
      resolveServeOptions({
        clock,
        onError: (error) => log.push(`reported: ${String(error)}`),
        handler: (request) => {
          log.push(`handler: ${new URL(request.url).pathname}`);
          return request.url.endsWith('/stream') ? { body: body() } : { body: 'ok' };
        },
      }),
    );
    core.onClosed = (_connection, reason) => log.push(`server: closed (${reason})`);
    const pair = transportPair();
    const [client, server] = pair;
    client.attach({ onTransportData() {}, onTransportEnd() {}, onTransportDrain() {}, onTransportClosed() {} });
    const connection = new ServerConnection(core, noting(withFaults(server, { failWrite }), log), 1);
    core.connections.add(connection);
    const settle = async (): Promise<void> => {
      for (let round = 0; round < 6; round += 1) {
        pair.deliverAll();
        await new Promise(setImmediate);
        clock.turn();
      }
    };
    client.write(get('/stream') + get('/behind').slice(0, 10));
    await settle();
    client.write(get('/behind').slice(10));
    next.open();
    await settle();
    const failed = log.indexOf('told: closed (write ECONNRESET)');
    assert.notEqual(failed, -1, log.join('\n'));
    assert.deepEqual(log.slice(failed, failed + 2), ['told: closed (write ECONNRESET)', 'server: closed (peerReset)']);
    assert.equal(log.filter((line) => line.startsWith('server: closed')).length, 1);
    assert.equal(log.filter((line) => line === 'server: writes').length, failWrite);
    assert.deepEqual(
      log.filter((line) => /^(?:handler|source|reported)/.test(line)),
      ['handler: /stream', 'source: finally'],
    );
    assert.equal(core.connections.size, 0);
    clock.advance(1e6);
    assert.equal(clock.pendingTimers, 0);
  });
}
