// Packets of MQTT 3.1.1: what a client sends, and what a broker's bytes are however they are split.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MqttConversation } from '#src/heartbeat/probes/mqtt/mqtt-conversation.js';
import {
  describeMqttCode,
  encodeConnect,
  MqttPacketReader,
  MqttProtocolError,
} from '#src/heartbeat/probes/mqtt/mqtt-packets.js';
import type { MqttPacket } from '#src/heartbeat/probes/mqtt/mqtt-packets.js';
import { splitAt } from './split-at.ts';

const CONNECT = { clientId: 'perdura0', keepAliveSeconds: 0, user: undefined, password: undefined };

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

function readAll(pieces: readonly Uint8Array[]): MqttPacket[] {
  const reader = new MqttPacketReader();
  return pieces.flatMap((piece) => [...reader.read(piece)]);
}

/** A packet as a broker may send it, with what it is. */
const anyPacket: fc.Arbitrary<{ readonly bytes: Buffer; readonly packet: MqttPacket }> = fc.oneof(
  fc.integer({ min: 0, max: 5 }).map((code) => ({
    bytes: Buffer.of(0x20, 2, 0, code),
    packet: { type: 'connack', code, isVersion5: false } as const,
  })),
  fc.constant({ bytes: hex('d000'), packet: { type: 'pingresp' } as const }),
  fc.integer({ min: 0x80, max: 0x9f }).map((code) => ({
    bytes: Buffer.of(0xe0, 1, code),
    packet: { type: 'disconnect', code } as const,
  })),
  fc.record({ body: fc.uint8Array({ maxLength: 300 }), qos: fc.integer({ min: 0, max: 2 }) }).map(({ body, qos }) => ({
    bytes: Buffer.concat([
      Buffer.of(0x30 | (qos << 1)),
      body.length < 128 ? Buffer.of(body.length) : Buffer.of((body.length & 0x7f) | 0x80, body.length >> 7),
      body,
    ]),
    packet: { type: 'publish' } as const,
  })),
);

describe('encodeConnect', () => {
  test('asks for a clean session of MQTT 3.1.1', () => {
    assert.deepEqual(encodeConnect(CONNECT), hex('10 14 0004 4d515454 04 02 0000 0008 7065726475726130'));
  });

  test('says user, password and keep alive behind the flags that announce them', () => {
    const bytes = encodeConnect({ ...CONNECT, clientId: 'c', keepAliveSeconds: 300, user: 'u', password: 'pä' });
    assert.deepEqual(bytes, hex('10 15 0004 4d515454 04 c2 012c 0001 63 0001 75 0003 70c3a4'));
    assert.equal(encodeConnect({ ...CONNECT, user: '' })[9], 0x82);
  });

  test('counts a long packet in as many bytes as it takes', () => {
    const lengthOf = (clientId: string): Buffer => encodeConnect({ ...CONNECT, clientId }).subarray(1, 5);
    assert.deepEqual(lengthOf('x'.repeat(127 - 12)).subarray(0, 1), hex('7f'));
    assert.deepEqual(lengthOf('x'.repeat(128 - 12)).subarray(0, 2), hex('8001'));
    assert.deepEqual(lengthOf('x'.repeat(65_535)).subarray(0, 3), hex('8b8004'));
  });

  test('cannot say a text of more than 65,535 bytes, one with U+0000, or a password without a user', () => {
    assert.throws(() => encodeConnect({ ...CONNECT, clientId: 'ä'.repeat(32_768) }), /65536 bytes/);
    assert.throws(() => encodeConnect({ ...CONNECT, clientId: 'a\0b' }), /U\+0000/);
    assert.throws(() => encodeConnect({ ...CONNECT, password: 'p' }), /no password without a user/);
  });
});

