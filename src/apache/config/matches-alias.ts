// Names with wildcards, as ServerAlias has them.

/** `*` is any text, dots too, and `?` any one byte. */
export function matchesAlias(pattern: string, name: string): boolean {
  let at = 0;
  let position = 0;
  let star = -1;
  let starPosition = 0;
  while (position < name.length || at < pattern.length) {
    const wanted = pattern[at];
    if (wanted === '*') {
      at += 1;
      star = at;
      starPosition = position;
    } else if (position < name.length && (wanted === '?' || wanted === name[position])) {
      at += 1;
      position += 1;
    } else {
      if (star === -1 || starPosition >= name.length) return false;
      starPosition += 1;
      position = starPosition;
      at = star;
    }
  }
  return true;
}
