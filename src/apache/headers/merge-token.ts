// Whether a value is one of those that a field lists already, as `Header merge` sees it.

/** Compares with regard to case, and with what is in quotes as it stands. */
export function listsValue(list: string, value: string): boolean {
  let at = 0;
  while (at < list.length) {
    while (at < list.length && isSpace(list.charCodeAt(at))) at += 1;
    const start = at;
    while (at < list.length && list[at] !== ',') {
      const quoted = list[at] === '"';
      at += 1;
      if (!quoted) continue;
      const end = list.indexOf('"', at);
      at = end === -1 ? list.length : end + 1;
    }
    if (list.slice(start, at) === value) return true;
    at += 1;
  }
  return false;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
