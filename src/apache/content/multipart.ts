// Several parts of one body in one answer (multipart/byteranges, RFC 9110 §14.6), in Apache's form.
import type { BytePart } from './byte-ranges.ts';

/** Before the bytes of a part. Its names are written as Apache writes them. */
export function formatPartHead(boundary: string, type: string | undefined, part: BytePart, sizeBytes: number): string {
  const typeLine = type === undefined ? '' : `Content-type: ${type}\r\n`;
  return `\r\n--${boundary}\r\n${typeLine}Content-range: bytes ${part.firstByte}-${part.lastByte}/${sizeBytes}\r\n\r\n`;
}

export function formatMultipartEnd(boundary: string): string {
  return `\r\n--${boundary}--\r\n`;
}

/** The length of the whole. */
export function countMultipartBytes(
  boundary: string,
  type: string | undefined,
  parts: readonly BytePart[],
  sizeBytes: number,
): number {
  let lengthBytes = formatMultipartEnd(boundary).length;
  for (const part of parts) {
    lengthBytes += formatPartHead(boundary, type, part, sizeBytes).length + part.lastByte - part.firstByte + 1;
  }
  return lengthBytes;
}
