// What a server takes although it should not: each deviation from RFC 9112 with its name, and none by default.
import { checkBoolean, fillIn } from '../../option-checks.ts';
import type { Leniency } from '../../wire/index.ts';

/** Deviations that requests are allowed. Whatever else reads the same bytes may read them otherwise, and be attacked through that. */
export interface AcceptOptions {
  /** A request line of GET without a version, as HTTP/0.9 (RFC 1945 §4.1). Only exact answers can do without a head. */
  readonly missingVersion?: boolean;
  /** Versions from 2.0 on, taken as 1.1. */
  readonly laterVersions?: boolean;
  /** A target of any form, and of any bytes but controls and white space. */
  readonly anyTarget?: boolean;
  /** No Host, several, or one of any value. */
  readonly anyHost?: boolean;
  /** Content-Length beside Transfer-Encoding: chunked decides, and the connection closes (RFC 9112 §6.3). */
  readonly lengthBesideChunked?: boolean;
  /** Other codings before `chunked`, which are not undone, and `chunked` twice. */
  readonly otherCodings?: boolean;
  /** Folded field lines (RFC 9112 §5.2), each fold taken as a space. */
  readonly foldedFields?: boolean;
  /** A line feed without a carriage return as the end of a line (RFC 9112 §2.2). */
  readonly bareLineFeed?: boolean;
  /** Several spaces in a request line, `http` in lower case, any visible byte in a method. */
  readonly looseRequestLine?: boolean;
  /** Any visible byte in the names of fields, and in values all but NUL, vertical tab, form feed and line ends. */
  readonly looseFields?: boolean;
  /** Up to ten spaces and tabs behind the size of a chunk (RFC 9112 §7.1.1), as Apache takes them. */
  readonly blankChunkSizes?: boolean;
}

/** Nothing of it. */
export const DEFAULT_ACCEPT: Required<AcceptOptions> = {
  missingVersion: false,
  laterVersions: false,
  anyTarget: false,
  anyHost: false,
  lengthBesideChunked: false,
  otherCodings: false,
  foldedFields: false,
  bareLineFeed: false,
  looseRequestLine: false,
  looseFields: false,
  blankChunkSizes: false,
};

/** Fills in the defaults. The names are those of the wire's leniencies. @throws OptionError */
export function resolveAccept(given: AcceptOptions | undefined): Required<AcceptOptions> & Partial<Leniency> {
  const accept = fillIn('accept', given, DEFAULT_ACCEPT);
  for (const [name, value] of Object.entries(accept)) checkBoolean(`accept.${name}`, value);
  return accept;
}

/** Whether heads have to be read by lines, which costs more and is needed for all of it. */
export function acceptsAnything(accept: Required<AcceptOptions>): boolean {
  return Object.values(accept).includes(true);
}
