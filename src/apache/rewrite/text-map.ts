// The file of a text map: a key and a value in each line, white space between them. Pure.

/** Apache reads so much of a line at once, and takes what follows for another line. */
const LINE_BYTES = 1023;

const WHITE_SPACE = /[ \t\n\v\f\r]/;

/** The first line of a key counts. Lines that begin with `#` or white space are comments. */
export function parseTextMap(text: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const line of text.split('\n')) {
    for (let start = 0; start < line.length; start += LINE_BYTES) {
      const piece = line.slice(start, start + LINE_BYTES);
      if (piece.startsWith('#') || WHITE_SPACE.test(piece[0]!)) continue;
      const [key, value] = piece.split(/[ \t\v\f\r]+/, 2);
      if (key === undefined || value === undefined || value === '' || entries.has(key)) continue;
      entries.set(key, value);
    }
  }
  return entries;
}
