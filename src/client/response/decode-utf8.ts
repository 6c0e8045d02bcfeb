// Bytes to text as the Fetch standard does it ("UTF-8 decode"): the byte order mark goes, what is no UTF-8 becomes U+FFFD.

/** `utf8Slice` is the method behind `toString('utf8')`; calling it directly saves the look-up of the encoding. */
interface Utf8Source {
  utf8Slice(start: number, end: number): string;
}

/**
 * The text of a whole body. The runtime has the fast path for ASCII, and it replaces invalid sequences as TextDecoder does; a
 * look at each byte here would cost more than it saves from a dozen bytes on.
 */
export function decodeUtf8(bytes: Buffer): string {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  return (bytes as unknown as Utf8Source).utf8Slice(start, bytes.length);
}
