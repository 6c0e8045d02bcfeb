// What watches the server: everything here consumes trace events and is imported by nothing below the CLI.
export { accessLog, formatAccessLine } from './access-log.ts';
export { LogFile } from './log-file.ts';
export type { LogDestination, LogFileOptions, LogTrouble } from './log-file.ts';
