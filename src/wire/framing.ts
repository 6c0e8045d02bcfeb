// Where the body of a message ends (RFC 9112 §6), decided from the fields of its head and nothing else.
import { hasListToken, lowerCaseToken, splitList, trimFieldWhitespace } from '../http/tokens.ts';
import { statusForbidsBody } from '../http/status.ts';
import type { FieldLines } from './field-lines.ts';
import type { Leniency } from './leniency.ts';
import type { ProtocolFault } from './protocol-error.ts';

/** How a body is delimited. `length` is in bytes, and never 0 in what was received: that is `none`. */
export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'untilClose' };

export const NO_BODY: BodyFraming = { kind: 'none' };
export const CHUNKED_BODY: BodyFraming = { kind: 'chunked' };
export const BODY_UNTIL_CLOSE: BodyFraming = { kind: 'untilClose' };

/** What the fields of a head say about framing and persistence, gathered in one pass. */
export interface FramingFields {
  /** Undefined where no Content-Length was sent. */
  contentLength: number | undefined;
  /** All Transfer-Encoding lines joined; undefined where none was sent. */
  transferEncoding: string | undefined;
  /** The token `close` stands in some Connection line. */
  close: boolean;
  /** The token `keep-alive` stands in some Connection line. */
  keepAlive: boolean;
  /** The token `upgrade` stands in some Connection line (RFC 9110 §7.8). */
  upgrade: boolean;
  /** Index of the Host line, -1 where there is none, -2 where there are several. */
  hostLine: number;
  /** The value of Expect; undefined where none was sent. */
  expect: string | undefined;
}

/**
 * Reads the fields that matter for framing. Lines are told apart by the length of their name first, so that
 * most cost one look. Connection tokens of all lines are collected before anybody decides (RFC 9110 §7.6.1).
 */
export function readFramingFields(lines: FieldLines): FramingFields | 'badContentLength' {
  const fields: FramingFields = {
    contentLength: undefined,
    transferEncoding: undefined,
    close: false,
    keepAlive: false,
    upgrade: false,
    hostLine: -1,
    expect: undefined,
  };
  for (let index = 0; index < lines.count; index += 1) {
    switch (lines.nameLength(index)) {
      case 4:
        if (lines.isNamed(index, 'host')) fields.hostLine = fields.hostLine === -1 ? index : -2;
        break;
      case 6:
        if (lines.isNamed(index, 'expect')) fields.expect = joinValue(fields.expect, lines.value(index));
        break;
      case 10:
        if (!lines.isNamed(index, 'connection')) break;
        // What nearly every client sends is recognised without making a string of it.
        if (lines.hasValue(index, 'keep-alive')) fields.keepAlive = true;
        else readConnectionTokens(fields, lines.value(index));
        break;
      case 14:
        if (lines.isNamed(index, 'content-length')) {
          const digits = lines.digits(index);
          const length = digits === -1 ? parseLengthList(lines.value(index)) : digits;
          if (length === undefined) return 'badContentLength';
          // RFC 9110 §8.6: repeated equal values are one value; different ones cannot be told apart.
          if (fields.contentLength !== undefined && fields.contentLength !== length) return 'badContentLength';
          fields.contentLength = length;
        }
        break;
      case 17:
        if (lines.isNamed(index, 'transfer-encoding')) {
          fields.transferEncoding = joinValue(fields.transferEncoding, lines.value(index));
        }
        break;
      default:
    }
  }
  return fields;
}

/** How the body of a request is delimited, or what is wrong with it. */
export function decideRequestFraming(fields: FramingFields, leniency: Leniency): BodyFraming | ProtocolFault {
  if (fields.transferEncoding !== undefined) {
    if (fields.contentLength !== undefined && !leniency.lengthBesideChunked) return 'lengthBesideChunked';
    const coding = decideTransferCoding(fields.transferEncoding, leniency.otherCodings);
    // RFC 9112 §6.3: a request that does not end in chunked has no knowable end.
    if (coding === 'untilClose') return 'badTransferEncoding';
    return coding === 'chunked' ? CHUNKED_BODY : coding;
  }
  if (fields.contentLength === undefined || fields.contentLength === 0) return NO_BODY;
  return { kind: 'length', length: fields.contentLength };
}

/** Whether a response makes the connection a tunnel: its fields of framing are ignored (RFC 9110 §9.3.6). */
export function opensTunnel(requestMethod: string, status: number): boolean {
  return requestMethod === 'CONNECT' && status >= 200 && status < 300;
}

/** How the body of a response is delimited, given the method and status that may rule one out. */
export function decideResponseFraming(
  fields: FramingFields,
  requestMethod: string,
  status: number,
  leniency: Leniency,
): BodyFraming | ProtocolFault {
  if (requestMethod === 'HEAD' || statusForbidsBody(status)) return NO_BODY;
  if (opensTunnel(requestMethod, status)) return NO_BODY;
  if (fields.transferEncoding !== undefined) {
    if (fields.contentLength !== undefined && !leniency.lengthBesideChunked) return 'lengthBesideChunked';
    const coding = decideTransferCoding(fields.transferEncoding, false);
    if (coding === 'chunked') return CHUNKED_BODY;
    return coding === 'untilClose' ? BODY_UNTIL_CLOSE : coding;
  }
  if (fields.contentLength === undefined) return BODY_UNTIL_CLOSE;
  return fields.contentLength === 0 ? NO_BODY : { kind: 'length', length: fields.contentLength };
}

/** `others`: what stands before the last coding does not matter. */
function decideTransferCoding(value: string, others: boolean): 'chunked' | 'untilClose' | ProtocolFault {
  if (value === 'chunked') return 'chunked';
  const codings: string[] = [];
  for (const element of splitList(value)) {
    const coding = readCoding(element);
    if (coding === undefined) return 'badTransferEncoding';
    codings.push(coding);
  }
  const last = codings.pop();
  if (others && last === 'chunked') return 'chunked';
  if (last === undefined || codings.includes('chunked')) return 'badTransferEncoding';
  if (last !== 'chunked') return 'untilClose';
  return codings.length === 0 ? 'chunked' : 'transferCodingNotSupported';
}

/**
 * The name of one element of Transfer-Encoding; undefined where it is none. chunked has no parameters (RFC 9112 §7.1), and
 * nobody sends quoted ones: where a quote opens, parsers disagree about where the list goes on, and so about the last coding.
 */
function readCoding(element: string): string | undefined {
  const [name = '', ...parameters] = element.split(';');
  const coding = lowerCaseToken(trimFieldWhitespace(name));
  if (element.includes('"') || (coding === 'chunked' && parameters.length > 0)) return undefined;
  return coding;
}

function readConnectionTokens(fields: FramingFields, value: string): void {
  fields.close ||= hasListToken(value, 'close');
  fields.keepAlive ||= hasListToken(value, 'keep-alive');
  fields.upgrade ||= hasListToken(value, 'upgrade');
}

/** RFC 9110 §8.6: digits only; a comma list of equal values, as some peers send it, is one value. */
function parseLengthList(value: string): number | undefined {
  const parts = value.split(',');
  if (parts.length < 2 || !parts.every((part) => /^[ \t]*\d{1,15}[ \t]*$/.test(part))) return undefined;
  const lengths = new Set(parts.map(Number));
  return lengths.size === 1 ? Number(parts[0]) : undefined;
}

function joinValue(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}
