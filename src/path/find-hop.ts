// Hops by what people call them.
import { countChanges } from '../text/index.ts';
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

/** Names that may have been meant, the likeliest first; empty where nothing comes close. */
export function suggestNames(text: string, names: readonly string[]): string[] {
  const wanted = text.toLowerCase();
  const near = (name: string): number =>
    Math.min(countChanges(wanted, name), ...name.split('-').map((word) => countChanges(wanted, word)));
  // A third of the letters may be wrong: more is a different word.
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  return names
    .filter((name) => name.includes(wanted) || near(name) <= allowed)
    .toSorted((left, right) => near(left) - near(right))
    .slice(0, 4);
}
