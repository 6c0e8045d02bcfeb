// How a connection begins that speaks HTTP/2 from its first byte (RFC 9113 §3.3, §3.4). Pure.

/** The first byte of the preface; but for POST, PUT and the like no request of HTTP/1 begins with it. */
export const PREFACE_FIRST_BYTE = 0x50;

const PREFACE: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** `whole`: the bytes begin with the preface. `beginning`: they may become it. `other`: they never will. */
export function matchPreface(bytes: Buffer): 'whole' | 'beginning' | 'other' {
  const length = Math.min(bytes.length, PREFACE.length);
  if (bytes.compare(PREFACE, 0, length, 0, length) !== 0) return 'other';
  return length === PREFACE.length ? 'whole' : 'beginning';
}
