// RFC 9113 §6 and §7: each type of frame, and error codes.
import { encodeNumbers } from '#src/inspect/http2/frames.js';
import { encodeFields } from '../hpack.ts';
import {
  dataFrame,
  pingFrame,
  rawFrame,
  requestFields,
  requestFrame,
  resetFrame,
  settingsFrame,
  windowFrame,
} from '../raw-http2-client.ts';
import type { RawHttp2Client } from '../raw-http2-client.ts';
import type { SectionCase } from './walk.ts';

const block = encodeFields(requestFields());
const MOST = 2 ** 31 - 1;

/** An identifier and a value of SETTINGS. */
function setting(code: number, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(code, 0);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

/** What one frame comes to. */
function frameCase(section: string, does: string, frame: Buffer, outcome: string, rfc?: string): SectionCase {
  const one = { section, does, run: (client: RawHttp2Client) => client.write(frame), outcome };
  return rfc === undefined ? one : { ...one, rfc };
}

export const DEFINITION_CASES: readonly SectionCase[] = [
  {
    section: '6.1',
    does: 'sends a body in several DATA frames, some of them padded',
    run: async (client) => {
      client.request(1, { method: 'POST', end: false });
      client.write(dataFrame(1, 'a'), rawFrame(0, 8, 1, Buffer.from([3, 0x62, 0, 0, 0])), dataFrame(1, '', true));
      await client.answer(1);
    },
    outcome: 'answered 200',
  },
  frameCase('6.1', 'sends DATA on stream 0', dataFrame(0, 'x'), 'connection error PROTOCOL_ERROR'),
  {
    section: '6.1',
    does: 'pads DATA with more than there is',
    run: (client) => {
      client.request(1, { method: 'POST', path: '/held', end: false });
      client.write(rawFrame(0, 9, 1, Buffer.from([6, 0x78, 0, 0])));
    },
    outcome: 'connection error PROTOCOL_ERROR',
  },
  {
    section: '6.2',
    does: 'sends HEADERS padded and with a priority',
    run: async (client) => {
      client.write(rawFrame(1, 0x2d, 1, Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 15]), block, Buffer.alloc(2)])));
      await client.answer(1);
    },
    outcome: 'answered 200',
  },
  frameCase('6.2', 'sends HEADERS on stream 0', rawFrame(1, 5, 0, block), 'connection error PROTOCOL_ERROR'),
  frameCase(
    '6.2',
    'pads HEADERS with more than there is',
    rawFrame(1, 0xd, 1, Buffer.concat([Buffer.from([block.length + 2]), block])),
    'connection error PROTOCOL_ERROR',
  ),
  {
    section: '6.3',
    does: 'sends PRIORITY on stream 0',
    run: (client) => client.write(rawFrame(2, 0, 0, Buffer.alloc(5))),
    outcome: 'ignored',
    node20: 'connection error PROTOCOL_ERROR',
    rfc: 'a connection error PROTOCOL_ERROR',
  },
  frameCase(
    '6.3',
    'sends PRIORITY of the wrong size',
    rawFrame(2, 0, 1, Buffer.alloc(4)),
    'connection error FRAME_SIZE_ERROR',
    'a stream error',
  ),
  frameCase('6.4', 'sends RST_STREAM on stream 0', resetFrame(0, 8), 'connection error PROTOCOL_ERROR'),
  {
    section: '6.4',
    does: 'sends RST_STREAM of the wrong size',
    run: (client) => client.write(requestFrame(1, { path: '/held' }), rawFrame(3, 0, 1, Buffer.alloc(3))),
    outcome: 'connection error FRAME_SIZE_ERROR',
  },
  frameCase(
    '6.5',
    'acknowledges SETTINGS with contents',
    rawFrame(4, 1, 0, setting(3, 1)),
    'connection error FRAME_SIZE_ERROR',
  ),
  frameCase('6.5', 'sends SETTINGS on a stream', rawFrame(4, 0, 1), 'connection error PROTOCOL_ERROR'),
  frameCase('6.5', 'sends half a setting', rawFrame(4, 0, 0, Buffer.alloc(3)), 'connection error FRAME_SIZE_ERROR'),
  frameCase('6.5.2', 'sets ENABLE_PUSH to 2', rawFrame(4, 0, 0, setting(2, 2)), 'connection error PROTOCOL_ERROR'),
  frameCase(
    '6.5.2',
    'sets INITIAL_WINDOW_SIZE above 2^31-1',
    rawFrame(4, 0, 0, setting(4, 2 ** 31)),
    'connection error FLOW_CONTROL_ERROR',
  ),
  frameCase(
    '6.5.2',
    'sets MAX_FRAME_SIZE below 16,384',
    rawFrame(4, 0, 0, setting(5, 16_383)),
    'connection error PROTOCOL_ERROR',
  ),
  frameCase(
    '6.5.2',
    'sets MAX_FRAME_SIZE above 2^24-1',
    rawFrame(4, 0, 0, setting(5, 2 ** 24)),
    'connection error PROTOCOL_ERROR',
  ),
  frameCase('6.5.2', 'sets what nobody knows', rawFrame(4, 0, 0, setting(0xff, 1)), 'ignored'),
  {
    section: '6.5.3',
    does: 'sets one value twice: the later one counts, and the answer comes byte by byte',
    run: async (client) => {
      client.write(rawFrame(4, 0, 0, Buffer.concat([setting(4, 100), setting(4, 1)])), requestFrame(1));
      const first = await client.next('DATA');
      if (first.payload.length !== 1) throw new Error(`DATA of ${first.payload.length} bytes`);
    },
    outcome: 'answered 200',
  },
  {
    section: '6.5.3',
    does: 'waits for the acknowledgement of its SETTINGS',
    run: async (client) => void (await client.next('SETTINGS', ({ flags }) => flags === 1)),
    outcome: 'ignored',
  },
  {
    section: '6.7',
    does: 'sends PING while a request waits for its handler: it is acknowledged with its own bytes',
    run: async (client) => {
      client.write(requestFrame(1, { path: '/held' }), pingFrame('are you?'));
      await client.next('PING', ({ flags, payload }) => flags === 1 && payload.toString() === 'are you?');
    },
    outcome: 'ignored',
  },
  frameCase(
    '6.7',
    'acknowledges a PING that was not sent',
    rawFrame(6, 1, 0, Buffer.alloc(8)),
    'connection error INTERNAL_ERROR',
    'nothing',
  ),
  frameCase('6.7', 'sends PING on a stream', rawFrame(6, 0, 1, Buffer.alloc(8)), 'connection error PROTOCOL_ERROR'),
  frameCase('6.8', 'sends GOAWAY on a stream', rawFrame(7, 0, 1, Buffer.alloc(8)), 'connection error PROTOCOL_ERROR'),
  frameCase(
    '6.8',
    'sends GOAWAY that is too short',
    rawFrame(7, 0, 0, Buffer.alloc(7)),
    'connection error FRAME_SIZE_ERROR',
  ),
  frameCase(
    '6.9',
    'adds nothing to the window of the connection',
    windowFrame(0, 0),
    'connection error PROTOCOL_ERROR',
  ),
  {
    section: '6.9',
    does: 'adds nothing to the window of a stream',
    run: (client) => client.write(requestFrame(1, { path: '/held' }), windowFrame(1, 0)),
    outcome: 'connection error PROTOCOL_ERROR',
    rfc: 'a stream error; §5.4.1 lets it be one of the connection',
  },
  frameCase(
    '6.9',
    'sends WINDOW_UPDATE of the wrong size',
    rawFrame(8, 0, 0, Buffer.alloc(3)),
    'connection error FRAME_SIZE_ERROR',
  ),
  {
    section: '6.9.1',
    does: 'has a window of one byte',
    settings: { INITIAL_WINDOW_SIZE: 1 },
    run: async (client) => {
      client.request(1);
      const data = await client.next('DATA');
      if (data.payload.length !== 1) throw new Error(`DATA of ${data.payload.length} bytes`);
    },
    outcome: 'answered 200',
  },
  {
    section: '6.9.1',
    does: 'makes the window of the connection larger than 2^31-1',
    run: (client) => client.write(windowFrame(0, MOST), windowFrame(0, MOST)),
    outcome: 'connection error FLOW_CONTROL_ERROR',
  },
  {
    section: '6.9.1',
    does: 'makes the window of a stream larger than 2^31-1',
    run: (client) => client.write(requestFrame(1, { path: '/held' }), windowFrame(1, MOST), windowFrame(1, MOST)),
    outcome: 'connection error FLOW_CONTROL_ERROR',
    rfc: 'a stream error; §5.4.1 lets it be one of the connection',
  },
  {
    section: '6.9.1',
    does: 'sends more than the window of its stream',
    run: async (client) => {
      await client.settled();
      client.request(1, { method: 'POST', path: '/held', end: false });
      for (let sent = 0; sent < 17; sent += 1) client.write(dataFrame(1, 'x'.repeat(16_384)));
    },
    outcome: 'connection error FLOW_CONTROL_ERROR',
    node20: 'stream error FLOW_CONTROL_ERROR',
  },
  {
    section: '6.9.2',
    does: 'enlarges INITIAL_WINDOW_SIZE when an answer waits for it',
    settings: { INITIAL_WINDOW_SIZE: 0 },
    run: async (client) => {
      client.request(1);
      await client.next('HEADERS');
      client.write(settingsFrame({ INITIAL_WINDOW_SIZE: 1 }));
      await client.next('DATA', ({ payload }) => payload.length === 1);
    },
    outcome: 'answered 200',
  },
  {
    section: '6.9.2',
    does: 'makes a window negative, and then positive again',
    settings: { INITIAL_WINDOW_SIZE: 1 },
    run: async (client) => {
      client.request(1);
      await client.next('DATA', ({ payload }) => payload.length === 1);
      client.write(settingsFrame({ INITIAL_WINDOW_SIZE: 0 }), windowFrame(1, 1));
      await client.settled();
      if (client.frames.filter(({ type }) => type === 'DATA').length !== 1) throw new Error(client.story);
      client.write(windowFrame(1, 1));
      await client.next('DATA', ({ payload }) => payload.length === 1);
    },
    outcome: 'answered 200',
  },
  {
    section: '6.10',
    does: 'sends its fields in HEADERS and two CONTINUATION frames',
    run: async (client) => {
      client.write(
        rawFrame(1, 1, 1, block.subarray(0, 10)),
        rawFrame(9, 0, 1, block.subarray(10, 20)),
        rawFrame(9, 4, 1, block.subarray(20)),
      );
      await client.answer(1);
    },
    outcome: 'answered 200',
  },
  {
    section: '6.10',
    does: 'sends DATA within a block of fields',
    run: (client) => client.write(rawFrame(1, 0, 1, block), dataFrame(1, 'x')),
    outcome: 'connection error PROTOCOL_ERROR',
  },
  {
    section: '6.10',
    does: 'sends CONTINUATION on stream 0',
    run: (client) => client.write(rawFrame(1, 1, 1, block), rawFrame(9, 4, 0)),
    outcome: 'connection error PROTOCOL_ERROR',
  },
  {
    section: '6.10',
    does: 'sends CONTINUATION behind a whole block of fields',
    run: (client) => client.write(requestFrame(1, { path: '/held', end: false }), rawFrame(9, 4, 1, block)),
    outcome: 'connection error PROTOCOL_ERROR',
  },
  {
    section: '6.10',
    does: 'sends CONTINUATION behind DATA',
    run: (client) =>
      client.write(
        requestFrame(1, { method: 'POST', path: '/held', end: false }),
        dataFrame(1, 'x'),
        rawFrame(9, 4, 1, block),
      ),
    outcome: 'connection error PROTOCOL_ERROR',
  },
  {
    section: '7',
    does: 'resets a stream with a code that nobody knows',
    run: (client) => client.write(requestFrame(1, { path: '/held' }), resetFrame(1, 0xff)),
    outcome: 'ignored',
  },
  {
    section: '7',
    does: 'sends GOAWAY with a code that nobody knows',
    run: async (client) => {
      client.write(rawFrame(7, 0, 0, encodeNumbers(0, 0xff)));
      await client.ended();
    },
    outcome: 'the connection ended (fin)',
  },
];
