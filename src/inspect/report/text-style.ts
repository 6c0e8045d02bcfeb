// How reports for terminals are painted and wrapped. What the colours are is for whoever prints to know: here they are functions.

/** Paints a text, or leaves it alone. */
export interface TextStyle {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
}

const plain = (text: string): string => text;

export const PLAIN_STYLE: TextStyle = { bold: plain, dim: plain, cyan: plain, yellow: plain, red: plain };

/** Lines of at most so many columns where words allow it: what has no space, such as a URL, is never cut in two. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}

/** The text behind a heading that stands in front of its first line, the other lines below the first. */
export function hangText(heading: string, text: string, width: number): string[] {
  const indent = ' '.repeat(heading.length);
  return wrapText(text, width - heading.length).map((line, index) => (index === 0 ? heading : indent) + line);
}
