// The fields behind the body, from the lines that Node.js keeps them in.

/** Pairs of name and value from `Name: value` lines, each one ended by CR LF. They have been checked by addTrailers. */
export function parseTrailerLines(lines: string): Array<[string, string]> {
  return lines
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
}
