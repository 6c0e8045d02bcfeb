// Frames, settings and fields of HTTP/2 as bytes (RFC 9113 §4, RFC 7541), apart from any connection.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { encodeFields, readStatus } from '#src/inspect/http2/field-block.js';
import { beginsWithSettings, contentOf, encodeFrame, readFrame } from '#src/inspect/http2/frames.js';
import { encodeSettings, formatSettings, parseSettings } from '#src/inspect/http2/settings.js';

const bytesOf = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));

/** RFC 7541, appendix B: the digits in Huffman code. */
const DIGITS = ['00000', '00001', '00010', '011001', '011010', '011011', '011100', '011101', '011110', '011111'];

function huffman(digits: string): Buffer {
  const bits = Array.from(digits, (digit) => DIGITS[Number(digit)]).join('');
  // Padded with the beginning of EOS, which is all ones (RFC 7541 §5.2).
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  return Buffer.from(padded.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
}

describe('frames of HTTP/2', () => {
  test('are read as they were written, wherever they were split', () => {
    fc.assert(
      fc.property(bytesOf(600), fc.integer({ min: 0, max: 2 ** 31 - 1 }), bytesOf(20), (payload, stream, behind) => {
        const bytes = encodeFrame('PRIORITY', 5, stream, payload);
        for (let end = 0; end < bytes.length; end++) assert.equal(readFrame(bytes.subarray(0, end)), undefined);
        const read = readFrame(Buffer.concat([bytes, behind]));
        assert.ok(read !== undefined && !('fault' in read));
        assert.deepEqual(
          { ...read },
          { type: 'PRIORITY', typeCode: 2, flags: 5, stream, payload, bytes: bytes.length },
        );
      }),
    );
  });

  test('are a frame, a fault, or not complete, whatever the bytes', () => {
    fc.assert(
      fc.property(bytesOf(64), (bytes) => {
        const read = readFrame(bytes);
        if (read === undefined || 'fault' in read) return;
        assert.ok(read.bytes <= bytes.length);
        assert.ok(contentOf(read).length <= read.payload.length);
      }),
    );
  });

  test('show in nine bytes whether a server speaks HTTP/2', () => {
    const settings = encodeFrame('SETTINGS', 0, 0, encodeSettings({ MAX_CONCURRENT_STREAMS: 9 }));
    assert.equal(beginsWithSettings(settings.subarray(0, 8)), undefined);
    assert.equal(beginsWithSettings(settings), true);
    for (const other of ['HTTP/1.1 400 Bad Request\r\n', 'HTTP/1.0 505', '\x15\x03\x01\x00\x02\x02\x46\x00\x00\x00']) {
      assert.equal(beginsWithSettings(Buffer.from(other, 'latin1')), false);
    }
    assert.equal(beginsWithSettings(encodeFrame('SETTINGS', 1, 0, Buffer.alloc(0))), false, 'an acknowledgement');
    assert.equal(beginsWithSettings(encodeFrame('PING', 0, 0, Buffer.alloc(8))), false);
  });
});

describe('settings of HTTP/2', () => {
  test('are read by the names of node:http2, and shown by those of the RFC', () => {
    const bytes = encodeSettings({ ENABLE_PUSH: 0, MAX_FRAME_SIZE: 16_777_215, ENABLE_CONNECT_PROTOCOL: 1 });
    const grease = Buffer.from([0x1a, 0x2a, 0, 0, 0, 5]);
    assert.deepEqual(parseSettings(Buffer.concat([bytes, grease])), {
      enablePush: false,
      maxFrameSize: 16_777_215,
      enableConnectProtocol: true,
    });
    assert.equal(
      formatSettings(Buffer.concat([bytes, grease])),
      'ENABLE_PUSH=0 MAX_FRAME_SIZE=16777215 ENABLE_CONNECT_PROTOCOL=1 setting 6698=5',
    );
  });
});

describe('fields of HTTP/2', () => {
  test('carry the lengths of RFC 7541 §5.1', () => {
    const lengthOf = (length: number): number[] => [
      ...encodeFields([['a', 'x'.repeat(length)]]).subarray(3, -length || undefined),
    ];
    assert.deepEqual(
      [0, 126, 127, 128, 254, 255, 1_337].map(lengthOf),
      // The last is the example of the RFC, with a prefix of seven bits: 1337 - 127 = 1210 = 9 * 128 + 58.
      [[0], [126], [127, 0], [127, 1], [127, 127], [127, 128, 1], [127, 186, 9]],
    );
  });

  test('tell their status, indexed, plain or in Huffman code, behind sizes of the table', () => {
    const sizes = [[], [0x20], [0x3f, 0xe1, 0x1f], [0x20, 0x3f, 0x80, 0x80, 0x01]];
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 999 }),
        fc.constantFrom(...sizes),
        bytesOf(10),
        (status, size, behind) => {
          const digits = String(status);
          const coded = huffman(digits);
          for (const value of [
            [3, ...Buffer.from(digits)],
            [0x80 | coded.length, ...coded],
          ]) {
            for (const literal of [0x48, 0x4e, 0x08, 0x18]) {
              assert.equal(readStatus(Buffer.from([...size, literal, ...value, ...behind])), status);
            }
          }
        },
      ),
    );
    for (const [index, status] of [200, 204, 206, 304, 400, 404, 500].entries()) {
      assert.equal(readStatus(Buffer.from([0x88 + index])), status);
    }
  });

  test('tell none where it does not stand first, or cannot be read, whatever the bytes', () => {
    fc.assert(
      fc.property(bytesOf(40), (bytes) => {
        const status = readStatus(bytes);
        assert.ok(status === undefined || (status >= 100 && status <= 999));
      }),
    );
    const request = encodeFields([[':status', '200']]);
    for (const bytes of [request, [0x82], [0x48], [0x48, 0x02, 0x32, 0x30], [0x48, 0x81, 0xff], [0xff, 0x80]]) {
      assert.equal(readStatus(Buffer.from(bytes)), undefined);
    }
  });
});
