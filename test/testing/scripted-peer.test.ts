// A peer that plays a script: what it waits for, what it refuses, and what its transcript shows.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MisuseError } from '#src/errors.js';
import type { Transport } from '#src/io/transport.js';
import {
  formatBytes,
  ManualClock,
  ScriptedPeer,
  ScriptError,
  Transcript,
  transportPair,
  type TransportPair,
} from '#src/testing/index.js';
import { connectPeer } from '../support/connect-peer.ts';
import { RecordingSink } from '../support/recording-sink.ts';

interface Setup {
  readonly pair: TransportPair;
  readonly clock: ManualClock;
  readonly peer: ScriptedPeer;
  /** The side that is not scripted. */
  readonly other: Transport;
  readonly atOther: RecordingSink;
}

function join(delivery: 'manual' | 'microtask' = 'manual'): Setup {
  const pair = transportPair({ delivery });
  const clock = new ManualClock();
  const atOther = new RecordingSink();
  pair[1].attach(atOther);
  return { pair, clock, peer: new ScriptedPeer(pair[0], { clock, deadlineMs: 1_000 }), other: pair[1], atOther };
}

async function failure(playing: Promise<string>): Promise<string> {
  const error: unknown = await playing.then(
    () => assert.fail('the script did not fail'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ScriptError, String(error));
  return error.message;
}

describe('ScriptedPeer', () => {
  test('a script is played to its end, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 10 }), async (lengths) => {
        const { pair, peer, other } = join();
        const playing = peer
          .send('A')
          .expect('one\r\n')
          .expect(/two|three\n/)
          .send('B')
          .expectEnd()
          .end()
          .play();
        const text = 'one\r\n and three\n';
        for (let start = 0, piece = 0; start < text.length; piece++) {
          const length = lengths[piece % lengths.length] ?? 1;
          other.write(text.slice(start, start + length));
          start += length;
        }
        other.end();
        pair.deliverAll();
        // The whole text came before the answer to it: bytes are recorded when they arrive.
        const transcript = await playing;
        assert.equal(transcript.replaceAll('> B\n', ''), '> A\n< one\\r\\n\n<  and three\\n\n< (FIN)\n> (FIN)');
        assert.ok(transcript.includes('> B'));
      }),
    );
  });

  test('other bytes than the expected ones fail at the first one that differs', async () => {
    const { pair, peer, other } = join();
    const playing = peer.expect('HTTP/1.1 200').play();
    other.write('HTTP/1.1 4');
    pair.deliverAll();
    assert.equal(await failure(playing), "expect 'HTTP/1.1 200': instead came 'HTTP/1.1 4'\n< HTTP/1.1 4");
  });

  test('bytes are expected as bytes, and what is left stays for the next step', async () => {
    const { pair, peer, other } = join();
    other.write(Buffer.from([0, 255, 65]));
    pair.deliverAll();
    assert.equal(await peer.expect(Uint8Array.of(0, 255)).play(), '< \\x00\\xffA');
    await peer.expect('A').play();
  });

  test('nothing before the deadline fails with the transcript, and leaves no timer', async () => {
    const { pair, clock, peer, other } = join();
    const playing = peer.send('PING\r\n').expect(/PONG/g).play();
    other.write('PO');
    pair.deliverAll();
    clock.advance(999);
    assert.equal(clock.pendingTimers, 1);
    clock.advance(1);
    assert.equal(await failure(playing), 'expect /PONG/g: nothing more within 1000 ms\n> PING\\r\\n\n< PO');
    assert.equal(clock.pendingTimers, 0);
  });

  test('every step has a deadline of its own', async () => {
    const { pair, clock, peer, other } = join();
    const playing = peer.expect('a').expect('b').play();
    clock.advance(900);
    other.write('a');
    pair.deliverAll();
    clock.advance(900);
    other.write('b');
    pair.deliverAll();
    await playing;
    assert.equal(clock.pendingTimers, 0);
  });

  test('an end or a reset instead of the expected bytes is told as such', async () => {
    const ended = join();
    const first = ended.peer.expect('x').play();
    ended.other.end();
    ended.pair.deliverAll();
    assert.match(await failure(first), /^expect 'x': the other side ended the connection\n< \(FIN\)$/);
    const broken = join();
    const second = broken.peer.expectEnd().play();
    broken.other.reset();
    broken.pair.deliverAll();
    assert.match(await failure(second), /^expectEnd: the connection broke: read ECONNRESET\n< \(closed: read ECONN/);
  });

  test('bytes before the expected end are a failure', async () => {
    const { pair, peer, other } = join();
    const playing = peer.expectEnd().play();
    other.write('one more thing');
    pair.deliverAll();
    assert.match(await failure(playing), /^expectEnd: instead came 'one more thing'/);
  });

  test('a reset is expected as a reset, and an orderly end is none', async () => {
    const broken = join();
    const first = broken.peer.expectReset().play();
    broken.other.reset();
    broken.pair.deliverAll();
    assert.equal(await first, '< (closed: read ECONNRESET)');
    const orderly = join();
    const second = orderly.peer.end().expectReset().play();
    orderly.other.end();
    orderly.pair.deliverAll();
    assert.match(await failure(second), /^expectReset: instead the connection was closed in an orderly way/);
  });

  test('silence is expected for its time, and broken by bytes and by the end', async () => {
    const quiet = join();
    const first = quiet.peer.expectSilence(3_000).play();
    quiet.clock.advance(3_000);
    await first;
    for (const [noise, told] of [
      ['write', "instead came 'hello'"],
      ['end', 'the other side ended the connection'],
    ] as const) {
      const { pair, clock, peer, other } = join();
      const playing = peer.expectSilence(3_000).play();
      clock.advance(2_999);
      if (noise === 'write') other.write('hello');
      else other.end();
      pair.deliverAll();
      assert.ok((await failure(playing)).startsWith(`expectSilence 3000 ms: ${told}`));
    }
  });

  test('a wait lets time pass whatever comes, and what came is expected afterwards', async () => {
    const { pair, clock, peer, other, atOther } = join();
    const playing = peer.wait(500).send('late').expect('early').play();
    other.write('early');
    pair.deliverAll();
    clock.advance(499);
    pair.deliverAll();
    assert.deepEqual(atOther.log, []);
    clock.advance(1);
    pair.deliverAll();
    assert.deepEqual(atOther.log, ['data:late']);
    await playing;
  });

  test('a peer that paused reads nothing until it resumes', async () => {
    const { pair, peer, other } = join();
    await peer.pause().play();
    other.write('kept');
    assert.equal(pair.deliverAll(), 0);
    const playing = peer.resume().expect('kept').play();
    pair.deliverAll();
    await playing;
  });

  test('a reset of the peer reaches the other side as one', async () => {
    const { pair, peer, atOther } = join();
    assert.equal(await peer.reset().play(), '> (RST)');
    pair.deliverAll();
    assert.deepEqual(atOther.log, ['closed:read ECONNRESET']);
  });

  test('a step that cannot be done rejects the script', async () => {
    const { peer } = join();
    await assert.rejects(peer.end().send('late').play(), MisuseError);
    const second = join();
    const playing = second.peer.expect('x').play();
    assert.throws(() => second.peer.play(), MisuseError);
    second.clock.advance(1_000);
    await failure(playing);
  });

  test('two scripts talk to each other', async () => {
    const [left, right] = transportPair({ delivery: 'microtask' });
    const clock = new ManualClock();
    const client = new ScriptedPeer(left, { clock });
    const server = new ScriptedPeer(right, { clock });
    const [transcript] = await Promise.all([
      client
        .send('GET / HTTP/1.0\r\n\r\n')
        .expect(/200 OK\r\n\r\n/)
        .expect('body')
        .expectEnd()
        .end()
        .play(),
      server
        .expect(/\r\n\r\n/)
        .send('HTTP/1.0 200 OK\r\n\r\n')
        .send('body')
        .end()
        .expectEnd()
        .play(),
    ]);
    assert.deepEqual(transcript.split('\n'), [
      '> GET / HTTP/1.0\\r\\n',
      '> \\r\\n',
      '< HTTP/1.0 200 OK\\r\\n',
      '< \\r\\n',
      '< body',
      '< (FIN)',
      '> (FIN)',
    ]);
  });

  test('a script is played over a real socket as over memory', async (context) => {
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      socket.once('data', () => socket.write('220 ready\r\n'));
      socket.on('end', () => socket.end());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const peer = await connectPeer(port);
    context.after(() => {
      peer.destroy();
      server.close();
    });
    const transcript = await peer.send('hello').expect('220 ready\r\n').end().expectEnd().play();
    assert.equal(transcript, '> hello\n< 220 ready\\r\\n\n> (FIN)\n< (FIN)');
  });
});

