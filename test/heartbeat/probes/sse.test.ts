// A probe that listens to a stream of events: what acknowledges a signal, what is a miss, and what a stopped server looks like.
import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { PerduraError } from '#src/errors.js';
import { OptionError, probeFor, sseProbe } from '#src/heartbeat/index.js';
import type { Acknowledgement, Probe, SseProbeOptions } from '#src/heartbeat/index.js';
import { ManualClock } from '#src/testing/index.js';
import { MemoryOpener } from '../../client/memory-opener.ts';
import { MemoryOrigin } from '../../client/memory-origin.ts';
import { PeerProcess } from '../peer-process.ts';
import { describeStopAndKill } from '../stop-and-kill.ts';
import { RecordingProbeSink } from './recording-probe-sink.ts';

const FIXTURE = fileURLToPath(new URL('../../integration/fixtures/event-server.js', import.meta.url));

const STREAM =
  'HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n';
const COMMENT = '4\r\n: \n\n\r\n';

class Driven {
  readonly clock = new ManualClock();
  readonly origin = new MemoryOrigin();
  readonly opener = new MemoryOpener(this.origin.accept);
  readonly sink = new RecordingProbeSink();
  readonly probe: Probe;
  /** What the last signal that failed has failed with. */
  failure: unknown;

  constructor(options: SseProbeOptions = {}) {
    this.origin.hold();
    this.probe = sseProbe('http://peer.test/news', { opener: this.opener, clock: this.clock, ...options });
    this.probe.attach?.(this.sink);
  }

  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 5;) {
      await nextTurn();
      this.clock.turn();
      quiet = this.opener.deliverAll() === 0 ? quiet + 1 : 0;
    }
  }

  async say(bytes: string): Promise<void> {
    this.origin.peer(this.origin.peers.length).send(bytes);
    await this.settle();
  }

  /** Sends a signal. Resolves with what has become of it by now. */
  async signal(controller = new AbortController()): Promise<() => Acknowledgement | string> {
    let outcome: Acknowledgement | string = 'waits';
    this.probe.send(controller.signal).then(
      (acknowledgement) => (outcome = acknowledgement ?? {}),
      (error: Error) => {
        this.failure = error;
        outcome = error.message;
      },
    );
    await this.settle();
    return () => outcome;
  }

  /** A stream that is open. */
  static async open(): Promise<Driven> {
    const driven = new Driven();
    const opened = await driven.signal();
    driven.clock.advance(7);
    await driven.say(STREAM);
    assert.deepEqual(opened(), { rttMs: 7, connection: 'new', detail: '200' });
    return driven;
  }
}

