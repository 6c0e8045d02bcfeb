// A folder's path at the head of a path, replaced by the URL it is found under. Pure.

/** Undefined where the prefix does not match as whole segments. */
export function replacePrefix(path: string, prefix: string, by: string): string | undefined {
  const end = prefix.endsWith('/') ? prefix.length - 1 : prefix.length;
  if (!path.startsWith(prefix.slice(0, end)) || path[end] !== '/') return undefined;
  return `${by === '' || by.endsWith('/') ? by : `${by}/`}${path.slice(end + 1)}`;
}
