// The members of node:http's messages that are ours to fill in. Node.js has never documented them, but its own public methods have been
// built on them since 0.x, and frameworks that replace the prototypes of messages leave own properties alone (docs/decisions/0017-node-adapter.md).
// test/adapters/ runs what relies on them on every supported version.
import { IncomingMessage } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

/** Headers as writeHead passes them on: the table of setHeader, an object, a flat list, or a list of pairs. */
export type GivenHeaders = object | undefined | null;

/** Own properties of a response that take the place of those of its prototype. */
export interface ResponseInternals {
  /** Truthy once the head is decided; what `headersSent` asks for. */
  _header: string | null;
  _headerSent: boolean;
  _hasBody: boolean;
  _contentLength: number | null;
  /** `Name: value` lines of addTrailers. */
  _trailer: string;
  _closed: boolean;
  _sent100: boolean;
  /** Bytes that wait for the connection; a part of `writableLength`. */
  outputSize: number;
  /** Called by writeHead with what it was given. */
  _storeHeader(firstLine: string, headers: GivenHeaders): void;
  /** Called by write, end and flushHeaders with pieces of the body. */
  _send(data: string | Uint8Array, encoding?: string | null, callback?: Callback | null): boolean;
  /** Called for interim responses, with all their bytes. */
  _writeRaw(data: string | Uint8Array, encoding?: string | null, callback?: Callback | null): boolean;
  /** Called by end, once everything was passed to `_send`. */
  _finish(): void;
  _flushOutput(): boolean;
  /** Emits `drain` where it is due and `_flushOutput` says that there is room. */
  _flush(): void;
}

/** What write and end have called when their bytes are out. */
export type Callback = (error?: Error | null) => void;

/** Own properties of a request, and what the parser of Node.js does to it. */
export interface RequestInternals {
  _consuming: boolean;
  readonly _readableState: {
    readingMore: boolean;
    readonly resumeScheduled: boolean;
    ended: boolean;
    endEmitted: boolean;
    destroyed: boolean;
    closed: boolean;
    closeEmitted: boolean;
  };
  _read(): void;
  _dump(): void;
  _addHeaderLines(fields: readonly string[], count: number): void;
  joinDuplicateHeaders: boolean;
  client: unknown;
}

/** Of Node.js 24 and later: what tells `request.signal` that the exchange is over. It has no name, only a symbol. */
const detachSymbol = Object.getOwnPropertySymbols(IncomingMessage.prototype).find(
  ({ description }) => description === 'kDetachAbortSignal',
);

/** From now on the end of the connection does not abort `request.signal`. Without it each request would leave a listener there. */
export function detachAbortSignal(request: IncomingMessage): void {
  if (detachSymbol !== undefined) (request as unknown as Record<symbol, () => void>)[detachSymbol]?.();
}

/** The response with its internals. */
export function responseInternals(response: ServerResponse): ResponseInternals {
  return response as unknown as ResponseInternals;
}

/** The request with its internals. */
export function requestInternals(request: IncomingMessage & Readable): RequestInternals {
  return request as unknown as RequestInternals;
}
