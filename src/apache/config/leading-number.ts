// Numbers as C reads them from the beginning of a text: atoi() and strtol(), oddities included, because configurations count on them.

const NUMBER = /^[ \t\n\v\f\r]*([+-]?\d+)/;

/** What strtol() finds, without bounds, and what stands behind it; undefined without a digit. */
export interface LeadingNumber {
  readonly value: bigint;
  readonly rest: string;
}

export function readLeadingNumber(text: string): LeadingNumber | undefined {
  const found = NUMBER.exec(text);
  if (found === null) return undefined;
  return { value: BigInt(found[1] ?? ''), rest: text.slice(found[0].length) };
}

const MAX_LONG = 2n ** 63n - 1n;

/** atoi(): 0 where there is no number, the lower 32 bits of what a long holds where it is too large. */
export function readInteger(text: string): number {
  const value = readLeadingNumber(text)?.value ?? 0n;
  const long = value > MAX_LONG ? MAX_LONG : value < -MAX_LONG - 1n ? -MAX_LONG - 1n : value;
  return Number(BigInt.asIntN(32, long));
}
