// The head of an answer: which fields, in which order, and whether the connection persists. All of it happens when the head goes out,
// because only then is it known what modules have put there.
import type { CloseReason } from '../../http/close-reason.ts';
import { contentLanguageField } from './content-language.ts';
import { keepAliveOf } from './keep-alive-settings.ts';
import type { HostKeepAlive } from './keep-alive-settings.ts';
import { contentTypeField } from '../modules/core-mime.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { FieldTable } from '../request/field-table.ts';
import { decideKeepAlive } from './keep-alive.ts';
import type { KeepAliveDecision } from './keep-alive.ts';
import { isHeadOnly, statusText } from './status-lines.ts';
import { tidyVary } from './vary.ts';

/** What goes out before the body. */
export interface AnswerHead {
  /** Undefined in HTTP/0.9: the body is all there is. */
  readonly statusLine: string | undefined;
  readonly fieldLines: string;
  readonly framing: 'none' | 'length' | 'chunked' | 'untilClose';
  readonly persistent: boolean;
  readonly keepAliveTimeoutMs: number;
}

const HTTP_1_0 = 1_000;
const HTTP_1_1 = 1_001;

/** Reasons that the client gave. Apache finds them by itself, and sends chunks all the same. */
const REASONS_OF_THE_CLIENT: ReadonlySet<CloseReason | undefined> = new Set<CloseReason>([
  'peerSentClose',
  'http10WithoutKeepAlive',
]);

/** `closeReason`: why the server itself ends the connection after this answer. `date`: the value of Date. Counts the answer. */
export function formatHead(request: ApacheRequest, closeReason: CloseReason | undefined, date: string): AnswerHead {
  const { connection, env } = request;
  const settings = keepAliveOf(request.host);
  const { keepAliveTimeoutMs } = settings;
  if (request.version < HTTP_1_0) {
    return { statusLine: undefined, fieldLines: '', framing: 'untilClose', persistent: false, keepAliveTimeoutMs };
  }
  if (request.isBare) return formatBareHead(request, keepAliveTimeoutMs, date);
  const mustClose = closeReason !== undefined && !REASONS_OF_THE_CLIENT.has(closeReason);
  const fields = joinTables(request);
  if (env.has('force-no-vary')) {
    fields.unset('Vary');
    request.version = HTTP_1_0;
    env.set('force-response-1.0', '1');
  } else {
    tidyVary(fields);
  }
  if (request.notes.has('no-etag')) fields.unset('ETag');
  if (request.version > HTTP_1_0 && env.has('downgrade-1.0')) request.version = HTTP_1_0;
  const asVersion10 = request.version === HTTP_1_0 && env.has('force-response-1.0');
  const closes = mustClose || request.closes || asVersion10;
  const headOnly = isHeadOnly(request.status);
  // Whoever set the field is taken at their word, other than by Apache, which sends the body as it is.
  const isCoded = fields.has('Transfer-Encoding') && request.version >= HTTP_1_1;
  fields.unset(isCoded ? 'Content-Length' : 'Transfer-Encoding');
  const lengthKnown = headOnly || request.headerOnly || fields.has('Content-Length');
  // Apache had decided once before the error; that first answer counts, although nobody saw it, and what it closes stays closed.
  const first = request.wasUnderWay ? decide(request, settings, fields, closes, true) : undefined;
  connection.keepAlives += first?.counts ?? 0;
  // A connection that ends anyway needs no chunks.
  const mayBeChunked =
    !closes && first?.persistent !== false && !request.expectsContinue && request.version >= HTTP_1_1;
  const chunked = !lengthKnown && (isCoded || mayBeChunked);
  const decision = decide(request, settings, fields, closes, lengthKnown || chunked);
  connection.keepAlives += decision.counts;
  if (decision.field !== undefined) fields.set('Keep-Alive', decision.field);
  if (decision.token !== undefined) fields.merge('Connection', decision.token);
  addEntityFields(request, fields, headOnly, chunked);
  const protocol = asVersion10 ? 'HTTP/1.0' : 'HTTP/1.1';
  const hasBody = !headOnly && !request.headerOnly;
  return {
    statusLine: `${protocol} ${request.statusText ?? statusText(request.status)}`,
    fieldLines: formatLines(fields, date),
    framing: !hasBody ? 'none' : chunked ? 'chunked' : lengthKnown ? 'length' : 'untilClose',
    persistent: decision.persistent && !request.endsUnannounced,
    keepAliveTimeoutMs,
  };
}

function formatBareHead(request: ApacheRequest, keepAliveTimeoutMs: number, date: string): AnswerHead {
  return {
    statusLine: `HTTP/1.1 ${statusText(request.status)}`,
    fieldLines: `Date: ${date}\r\nServer: perdura\r\nContent-Length: 0\r\n`,
    framing: request.headerOnly ? 'none' : 'length',
    persistent: false,
    keepAliveTimeoutMs,
  };
}

/** Fields that errors have too stand first. */
function joinTables(request: ApacheRequest): FieldTable {
  if (request.errorHeadersOut.size === 0) return request.headersOut;
  request.headersOut.addInFront(request.errorHeadersOut);
  request.errorHeadersOut.clear();
  return request.headersOut;
}

function decide(
  request: ApacheRequest,
  { keepAlive, keepAliveTimeoutMs, maxKeepAliveRequests }: HostKeepAlive,
  fields: FieldTable,
  mustClose: boolean,
  delimited: boolean,
): KeepAliveDecision {
  return decideKeepAlive({
    keepAlive,
    timeoutMs: keepAliveTimeoutMs,
    maxRequests: maxKeepAliveRequests,
    keepAlives: request.connection.keepAlives,
    mustClose,
    expectsContinue: request.expectsContinue,
    delimited,
    answerConnection: fields.get('Connection'),
    requestConnection: request.headersIn.getAll('Connection'),
    isVersion11: request.version >= HTTP_1_1,
    forbidden: request.env.has('nokeepalive') && !request.headersIn.has('Via'),
  });
}

function addEntityFields(request: ApacheRequest, fields: FieldTable, headOnly: boolean, chunked: boolean): void {
  if (headOnly) {
    fields.unset('Transfer-Encoding');
    fields.unset('Content-Length');
    return;
  }
  if (chunked) {
    if (!fields.has('Transfer-Encoding')) fields.add('Transfer-Encoding', 'chunked');
    fields.unset('Content-Length');
  }
  const contentType = contentTypeField(request);
  if (contentType !== undefined) fields.set('Content-Type', contentType);
  if (request.contentEncoding !== undefined) fields.set('Content-Encoding', request.contentEncoding);
  const contentLanguage = contentLanguageField(request, fields.get('Content-Language'));
  if (contentLanguage !== undefined) fields.set('Content-Language', contentLanguage);
  if (request.headerOnly && fields.get('Content-Length') === '0') fields.unset('Content-Length');
}

/** Date and Server stand first, whatever the tables say of them. */
function formatLines(fields: FieldTable, date: string): string {
  fields.unset('Date');
  fields.unset('Server');
  let lines = `Date: ${date}\r\nServer: perdura\r\n`;
  for (let at = 0; at < fields.size; at += 1) lines += `${fields.nameAt(at)}: ${fields.valueAt(at)}\r\n`;
  return lines;
}
