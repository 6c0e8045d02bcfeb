// Patterns with `*` and `?` only, as mod_autoindex compares names and paths with them: a star takes slashes, too.

/** In time of the product of both lengths at most. */
export function matchesStars(text: string, pattern: string): boolean {
  const star = pattern.indexOf('*');
  // Most patterns are an end or a beginning: a listing compares every name with dozens of them.
  if (star !== -1 && pattern.indexOf('*', star + 1) === -1 && !pattern.includes('?')) {
    if (pattern.length === 1) return true;
    return (
      text.length >= pattern.length - 1 &&
      (star === 0 || text.startsWith(pattern.slice(0, star))) &&
      text.endsWith(pattern.slice(star + 1))
    );
  }
  return matchesAnyStars(text, pattern);
}

function matchesAnyStars(text: string, pattern: string): boolean {
  let at = 0;
  let place = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    if (pattern[place] === '*') {
      star = place;
      starAt = at;
      place += 1;
    } else if (pattern[place] === '?' || pattern[place] === text[at]) {
      at += 1;
      place += 1;
    } else if (star !== -1) {
      starAt += 1;
      at = starAt;
      place = star + 1;
    } else return false;
  }
  while (pattern[place] === '*') place += 1;
  return place === pattern.length;
}

export function hasStars(text: string): boolean {
  return /[*?]/.test(text);
}
