// Patterns as shells have them, the way Apache compares paths and names with them: `*`, `?`, `[a-z]`, `[!a]`, `\*`. Linear in memory,
// and at worst the length of the pattern times that of the text: neither is trusted.

/** Whether a text is a pattern at all; if not, it is compared as it stands. */
export function hasWildcard(text: string): boolean {
  let open = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '*':
      case '?':
        return true;
      case '\\':
        at += 1;
        break;
      case '[':
        open = true;
        break;
      case ']':
        if (open) return true;
        break;
      default:
    }
  }
  return false;
}

/** The place behind a class that takes the byte; `at` is behind its bracket. -1: it does not. Undefined: no class, but a bracket. */
function matchClass(pattern: string, at: number, byte: string): number | undefined {
  let position = at;
  const negated = pattern[position] === '!' || pattern[position] === '^';
  if (negated) position += 1;
  let found = false;
  let first = true;
  for (;;) {
    let low = pattern[position];
    // A slash ends the part of the path that the class would stand in.
    if (low === undefined || low === '/') return undefined;
    if (low === ']' && !first) break;
    first = false;
    if (low === '\\' && pattern[position + 1] !== undefined) {
      position += 1;
      low = pattern[position]!;
    }
    position += 1;
    let high = low;
    if (pattern[position] === '-' && pattern[position + 1] !== undefined && pattern[position + 1] !== ']') {
      position += 1;
      if (pattern[position] === '\\' && pattern[position + 1] !== undefined) position += 1;
      high = pattern[position]!;
      position += 1;
    }
    if (low <= byte && byte <= high) found = true;
  }
  return found === negated ? -1 : position + 1;
}

/** The place behind the part of the pattern at `at` that takes one byte; -1 where it does not take it. */
function matchOne(pattern: string, at: number, byte: string): number {
  const wanted = pattern[at];
  if (wanted === '?') return byte === '/' ? -1 : at + 1;
  if (wanted === '[') {
    const behind = byte === '/' ? -1 : matchClass(pattern, at + 1, byte);
    if (behind !== undefined) return behind;
  }
  if (wanted === '\\' && at + 1 < pattern.length) return pattern[at + 1] === byte ? at + 2 : -1;
  return wanted === byte ? at + 1 : -1;
}

/** Whether all of the text matches. Neither `*` nor `?` nor a class takes a slash. */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let position = 0;
  // Where the last star of this part of the path stands, and how far it has been stretched.
  let star = -1;
  let starPosition = 0;
  for (;;) {
    if (pattern[at] === '*') {
      at += 1;
      star = at;
      starPosition = position;
      continue;
    }
    if (position === text.length) {
      if (at === pattern.length) return true;
    } else if (at < pattern.length) {
      const byte = text[position]!;
      const behind = matchOne(pattern, at, byte);
      if (behind !== -1) {
        at = behind;
        position += 1;
        if (byte === '/') star = -1;
        continue;
      }
    }
    if (star === -1 || starPosition >= text.length || text[starPosition] === '/') return false;
    starPosition += 1;
    at = star;
    position = starPosition;
  }
}
