// What a client must be able to do for the behaviour suite, whichever protocol it speaks. Types, and what all of them share.
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** What is asked. */
export interface BehaviourRequest {
  readonly method?: string;
  readonly path?: string;
  /** A name may stand more than once. */
  readonly headers?: readonly (readonly [string, string])[];
  /** Sent whole. Default none. */
  readonly body?: string | Uint8Array;
  /** Whether there is a body that the test writes and ends. */
  readonly open?: boolean;
}

/** The head of an answer. Names are in lower case, each line of a field is a pair. */
export interface ReceivedHead {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
}

/** A whole answer. */
export interface ReceivedAnswer extends ReceivedHead {
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string | string[] | undefined>>;
}

/** One request that was sent, and the answer that is awaited. */
export interface BehaviourExchange {
  /** The body of the request, where it was left open. */
  readonly upload: Writable;
  /** Rejects where none comes. */
  readonly head: Promise<ReceivedHead>;
  /** Interim answers so far. */
  readonly interim: readonly ReceivedHead[];
  /** Resolves with the body of the answer, which is not read before. */
  download(): Promise<Readable>;
  /** All of it. Rejects where it broke off. */
  answer(): Promise<ReceivedAnswer>;
  /** Gives the request up: RST_STREAM in HTTP/2, the end of the connection in HTTP/1. */
  abort(): void;
}

/** Sends requests; over one connection where the protocol can. */
export interface BehaviourClient {
  send(request?: BehaviourRequest): BehaviourExchange;
  /** Ends its connections. */
  close(): void;
}

/** Reads to the end; rejects where it broke off. */
export async function readAll(readable: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of readable) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** Takes so many bytes, or what there is at the end, and then no more. */
export async function readSome(readable: Readable, bytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  while (length < bytes && !readable.readableEnded) {
    const piece = readable.read() as Buffer | null;
    if (piece === null) {
      await Promise.race([once(readable, 'readable'), once(readable, 'end')]);
      continue;
    }
    pieces.push(piece);
    length += piece.length;
  }
  return Buffer.concat(pieces);
}

/** The value of a field that has one line; undefined where it has none. */
export function fieldOf(head: ReceivedHead, name: string): string | undefined {
  return head.headers.find(([known]) => known === name)?.[1];
}

/** The values of all lines of a field. */
export function linesOf(head: ReceivedHead, name: string): string[] {
  return head.headers.filter(([known]) => known === name).map(([, value]) => value);
}
