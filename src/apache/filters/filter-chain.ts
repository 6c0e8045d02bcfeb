// The chains of mod_filter: which filters there are by which name, in which order they are asked. Pure.

/** The names of a chain. Undefined: what an outer place says before it is forgotten. */
export type FilterChain = readonly (string | undefined)[];

/** One word of FilterChain: `name` and `+name` at the end, `@name` in front, `-name` away, `=name` alone, `!` none at all. */
export function changeChain(chain: FilterChain, word: string): FilterChain {
  const name = word.slice(1);
  switch (word[0]) {
    case '+':
      return [...chain, name];
    case '@':
      return [name, ...chain];
    case '-':
      return chain.filter((other) => other !== name);
    case '=':
      return [undefined, name];
    case '!':
      return [undefined];
    default:
      return [...chain, word];
  }
}

/** The inner place's chain behind the outer one's. */
export function mergeChains(base: FilterChain, over: FilterChain): FilterChain {
  const start = over.lastIndexOf(undefined);
  return start === -1 ? [...base, ...over] : over.slice(start);
}
