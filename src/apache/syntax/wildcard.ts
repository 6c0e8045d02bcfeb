// Wildcards of one path segment: * ? [a-z] [!a] and backslash. Takes a number of steps that the lengths bound.

interface Match {
  readonly matches: boolean;
  /** Where the pattern goes on. */
  readonly next: number;
}

/** Whether a text is a pattern and not a name. */
export function hasWildcard(text: string): boolean {
  let isBracketOpen = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '*' || character === '?') return true;
    if (character === '\\') index += 1;
    else if (character === '[') isBracketOpen = true;
    else if (character === ']' && isBracketOpen) return true;
  }
  return false;
}

/** A bracket that is not closed is none. */
function matchBracket(pattern: string, from: number, character: string): Match | undefined {
  let index = from + 1;
  const isNegated = pattern[index] === '!' || pattern[index] === '^';
  if (isNegated) index += 1;
  const first = index;
  let isIn = false;
  while (index < pattern.length && (pattern[index] !== ']' || index === first)) {
    if (pattern[index] === '\\' && index + 1 < pattern.length) index += 1;
    const low = pattern.charAt(index);
    let high = low;
    if (pattern[index + 1] === '-' && index + 2 < pattern.length && pattern[index + 2] !== ']') {
      index += 2;
      high = pattern.charAt(index);
    }
    if (character >= low && character <= high) isIn = true;
    index += 1;
  }
  if (index >= pattern.length) return undefined;
  return { matches: isIn !== isNegated, next: index + 1 };
}

function matchOne(pattern: string, index: number, character: string): Match {
  const sign = pattern[index];
  if (sign === '?') return { matches: true, next: index + 1 };
  if (sign === '[') {
    const bracket = matchBracket(pattern, index, character);
    if (bracket !== undefined) return bracket;
  }
  if (sign === '\\' && index + 1 < pattern.length) {
    return { matches: pattern[index + 1] === character, next: index + 2 };
  }
  return { matches: sign === character, next: index + 1 };
}

/** Whether a name of a folder fits. A dot at its beginning needs a dot. */
export function matchesName(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  let patternAt = 0;
  let nameAt = 0;
  // Where the last star goes on when what was tried behind it fails; only the last one has to be tried again.
  let retryPattern = -1;
  let retryName = 0;
  while (nameAt < name.length) {
    if (pattern[patternAt] === '*') {
      patternAt += 1;
      retryPattern = patternAt;
      retryName = nameAt;
      continue;
    }
    const step = patternAt < pattern.length ? matchOne(pattern, patternAt, name.charAt(nameAt)) : undefined;
    if (step?.matches === true) {
      patternAt = step.next;
      nameAt += 1;
      continue;
    }
    if (retryPattern === -1) return false;
    retryName += 1;
    patternAt = retryPattern;
    nameAt = retryName;
  }
  while (pattern[patternAt] === '*') patternAt += 1;
  return patternAt === pattern.length;
}
