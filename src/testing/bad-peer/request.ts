// One request at a bad peer, from its head on, and what is known of its answer.
import { Headers } from '../../http/headers.ts';
import type { ProtocolFault } from '../../wire/protocol-error.ts';
import type { RequestHead } from '../../wire/message-head.ts';
import type { ReadyAnswer } from './answer.ts';

/** A request as the handler and the predicates of faults see it. */
export interface BadPeerRequest {
  /** What the oracle counts it under: its `X-Request-Id`, or its target where it has none. */
  readonly id: string;
  /** Number of its connection, 1 for the first that the peer accepted. */
  readonly connection: number;
  /** Its place on its connection, 1 for the first. */
  readonly number: number;
  readonly method: string;
  /** As it was sent. */
  readonly target: string;
  /** 0 for an HTTP/1.0 request. */
  readonly minorVersion: number;
  readonly headers: Headers;
  /** Whether its head announces a body. */
  readonly hasBody: boolean;
  /** The start of its body as far as it has arrived, at most `keptBodyBytes` of it. */
  readonly body: Buffer;
  /** How many bytes of its body have arrived. */
  readonly bodyBytes: number;
  /** Whether all of it has arrived. */
  readonly complete: boolean;
}

/** See {@link BadPeerRequest}; the parts that change while it arrives and is answered. */
export class PeerRequest implements BadPeerRequest {
  readonly connection: number;
  readonly number: number;
  readonly method: string;
  readonly target: string;
  readonly minorVersion: number;
  readonly headers: Headers;
  readonly hasBody: boolean;
  readonly id: string;
  readonly expectsContinue: boolean;
  /** Nothing follows its answer. */
  isLast: boolean;
  bodyBytes = 0;
  complete = false;
  /** What is wrong with it; undefined for most. */
  malformed: ProtocolFault | undefined;
  /** What is done with it has been decided. */
  decided = false;
  logged = false;
  /** 100 Continue was sent for it. */
  continued = false;
  answer: ReadyAnswer | undefined;
  #kept: Buffer[] = [];
  #keptBytes = 0;

  constructor(connection: number, number: number, head: RequestHead | undefined) {
    this.connection = connection;
    this.number = number;
    this.method = head?.method ?? '';
    this.target = head?.target ?? '';
    this.minorVersion = head?.minorVersion ?? 1;
    this.headers = head === undefined ? new Headers() : Headers.fromList(head.lines.loadFields());
    this.hasBody = head !== undefined && head.body.kind !== 'none';
    this.id = this.headers.get('x-request-id') ?? this.target;
    this.expectsContinue = this.minorVersion > 0 && head?.fields.expect?.toLowerCase() === '100-continue';
    // RFC 9112 §9.3; a 1.0 message with Transfer-Encoding closes, too (§6.1).
    const fields = head?.fields;
    const persists = this.minorVersion > 0 || (fields?.keepAlive === true && fields.transferEncoding === undefined);
    this.isLast = fields === undefined || fields.close || !persists;
  }

  get body(): Buffer {
    if (this.#kept.length > 1) this.#kept = [Buffer.concat(this.#kept)];
    return this.#kept[0] ?? Buffer.alloc(0);
  }

  /** Takes a piece of the body and keeps what fits into `keptBodyBytes`. */
  addBody(bytes: Buffer, keptBodyBytes: number): void {
    this.bodyBytes += bytes.length;
    const kept = bytes.subarray(0, keptBodyBytes - this.#keptBytes);
    if (kept.length === 0) return;
    this.#kept.push(Buffer.from(kept));
    this.#keptBytes += kept.length;
  }
}
