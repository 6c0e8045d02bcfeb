// Which parts of a body a Range field asks for (RFC 9110 §14.1.2), merged and limited as Apache does. Pure.

/** From `firstByte` to `lastByte`, both included. */
export interface BytePart {
  readonly firstByte: number;
  readonly lastByte: number;
}

/** MaxRanges and its kin; Infinity: unlimited. */
export interface RangeLimits {
  readonly maxRanges: number;
  readonly maxOverlaps: number;
  readonly maxReversals: number;
}

export type RangeDecision =
  | {
      readonly kind: 'whole';
      readonly reason: 'otherUnit' | 'malformed' | 'empty' | 'notSmaller' | 'tooMany' | 'overlaps' | 'reversals';
    }
  | { readonly kind: 'parts'; readonly parts: readonly BytePart[] }
  | { readonly kind: 'unsatisfiable' };

const whole = (reason: Extract<RangeDecision, { kind: 'whole' }>['reason']): RangeDecision => ({
  kind: 'whole',
  reason,
});

/** The whole, as a part. */
const OPEN_FROM_START = /^0+-$/;

/** What 64 bits with a sign can count. */
const LARGEST = 0x7fff_ffff_ffff_ffffn;

/** A range is merged with the one before it where they overlap or touch; farther back nobody looks. */
export function decideRanges(field: string, sizeBytes: number, limits: RangeLimits): RangeDecision {
  if (!/^bytes=/i.test(field)) return whole('otherUnit');
  const specifiers = field.slice('bytes='.length).split(/,+/);
  if (specifiers[0] === '') return whole('malformed');
  const parts: BytePart[] = [];
  let current: BytePart | undefined;
  let overlaps = 0;
  let reversals = 0;
  let sumBytes = 0;
  for (const specifier of specifiers) {
    // The list ends with a comma.
    if (specifier === '') break;
    const part = readPart(specifier, sizeBytes);
    if (part === undefined) return whole('malformed');
    if (part.firstByte >= sizeBytes) continue;
    // What else is asked for is not looked at, not even for mistakes.
    if (OPEN_FROM_START.test(specifier)) {
      parts.length = 0;
      sumBytes = 0;
      current = part;
      break;
    }
    if (current === undefined) {
      current = part;
      continue;
    }
    const { firstByte, lastByte } = current;
    const within = part.firstByte >= firstByte && part.lastByte <= lastByte;
    const before = part.firstByte < firstByte && part.lastByte >= firstByte - 1;
    const behind = part.lastByte >= lastByte && part.firstByte <= lastByte + 1;
    if (before) reversals += 1;
    if (within || before || behind) {
      overlaps += 1;
      current = {
        firstByte: before ? part.firstByte : firstByte,
        lastByte: behind ? part.lastByte : lastByte,
      };
      continue;
    }
    parts.push(current);
    sumBytes += lastByte - firstByte + 1;
    current = part;
  }
  if (current === undefined) return sizeBytes === 0 ? whole('empty') : { kind: 'unsatisfiable' };
  parts.push(current);
  sumBytes += current.lastByte - current.firstByte + 1;
  if (sumBytes > sizeBytes) return whole('notSmaller');
  if (parts.length > limits.maxRanges) return whole('tooMany');
  if (overlaps > limits.maxOverlaps) return whole('overlaps');
  if (reversals > limits.maxReversals) return whole('reversals');
  return { kind: 'parts', parts };
}

/** `firstByte` may lie behind the end: such a part is not satisfiable. Undefined: not a range. */
function readPart(specifier: string, sizeBytes: number): BytePart | undefined {
  const [, first, last] = /^(\d*)-(\d*)$/.exec(specifier) ?? [];
  if (first === undefined || last === undefined) return undefined;
  if (!isCountable(first) || !isCountable(last)) return undefined;
  if (first === '') {
    if (last === '' || BigInt(last) < 1n) return undefined;
    return { firstByte: Math.max(sizeBytes - Number(last), 0), lastByte: sizeBytes - 1 };
  }
  if (last !== '' && BigInt(first) > BigInt(last)) return undefined;
  return {
    firstByte: Number(first),
    lastByte: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1),
  };
}

function isCountable(digits: string): boolean {
  return digits.length < 19 || BigInt(digits) <= LARGEST;
}
