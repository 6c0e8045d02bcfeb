// Rows of a label and a text, aligned and wrapped: how the commands talk to people.

import { wrapText } from '../text/index.ts';

/** Text to be wrapped, or a line to be copied as it is, such as a command. */
export type LabelLine = string | { readonly verbatim: string };

/** A label, and its text as one or more paragraphs. */
export interface LabelRow {
  readonly label: string;
  readonly lines: readonly LabelLine[];
}

const plain = (text: string): string => text;

/**
 * The rows, indented by two spaces, texts in one column. `paintLabel` is given the padded label and `paintText` one line that was
 * wrapped already, so colours do not shift the column.
 */
export function formatLabelRows(
  rows: readonly LabelRow[],
  width: number,
  paintLabel: (label: string) => string = plain,
  paintText: (line: string) => string = plain,
): string {
  const labelWidth = Math.max(0, ...rows.map((row) => row.label.length)) + 2;
  const output: string[] = [];
  for (const { label, lines } of rows) {
    const wrapped = lines.flatMap((line) =>
      typeof line === 'string' ? wrapText(line, width - labelWidth - 2) : [line.verbatim],
    );
    for (const [index, line] of wrapped.entries()) {
      output.push(`  ${paintLabel((index === 0 ? label : '').padEnd(labelWidth))}${paintText(line)}`);
    }
  }
  return `${output.join('\n')}\n`;
}
