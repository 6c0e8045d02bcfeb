// One URL from the first request to the last byte of the answer, redirects included: sends, follows, prints, measures.
import { decideDecoding, decode } from '../../client/internal/index.ts';
import type { ResponseBody, Session, SessionResponse } from '../../client/index.ts';
import type { Clock } from '../../io/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { formatDuration } from '../../text/index.ts';
import type { BodyOutput } from './body-output.ts';
import type { ConnectionMemory } from './connection-memory.ts';
import type { ExchangeRecord } from './exchange-record.ts';
import { nextRequest } from './follow-redirect.ts';
import type { GetRequest } from './follow-redirect.ts';
import type { Report } from './report.ts';
import type { Turn } from './rounds.ts';
import { RunEndedError } from './run-end.ts';
import type { RunEnd } from './run-end.ts';
import type { RequestField } from '../request-field.ts';
import { formatHead } from './tell-head.ts';

/** How every request of a run is made. */
export interface ExchangeOptions {
  readonly follow: boolean;
  /** Bodies are printed without the content codings that they came with. */
  readonly decode: boolean;
  /** Heads are printed in front of bodies. */
  readonly include: boolean;
  /** A status of 400 or more is a failure, and its body is not printed. */
  readonly failOnStatus: boolean;
  readonly idempotent: boolean | undefined;
  /** For one URL with everything that belongs to it; Infinity: no limit. */
  readonly maxTimeMs: number;
  readonly rounds: number;
}

/** What an exchange works with. */
export interface ExchangeTools {
  readonly session: Session;
  readonly memory: ConnectionMemory;
  readonly output: BodyOutput;
  readonly report: Report;
  readonly clock: Clock;
  readonly end: RunEnd;
  /** Told of every answer, those that redirect included. */
  readonly onRecord: (record: ExchangeRecord) => void;
}

/** The last record, after all were reported. Rejects with what went wrong, which is not reported. */
export async function fetchUrl(
  first: GetRequest,
  turn: Turn,
  options: ExchangeOptions,
  tools: ExchangeTools,
): Promise<ExchangeRecord> {
  const { maxTimeMs } = options;
  const abort = new AbortController();
  const removeListener = tools.end.onEnd(() => abort.abort(new RunEndedError()));
  // Infinity is more than a timer takes.
  const timer =
    maxTimeMs === Infinity
      ? undefined
      : tools.clock.startTimer(maxTimeMs, () => abort.abort(tooLate(first, maxTimeMs)));
  try {
    return await followUrl(first, turn, options, tools, abort.signal);
  } finally {
    timer?.stop();
    removeListener();
  }
}

async function followUrl(
  first: GetRequest,
  turn: Turn,
  options: ExchangeOptions,
  tools: ExchangeTools,
  signal: AbortSignal,
): Promise<ExchangeRecord> {
  let request = first;
  for (let redirects = 0; ; redirects += 1) {
    const { record, next } = await exchange(request, turn, redirects, options, tools, signal);
    if (next === undefined) return record;
    tools.report.onStep({ type: 'redirect', status: record.status, url: next.url });
    request = next;
  }
}

async function exchange(
  request: GetRequest,
  turn: Turn,
  redirects: number,
  options: ExchangeOptions,
  { session, memory, output, report, clock, onRecord }: ExchangeTools,
  signal: AbortSignal,
): Promise<{ readonly record: ExchangeRecord; readonly next: GetRequest | undefined }> {
  const { method, url, data } = request;
  const length = data?.lengthBytes;
  const headers: RequestField[] = [
    ...request.fields,
    ...(length === undefined ? [] : [['content-length', String(length)] as const]),
  ];
  report.onStep({
    type: 'request',
    request,
    round: turn.round,
    rounds: options.rounds,
    fields: sentFields(request, headers),
  });
  const startMs = clock.nowMs();
  const response = await session.request({
    url,
    method,
    headers,
    signal,
    ...(data === undefined ? {} : { body: data.body }),
    ...(options.idempotent === undefined ? {} : { idempotent: options.idempotent }),
    onInterim: (status) => report.onStep({ type: 'interim', status }),
  });
  const headMs = clock.nowMs() - startMs;
  const { waitMs, idleMs } = memory.takeTimes(response.connection);
  report.onStep({ type: 'head', firstLine: firstLineOf(response), fields: response.headers });
  const isBad = options.failOnStatus && response.status >= 400;
  let next: GetRequest | undefined;
  try {
    if (options.follow) next = nextRequest(request, response, redirects);
    await output.write({
      mediaType: response.headers.get('content-type') ?? undefined,
      body: options.decode ? decodeContent(response) : response.body,
      url,
      index: turn.index,
      isRepetition: turn.round > 1,
      head: options.include ? formatHead(response) : '',
      headOnly: next !== undefined || isBad || method === 'HEAD',
    });
  } catch (error) {
    // Its connection must not wait for a reader that will not come.
    response.body.discard();
    throw error;
  }
  const record: ExchangeRecord = {
    method,
    url,
    status: response.status,
    httpVersion: response.httpVersion,
    connection: response.connection.id,
    reused: response.connection.reused,
    requestNumber: response.connection.request,
    idleMs,
    retries: response.retries,
    waitMs,
    headMs,
    totalMs: clock.nowMs() - startMs,
    bodyBytes: response.body.receivedBytes,
    headers: options.include ? [...response.headers] : undefined,
  };
  onRecord(record);
  report.onExchange(record);
  if (isBad) report.onBadStatus(record);
  return { record, next };
}

/** As they go out (RFC 9112 §6): those of framing and persistence are added by the session. */
function sentFields({ method, url, data }: GetRequest, headers: readonly RequestField[]): RequestField[] {
  const closes = headers.some(([name]) => name === 'connection');
  const isExpected = method === 'POST' || method === 'PUT' || method === 'PATCH';
  return [
    ...(headers.some(([name]) => name === 'host') ? [] : [['host', new URL(url).host] as const]),
    ...headers,
    ...(closes ? [] : [['connection', 'keep-alive'] as const]),
    ...(data !== undefined && data.lengthBytes === undefined ? [['transfer-encoding', 'chunked'] as const] : []),
    ...(data === undefined && isExpected ? [['content-length', '0'] as const] : []),
  ];
}

/** What cannot be decoded is left as it is. */
function decodeContent({ headers, body }: SessionResponse): ResponseBody {
  const codings = decideDecoding(headers.get('content-encoding'));
  return typeof codings === 'string' ? body : decode(body, codings);
}

function firstLineOf({ httpVersion, status, statusText }: SessionResponse): string {
  return `HTTP/${httpVersion} ${status} ${statusText}`.trimEnd();
}

function tooLate({ method, url }: GetRequest, maxTimeMs: number): CommandError {
  return new CommandError(
    EXIT_CODES.unreachable,
    `${method} ${url}: not finished within ${formatDuration(maxTimeMs)} (--max-time)`,
  );
}
