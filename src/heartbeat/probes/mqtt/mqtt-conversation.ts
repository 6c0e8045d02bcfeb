// A log-in to a broker of MQTT 3.1.1, then pings, without I/O.
import type { Conversation, ConversationEvent } from '../connection/conversation.ts';
import { describeMqttCode, DISCONNECT, encodeConnect, MqttPacketReader, PINGREQ } from './mqtt-packets.ts';
import type { MqttConnect, MqttPacket } from './mqtt-packets.ts';

/** See the head of the file. */
export class MqttConversation implements Conversation {
  readonly protocol = 'MQTT';
  readonly farewell: string = Buffer.from(DISCONNECT).toString('latin1');
  readonly #connect: MqttConnect;
  readonly #reader = new MqttPacketReader();
  #hasBegun = false;
  #isConnected = false;
  /** Whether a PINGRESP is owed to us. */
  #isAsked = false;

  constructor(connect: MqttConnect) {
    this.#connect = connect;
  }

  begin(): readonly ConversationEvent[] {
    this.#hasBegun = true;
    return [{ kind: 'write', data: encodeConnect(this.#connect) }];
  }

  ask(): readonly ConversationEvent[] {
    this.#isAsked = true;
    return [{ kind: 'write', data: PINGREQ }];
  }

  receive(bytes: Buffer): readonly ConversationEvent[] {
    const events: ConversationEvent[] = [];
    try {
      for (const packet of this.#reader.read(bytes)) events.push(this.#take(packet));
    } catch (error) {
      events.push({ kind: 'refused', reason: (error as Error).message });
    }
    // A piece of a packet is a sign of life, too.
    return events.length === 0 && this.#isConnected ? [{ kind: 'unasked' }] : events;
  }

  /** §3.1.4: what a broker cannot read it may answer with the end alone. */
  explainEnd(): string | undefined {
    if (!this.#hasBegun || this.#isConnected) return undefined;
    return 'instead of an answer to CONNECT; a broker that speaks only MQTT 5 may do so, and this is 3.1.1';
  }

  #take(packet: MqttPacket): ConversationEvent {
    if (packet.type === 'connack') return this.#takeConnack(packet.code, packet.isVersion5);
    if (packet.type === 'disconnect') {
      const why = packet.code === undefined ? '' : `: ${describeMqttCode(packet.code, true)}`;
      return { kind: 'closing', reason: `the broker ends the connection${why}` };
    }
    if (!this.#isConnected) {
      return { kind: 'refused', reason: `the broker sends a ${packet.type.toUpperCase()} before its CONNACK` };
    }
    if (packet.type === 'publish') return { kind: 'unasked' };
    if (!this.#isAsked) return { kind: 'refused', reason: 'the broker answers a ping that was not sent' };
    this.#isAsked = false;
    return { kind: 'acknowledged', detail: 'PINGRESP' };
  }

  #takeConnack(code: number, isVersion5: boolean): ConversationEvent {
    if (this.#isConnected) return { kind: 'refused', reason: 'the broker sends a second CONNACK' };
    if (code !== 0) return { kind: 'refused', reason: `the broker refuses, ${describeMqttCode(code, isVersion5)}` };
    if (isVersion5) return { kind: 'refused', reason: 'the broker answers as one of MQTT 5, and this is 3.1.1' };
    this.#isConnected = true;
    return { kind: 'ready' };
  }
}
