// Frames of HTTP/2 as bytes (RFC 9113 §4 and §6), as far as one request, a PING and the end of a connection need them. No I/O.
// node:http2 is no help here: it closes a connection by itself as soon as GOAWAY comes, and does not tell FIN from RST.

/** RFC 9113 §3.4. */
export const CONNECTION_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export const FRAME_HEAD_BYTES = 9;

/** RFC 9113 §6.5.2: what nobody has asked to be raised. */
const MAX_FRAME_BYTES = 16_384;

/** Registered in RFC 9113 §11.1, in the order of their codes. */
const FRAME_TYPES = [
  'DATA',
  'HEADERS',
  'PRIORITY',
  'RST_STREAM',
  'SETTINGS',
  'PUSH_PROMISE',
  'PING',
  'GOAWAY',
  'WINDOW_UPDATE',
  'CONTINUATION',
] as const;

export type FrameType = (typeof FRAME_TYPES)[number];

export const ACK = 0x1;
export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;
export const PADDED = 0x8;
export const PRIORITY = 0x20;

/** One frame. Of a type that is not registered only the code is known. */
export interface Frame {
  readonly type: FrameType | undefined;
  readonly typeCode: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
  /** With its head. */
  readonly bytes: number;
}

/** The first bytes are no frame that a peer may send. */
export interface FrameFault {
  readonly fault: string;
}

/** The frame at the beginning of the bytes; undefined where more of it must come. */
export function readFrame(bytes: Buffer): Frame | FrameFault | undefined {
  if (bytes.length < FRAME_HEAD_BYTES) return undefined;
  const length = bytes.readUIntBE(0, 3);
  if (length > MAX_FRAME_BYTES) return { fault: `a frame of ${length} bytes, where ${MAX_FRAME_BYTES} are allowed` };
  const end = FRAME_HEAD_BYTES + length;
  if (bytes.length < end) return undefined;
  const typeCode = bytes[3]!;
  const frame: Frame = {
    type: FRAME_TYPES[typeCode],
    typeCode,
    flags: bytes[4]!,
    stream: bytes.readUInt32BE(5) & 0x7f_ff_ff_ff,
    payload: bytes.subarray(FRAME_HEAD_BYTES, end),
    bytes: end,
  };
  const fault = findFault(frame);
  return fault === undefined ? frame : { fault };
}

/**
 * Whether these can be the first bytes of a server that speaks HTTP/2: it begins with SETTINGS (RFC 9113 §3.4). Undefined where more
 * must come.
 */
export function beginsWithSettings(bytes: Buffer): boolean | undefined {
  if (bytes.length < FRAME_HEAD_BYTES) return undefined;
  return bytes.readUIntBE(0, 3) % 6 === 0 && bytes[3] === 4 && bytes[4] === 0 && bytes.readUInt32BE(5) === 0;
}

export function encodeFrame(type: FrameType, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = FRAME_TYPES.indexOf(type);
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Numbers of 32 bits: payloads of WINDOW_UPDATE, RST_STREAM and, without its text, GOAWAY. */
export function encodeNumbers(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32BE(number, 4 * index);
  return bytes;
}

/** What a payload holds apart from padding and, of HEADERS, the old priority (RFC 9113 §6.1, §6.2). */
export function contentOf({ payload, flags, type }: Pick<Frame, 'type' | 'flags' | 'payload'>): Buffer {
  const padding = (flags & PADDED) === 0 ? undefined : payload[0]!;
  let start = padding === undefined ? 0 : 1;
  if (type === 'HEADERS' && (flags & PRIORITY) !== 0) start += 5;
  return payload.subarray(start, Math.max(start, payload.length - (padding ?? 0)));
}

/** Sizes and streams that a type must have (RFC 9113 §6). */
function findFault({ type, stream, payload, flags }: Frame): string | undefined {
  const { length } = payload;
  const isOfConnection = type === 'SETTINGS' || type === 'PING' || type === 'GOAWAY';
  if (isOfConnection && stream !== 0) return `${type} on stream ${stream}`;
  switch (type) {
    case 'SETTINGS':
      return length % 6 === 0 && ((flags & ACK) === 0 || length === 0) ? undefined : `SETTINGS of ${length} bytes`;
    case 'PING':
      return length === 8 ? undefined : `PING of ${length} bytes`;
    case 'GOAWAY':
      return length >= 8 ? undefined : `GOAWAY of ${length} bytes`;
    case 'RST_STREAM':
    case 'WINDOW_UPDATE':
      return length === 4 ? undefined : `${type} of ${length} bytes`;
    case 'DATA':
    case 'HEADERS':
      if (stream === 0) return `${type} on no stream`;
      return (flags & PADDED) !== 0 && length === 0 ? `${type} without the padding that it announces` : undefined;
    case 'PUSH_PROMISE':
      return 'PUSH_PROMISE, which was refused';
    default:
      return undefined;
  }
}
