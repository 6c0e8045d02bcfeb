// Two transports in memory: what the pump promises beyond what every transport does.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MisuseError, OptionError } from '#src/errors.js';
import { transportPair } from '#src/testing/index.js';
import { RecordingSink } from '../support/recording-sink.ts';

type Action =
  | { readonly do: 'write'; readonly end: 0 | 1; readonly bytes: Uint8Array }
  | { readonly do: 'pause' | 'resume'; readonly end: 0 | 1 }
  | { readonly do: 'deliver'; readonly to: 0 | 1 | undefined };

const end = fc.constantFrom<0 | 1>(0, 1);
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant('write' as const), end, bytes: fc.uint8Array({ maxLength: 40 }) }),
  fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const), end }),
  fc.record({ do: fc.constant('deliver' as const), to: fc.constantFrom<0 | 1 | undefined>(0, 1, undefined) }),
);

describe('transportPair', () => {
  test('bytes arrive whole and in order, however writes, pauses and deliveries are interleaved', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), fc.integer({ min: 1, max: 30 }), (actions, readBytes) => {
        const pair = transportPair({ readBytes, highWaterMarkBytes: 20 });
        const sinks = [new RecordingSink(), new RecordingSink()] as const;
        const written: [string, string] = ['', ''];
        pair[0].attach(sinks[0]);
        pair[1].attach(sinks[1]);
        for (const step of actions) {
          if (step.do === 'write') {
            const more = pair[step.end].write(step.bytes);
            written[step.end] += Buffer.from(step.bytes).toString('latin1');
            assert.equal(more, pair[step.end].pendingBytes < 20);
            step.bytes.fill(0);
          } else if (step.do === 'deliver') {
            pair.deliver(step.to === undefined ? undefined : pair[step.to]);
          } else {
            pair[step.end][step.do]();
          }
          for (const from of [0, 1] as const) {
            const to = sinks[from === 0 ? 1 : 0];
            assert.equal(to.received, written[from].slice(0, to.received.length));
            assert.equal(pair[from].pendingBytes, written[from].length - to.received.length);
          }
        }
        for (const transport of pair) transport.end();
        for (const transport of pair) transport.resume();
        pair.deliverAll();
        for (const from of [0, 1] as const) {
          const to = sinks[from === 0 ? 1 : 0];
          assert.equal(to.received, written[from]);
          assert.ok(to.pieces.every((piece) => piece.length <= readBytes));
          assert.deepEqual(to.log.slice(-2), ['end', 'closed']);
        }
      }),
    );
  });

  test('an end that was kept waiting by a full peer is told to go on exactly once', () => {
    const pair = transportPair({ highWaterMarkBytes: 4 });
    const [client, server] = pair;
    const atClient = new RecordingSink();
    client.attach(atClient);
    server.attach(new RecordingSink());
    assert.equal(client.write('123'), true);
    assert.equal(client.write('4'), false);
    assert.equal(client.write(''), false);
    pair.deliver(server);
    pair.deliver(client);
    assert.deepEqual(atClient.log, []);
    assert.equal(client.write('5'), true);
    pair.deliverAll();
    assert.deepEqual(atClient.log, ['drain']);
    assert.equal(client.write('6'), true);
    pair.deliverAll();
    assert.deepEqual(atClient.log, ['drain']);
  });

  test('nothing arrives before it is delivered, and one delivery is one event', () => {
    const pair = transportPair();
    const [client, server] = pair;
    const atServer = new RecordingSink();
    client.attach(new RecordingSink());
    server.attach(atServer);
    client.write('a');
    client.write('b');
    client.end();
    assert.deepEqual(atServer.log, []);
    assert.equal(pair.deliver(), 1);
    assert.deepEqual(atServer.log, ['data:a']);
    assert.equal(pair.deliverAll(server), 2);
    assert.deepEqual(atServer.log, ['data:a', 'data:b', 'end']);
    assert.equal(pair.deliverAll(), 0);
  });

  test('the ends take turns where both have something to be told', () => {
    const pair = transportPair();
    const [client, server] = pair;
    const log: string[] = [];
    client.attach(new RecordingSink((event) => log.push(`client ${event}`)));
    server.attach(new RecordingSink((event) => log.push(`server ${event}`)));
    for (const byte of ['1', '2']) for (const transport of pair) transport.write(byte);
    client.write('3');
    pair.deliverAll();
    assert.deepEqual(log, ['client data:1', 'server data:1', 'client data:2', 'server data:2', 'server data:3']);
  });

  test('what was written before a sink is attached waits for it', () => {
    const pair = transportPair();
    const [client, server] = pair;
    client.attach(new RecordingSink());
    client.write('early');
    assert.equal(pair.deliverAll(), 0);
    const atServer = new RecordingSink();
    server.attach(atServer);
    pair.deliverAll();
    assert.deepEqual(atServer.log, ['data:early']);
  });

  test('what arrives is a copy that nobody else holds', () => {
    const pair = transportPair({ readBytes: 4 });
    const [client, server] = pair;
    const atServer = new RecordingSink();
    client.attach(new RecordingSink());
    server.attach(atServer);
    const bytes = Buffer.from('original');
    client.write(bytes);
    bytes.fill('x');
    pair.deliver();
    atServer.pieces[0]?.fill('y');
    pair.deliverAll();
    assert.deepEqual(atServer.log, ['data:orig', 'data:inal']);
  });

  test('destroying an end with unread bytes resets the peer, and loses what was pending', () => {
    const pair = transportPair();
    const [client, server] = pair;
    const atClient = new RecordingSink();
    const atServer = new RecordingSink();
    client.attach(atClient);
    server.attach(atServer);
    client.write('request');
    server.write('answer');
    server.destroy();
    pair.deliverAll();
    assert.deepEqual(atServer.log, ['closed']);
    assert.deepEqual(atClient.log, ['closed:read ECONNRESET']);
  });

  test('a reset that arrives before a write makes the write fail, one that arrives after it does not', () => {
    for (const [order, expected] of [
      ['reset first', 'closed:write ECONNRESET'],
      ['write first', 'closed:read ECONNRESET'],
    ] as const) {
      const pair = transportPair();
      const [client, server] = pair;
      const atClient = new RecordingSink();
      client.attach(atClient);
      server.attach(new RecordingSink());
      if (order === 'reset first') server.reset();
      client.write('request');
      if (order === 'write first') server.reset();
      pair.deliverAll();
      assert.deepEqual(atClient.log, [expected], order);
    }
  });

  test('a paused end hears of a reset when it resumes, or at once where a write was waiting', () => {
    for (const waiting of [false, true]) {
      const pair = transportPair({ highWaterMarkBytes: 1 });
      const [client, server] = pair;
      const atServer = new RecordingSink();
      client.attach(new RecordingSink());
      server.attach(atServer);
      client.pause();
      server.pause();
      if (waiting) server.write('answer');
      client.reset();
      pair.deliverAll();
      assert.deepEqual(atServer.log, waiting ? ['closed:write ECONNRESET'] : []);
      server.resume();
      pair.deliverAll();
      assert.deepEqual(atServer.log, waiting ? ['closed:write ECONNRESET'] : ['closed:read ECONNRESET']);
    }
  });

  test('nothing is told to an end after its end, and its calls do nothing', () => {
    const pair = transportPair();
    const [client, server] = pair;
    const atServer = new RecordingSink();
    client.attach(new RecordingSink());
    server.attach(atServer);
    server.destroy();
    server.destroy();
    server.reset();
    server.end();
    assert.equal(server.write('late'), false);
    client.write('request');
    pair.deliverAll();
    assert.deepEqual(atServer.log, ['closed']);
    assert.equal(server.pendingBytes, 0);
  });

  test('by microtask, one event is delivered in each', async () => {
    const [client, server] = transportPair({ delivery: 'microtask' });
    const log: string[] = [];
    client.attach(new RecordingSink());
    server.attach(
      new RecordingSink((event) => {
        log.push(event);
        void Promise.resolve().then(() => log.push(`after ${event}`));
      }),
    );
    client.write('a');
    client.write('b');
    client.end();
    assert.deepEqual(log, []);
    for (let microtask = 0; microtask < 20; microtask++) await Promise.resolve();
    assert.deepEqual(log, ['data:a', 'after data:a', 'data:b', 'after data:b', 'end', 'after end']);
  });

  test('two ends that answer each other for ever are found out', () => {
    const pair = transportPair();
    const [client, server] = pair;
    client.attach(new RecordingSink(() => client.write('ping')));
    server.attach(new RecordingSink(() => server.write('pong')));
    client.write('ping');
    assert.throws(() => pair.deliverAll(), MisuseError);
  });

  test('misuse is told to the caller', () => {
    const pair = transportPair();
    const [client, server] = pair;
    client.attach(new RecordingSink());
    assert.throws(() => client.attach(new RecordingSink()), MisuseError);
    assert.throws(() => client.write('€'), MisuseError);
    client.end();
    assert.throws(() => client.write('late'), MisuseError);
    assert.throws(() => pair.deliver(transportPair()[0]), MisuseError);
    server.attach(new RecordingSink(() => pair.deliver()));
    assert.throws(() => pair.deliverAll(), MisuseError);
    assert.throws(() => transportPair({ highWaterMarkBytes: 0 }), OptionError);
    assert.throws(() => transportPair({ readBytes: -1 }), OptionError);
  });
});
