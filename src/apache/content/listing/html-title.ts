// The title of an HTML page, for a listing that describes pages by it. Pure.

/** What stands behind the first `<title>`, up to the next tag; line ends are spaces, those in front nothing. It is HTML, and stays so. */
export function findTitle(page: string): string | undefined {
  const zero = page.indexOf('\0');
  const text = zero === -1 ? page : page.slice(0, zero);
  const end = endOfTag(text.toLowerCase());
  if (end === -1) return undefined;
  return text
    .slice(end)
    .split('<', 1)[0]!
    .replace(/^[\r\n]+/, '')
    .replace(/[\r\n]/g, ' ');
}

const TAG = '<title>';

/** Behind the first tag; -1: there is none. What breaks off a tag is not looked at again, so that `<<title>` is none. */
function endOfTag(text: string): number {
  let matched = 0;
  for (let at = 0; at < text.length; at += 1) {
    matched = text[at] === TAG[matched] ? matched + 1 : 0;
    if (matched === TAG.length) return at + 1;
  }
  return -1;
}
