// What a client says to PostgreSQL (protocol 3.0, "Message Formats" of its manual), as far as a log-in and a signal need it. Bytes only.

/** Asks whether TLS may begin; answered with one byte. No message type, as at every start: 80877103 is what stands for it. */
export const SSL_REQUEST: Uint8Array = Uint8Array.of(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f);

/** A query without a statement. The server parses it, finds nothing and says so: EmptyQueryResponse. */
export const EMPTY_QUERY: Uint8Array = Uint8Array.of(0x51, 0, 0, 0, 5, 0);

/** The orderly end. */
export const TERMINATE: Uint8Array = Uint8Array.of(0x58, 0, 0, 0, 4);

/** 3.0: every server since 7.4 of 2003 speaks it. */
const PROTOCOL_VERSION = 0x0003_0000;

/** StartupMessage, with parameters such as `user`. None of the texts may contain U+0000: it ends them. */
export function encodeStartup(parameters: Readonly<Record<string, string>>): Buffer {
  const texts = Object.entries(parameters).flatMap(([name, value]) => [encodeText(name), encodeText(value)]);
  const body = Buffer.concat([int32(PROTOCOL_VERSION), ...texts, Uint8Array.of(0)]);
  return Buffer.concat([int32(body.length + 4), body]);
}

/** PasswordMessage: the password itself, or what MD5 makes of it. */
export function encodePassword(text: string): Buffer {
  return encodeMessage('p', encodeText(text));
}

/** SASLInitialResponse: the mechanism that was chosen, and the first of its messages. */
export function encodeSaslInitialResponse(mechanism: string, first: string): Buffer {
  const bytes = Buffer.from(first);
  return encodeMessage('p', Buffer.concat([encodeText(mechanism), int32(bytes.length), bytes]));
}

/** SASLResponse: every further message of the mechanism. */
export function encodeSaslResponse(text: string): Buffer {
  return encodeMessage('p', Buffer.from(text));
}

function encodeMessage(type: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(type, 'latin1'), int32(body.length + 4), body]);
}

function encodeText(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
