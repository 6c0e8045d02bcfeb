// A path of the file system in the one form in which it is compared: no dot segments, no empty ones.

/** Undefined for a path that does not start with a slash. A slash at the end stays; what goes above the root ends at the root. */
export function canonicalPath(path: string): string | undefined {
  if (path[0] !== '/') return undefined;
  if (!path.includes('//') && !path.includes('/.')) return path;
  const kept: string[] = [];
  const segments = path.split('/');
  let last = '';
  for (const segment of segments) {
    last = segment;
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  if (kept.length === 0) return '/';
  const endsOpen = last === '' || last === '.' || last === '..';
  return `/${kept.join('/')}${endsOpen ? '/' : ''}`;
}
