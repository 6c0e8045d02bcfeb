// Which bytes a Range field asks for (RFC 9110 §14.1.2, §14.2). Pure; knows nothing of files or answers.
// An own parser, because a lenient one answers 416 where the RFC wants the field ignored (`bytes=5-2`)
// or the whole representation sent (`bytes=-99` of ten bytes).

/** What is to be sent for a Range field, and why the whole where a part was asked for. */
export type ByteRangeDecision =
  | { readonly kind: 'whole'; readonly reason: 'noRange' | 'otherUnit' | 'malformed' | 'severalRanges' | 'empty' }
  /** From `firstByte` up to, but without, `endByte`. Never empty. */
  | { readonly kind: 'part'; readonly firstByte: number; readonly endByte: number }
  | { readonly kind: 'unsatisfiable' };

const RANGES_SPECIFIER = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(.*)$/s;
const BYTE_RANGE = /^(?:(\d+)-(\d*)|-(\d+))$/;
const OPTIONAL_SPACE = /^[ \t]+|[ \t]+$/g;

/**
 * Decides on one Range field for a representation of `sizeBytes`.
 *
 * An unknown unit, a malformed field and a range that ends before it starts are ignored, as §14.2 lets a server do and
 * §14.1.1 calls them invalid: the whole is always a right answer. So are several ranges: `multipart/byteranges` makes the
 * answer larger than the file for whoever asks for many small ranges (the attack that Apache's MaxRanges is for), and
 * no common client needs it.
 */
export function decideByteRange(field: string | null, sizeBytes: number): ByteRangeDecision {
  if (field === null) return { kind: 'whole', reason: 'noRange' };
  const [, unit, set] = RANGES_SPECIFIER.exec(field) ?? [];
  if (unit === undefined || set === undefined) return { kind: 'whole', reason: 'malformed' };
  if (unit.toLowerCase() !== 'bytes') return { kind: 'whole', reason: 'otherUnit' };

  // Empty list elements are skipped (§5.6.1.2).
  const elements = set.split(',').flatMap((element) => element.replace(OPTIONAL_SPACE, '') || []);
  const ranges = elements.map((element) => BYTE_RANGE.exec(element));
  const [only] = ranges;
  if (!only || ranges.includes(null)) return { kind: 'whole', reason: 'malformed' };
  if (ranges.length > 1) return { kind: 'whole', reason: 'severalRanges' };

  const [, first, last, suffix] = only;
  return suffix === undefined ? decideInterval(first ?? '', last ?? '', sizeBytes) : decideSuffix(suffix, sizeBytes);
}

function decideInterval(first: string, last: string, sizeBytes: number): ByteRangeDecision {
  // Exact whatever the number of digits: above 2^53 two different positions may be one and the same double.
  if (last !== '' && BigInt(last) < BigInt(first)) return { kind: 'whole', reason: 'malformed' };
  const firstByte = Number(first);
  if (firstByte >= sizeBytes) return { kind: 'unsatisfiable' };
  const endByte = last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  return { kind: 'part', firstByte, endByte };
}

function decideSuffix(suffix: string, sizeBytes: number): ByteRangeDecision {
  const lengthBytes = Number(suffix);
  if (lengthBytes === 0) return { kind: 'unsatisfiable' };
  // Satisfiable by §14.1.2, but a Content-Range cannot name an empty part.
  if (sizeBytes === 0) return { kind: 'whole', reason: 'empty' };
  return { kind: 'part', firstByte: Math.max(sizeBytes - lengthBytes, 0), endByte: sizeBytes };
}

/** The Content-Range of a part, `bytes 0-4/10` (§14.4). */
export function formatContentRange(firstByte: number, endByte: number, sizeBytes: number): string {
  return `bytes ${firstByte}-${endByte - 1}/${sizeBytes}`;
}

/** The Content-Range of a 416, `bytes *\/10` (§14.4, §15.5.17). */
export function formatUnsatisfiedRange(sizeBytes: number): string {
  return `bytes */${sizeBytes}`;
}
