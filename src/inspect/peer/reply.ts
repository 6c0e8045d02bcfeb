// What came back for one request, or why nothing did.
import { parseKeepAlive } from '../../http/index.ts';
import type { Headers, KeepAliveHint } from '../../http/index.ts';
import type { ProtocolFault, ResponseHead } from '../../wire/index.ts';
import type { AnswerFraming } from '../measurements.ts';

/** A complete response. Times in milliseconds since the inspection began. */
export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  readonly minorVersion: number;
  readonly headers: Headers;
  readonly framing: AnswerFraming;
  /** Connection has the token `close`. */
  readonly saysClose: boolean;
  /** Connection has the token `keep-alive`. */
  readonly saysKeepAlive: boolean;
  readonly hint: KeepAliveHint;
  readonly bodyBytes: number;
  /** Equal bodies have equal ones; different bodies hardly ever. */
  readonly bodyHash: number;
  readonly hasTrailers: boolean;
  /** Statuses of the 1xx responses before it. */
  readonly interim: readonly number[];
  readonly sentMs: number;
  readonly firstByteMs: number;
  readonly endMs: number;
}

/** No complete response. */
export interface NoAnswer {
  readonly kind: 'none';
  /** `timeout`: nothing, or not all of it, within the time; `tooLarge`: more than we are willing to read. */
  readonly why: 'timeout' | 'fin' | 'reset' | 'malformed' | 'tooLarge' | 'closedByUs';
  /** With `malformed`: what was wrong with it. */
  readonly fault: ProtocolFault | undefined;
  /** Whether a part of it came. */
  readonly begun: boolean;
  /** The head, where it came. */
  readonly status: number | undefined;
  readonly interim: readonly number[];
  readonly sentMs: number;
  readonly endMs: number;
}

export type Reply = Answer | NoAnswer;

/** Collects one response while it arrives. */
export class ReplyCollector {
  readonly sentMs: number;
  readonly interim: number[] = [];
  #head: ResponseHead | undefined;
  #headers: Headers | undefined;
  #firstByteMs = 0;
  #bodyBytes = 0;
  #bodyHash = FNV_OFFSET;
  #hasTrailers = false;

  constructor(sentMs: number) {
    this.sentMs = sentMs;
  }

  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  onHead(head: ResponseHead, headers: Headers, atMs: number): void {
    this.#head = head;
    this.#headers = headers;
    this.#firstByteMs = atMs;
  }

  onBody(bytes: Uint8Array): void {
    this.#bodyBytes += bytes.length;
    this.#bodyHash = hashOn(this.#bodyHash, bytes);
  }

  onTrailers(): void {
    this.#hasTrailers = true;
  }

  /** The response is complete. */
  answer(endMs: number): Answer {
    const head = this.#head!;
    const headers = this.#headers!;
    return {
      kind: 'answer',
      status: head.status,
      minorVersion: head.minorVersion,
      headers,
      framing: head.body.kind,
      saysClose: head.fields.close,
      saysKeepAlive: head.fields.keepAlive,
      hint: parseKeepAlive(headers.get('keep-alive') ?? ''),
      bodyBytes: this.#bodyBytes,
      bodyHash: this.#bodyHash,
      hasTrailers: this.#hasTrailers,
      interim: this.interim,
      sentMs: this.sentMs,
      firstByteMs: this.#firstByteMs,
      endMs,
    };
  }

  /** It will not be complete. */
  noAnswer(why: NoAnswer['why'], endMs: number, begun: boolean, fault?: ProtocolFault): NoAnswer {
    return {
      kind: 'none',
      why,
      fault,
      begun: begun || this.#head !== undefined,
      status: this.#head?.status,
      interim: this.interim,
      sentMs: this.sentMs,
      endMs,
    };
  }
}

// FNV-1a, 32 bits: enough to tell the bodies of one server apart.
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function hashOn(hash: number, bytes: Uint8Array): number {
  let result = hash;
  for (const byte of bytes) result = Math.imul(result ^ byte, FNV_PRIME);
  return result >>> 0;
}
