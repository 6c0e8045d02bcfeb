// The path of a URL as it is shown.

/**
 * In `http://user:1234/secret@host/` the password has a / that should have been encoded, so `user` is the host and the rest a path. What
 * stands before an @ is left out for that; an @ at the beginning of a path, as in `/@user`, tells nothing.
 */
export function shownPath(pathname: string): string {
  return pathname.replace(/^\/[^@].*@/, '/…@');
}
