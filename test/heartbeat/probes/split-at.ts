// Bytes in pieces, as a network may deliver them.

/** Cut at these places, in any order; those beyond the end, and cuts without bytes between them, do no harm. */
export function splitAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index] ?? 0, end));
}
