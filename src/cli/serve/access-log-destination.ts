// Where `--access-log` writes, and what is said when it cannot. The only file of the command that opens files for writing.
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { LogDestination, LogTrouble } from '../../observe/index.ts';

/** What a pipe takes without mixing it with what other processes write to it (POSIX: PIPE_BUF, 4,096 on Linux). */
const UNDIVIDED_BYTES = 4_096;

const LINE_END = 0x0a;

/** As many whole lines as a pipe takes undivided; a longer line is torn by others at worst. */
function undivided(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= UNDIVIDED_BYTES) return bytes;
  const end = bytes.lastIndexOf(LINE_END, UNDIVIDED_BYTES - 1);
  return bytes.subarray(0, end === -1 ? bytes.indexOf(LINE_END) + 1 : end + 1);
}

/** Standard output under the log's feet. It is not ours to close. */
function streamDestination(stream: Writable, isShared: boolean): LogDestination {
  return {
    write: (batch) => {
      const bytes = isShared ? undivided(batch) : batch;
      return new Promise((resolve, reject) => {
        stream.write(bytes, (error) => {
          if (error) reject(error);
          else resolve({ bytesWritten: bytes.length });
        });
      });
    },
    close: () => Promise.resolve(),
  };
}

/**
 * How to open the log: a file that is appended to (and made where it is missing), or `-` for standard output. Where other processes write to
 * the same place (`isShared`), lines stay whole: the system appends each write to a file as one, and to a pipe where it is small.
 */
export function accessLogOpener(name: string, stdout: Writable, isShared = false): () => Promise<LogDestination> {
  return name === '-' ? () => Promise.resolve(streamDestination(stdout, isShared)) : () => open(name, 'a');
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One line for standard error, with a line end. */
export function formatLogTrouble(name: string, trouble: LogTrouble, kind: 'access' | 'error' = 'access'): string {
  const place = `${kind} log ${name}`;
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
