// Packets of MQTT 3.1.1 (OASIS standard of 2014) as far as a log-in and a ping need them. Bytes only: no I/O, no time.
import { MisuseError, PerduraError } from '../../../errors.ts';

/** What CONNECT says (§3.1). */
export interface MqttConnect {
  readonly clientId: string;
  /** After one and a half of it without a packet the broker may end the connection (§3.1.2.10); 0: never. */
  readonly keepAliveSeconds: number;
  readonly user: string | undefined;
  /** Only with a user (§3.1.2.9). */
  readonly password: string | undefined;
}

/** What a broker says to one who has not subscribed to anything. */
export type MqttPacket =
  | { readonly type: 'connack'; readonly code: number; readonly isVersion5: boolean }
  | { readonly type: 'pingresp' }
  /** A message that nobody asked for; its contents are not kept. */
  | { readonly type: 'publish' }
  /** From brokers of MQTT 5 only; the code is undefined where none was given. */
  | { readonly type: 'disconnect'; readonly code: number | undefined };

/** The bytes are not what a broker may send. */
export class MqttProtocolError extends PerduraError {
  constructor(message: string) {
    super('ERR_PERDURA_PROTOCOL', message);
  }
}

/** §3.12, §3.14: a fixed header, and nothing behind it. */
export const PINGREQ: Uint8Array = Uint8Array.of(0xc0, 0);
export const DISCONNECT: Uint8Array = Uint8Array.of(0xe0, 0);

/** Longest text: its length has two bytes (§1.5.3). */
export const MAX_TEXT_BYTES = 65_535;
export const MAX_KEEP_ALIVE_SECONDS = 65_535;

const CONNECT = 0x10;
const CONNACK = 0x20;
const PINGRESP = 0xd0;
const DISCONNECT_BY_BROKER = 0xe0;
/** The upper half of the first byte; the lower has DUP, QoS and RETAIN. */
const PUBLISH = 3;

/** §3.1.2: the name of the protocol, and the level that stands for 3.1.1. */
const PROTOCOL = Uint8Array.of(0, 4, 0x4d, 0x51, 0x54, 0x54, 4);
const CLEAN_SESSION = 0x02;
const HAS_PASSWORD = 0x40;
const HAS_USER = 0x80;

/** The packet that begins a connection, with a clean session. */
export function encodeConnect({ clientId, keepAliveSeconds, user, password }: MqttConnect): Buffer {
  if (password !== undefined && user === undefined) throw new MisuseError('MQTT 3.1.1 has no password without a user');
  const flags = CLEAN_SESSION | (user === undefined ? 0 : HAS_USER) | (password === undefined ? 0 : HAS_PASSWORD);
  const body = Buffer.concat([
    PROTOCOL,
    Uint8Array.of(flags, keepAliveSeconds >> 8, keepAliveSeconds & 0xff),
    encodeText(clientId),
    user === undefined ? new Uint8Array() : encodeText(user),
    password === undefined ? new Uint8Array() : encodeText(password),
  ]);
  return Buffer.concat([Uint8Array.of(CONNECT), encodeLength(body.length), body]);
}

