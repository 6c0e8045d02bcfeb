// From what writeHead was given to the fields of an answer. What Node.js itself would write about framing and persistence is left to
// the server; here is only read what the application wishes of it.
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { ServerResponse } from 'node:http';
import { hasListToken } from '../../http/tokens.ts';
import type { GivenHeaders } from './message-internals.ts';

/** The head of a response as the application made it. */
export interface OutgoingHead {
  readonly status: number;
  readonly reason: string;
  /** Names in lower case and values in turn. */
  readonly fields: string[];
  /** The length that the application announced; undefined where it did not. */
  readonly length: number | undefined;
  /** It announced fields behind the body, or chunks. */
  readonly wantsChunks: boolean;
}

/** Reads the head from a response and the argument of its `_storeHeader`. Throws what Node.js throws for a field that cannot be sent. */
export function readOutgoingHead(response: ServerResponse, headers: GivenHeaders): OutgoingHead {
  const collector = new FieldCollector();
  if (Array.isArray(headers)) collectList(collector, headers);
  else if (headers !== undefined && headers !== null) collectTable(collector, response, headers);
  // Whoever says so does not want the connection to persist, however it was said.
  if (!response.shouldKeepAlive && !collector.hasClose) collector.fields.push('connection', 'close');
  if (collector.hasTrailer && !collector.hasChunked && collector.length !== undefined) throw new TrailerError();
  return {
    status: response.statusCode,
    reason: response.statusMessage,
    fields: collector.fields,
    length: collector.length,
    wantsChunks: collector.hasTrailer || collector.hasChunked,
  };
}

/** As Node.js calls it: trailers need chunks, and an announced length forbids them. */
class TrailerError extends Error {
  readonly code = 'ERR_HTTP_TRAILER_INVALID';

  constructor() {
    super('Trailers are invalid with this transfer encoding');
    this.name = 'Error';
  }
}

/** As Node.js calls it: a name without a value. */
class HeaderListError extends TypeError {
  readonly code = 'ERR_INVALID_ARG_VALUE';

  constructor(length: number) {
    super(`The argument 'headers' is invalid. It has ${length} elements, which are no pairs of names and values`);
  }
}

class FieldCollector {
  readonly fields: string[] = [];
  length: number | undefined = undefined;
  hasTrailer = false;
  hasChunked = false;
  hasClose = false;

  /** One field with the value, or the values, that it was given. `checked`: setHeader has looked at them. */
  add(name: string, value: unknown, checked: boolean): void {
    if (!checked) validateHeaderName(name);
    const fieldName = checked ? name : name.toLowerCase();
    if (!Array.isArray(value)) {
      this.#addLine(fieldName, value, checked);
    } else if (fieldName === 'cookie') {
      this.#addLine(fieldName, value.join('; '), checked);
    } else {
      for (const one of value) this.#addLine(fieldName, one, checked);
    }
  }

  #addLine(name: string, value: unknown, checked: boolean): void {
    if (!checked) validateHeaderValue(name, value as string);
    const text = typeof value === 'string' ? value : String(value);
    switch (name) {
      case 'content-length':
        this.length = Number(text);
        break;
      case 'trailer':
        this.hasTrailer = true;
        break;
      case 'transfer-encoding':
        this.hasChunked ||= hasListToken(text, 'chunked');
        break;
      case 'connection':
        this.hasClose ||= hasListToken(text, 'close');
        break;
      default:
    }
    this.fields.push(name, text);
  }
}

function collectList(collector: FieldCollector, headers: readonly unknown[]): void {
  if (Array.isArray(headers[0])) {
    for (const pair of headers as ReadonlyArray<readonly [string, unknown]>) collector.add(pair[0], pair[1], false);
    return;
  }
  if (headers.length % 2 !== 0) throw new HeaderListError(headers.length);
  for (let at = 0; at < headers.length; at += 2) collector.add(headers[at] as string, headers[at + 1], false);
}

/** The table of setHeader has pairs of name and value under the names in lower case; any other object has values under names. */
function collectTable(collector: FieldCollector, response: ServerResponse, headers: object): void {
  let isTable: boolean | undefined;
  // A table has no prototype, and of another object only its own fields count. On the hot path, where a list of entries costs.
  for (const name in headers) {
    const value = (headers as Readonly<Record<string, unknown>>)[name];
    isTable ??= name !== '' && response.hasHeader(name);
    if (isTable) collector.add(name, (value as [string, unknown])[1], true);
    else if (Object.hasOwn(headers, name)) collector.add(name, value, false);
  }
}
