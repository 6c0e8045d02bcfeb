// Where `--access-log` writes, and what is said when it cannot. The only file of the command that opens files for writing.
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { LogDestination, LogTrouble } from '../../observe/index.ts';

/** Standard output under the log's feet. It is not ours to close. */
function streamDestination(stream: Writable): LogDestination {
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        stream.write(bytes, (error) => {
          if (error) reject(error);
          else resolve({ bytesWritten: bytes.length });
        });
      }),
    close: () => Promise.resolve(),
  };
}

/** How to open the log: a file that is appended to (and made where it is missing), or `-` for standard output. */
export function accessLogOpener(name: string, stdout: Writable): () => Promise<LogDestination> {
  return name === '-' ? () => Promise.resolve(streamDestination(stdout)) : () => open(name, 'a');
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One line for standard error, with a line end. */
export function formatLogTrouble(name: string, trouble: LogTrouble): string {
  const place = `access log ${name}`;
  switch (trouble.type) {
    case 'writeFailed':
      return `${place}: ${reasonOf(trouble.error)}; lines are dropped until it can be written again\n`;
    case 'bufferFull':
      return `${place}: does not keep up (${trouble.bufferBytes} bytes wait); lines are dropped until it does\n`;
    case 'reopenFailed':
      return `${place}: cannot be re-opened (${reasonOf(trouble.error)}); the old file stays in use\n`;
    case 'recovered':
      return `${place}: written again; ${trouble.droppedLines} lines are missing\n`;
  }
}
