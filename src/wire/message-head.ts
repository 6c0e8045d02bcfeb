// The head of a request or a response, and the rules that hold for it as a whole (RFC 9112 §3, §6, §9).
import { CR, LF } from './character-class.ts';
import { readLatin1 } from './latin1.ts';
import { isServableHost } from '../http/host.ts';
import { FieldLines } from './field-lines.ts';
import { decideRequestFraming, decideResponseFraming, opensTunnel, readFramingFields } from './framing.ts';
import type { BodyFraming, FramingFields } from './framing.ts';
import type { Leniency } from './leniency.ts';
import type { ProtocolFault } from './protocol-error.ts';
import type { ScannedRequest, ScannedResponse } from './scanned-head.ts';
import { decideTargetForm, readMethod, readReason } from './start-line.ts';
import type { TargetForm } from './start-line.ts';

/** The head of a request. */
export class RequestHead {
  readonly kind = 'request';
  readonly method: string;
  readonly form: TargetForm;
  readonly minorVersion: number;
  /** The value of Host; undefined where an HTTP/1.0 request has none. */
  readonly host: string | undefined;
  readonly lines: FieldLines;
  readonly fields: FramingFields;
  readonly body: BodyFraming;
  readonly #bytes: Buffer;
  readonly #targetStart: number;
  readonly #targetEnd: number;
  readonly #lineStart: number;
  #target: string | undefined;

  constructor(
    start: { method: string; form: TargetForm; minorVersion: number; host: string | undefined },
    target: { bytes: Buffer; start: number; end: number; lineStart: number },
    lines: FieldLines,
    fields: FramingFields,
    body: BodyFraming,
  ) {
    this.method = start.method;
    this.form = start.form;
    this.minorVersion = start.minorVersion;
    this.host = start.host;
    this.lines = lines;
    this.fields = fields;
    this.body = body;
    this.#bytes = target.bytes;
    this.#targetStart = target.start;
    this.#targetEnd = target.end;
    this.#lineStart = target.lineStart;
    this.#target = undefined;
  }

  /** The target as it was sent. */
  get target(): string {
    this.#target ??= readLatin1(this.#bytes, this.#targetStart, this.#targetEnd);
    return this.#target;
  }

  /** The request line as it was sent, without its line end; one character for each byte. */
  get requestLine(): string {
    return readLatin1(this.#bytes, this.#lineStart, this.#lineEnd);
  }

  /** The version as it was sent, such as `HTTP/1.1`; empty where the request line has none. */
  get version(): string {
    return readLatin1(this.#bytes, this.#targetEnd, this.#lineEnd).trim();
  }

  get #lineEnd(): number {
    const lineFeed = this.#bytes.indexOf(LF, this.#targetEnd);
    return this.#bytes[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed;
  }
}

/** The head of a response; after a 1xx one another head follows. */
export interface ResponseHead {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly minorVersion: number;
  readonly lines: FieldLines;
  readonly fields: FramingFields;
  readonly body: BodyFraming;
}

/** Nearly all requests of a server name the same host: the last good value is compared, not read and parsed again. */
let lastGoodHost = '';

/** Reads a request head that the scanner has just completed. */
export function readRequestHead(
  scanner: ScannedRequest,
  bytes: Buffer,
  start: number,
  leniency: Leniency,
): RequestHead | ProtocolFault {
  const lineStart = start + scanner.methodStart;
  const target = { bytes, start: start + scanner.targetStart, end: start + scanner.targetEnd, lineStart };
  const method = readMethod(bytes, lineStart, start + scanner.methodEnd);
  const form = readTargetForm(method, target, leniency);
  if (form === 'badTarget') return form;
  const lines = new FieldLines(bytes, start, 'request', scanner);
  const fields = readFramingFields(lines);
  if (typeof fields === 'string') return fields;
  const body = decideRequestFraming(fields, leniency);
  if (typeof body === 'string') return body;

  // RFC 9112 §3.2: exactly one valid Host in 1.1; none, or one, in 1.0.
  const { minorVersion } = scanner;
  let host: string | undefined;
  if (fields.hostLine >= 0) {
    if (!lines.hasValue(fields.hostLine, lastGoodHost)) {
      const value = lines.value(fields.hostLine);
      if (isServableHost(value)) lastGoodHost = value;
      else if (!leniency.anyHost) return 'badHost';
      host = value;
    } else {
      host = lastGoodHost;
    }
  } else if (!leniency.anyHost && (fields.hostLine === -2 || (minorVersion > 0 && !leniency.missingHost))) {
    return 'badHost';
  }
  return new RequestHead({ method, form, minorVersion, host }, target, lines, fields, body);
}

const SLASH = 0x2f;

/** Nearly every target is a path, which its first byte tells; its string is made when somebody asks for it. */
function readTargetForm(
  method: string,
  target: { bytes: Buffer; start: number; end: number },
  leniency: Leniency,
): TargetForm | 'badTarget' {
  if (target.bytes[target.start] === SLASH && method !== 'CONNECT') return 'origin';
  const form = decideTargetForm(method, readLatin1(target.bytes, target.start, target.end));
  return form === 'badTarget' && leniency.anyTarget ? 'other' : form;
}

/** Reads a response head that the scanner has just completed. */
export function readResponseHead(
  scanner: ScannedResponse,
  bytes: Buffer,
  start: number,
  requestMethod: string,
  leniency: Leniency,
): ResponseHead | ProtocolFault {
  const lines = new FieldLines(bytes, start, 'response', scanner);
  const fields = readFramingFields(lines);
  if (typeof fields === 'string') return fields;
  const body = decideResponseFraming(fields, requestMethod, scanner.status, leniency);
  if (typeof body === 'string') return body;
  return {
    kind: 'response',
    status: scanner.status,
    reason: readReason(bytes, start + scanner.reasonStart, start + scanner.reasonEnd, scanner.status),
    minorVersion: scanner.minorVersion,
    lines,
    fields,
    body,
  };
}

/**
 * RFC 9112 §6.1: a 1.0 message with Transfer-Encoding, and one with both framings where that is tolerated, closes.
 * So does a 1xx or 204 that announces a body, which it must not have: others may wait for it (RFC 9110 §8.6).
 * `requestMethod` is that of the request which a response answers.
 */
export function decideFramingDoubt(
  head: RequestHead | ResponseHead,
  requestMethod: string,
): 'framingDoubt' | undefined {
  if (head.kind === 'response' && opensTunnel(requestMethod, head.status)) return undefined;
  const { transferEncoding, contentLength } = head.fields;
  const isBodiless = head.kind === 'response' && (head.status < 200 || head.status === 204);
  if (isBodiless && contentLength !== undefined && contentLength > 0) return 'framingDoubt';
  if (transferEncoding === undefined) return undefined;
  return isBodiless || head.minorVersion === 0 || contentLength !== undefined ? 'framingDoubt' : undefined;
}

/** What follows is another protocol (RFC 9110 §15.2.2) or a tunnel (§9.3.6), so this is no longer a connection of HTTP. */
export function decideUpgrade(method: string, status: number): 'upgraded' | undefined {
  return status === 101 || opensTunnel(method, status) ? 'upgraded' : undefined;
}
