// `-d`: text, `@file` or `@-` for standard input, several of them joined by `&`. Files are sent as they are, piece by piece.
import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { RequestBodyInput } from '../../client/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';

/** A body for any number of requests. */
export interface RequestData {
  readonly body: RequestBodyInput;
  /** Undefined where it shows only at the end: it is sent in chunks then. */
  readonly lengthBytes: number | undefined;
  readonly replayable: boolean;
}

type Part =
  | { readonly kind: 'text'; readonly bytes: Buffer }
  | { readonly kind: 'file'; readonly path: string; readonly lengthBytes: number | undefined }
  | { readonly kind: 'stdin' };

const AMPERSAND = Buffer.from('&');

/**
 * What the values of `-d` come to. Standard input is a stream that can be sent once; where `timesSent` is more than that, it is
 * read to its end first.
 *
 * @throws CommandError where a file cannot be read, or standard input is named twice.
 */
export async function readRequestData(
  given: readonly string[],
  stdin: () => Readable,
  timesSent: number,
): Promise<RequestData> {
  if (given.filter((text) => text === '@-').length > 1) {
    throw new CommandError(EXIT_CODES.usage, 'standard input can be read once only: give -d @- once.');
  }
  const parts: Part[] = [];
  for (const text of given) {
    if (text === '@-')
      parts.push(timesSent === 1 ? { kind: 'stdin' } : { kind: 'text', bytes: await readAll(stdin()) });
    else if (text.startsWith('@')) parts.push(await findFile(text.slice(1)));
    else parts.push({ kind: 'text', bytes: Buffer.from(text) });
  }
  if (parts.every((part) => part.kind === 'text')) {
    const bytes = Buffer.concat(parts.flatMap(({ bytes: part }, index) => (index === 0 ? [part] : [AMPERSAND, part])));
    return { body: bytes, lengthBytes: bytes.length, replayable: true };
  }
  const replayable = parts.every((part) => part.kind !== 'stdin');
  const open = (): AsyncGenerator<Uint8Array> => joinParts(parts, stdin);
  return { body: replayable ? open : open(), lengthBytes: countBytes(parts), replayable };
}

async function* joinParts(parts: readonly Part[], stdin: () => Readable): AsyncGenerator<Uint8Array> {
  for (const [index, part] of parts.entries()) {
    if (index > 0) yield AMPERSAND;
    if (part.kind === 'text') yield part.bytes;
    else yield* part.kind === 'file' ? createReadStream(part.path) : stdin();
  }
}

function countBytes(parts: readonly Part[]): number | undefined {
  let total = parts.length - 1;
  for (const part of parts) {
    const length = part.kind === 'text' ? part.bytes.length : part.kind === 'file' ? part.lengthBytes : undefined;
    if (length === undefined) return undefined;
    total += length;
  }
  return total;
}

async function findFile(path: string): Promise<Part> {
  if (path === '') throw new CommandError(EXIT_CODES.usage, 'the file of -d @ has no name; @- is standard input.');
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new CommandError(EXIT_CODES.usage, `-d @${path}: that is a folder, name a file.`);
    await access(path, constants.R_OK);
    // Of a pipe nobody knows the length.
    return { kind: 'file', path, lengthBytes: found.isFile() ? found.size : undefined };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const problem = isMissing ? 'there is no such file.' : `it cannot be read (${(error as Error).message}).`;
    throw new CommandError(EXIT_CODES.usage, `-d @${path}: ${problem}`, { cause: error });
  }
}

async function readAll(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
