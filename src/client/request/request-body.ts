// What a caller gives as a body becomes what is sent, with the media type that it implies (Fetch standard, "extract a body").
// Bytes are not copied: they must stay as they are until the request is over. fetch() copies, as the standard has it.
import { OptionError } from '../../errors.ts';
import { isFieldValue } from '../../http/tokens.ts';
import { describe } from '../../option-checks.ts';
import { encodeMultipart } from './multipart-body.ts';
import type { OutgoingBody } from './outgoing-request.ts';
import { OneShotSource, ReplayableSource, joinParts } from './piece-source.ts';
import type { RequestBodyInput } from './request-options.ts';

/** A body and what it says about itself. */
export interface EncodedBody {
  readonly body: OutgoingBody;
  /** Undefined where the kind of body implies none. */
  readonly contentType: string | undefined;
  /** Whether no other media type can be right: the boundary of a form stands in it. */
  readonly typeIsFixed: boolean;
}

export const NO_BODY: OutgoingBody = { kind: 'none' };

/** For requests whose length is to be told although there is nothing to send (RFC 9110 §8.6). */
export const EMPTY_BODY: OutgoingBody = { kind: 'whole', bytes: '' };

export const NOTHING: EncodedBody = { body: NO_BODY, contentType: undefined, typeIsFixed: false };

/** Up to this size text is joined with the head, so that both leave in one write. Above it the copy costs more than a write. */
const MAX_JOINED_CHARACTERS = 65_536;

const TEXT = 'text/plain;charset=UTF-8';
const URL_ENCODED = 'application/x-www-form-urlencoded;charset=UTF-8';

/** Read once: on globalThis some of these are getters. */
const { Blob: StandardBlob, FormData: StandardFormData, ReadableStream: StandardStream } = globalThis;

/** Throws an OptionError `body` for what cannot be one. A stream is not touched before it is sent. */
export function encodeBody(input: Exclude<RequestBodyInput, null>): EncodedBody {
  if (typeof input === 'string') return whole(encodeText(input), TEXT);
  if (input instanceof Uint8Array) return whole(input, undefined);
  if (typeof input === 'function') return pieces(new ReplayableSource(input));
  if (typeof input !== 'object' || input === null) throw refuse(input);
  if (input instanceof ArrayBuffer) return whole(new Uint8Array(input), undefined);
  if (ArrayBuffer.isView(input)) {
    return whole(new Uint8Array(input.buffer, input.byteOffset, input.byteLength), undefined);
  }
  if (input instanceof URLSearchParams) return whole(encodeText(input.toString()), URL_ENCODED);
  if (input instanceof StandardBlob) return encodeBlob(input);
  if (input instanceof StandardFormData) return encodeForm(input);
  if (input instanceof StandardStream) {
    if (input.locked) throw new OptionError('body', 'is a stream that somebody else reads');
    return pieces(new OneShotSource(input));
  }
  // A list can be gone through again; of other iterables nobody knows.
  if (Array.isArray(input)) return pieces(new ReplayableSource(() => input));
  if (Symbol.asyncIterator in input || Symbol.iterator in input) return pieces(new OneShotSource(input));
  throw refuse(input);
}

/** Tells a body that no attempt will ask for it any more, so that it lets go of a stream behind it. Once it was sent it does nothing. */
export function cancelBody(body: OutgoingBody): void {
  if (body.kind === 'pieces' && body.source instanceof OneShotSource) body.source.cancel();
}

/**
 * The body with the length that the caller's Content-Length announces. Throws where it is another one. Without a number, an empty
 * body is one only where the method is expected to have any (RFC 9110 §8.6).
 */
export function fitLength(body: OutgoingBody, announced: number | undefined, method: string): OutgoingBody {
  if (body.kind === 'pieces') {
    if (announced === undefined || announced === body.lengthBytes) return body;
    if (body.lengthBytes !== undefined) throw lengthMismatch(announced, body.lengthBytes);
    return { kind: 'pieces', lengthBytes: announced, source: body.source };
  }
  const length = body.kind === 'none' ? 0 : body.bytes.length;
  if (announced !== undefined) {
    if (announced !== length) throw lengthMismatch(announced, length);
    return length === 0 ? EMPTY_BODY : body;
  }
  if (length > 0) return body;
  return EXPECTS_BODY.has(method) ? EMPTY_BODY : NO_BODY;
}

/** The three of HTTP, those of WebDAV that have a body in most cases, and QUERY, which always does. */
const EXPECTS_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'PROPFIND', 'PROPPATCH', 'QUERY']);

function whole(bytes: string | Uint8Array, contentType: string | undefined): EncodedBody {
  return { body: { kind: 'whole', bytes }, contentType, typeIsFixed: false };
}

function pieces(source: OneShotSource | ReplayableSource): EncodedBody {
  return { body: { kind: 'pieces', lengthBytes: undefined, source }, contentType: undefined, typeIsFixed: false };
}

function encodeBlob(blob: Blob): EncodedBody {
  const contentType = blob.type === '' ? undefined : blob.type;
  // The platform's blobs see to it themselves; those that are made of them by others need not.
  if (contentType !== undefined && !isFieldValue(contentType)) {
    throw new OptionError('body', 'has a media type with characters that no field may have');
  }
  if (blob.size === 0) return whole('', contentType);
  const source = new ReplayableSource(() => blob);
  return { body: { kind: 'pieces', lengthBytes: blob.size, source }, contentType, typeIsFixed: false };
}

function encodeForm(form: FormData): EncodedBody {
  const { contentType, lengthBytes, parts } = encodeMultipart(form);
  const [first] = parts;
  if (parts.length === 1 && first instanceof Uint8Array) {
    return { body: { kind: 'whole', bytes: first }, contentType, typeIsFixed: true };
  }
  const source = new ReplayableSource(() => joinParts(parts));
  return { body: { kind: 'pieces', lengthBytes, source }, contentType, typeIsFixed: true };
}

/** Text stays text where each character is one byte (ASCII) and it is short. */
function encodeText(text: string): string | Uint8Array {
  return text.length <= MAX_JOINED_CHARACTERS && Buffer.byteLength(text) === text.length ? text : Buffer.from(text);
}

function lengthMismatch(announced: number, length: number): OptionError {
  return new OptionError('headers.content-length', `is ${announced}, the body has ${length} bytes`);
}

function refuse(input: unknown): OptionError {
  const kind = describe(input);
  const advice = kind === 'an object' ? '; for JSON, give JSON.stringify(value) and a content-type' : '';
  return new OptionError('body', `is ${kind}, it must be text, bytes, a form, a stream or an iterable${advice}`);
}
