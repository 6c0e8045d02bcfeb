// Words for people, whatever they are about: what commands, reports and messages share.
export { countChanges } from './count-changes.ts';
export { formatDuration } from './duration.ts';
export { wrapText } from './wrap-text.ts';
