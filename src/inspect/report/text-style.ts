// How reports for terminals are painted and wrapped. What the colours are is for whoever prints to know: here they are functions.
import { wrapText } from '../../text/index.ts';

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

/** The text behind a heading that stands in front of its first line, the other lines below the first. */
export function hangText(heading: string, text: string, width: number): string[] {
  const indent = ' '.repeat(heading.length);
  return wrapText(text, width - heading.length).map((line, index) => (index === 0 ? heading : indent) + line);
}
