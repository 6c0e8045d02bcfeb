// Ranges as an output filter: it cuts what the filters before it left (RFC 9110 §14.2). What it does not understand goes out whole.
import { FILTER_ORDER } from '../request/output-filter.ts';
import type { OutputFilter } from '../request/output-filter.ts';
import { NO_CONTENT } from '../request/content.ts';
import type { Content, FileSlice } from '../request/content.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { readApacheDate } from './apache-date.ts';
import { decideRanges } from './byte-ranges.ts';
import type { BytePart, RangeLimits } from './byte-ranges.ts';
import { countMultipartBytes, formatMultipartEnd, formatPartHead } from './multipart.ts';
import { allowsRange } from './preconditions.ts';

/** One for the life of the process, as in Apache: 16 hexadecimal digits. */
const BOUNDARY = Array.from({ length: 16 }, () => Math.trunc(Math.random() * 16).toString(16)).join('');

/** Apache begins to send when so many parts are ready; the length is not told then. */
const UNCOUNTED_PARTS = 33;

/** What the filter asks of the request's folder. */
export interface RangeSettings {
  readonly limits: RangeLimits;
  /** The Content-Type of the whole, with the default charset. */
  typeOf(request: ApacheRequest): string | undefined;
}

/** The filter for a request; undefined where it has no Range field that could matter. */
export function makeRangeFilter(
  request: ApacheRequest,
  settings: RangeSettings,
): OutputFilter<ApacheRequest> | undefined {
  if (!request.headersIn.has('Range') || settings.limits.maxRanges === 0) return undefined;
  return {
    name: 'BYTERANGE',
    order: FILTER_ORDER.protocol,
    run: (answering) => cutRanges(answering, settings),
  };
}

function cutRanges(request: ApacheRequest, settings: RangeSettings): void | number {
  const { content, headersIn, headersOut } = request;
  const field = headersIn.get('Range');
  if (field === undefined || request.status !== 200 || headersOut.has('Content-Range')) return;
  if (content.kind !== 'bytes' && content.kind !== 'file') return;
  if (request.contentType?.toLowerCase().startsWith('multipart/byteranges') === true) return;
  const facts = {
    entityTag: headersOut.get('ETag'),
    modifiedS: readApacheDate(headersOut.get('Last-Modified') ?? ''),
    requestS: Math.floor(request.facts.startedAtMs / 1000),
  };
  if (!allowsRange(headersIn.get('If-Range'), facts)) return;
  const sizeBytes = content.kind === 'bytes' ? content.bytes.length : content.slice.lengthBytes;
  const decision = decideRanges(field, sizeBytes, settings.limits);
  if (decision.kind === 'whole') return;
  if (decision.kind === 'unsatisfiable') {
    // Apache notices when the answer is under way: its length is not told any more.
    request.hidesLength = true;
    return 416;
  }
  request.status = 206;
  const [first, second] = decision.parts;
  if (second === undefined) sendOne(request, content, first!, sizeBytes);
  else sendSeveral(request, content, decision.parts, sizeBytes, settings.typeOf(request));
}

/** In the place of the length that is told already; otherwise it comes last. */
function tellLength(request: ApacheRequest, lengthBytes: number): void {
  if (request.headersOut.has('Content-Length')) request.headersOut.set('Content-Length', String(lengthBytes));
}

function sendOne(request: ApacheRequest, content: WholeContent, part: BytePart, sizeBytes: number): void {
  request.content = cutPart(content, part);
  tellLength(request, part.lastByte - part.firstByte + 1);
  request.headersOut.set('Content-Range', `bytes ${part.firstByte}-${part.lastByte}/${sizeBytes}`);
}

function sendSeveral(
  request: ApacheRequest,
  content: WholeContent,
  parts: readonly BytePart[],
  sizeBytes: number,
  type: string | undefined,
): void {
  const lengthBytes = countMultipartBytes(BOUNDARY, type, parts, sizeBytes);
  request.contentType = `multipart/byteranges; boundary=${BOUNDARY}`;
  if (parts.length >= UNCOUNTED_PARTS) {
    request.hidesLength = true;
    request.headersOut.unset('Content-Length');
  } else {
    tellLength(request, lengthBytes);
  }
  if (request.headerOnly) request.content = NO_CONTENT;
  else if (content.kind === 'bytes') {
    const pieces: Uint8Array[] = [];
    for (const part of parts) {
      pieces.push(Buffer.from(formatPartHead(BOUNDARY, type, part, sizeBytes), 'latin1'));
      pieces.push(content.bytes.subarray(part.firstByte, part.lastByte + 1));
    }
    pieces.push(Buffer.from(formatMultipartEnd(BOUNDARY), 'latin1'));
    request.content = { kind: 'bytes', bytes: Buffer.concat(pieces) };
  } else {
    const chunks = readParts(request, content.slice, parts, sizeBytes, type);
    request.content = { kind: 'stream', chunks, ...(request.hidesLength ? {} : { lengthBytes }) };
  }
}

async function* readParts(
  request: ApacheRequest,
  slice: FileSlice,
  parts: readonly BytePart[],
  sizeBytes: number,
  type: string | undefined,
): AsyncGenerator<Uint8Array> {
  const { files } = request.services;
  for (const part of parts) {
    yield Buffer.from(formatPartHead(BOUNDARY, type, part, sizeBytes), 'latin1');
    yield* files.stream(slice.path, slice.startByte + part.firstByte, part.lastByte - part.firstByte + 1);
  }
  yield Buffer.from(formatMultipartEnd(BOUNDARY), 'latin1');
}

type WholeContent = Extract<Content, { kind: 'bytes' | 'file' }>;

function cutPart(content: WholeContent, part: BytePart): Content {
  const lengthBytes = part.lastByte - part.firstByte + 1;
  if (content.kind === 'bytes') {
    return { kind: 'bytes', bytes: content.bytes.subarray(part.firstByte, part.lastByte + 1) };
  }
  const { path, startByte } = content.slice;
  return { kind: 'file', slice: { path, startByte: startByte + part.firstByte, lengthBytes } };
}