describe('a probe that listens', () => {
  test('asks for the stream once, and is shown with its scheme and without a password', async () => {
    const driven = new Driven({ headers: { cookie: 'a=b' } });
    await driven.signal();
    const { head } = driven.origin.requests[0]!;
    assert.match(head, /^GET \/news HTTP\/1\.1\r\n/);
    assert.match(head, /\r\naccept: text\/event-stream\r\n/i);
    assert.match(head, /\r\ncookie: a=b\r\n/i);
    assert.equal(driven.probe.target, 'sse+http://peer.test/news');
    assert.equal(sseProbe('sse+https://u:secret@peer.test/').target, 'sse+https://peer.test/');
    assert.equal(probeFor('SSE+http://peer.test/x').target, 'sse+http://peer.test/x');
    assert.throws(() => sseProbe('sse+ftp://peer.test/'), OptionError);
    assert.throws(() => sseProbe('http://peer.test/', { method: 'POST' } as never), OptionError);
  });

  test('takes what came since the last signal for an acknowledgement, whatever it is', async () => {
    const driven = await Driven.open();
    await driven.say(COMMENT);
    driven.clock.advance(100);
    await driven.say(COMMENT);
    driven.clock.advance(20);
    const kept = { isUnmeasured: true, connection: 'kept' };
    assert.deepEqual((await driven.signal())(), { ...kept, heardMsAgo: 20, detail: '18 bytes' });
    const silent = await driven.signal();
    assert.equal(silent(), 'waits', 'what came before was for the signal before');
    await driven.say(COMMENT);
    assert.deepEqual(silent(), { ...kept, heardMsAgo: 0, detail: '9 bytes' });
    assert.deepEqual(driven.sink.log, []);
    assert.equal(driven.origin.requests.length, 1);
  });

  test('gives the connection up where nothing comes in time, and asks again', async () => {
    const driven = await Driven.open();
    const controller = new AbortController();
    const silent = await driven.signal(controller);
    controller.abort(new Error('too late'));
    await driven.settle();
    assert.equal(silent(), 'too late');
    const again = await driven.signal();
    await driven.say(STREAM);
    assert.deepEqual(again(), { rttMs: 0, connection: 'new', detail: '200' });
  });

  test('opens another stream where the server has ended this one in good order, also while a signal waits', async () => {
    const driven = await Driven.open();
    await driven.say('0\r\n\r\n');
    assert.deepEqual(driven.sink.log, []);
    const next = await driven.signal();
    await driven.say(STREAM);
    assert.equal((next() as Acknowledgement).connection, 'new');
    const waiting = await driven.signal();
    await driven.say('0\r\n\r\n');
    assert.equal(waiting(), 'waits');
    await driven.say(STREAM);
    assert.equal((waiting() as Acknowledgement).connection, 'new');
    assert.equal(driven.origin.peers.length, 3);
  });

  test('fails, as every connection that is lost, where the server ends it before it has answered', async () => {
    for (const end of ['fin', 'rst'] as const) {
      const driven = new Driven();
      const asked = await driven.signal();
      driven.origin.peer(1)[end]();
      await driven.settle();
      assert.notEqual(asked(), 'waits');
      assert.ok(driven.failure instanceof PerduraError);
      assert.equal(driven.failure.code, 'ERR_PERDURA_CONNECTION_LOST');
    }
  });

  test('tells of a stream that was cut off', async () => {
    const ends: Record<string, (driven: Driven) => void> = {
      'lost: the stream was cut off': (driven) => driven.origin.peer(1).fin(),
      'lost: the connection was reset': (driven) => driven.origin.peer(1).rst(),
    };
    for (const [said, end] of Object.entries(ends)) {
      const driven = await Driven.open();
      await driven.say(COMMENT);
      await driven.signal();
      end(driven);
      await driven.settle();
      const [told = '', ...others] = driven.sink.log;
      assert.ok(told.startsWith(said), told);
      assert.deepEqual(others, []);
    }
  });

  test('refuses every answer that is no stream of events', async () => {
    const answers: Record<string, RegExp> = {
      'HTTP/1.1 204 x\r\n\r\n': /^answered 204, expected a 200 of text\/event-stream$/,
      'HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n': /^answered 404/,
      'HTTP/1.1 200 x\r\nContent-Type: text/html\r\n\r\n': /^answered the content-type text\/html,/,
      'HTTP/1.1 200 x\r\n\r\n': /^answered the content-type nobody knows,/,
      'SSH-2.0-x\r\n\r\n': /^the answer is not HTTP\/1\.1 as it should be/,
    };
    for (const [answer, words] of Object.entries(answers)) {
      const driven = new Driven();
      const asked = await driven.signal();
      await driven.say(answer);
      const outcome = asked();
      assert.match(typeof outcome === 'string' ? outcome : 'acknowledged', words);
      assert.ok(driven.failure instanceof PerduraError);
      const isHttp = answer.startsWith('HTTP/');
      assert.equal(driven.failure.code, isHttp ? 'ERR_PERDURA_PROTOCOL' : 'ERR_PERDURA_CONNECTION_LOST');
    }
    const busy = new Driven();
    await busy.signal();
    await busy.say('HTTP/1.1 429 x\r\nContent-Length: 0\r\n\r\n');
    assert.deepEqual(busy.sink.log, ['calm: answered 429']);
  });
});

describeStopAndKill({
  name: 'a stream of server-sent events',
  start: (port) => new PeerProcess(process.execPath, [FIXTURE, String(port), String(Date.now())]).untilListening(port),
  probe: (port) => probeFor(`sse+http://127.0.0.1:${port}/`),
});
