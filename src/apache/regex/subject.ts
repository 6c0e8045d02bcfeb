// Looks at places of a subject.

function isWord(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f
  );
}

/** `\b`, with the word characters of the C locale. */
export function isWordBoundary(subject: string, position: number): boolean {
  const before = position > 0 && isWord(subject.charCodeAt(position - 1));
  const after = position < subject.length && isWord(subject.charCodeAt(position));
  return before !== after;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

export function equalBytes(
  subject: string,
  first: number,
  second: number,
  length: number,
  ignoreCase: boolean,
): boolean {
  for (let index = 0; index < length; index += 1) {
    const a = subject.charCodeAt(first + index);
    const b = subject.charCodeAt(second + index);
    if (a !== b && (!ignoreCase || lower(a) !== lower(b))) return false;
  }
  return true;
}
