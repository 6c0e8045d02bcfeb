// `--file targets.txt`, `--file -`: the text of a list of targets, from a file or from standard input.
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { parseTargetFile } from './target-list.ts';
import type { NamedTarget } from './target-list.ts';

/** Longest text: ten thousand targets have a megabyte at the most. Whoever names /dev/zero is told, before the memory is full. */
export const MOST_FILE_BYTES: number = 16 * 1_024 * 1_024;

/** @throws CommandError where it cannot be read, is too long, or names nothing. */
export async function readTargetFile(file: string, stdin: () => Readable): Promise<NamedTarget[]> {
  const name = file === '-' ? 'standard input' : file;
  const text = await readText(file === '-' ? stdin() : createReadStream(file), name);
  const targets = parseTargetFile(text, name);
  if (targets.length === 0) throw usage(`--file ${file}: there is no target in it; write one a line.`);
  return targets;
}

async function readText(stream: Readable, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      const piece = Buffer.from(chunk as Uint8Array);
      bytes += piece.length;
      if (bytes > MOST_FILE_BYTES) throw usage(`--file: ${name} has more than ${MOST_FILE_BYTES} bytes, the limit.`);
      chunks.push(piece);
    }
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(EXIT_CODES.usage, `--file: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  return Buffer.concat(chunks).toString('utf8');
}

function usage(message: string): CommandError {
  return new CommandError(EXIT_CODES.usage, message);
}