describe('Transcript', () => {
  test('whatever the bytes, a line is printable ASCII and different bytes are shown differently', () => {
    const shownBefore = new Map<string, string>();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const shown = formatBytes(bytes);
        assert.match(shown, /^[\x20-\x7e]*$/);
        const text = Buffer.from(bytes).toString('latin1');
        assert.equal(shownBefore.get(shown) ?? text, text);
        shownBefore.set(shown, text);
        const unescaped = shown.replaceAll(
          /\\(?:x([0-9a-f]{2})|([rnt\\]))/g,
          (_, hex: string | undefined, named: string) =>
            hex === undefined
              ? ({ r: '\r', n: '\n', t: '\t' }[named] ?? '\\')
              : String.fromCharCode(Number.parseInt(hex, 16)),
        );
        assert.equal(unescaped, text);
      }),
    );
  });

  test('long lines are cut and say how long they were', () => {
    const transcript = new Transcript();
    transcript.sent(Buffer.alloc(100_000, 'x'));
    assert.equal(transcript.toString(), `> ${'x'.repeat(240)}… (100000 bytes)`);
  });

  test('what follows in the same direction is one text, whatever its pieces were', () => {
    const transcript = new Transcript();
    for (const piece of ['a', 'b\r', '\nc']) transcript.received(piece);
    transcript.sent('');
    transcript.note('<', 'FIN');
    assert.equal(transcript.toString(), '< ab\\r\\n\n< c\n< (FIN)');
  });
});
