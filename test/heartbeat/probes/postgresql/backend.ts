// What a server of PostgreSQL says, as bytes, for tests without a server.

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

export function backendMessage(type: string, ...parts: readonly (Uint8Array | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return Buffer.concat([Buffer.from(type, 'latin1'), int32(body.length + 4), body]);
}

export function authentication(method: number, ...parts: readonly (Uint8Array | string)[]): Buffer {
  return backendMessage('R', int32(method), ...parts);
}

export const READY: Buffer = backendMessage('Z', 'I');

export const EMPTY_ANSWER: Buffer = backendMessage('I');

/** AuthenticationOk and what follows it. */
export const LET_IN: Buffer = Buffer.concat([
  authentication(0),
  backendMessage('S', 'server_version\x0015.3\0'),
  backendMessage('K', Buffer.alloc(8)),
  READY,
]);

/** ErrorResponse with fields by their names, e.g. `{ S: 'FATAL', C: '57P01', M: '…' }`. */
export function errorResponse(fields: Readonly<Record<string, string>>): Buffer {
  const texts = Object.entries(fields).map(([name, value]) => `${name}${value}\0`);
  return backendMessage('E', `${texts.join('')}\0`);
}
