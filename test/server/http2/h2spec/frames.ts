// RFC 9113 §3.4 to §5.5: the preface, the format of frames, the states of streams.
import { CONNECTION_PREFACE } from '#src/inspect/http2/frames.js';
import { encodeFields } from '../hpack.ts';
import {
  dataFrame,
  rawFrame,
  requestFields,
  requestFrame,
  resetFrame,
  settingsFrame,
  windowFrame,
} from '../raw-http2-client.ts';
import type { SectionCase } from './walk.ts';

const block = encodeFields(requestFields());
const held = { path: '/held', end: false };
const PRIORITY = Buffer.from([0, 0, 0, 0, 15]);

export const FRAME_CASES: readonly SectionCase[] = [
  {
    section: '3.4',
    does: 'begins with the preface and SETTINGS',
    run: (client) => client.request(1),
    outcome: 'answered 200',
  },
  {
    section: '3.4',
    does: 'sends the preface byte by byte',
    hello: false,
    run: async (client) => {
      for (const byte of CONNECTION_PREFACE) {
        client.write(byte);
        await new Promise(setImmediate);
      }
      client.write(settingsFrame(), requestFrame(1));
      await client.answer(1);
    },
    outcome: 'answered 200',
  },
  {
    section: '3.4',
    does: 'sends PING instead of SETTINGS behind the preface',
    hello: false,
    run: (client) => client.write(CONNECTION_PREFACE, rawFrame(6, 0, 0, Buffer.alloc(8))),
    outcome: 'connection error PROTOCOL_ERROR',
  },
  {
    section: '4.1',
    does: 'sends a frame of an unknown type',
    run: (client) => client.write(rawFrame(0xf0, 0, 0, Buffer.from('what?'))),
    outcome: 'ignored',
  },
  {
    section: '4.1',
    does: 'sets flags that the type does not have',
    run: (client) => client.write(rawFrame(6, 0xfe, 0, Buffer.alloc(8))),
    outcome: 'ignored',
  },
  {
    section: '4.1',
    does: 'sets the reserved bit of a stream number',
    run: (client) => client.write(rawFrame(6, 0, 0x80_00_00_00, Buffer.alloc(8))),
    outcome: 'ignored',
  },
  {
    section: '4.2',
    does: 'sends DATA of 16,384 bytes, which is the largest frame allowed',
    run: async (client) => {
      client.request(1, { method: 'POST', end: false });
      client.write(dataFrame(1, 'x'.repeat(16_384), true));
      await client.answer(1);
    },
    outcome: 'answered 200',
  },
  {
    section: '4.2',
    does: 'sends DATA that is larger',
    run: (client) => {
      client.request(1, { method: 'POST', ...held });
      client.write(dataFrame(1, 'x'.repeat(16_385)));
    },
    outcome: 'connection error FRAME_SIZE_ERROR',
  },
  {
    section: '4.2',
    does: 'sends HEADERS that are larger',
    run: (client) => client.write(rawFrame(1, 5, 1, Buffer.concat([block, Buffer.alloc(16_384, 0x82)]))),
    outcome: 'connection error FRAME_SIZE_ERROR',
  },
  {
    section: '4.3',
    does: 'sends fields that cannot be decoded',
    run: (client) => client.write(rawFrame(1, 5, 1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))),
    outcome: 'connection error COMPRESSION_ERROR',
  },
  {
    section: '4.3',
    does: 'sends PRIORITY within a block of fields',
    run: (client) => client.write(rawFrame(1, 1, 1, block), rawFrame(2, 0, 1, PRIORITY), rawFrame(9, 4, 1)),
    outcome: 'connection error PROTOCOL_ERROR',
  },
  {
    section: '4.3',
    does: 'sends HEADERS of another stream within a block of fields',
    run: (client) => client.write(rawFrame(1, 1, 1, block), requestFrame(3)),
    outcome: 'connection error PROTOCOL_ERROR',
  },
  ...(
    [
      ['DATA', dataFrame(1, 'x')],
      ['RST_STREAM', resetFrame(1, 8)],
      ['WINDOW_UPDATE', windowFrame(1, 10)],
      ['CONTINUATION', rawFrame(9, 4, 1, block)],
    ] as const
  ).map(([name, frame]): SectionCase => ({
    section: '5.1',
    does: `sends ${name} on an idle stream`,
    run: (client) => client.write(frame),
    outcome: 'connection error PROTOCOL_ERROR',
  })),
  {
    section: '5.1',
    does: 'sends PRIORITY on an idle stream, which is allowed',
    run: (client) => client.write(rawFrame(2, 0, 1, PRIORITY)),
    outcome: 'ignored',
  },
  {
    section: '5.1',
    does: 'sends WINDOW_UPDATE and PRIORITY behind the end of a request, which is allowed',
    run: async (client) => {
      client.write(requestFrame(1, { path: '/held' }), windowFrame(1, 10), rawFrame(2, 0, 1, PRIORITY));
      client.request(3);
      await client.answer(3);
    },
    outcome: 'answered 200',
  },
  {
    section: '5.1',
    does: 'resets a stream behind the end of its request',
    run: (client) => client.write(requestFrame(1, { path: '/held' }), resetFrame(1, 8)),
    outcome: 'ignored',
  },
  ...(
    [
      ['DATA', dataFrame(1, 'x', true)],
      ['HEADERS', requestFrame(1)],
    ] as const
  ).map(([name, frame]): SectionCase => ({
    section: '5.1',
    does: `sends ${name} behind the end of a request`,
    run: (client) => client.write(requestFrame(1, { path: '/held' }), frame),
    outcome: 'connection error STREAM_CLOSED',
  })),
  {
    section: '5.1',
    does: 'sends CONTINUATION behind the end of a request',
    run: (client) => client.write(requestFrame(1, { path: '/held' }), rawFrame(9, 4, 1, block)),
    outcome: 'connection error PROTOCOL_ERROR',
  },
  ...(
    [
      ['DATA', dataFrame(1, 'x', true)],
      ['HEADERS', requestFrame(1)],
    ] as const
  ).map(([name, frame]): SectionCase => ({
    section: '5.1',
    does: `sends ${name} on a stream that it has reset`,
    run: (client) => client.write(requestFrame(1, held), resetFrame(1, 8), frame),
    outcome: 'ignored',
    rfc: 'STREAM_CLOSED',
  })),
  ...(
    [
      ['DATA', dataFrame(1, 'x', true)],
      ['HEADERS', requestFrame(1)],
    ] as const
  ).map(([name, frame]): SectionCase => ({
    section: '5.1',
    does: `sends ${name} on a stream that was answered`,
    run: async (client) => {
      await client.fetch(1);
      client.write(frame);
    },
    outcome: 'answered 200',
    rfc: 'STREAM_CLOSED',
  })),
  {
    section: '5.1.1',
    does: 'opens a stream with an even number',
    run: (client) => client.request(2),
    outcome: 'connection error PROTOCOL_ERROR',
  },
  {
    section: '5.1.1',
    does: 'opens a stream with a lower number than one before',
    run: (client) => client.write(requestFrame(5, { path: '/held' }), requestFrame(3)),
    outcome: 'ignored',
    rfc: 'a connection error PROTOCOL_ERROR',
  },
  {
    section: '5.1.2',
    does: 'opens more streams than allowed, before it has acknowledged how many are',
    run: (client) =>
      client.write(...Array.from({ length: 5 }, (_, index) => requestFrame(2 * index + 1, { path: '/held' }))),
    outcome: 'stream error REFUSED_STREAM',
  },
  {
    section: '5.1.2',
    does: 'opens more streams than allowed, although it has acknowledged how many are',
    run: async (client) => {
      await client.settled();
      client.write(...Array.from({ length: 5 }, (_, index) => requestFrame(2 * index + 1, { path: '/held' })));
    },
    outcome: 'connection error PROTOCOL_ERROR',
    rfc: 'a stream error; §5.4.1 lets it be one of the connection',
  },
  {
    section: '5.3.1',
    does: 'makes a stream depend on itself',
    run: (client) => client.write(rawFrame(1, 0x25, 1, Buffer.concat([Buffer.from([0, 0, 0, 1, 15]), block]))),
    outcome: 'connection error PROTOCOL_ERROR',
    rfc: 'nothing any more: RFC 9113 has no priorities',
  },
  {
    section: '5.4.1',
    does: 'sends a PING that is too short',
    run: (client) => client.write(rawFrame(6, 0, 0, Buffer.alloc(6))),
    outcome: 'connection error FRAME_SIZE_ERROR',
  },
  {
    section: '5.5',
    does: 'sends a frame of an unknown type within a block of fields',
    run: (client) => client.write(rawFrame(1, 1, 1, block), rawFrame(0xf0, 0, 1), rawFrame(9, 4, 1)),
    outcome: 'connection error PROTOCOL_ERROR',
  },
];
