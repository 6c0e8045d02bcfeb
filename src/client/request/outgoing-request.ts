// A request as it goes on the wire: everything that is the same for every attempt to send it.
import type { OriginParts } from '../../http/origin.ts';

/** The body of a request. */
export type OutgoingBody =
  | { readonly kind: 'none' }
  /** At hand as a whole, so it can be sent any number of times. A string has one byte for each character (ASCII). */
  | { readonly kind: 'whole'; readonly bytes: string | Uint8Array }
  /** Comes in pieces. `lengthBytes` undefined: chunked. */
  | { readonly kind: 'pieces'; readonly lengthBytes: number | undefined; readonly source: PieceSource };

/** Where the pieces of a body come from. */
export interface PieceSource {
  /** Whether `open` may be called again for another attempt after a piece was taken. */
  readonly replayable: boolean;
  /** Starts from the beginning. Without `replayable` it is called again only if no piece was taken so far. */
  open(): AsyncIterator<Uint8Array>;
}

/** See the head of the file. */
export interface OutgoingRequest {
  readonly method: string;
  readonly origin: OriginParts;
  /** Origin-form (RFC 9112 §3.2.1), or `*` for OPTIONS. */
  readonly target: string;
  /** Absolute, without fragment, user and password: what errors and the trace show. */
  readonly url: string;
  /** Complete field lines, each ended by CR LF: Host first, then the others, without those of framing and without Connection. */
  readonly fieldLines: string;
  readonly body: OutgoingBody;
  /** Whether executing it twice does no harm: by its method, by the option, or by an Idempotency-Key field. */
  readonly idempotent: boolean;
  /** The caller sent `Connection: close`. */
  readonly close: boolean;
}
