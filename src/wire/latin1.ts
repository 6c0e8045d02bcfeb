// Bytes to text, one character for each byte (RFC 9110 §5.5: field values are to be seen as opaque bytes).

/** `latin1Slice` is the method behind `toString('latin1')`; calling it directly saves the look-up of the encoding. */
interface Latin1Source {
  latin1Slice(start: number, end: number): string;
}

/** The text of `bytes` from `start` to `end`. */
export function readLatin1(bytes: Buffer, start: number, end: number): string {
  return (bytes as unknown as Latin1Source).latin1Slice(start, end);
}
