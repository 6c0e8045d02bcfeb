// Hops by what people call them.
import type { Hop } from './hop.ts';
import { HOPS } from './hops.ts';

export function findHop(name: string): Hop | undefined {
  return HOPS.find((hop) => hop.name === name);
}

/** In the order of the table. */
export function hopNames(): string[] {
  return HOPS.map(({ name }) => name);
}

/** Those in whose name, title or names of settings every word of the text occurs, in any letter case. All for an empty text. */
export function searchHops(text: string, hops: readonly Hop[] = HOPS): Hop[] {
  const words = text
    .toLowerCase()
    .split(/[\s,_-]+/)
    .filter((word) => word !== '');
  return hops.filter((hop) => {
    const where = [hop.name, hop.title, hop.setting, hop.serverSetting, hop.responseSetting].join(' ').toLowerCase();
    return words.every((word) => where.includes(word));
  });
}

/** How many letters have to be changed, added or left out to make one of the other (Levenshtein). */
function countEdits(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Names that may have been meant, the likeliest first; empty where nothing comes close. */
export function suggestNames(text: string, names: readonly string[]): string[] {
  const wanted = text.toLowerCase();
  const near = (name: string): number =>
    Math.min(countEdits(wanted, name), ...name.split('-').map((word) => countEdits(wanted, word)));
  // A third of the letters may be wrong: more is a different word.
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  return names
    .filter((name) => name.includes(wanted) || near(name) <= allowed)
    .toSorted((left, right) => near(left) - near(right))
    .slice(0, 4);
}
