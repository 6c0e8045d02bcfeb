// Whether a path begins with the path of an Alias or a Redirect: whole segments, however many slashes are between them.

/** How many characters of the path it takes; 0: it does not match. A prefix that ends in a slash matches only behind one. */
export function matchPrefix(path: string, prefix: string): number {
  let at = 0;
  let place = 0;
  while (place < prefix.length) {
    if (path[at] !== prefix[place]) return 0;
    if (prefix[place] === '/') {
      while (prefix[place] === '/') place += 1;
      while (path[at] === '/') at += 1;
    } else {
      place += 1;
      at += 1;
    }
  }
  const isWhole = prefix.endsWith('/') || at === path.length || path[at] === '/';
  return isWhole ? at : 0;
}
