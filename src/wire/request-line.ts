// Reads a request line that is there as a whole (RFC 9112 §3), with the leniencies that only a whole line allows to judge.
import { CHARACTER_CLASS, SPACE, TARGET, TOKEN } from './character-class.ts';
import type { Leniency } from './leniency.ts';
import type { WireLimits } from './limits.ts';
import type { ProtocolFault } from './protocol-error.ts';
import { VERSION_LENGTH, isVersionByte } from './start-bytes.ts';

/** Where the parts of a request line stand, as offsets into its bytes. */
export interface RequestLineParts {
  methodEnd: number;
  targetStart: number;
  targetEnd: number;
  minorVersion: number;
  /** It has no version: HTTP/0.9. */
  isBare: boolean;
}

const FIRST_DIGIT = 0x30;
const DELETE = 0x7f;

/** Reads the line from `start` to `end`, its line end left out, into `parts`. Returns what is wrong with it. */
export function readRequestLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  parts: RequestLineParts,
  leniency: Leniency,
  limits: WireLimits,
): ProtocolFault | undefined {
  const loose = leniency.looseRequestLine;
  let position = start;
  while (position < end && isMethodByte(bytes[position]!, loose)) position += 1;
  if (position === start || position === end || bytes[position] !== SPACE) return 'badMethod';
  parts.methodEnd = position;
  position = behindSpace(bytes, position, end, loose);

  parts.targetStart = position;
  while (position < end && isTargetByte(bytes[position]!, leniency.anyTarget)) position += 1;
  parts.targetEnd = position;
  if (position === parts.targetStart || (position < end && bytes[position] !== SPACE)) return 'badTarget';
  if (position - parts.targetStart > limits.targetBytes) return 'targetTooLong';
  position = behindSpace(bytes, position, end, loose);

  let versionEnd = end;
  if (loose) while (versionEnd > position && bytes[versionEnd - 1] === SPACE) versionEnd -= 1;
  parts.isBare = position >= versionEnd;
  parts.minorVersion = 0;
  if (!parts.isBare) return readVersion(bytes, position, versionEnd, parts, leniency);
  // RFC 1945 §5.1: GET is the only method of a simple request.
  return leniency.missingVersion && (loose || isGet(bytes, start, parts.methodEnd)) ? undefined : 'badVersion';
}

function readVersion(
  bytes: Uint8Array,
  start: number,
  end: number,
  parts: RequestLineParts,
  leniency: Leniency,
): ProtocolFault | undefined {
  if (end - start !== VERSION_LENGTH) return 'badVersion';
  for (let index = 0; index < VERSION_LENGTH; index += 1) {
    const byte = bytes[start + index]!;
    const folded = leniency.looseRequestLine && index < 4 && byte >= 0x61 ? byte - 0x20 : byte;
    if (!isVersionByte(index, folded)) return 'badVersion';
  }
  const major = bytes[start + 5]! - FIRST_DIGIT;
  if (major === 0 || (major > 1 && !leniency.laterVersions)) return 'versionNotSupported';
  parts.minorVersion = major > 1 ? 1 : bytes[start + 7]! - FIRST_DIGIT;
  return undefined;
}

/** One space, or as many as there are; `at` is the first of them, or the end. */
function behindSpace(bytes: Uint8Array, at: number, end: number, loose: boolean): number {
  let position = at + 1;
  if (loose) while (position < end && bytes[position] === SPACE) position += 1;
  return Math.min(position, end);
}

function isMethodByte(byte: number, loose: boolean): boolean {
  return (CHARACTER_CLASS[byte]! & TOKEN) !== 0 || (loose && byte > SPACE && byte !== DELETE);
}

function isTargetByte(byte: number, any: boolean): boolean {
  return (CHARACTER_CLASS[byte]! & TARGET) !== 0 || (any && byte > SPACE && byte !== DELETE);
}

function isGet(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 3 && bytes[start] === 0x47 && bytes[start + 1] === 0x45 && bytes[start + 2] === 0x54;
}
