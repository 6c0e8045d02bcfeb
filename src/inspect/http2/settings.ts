// SETTINGS of HTTP/2 (RFC 9113 §6.5): those that we send, and those of a server by the names that node:http2 has for them.

interface Setting {
  readonly code: number;
  /** As in the RFC, without the common beginning. */
  readonly title: string;
  /** Undefined where node:http2 has none. */
  readonly name: string | undefined;
  readonly isFlag: boolean;
}

const SETTINGS: readonly Setting[] = [
  { code: 1, title: 'HEADER_TABLE_SIZE', name: 'headerTableSize', isFlag: false },
  { code: 2, title: 'ENABLE_PUSH', name: 'enablePush', isFlag: true },
  { code: 3, title: 'MAX_CONCURRENT_STREAMS', name: 'maxConcurrentStreams', isFlag: false },
  { code: 4, title: 'INITIAL_WINDOW_SIZE', name: 'initialWindowSize', isFlag: false },
  { code: 5, title: 'MAX_FRAME_SIZE', name: 'maxFrameSize', isFlag: false },
  { code: 6, title: 'MAX_HEADER_LIST_SIZE', name: 'maxHeaderListSize', isFlag: false },
  // RFC 8441, RFC 9218.
  { code: 8, title: 'ENABLE_CONNECT_PROTOCOL', name: 'enableConnectProtocol', isFlag: true },
  { code: 9, title: 'NO_RFC7540_PRIORITIES', name: undefined, isFlag: true },
];

/** By their names; those without one are left out. */
export type Http2Settings = Readonly<Record<string, number | boolean>>;

export function parseSettings(payload: Buffer): Http2Settings {
  const settings: Record<string, number | boolean> = {};
  for (const [code, value] of pairs(payload)) {
    const known = SETTINGS.find((setting) => setting.code === code);
    if (known?.name !== undefined) settings[known.name] = known.isFlag ? value === 1 : value;
  }
  return settings;
}

/** E.g. `MAX_CONCURRENT_STREAMS=128 INITIAL_WINDOW_SIZE=65536`. */
export function formatSettings(payload: Buffer): string {
  return pairs(payload)
    .map(([code, value]) => `${SETTINGS.find((setting) => setting.code === code)?.title ?? `setting ${code}`}=${value}`)
    .join(' ');
}

/** By titles. */
export function encodeSettings(values: Readonly<Record<string, number>>): Buffer {
  const entries = Object.entries(values);
  const bytes = Buffer.alloc(6 * entries.length);
  for (const [index, [title, value]] of entries.entries()) {
    bytes.writeUInt16BE(SETTINGS.find((setting) => setting.title === title)!.code, 6 * index);
    bytes.writeUInt32BE(value, 6 * index + 2);
  }
  return bytes;
}

function pairs(payload: Buffer): [code: number, value: number][] {
  const found: [number, number][] = [];
  for (let at = 0; at + 6 <= payload.length; at += 6) {
    found.push([payload.readUInt16BE(at), payload.readUInt32BE(at + 2)]);
  }
  return found;
}
