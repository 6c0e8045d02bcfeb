// Reading the body of a request and throwing it away, as Apache does before it sends a file: what comes behind it is the next request.
import type { HandlerContext, RawRequest } from '../../server/index.ts';
import { REQUEST_DEFAULTS, coreRequest } from '../modules/core-request.ts';
import type { ApacheRequest } from '../request/apache-request.ts';

/** Makes what `request.discardBody` is. Whoever calls it again gets what came of it the first time. */
export function bodyDiscarder(
  raw: RawRequest,
  context: HandlerContext,
): (request: ApacheRequest) => Promise<'ok' | number> {
  let result: Promise<'ok' | number> | undefined;
  return (request) => {
    const left = leaveBody(request);
    return left === undefined ? (result ??= discard(raw, context, request)) : Promise.resolve(left);
  };
}

/** The same for a body that is known to have broken off: whoever asks for it learns how it ends. */
export function brokenBodyDiscarder(broken: BrokenBody): (request: ApacheRequest) => Promise<'ok' | number> {
  return (request) => {
    const left = leaveBody(request);
    if (left !== undefined) return Promise.resolve(left);
    broken.told();
    const tooLong = refuseLength(request);
    if (tooLong !== undefined) return Promise.resolve(tooLong);
    if (waitsForContinue(request)) forgetExpectation(request);
    request.hidesLength ||= broken.hidesLength;
    if (broken.line !== undefined) request.services.log(request, 'info', 'http', broken.line);
    if (broken.notes !== undefined) request.notes.set('error-notes', broken.notes);
    return Promise.resolve(broken.status);
  };
}

/** How a body broke off. */
export interface BrokenBody {
  readonly status: number;
  readonly hidesLength: boolean;
  /** What the page says was wrong (HTML). */
  readonly notes: string | undefined;
  /** For the error log. */
  readonly line: string | undefined;
  /** Somebody asked for it. */
  told(): void;
}

/** What comes of a body that is not to be read; undefined: it is. */
function leaveBody(request: ApacheRequest): 'ok' | 413 | undefined {
  // Nobody reads what stands between an answer and the end of its connection.
  if (request.closes) return 'ok';
  // Nor what the client holds back for an answer that is an error, but it has said how long that is.
  if (waitsForContinue(request) && request.status >= 300) return refuseLength(request) ?? 'ok';
  return undefined;
}

/** Who speaks HTTP/1.0 has said so, and does not know the word for it. */
function waitsForContinue({ initial }: ApacheRequest): boolean {
  return initial.expectsContinue && initial.version >= 1_001;
}

async function discard(raw: RawRequest, context: HandlerContext, request: ApacheRequest): Promise<'ok' | number> {
  const tooLong = refuseLength(request);
  if (tooLong !== undefined) return tooLong;
  if (waitsForContinue(request)) {
    // Apache says it to whoever asked, also where the body is here already.
    context.sendInformational(100);
    forgetExpectation(request);
  }
  const maxBytes = bodyLimitOf(request);
  if (await discardFrom(raw, maxBytes)) return 'ok';
  request.hidesLength = true;
  request.services.log(
    request,
    'info',
    'http',
    `AH01591: Read content length exceeds the configured limit of ${maxBytes}`,
  );
  return 413;
}

function bodyLimitOf({ directoryConfig }: ApacheRequest): number {
  const limit = coreRequest.ofDirectory(directoryConfig).limitRequestBody ?? REQUEST_DEFAULTS.limitRequestBody;
  return limit === 0 ? Infinity : limit;
}

/** Where the length that is announced is enough to know. */
function refuseLength(request: ApacheRequest): 413 | undefined {
  const maxBytes = bodyLimitOf(request);
  const announced = Number(request.headersIn.get('Content-Length') ?? 0);
  if (announced <= maxBytes) return undefined;
  request.hidesLength = true;
  request.services.log(
    request,
    'info',
    'http',
    `AH01588: Requested content-length of ${announced} is larger than the configured limit of ${maxBytes}`,
  );
  return 413;
}

function forgetExpectation(request: ApacheRequest): void {
  for (let asked: ApacheRequest | undefined = request; asked !== undefined; asked = asked.previous ?? asked.main) {
    asked.expectsContinue = false;
  }
}

async function discardFrom(raw: RawRequest, maxBytes: number): Promise<boolean> {
  try {
    return await raw.discardBody(maxBytes);
  } catch (error) {
    throw new BodyBrokenOff('the body broke off', { cause: error });
  }
}

/** The body is late, wrong, or its client is gone: nobody waits for what a handler makes of the request. */
export class BodyBrokenOff extends Error {
  override readonly name = 'BodyBrokenOff';
}