describe('MqttPacketReader', () => {
  test('however the bytes are split, the packets are the same', () => {
    fc.assert(
      fc.property(fc.array(anyPacket, { maxLength: 8 }), fc.array(fc.nat(2_000)), (packets, cuts) => {
        const bytes = Buffer.concat(packets.map((packet) => packet.bytes));
        assert.deepEqual(
          readAll(splitAt(bytes, cuts)),
          packets.map(({ packet }) => packet),
        );
      }),
    );
  });

  test('whatever the bytes, they are packets or a MqttProtocolError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          readAll([bytes]);
        } catch (error) {
          assert.ok(error instanceof MqttProtocolError, String(error));
        }
      }),
    );
  });

  test('packets before a breach are told', () => {
    const packets = new MqttPacketReader().read(hex('d000 48545450'));
    assert.deepEqual(packets.next().value, { type: 'pingresp' });
    assert.throws(() => packets.next(), /byte 0x48.*is it MQTT/);
  });

  test('a length of more than four bytes is refused, the longest of four is not', () => {
    assert.throws(() => readAll([hex('30 ffffffff')]), /more than 4 bytes/);
    assert.deepEqual(readAll([hex('30 ffffff7f 00')]), []);
  });

  for (const [bytes, message] of [
    ['2001 00', /CONNACK has less than two bytes/],
    ['d001 00', /PINGRESP has 1 bytes/],
    ['36', /byte 0x36/],
    ['1000', /byte 0x10/],
  ] as const) {
    test(`${bytes} is refused`, () => assert.throws(() => readAll([hex(bytes)]), message));
  }

  test('a CONNACK with properties, or with a reason code, is one of MQTT 5', () => {
    assert.deepEqual(readAll([hex('2003 00 84 00')]), [{ type: 'connack', code: 0x84, isVersion5: true }]);
    assert.deepEqual(readAll([hex('2002 00 84')]), [{ type: 'connack', code: 0x84, isVersion5: true }]);
    assert.deepEqual(readAll([hex('2003 00 00 00')]), [{ type: 'connack', code: 0, isVersion5: true }]);
  });
});

describe('MqttConversation', () => {
  const answered = (...pieces: readonly string[]): unknown[] => {
    const conversation = new MqttConversation(CONNECT);
    conversation.begin();
    return pieces.flatMap((piece) => {
      if (piece === 'ask') return conversation.ask().map(({ kind }) => kind);
      return conversation.receive(hex(piece)).map((event) => ('reason' in event ? event.reason : event.kind));
    });
  };

  test('logs in, asks, is answered, and takes a message for a sign of life', () => {
    assert.deepEqual(answered('20020000', 'ask', '3003 000161', 'd0', '00'), [
      'ready',
      'write',
      'unasked',
      'unasked',
      'acknowledged',
    ]);
  });

  test('a session of the broker that is still there is no matter', () => {
    assert.deepEqual(answered('20020100'), ['ready']);
  });

  test('tells in words why a broker refuses', () => {
    assert.deepEqual(answered('20020005'), [`the broker refuses, ${describeMqttCode(5, false)}`]);
    assert.match(String(answered('20020004')[0]), /return code 4: the user or the password is wrong/);
    assert.match(String(answered('20020001')[0]), /does not speak MQTT 3.1.1; it may speak only MQTT 5/);
    assert.match(String(answered('2003008400')[0]), /0x84 of MQTT 5: it speaks only MQTT 5, and this is 3.1.1/);
    assert.match(String(answered('20020009')[0]), /return code 9: not one of MQTT 3.1.1/);
    assert.match(String(answered('2003000000')[0]), /answers as one of MQTT 5/);
  });

  test('a broker that ends the connection, or is out of step, is told', () => {
    assert.match(String(answered('20020000', 'e0018b')[1]), /ends the connection: .*0x8b.*shuts down/);
    assert.match(String(answered('d000')[0]), /PINGRESP before its CONNACK/);
    assert.match(String(answered('20020000', 'd000')[1]), /answers a ping that was not sent/);
    assert.match(String(answered('20020000', '20020000')[1]), /second CONNACK/);
  });
});
