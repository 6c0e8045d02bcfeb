// Properties of reading: how bytes are split does not matter, pauses do not matter, and whatever comes, nothing else is thrown.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Leniency, WireLimits, WireRole } from '#src/wire/index.js';
import { WireRecorder } from '../wire/wire-recorder.ts';
import type { RecorderOptions, SentRequest } from '../wire/wire-recorder.ts';
import { cuts, pieces, requestBytes, responseBytes } from './message-arbitraries.ts';

const flag = fc.boolean();

/** Mostly strict, as connections are. */
const leniency: fc.Arbitrary<Partial<Leniency>> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 2,
    arbitrary: fc.record({
      bareLineFeed: flag,
      foldedFields: flag,
      spaceBeforeColon: flag,
      lengthBesideChunked: flag,
      missingHost: flag,
      missingReasonSpace: flag,
    }),
  },
);

const limits: fc.Arbitrary<Partial<WireLimits>> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record({
      headerBytes: fc.integer({ min: 20, max: 200 }),
      headerFields: fc.constantFrom(1, 2, 3, Infinity),
      targetBytes: fc.integer({ min: 1, max: 20 }),
      bodyBytes: fc.integer({ min: 0, max: 20 }),
      chunkExtensionBytes: fc.integer({ min: 0, max: 10 }),
    }),
  },
);

const sentRequests: fc.Arbitrary<SentRequest[]> = fc
  .array(
    fc.record({
      method: fc.constantFrom('GET', 'GET', 'HEAD', 'CONNECT'),
      close: fc.constant(false),
      open: fc.constant(false),
    }),
    { maxLength: 4 },
  )
  .chain((requests) =>
    fc.constantFrom(
      requests,
      [...requests, { method: 'POST', close: false, open: true }],
      [...requests, { method: 'GET', close: true, open: false }],
    ),
  );

interface Scene {
  readonly options: RecorderOptions;
  readonly text: string;
  readonly fin: boolean;
}

const scene: fc.Arbitrary<Scene> = fc.constantFrom<WireRole>('server', 'client').chain((role) =>
  fc.record({
    options: fc.record({
      role: fc.constant(role),
      requests: sentRequests,
      leniency,
      limits,
      answers: fc.constantFrom<'end' | 'head' | 'never'>('end', 'end', 'head', 'never'),
    }),
    text: role === 'server' ? requestBytes : responseBytes,
    fin: flag,
  }),
);

const RUNS = { numRuns: 4000 };

describe('a connection that reads', () => {
  test('sees the same messages, however the bytes are split', () => {
    fc.assert(
      fc.property(scene, cuts, ({ options, text, fin }, places) => {
        const whole = new WireRecorder(options).read(pieces(text, []), fin);
        assert.equal(new WireRecorder(options).read(pieces(text, places), fin), whole);
      }),
      RUNS,
    );
  });

  test('sees the same messages when the bytes come one by one', () => {
    fc.assert(
      fc.property(scene, ({ options, text, fin }) => {
        const whole = new WireRecorder(options).read(pieces(text, []), fin);
        const each = Array.from(Buffer.from(text, 'latin1'), (byte) => Buffer.from([byte]));
        assert.equal(new WireRecorder(options).read(each, fin), whole);
      }),
      { numRuns: 1000 },
    );
  });

  test('sees the same messages, wherever it is paused and resumed', () => {
    fc.assert(
      fc.property(scene, cuts, fc.infiniteStream(flag), ({ options, text, fin }, places, coin) => {
        const whole = new WireRecorder(options).read(pieces(text, []), fin);
        const toss = (): boolean => coin.next().value === true;
        const recorder = new WireRecorder({
          ...options,
          onEvent: () => {
            if (toss()) recorder.wire.pause();
          },
        });
        for (const piece of pieces(text, places)) {
          recorder.wire.receive(piece);
          if (toss()) recorder.wire.resume();
        }
        if (fin) recorder.wire.receiveEnd();
        while (recorder.wire.paused) recorder.wire.resume();
        assert.equal(recorder.text(), whole);
      }),
      RUNS,
    );
  });

  test('is paused: no event comes, and every byte waits', () => {
    fc.assert(
      fc.property(scene, cuts, ({ options, text, fin }, places) => {
        const recorder = new WireRecorder(options);
        const before = recorder.text();
        recorder.wire.pause();
        assert.equal(recorder.read(pieces(text, places), fin), before);
        assert.equal(recorder.wire.unreadBytes, text.length);
        recorder.wire.resume();
        assert.equal(recorder.text(), new WireRecorder(options).read(pieces(text, []), fin));
      }),
      { numRuns: 500 },
    );
  });

  test('throws nothing, whatever its owner does within a callback', () => {
    type Act = (recorder: WireRecorder) => void;
    const acts: Act[] = [
      () => {},
      () => {},
      ({ wire }) => wire.pause(),
      ({ wire }) => wire.resume(),
      ({ wire }) => wire.break('aborted'),
      ({ wire }) => wire.stopAfter(undefined, 'draining'),
      ({ wire }) => wire.stopAfter(wire.oldest, 'draining'),
      ({ wire, role }) => {
        if (role === 'server') wire.failReading('bodyTimeout');
      },
      (recorder) => recorder.answerOldest(),
    ];
    fc.assert(
      fc.property(
        scene,
        cuts,
        fc.infiniteStream(fc.constantFrom(...acts)),
        ({ options, text, fin }, places, stream) => {
          const recorder = new WireRecorder({
            ...options,
            onEvent: () => (stream.next().value as Act)(recorder),
          });
          recorder.read(pieces(text, places), fin);
          recorder.wire.resume();
          const { persistence, closeReason } = recorder.wire;
          assert.equal(persistence === 'persistent', closeReason === undefined);
        },
      ),
      RUNS,
    );
  });

  test('never goes back: neither its persistence nor the reason for its end', () => {
    const order = ['persistent', 'closing', 'closed'];
    fc.assert(
      fc.property(scene, cuts, ({ options, text }, places) => {
        const recorder = new WireRecorder(options);
        let rank = 0;
        let reason: string | undefined;
        for (const piece of pieces(text, places)) {
          recorder.wire.receive(piece);
          const { persistence, closeReason } = recorder.wire;
          assert.ok(order.indexOf(persistence) >= rank);
          if (reason !== undefined) assert.equal(closeReason, reason);
          rank = order.indexOf(persistence);
          reason = closeReason;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