/** Whether MQTT can say it: not too long, and without U+0000 (§1.5.3). */
export function isMqttText(text: string): boolean {
  return !text.includes('\0') && Buffer.byteLength(text) <= MAX_TEXT_BYTES;
}

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (!isMqttText(text)) throw new MisuseError(`MQTT cannot say a text of ${bytes.length} bytes, or one with U+0000`);
  return Buffer.concat([Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}

/** §2.2.3: seven bits in each byte, the lowest first. */
function encodeLength(length: number): Uint8Array {
  const bytes: number[] = [];
  let rest = length;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

/** What of a packet is looked at: the two bytes of a CONNACK. The rest is counted, so no packet needs more memory than this. */
const KEPT_BYTES = 2;
/** §2.2.3: so a packet has 256 MB at most. */
const MAX_LENGTH_BYTES = 4;

/** Cuts a broker's bytes into packets, wherever they are split. Throws MqttProtocolError, and is of no use any more then. */
export class MqttPacketReader {
  /** The first byte of the packet that is being read. */
  #first: number | undefined;
  #lengthBytes = 0;
  #isLengthKnown = false;
  #length = 0;
  #taken = 0;
  readonly #kept = new Uint8Array(KEPT_BYTES);

  /** The packets that these bytes complete, one after the other: those before a breach are told before it is thrown. */
  *read(bytes: Uint8Array): Generator<MqttPacket, void, undefined> {
    let at = 0;
    while (at < bytes.length) {
      if (this.#first === undefined) this.#first = checkFirst(bytes[at++] ?? 0);
      else if (!this.#isLengthKnown) this.#readLengthByte(bytes[at++] ?? 0);
      else at += this.#take(bytes.subarray(at));
      if (this.#isLengthKnown && this.#taken === this.#length) yield this.#complete();
    }
  }

  #readLengthByte(byte: number): void {
    this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    if ((byte & 0x80) === 0) this.#isLengthKnown = true;
    else if (this.#lengthBytes === MAX_LENGTH_BYTES) {
      throw new MqttProtocolError('the length of a packet has more than 4 bytes (MQTT 3.1.1 §2.2.3)');
    }
  }

  #take(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.#length - this.#taken);
    for (let i = 0; i < count && this.#taken + i < KEPT_BYTES; i++) this.#kept[this.#taken + i] = bytes[i] ?? 0;
    this.#taken += count;
    return count;
  }

  #complete(): MqttPacket {
    const packet = toPacket(this.#first ?? 0, this.#length, this.#kept);
    this.#first = undefined;
    this.#lengthBytes = 0;
    this.#isLengthKnown = false;
    this.#length = 0;
    this.#taken = 0;
    return packet;
  }
}

/** Told at the first byte: whoever speaks another protocol may never send as many as the length asks for. */
function checkFirst(first: number): number {
  if (first === CONNACK || first === PINGRESP || first === DISCONNECT_BY_BROKER) return first;
  // QoS 3 does not exist (§3.3.1.2).
  if (first >> 4 === PUBLISH && (first & 0x06) !== 0x06) return first;
  throw new MqttProtocolError(
    `a packet begins with the byte 0x${hex(first)}, which no broker sends to a client that only pings: is it MQTT?`,
  );
}

function toPacket(first: number, length: number, kept: Uint8Array): MqttPacket {
  if (first === CONNACK) {
    if (length < 2) throw new MqttProtocolError('a CONNACK has less than two bytes (MQTT 3.1.1 §3.2)');
    const code = kept[1] ?? 0;
    // In 3.1.1 it has exactly two bytes, and codes up to 5; reason codes and properties are of MQTT 5 (§3.2.2 there).
    return { type: 'connack', code, isVersion5: length > 2 || code >= 0x80 };
  }
  if (first === DISCONNECT_BY_BROKER) return { type: 'disconnect', code: length === 0 ? undefined : kept[0] };
  if (first >> 4 === PUBLISH) return { type: 'publish' };
  if (length !== 0) throw new MqttProtocolError(`a PINGRESP has ${length} bytes behind it (MQTT 3.1.1 §3.13)`);
  return { type: 'pingresp' };
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** Return codes of 3.1.1 (§3.2.2.3). */
const REFUSALS: Readonly<Record<number, string>> = {
  1: 'it does not speak MQTT 3.1.1; it may speak only MQTT 5',
  2: 'it does not take the client identifier, or the keep alive; give `clientId` or `keepAliveMs` as it wants them',
  3: 'the service is not available',
  4: 'the user or the password is wrong',
  5: 'not authorised; give a user and a password, or others, in the URL',
};

/** Reason codes of MQTT 5 (§3.2.2.2 and §3.14.2.1 there) of which a log-in or a ping can be told. */
const REASONS: Readonly<Record<number, string>> = {
  0x81: 'malformed packet',
  0x82: 'protocol error',
  0x84: 'it speaks only MQTT 5, and this is 3.1.1',
  0x85: 'it does not take the client identifier; give `clientId` as it wants it',
  0x86: 'the user or the password is wrong',
  0x87: 'not authorised; give a user and a password, or others, in the URL',
  0x88: 'the service is not available',
  0x89: 'the broker is busy',
  0x8a: 'this client is banned',
  0x8b: 'the broker shuts down',
  0x8c: 'it wants another way to log in',
  0x8d: 'the keep alive ran out',
  0x8e: 'another client took the client identifier over',
  0x97: 'a quota is exceeded',
  0x98: 'ended by an administrator',
  0x9c: 'use another broker',
  0x9d: 'the broker has moved',
  0x9f: 'too many connections in a short time',
};

/** Why a broker refuses, or ends: `return code 5: not authorised; …`. */
export function describeMqttCode(code: number, isVersion5: boolean): string {
  if (!isVersion5) return `return code ${code}: ${REFUSALS[code] ?? 'not one of MQTT 3.1.1'}`;
  return `reason code 0x${hex(code)} of MQTT 5: ${REASONS[code] ?? 'no reason that a ping can have'}`;
}
