// Words for people, whatever they are about: what commands, reports and messages share.
export { columnWidth, countLines, cutToColumns, padEndColumns } from './column-width.ts';
export { countChanges } from './count-changes.ts';
export { formatDuration } from './duration.ts';
export { printable, printableJson, printableLines } from './printable.ts';
export { wrapText } from './wrap-text.ts';
