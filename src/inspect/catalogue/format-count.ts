// Counts as people read them.

/** E.g. `1 answer`, `2 answers`, `1,000 answers`. */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
