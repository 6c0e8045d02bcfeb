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
  return (request) => (result ??= discard(raw, context, request));
}

async function discard(raw: RawRequest, context: HandlerContext, request: ApacheRequest): Promise<'ok' | number> {
  const limit = coreRequest.ofDirectory(request.directoryConfig).limitRequestBody ?? REQUEST_DEFAULTS.limitRequestBody;
  const maxBytes = limit === 0 ? Infinity : limit;
  const announced = Number(request.headersIn.get('Content-Length') ?? 0);
  if (announced > maxBytes) {
    request.hidesLength = true;
    request.services.log(
      request,
      'info',
      'http',
      `AH01588: Requested content-length of ${announced} is larger than the configured limit of ${maxBytes}`,
    );
    return 413;
  }
  if (request.initial.expectsContinue) {
    // Apache says it to whoever asked, also where the body is here already.
    context.sendInformational(100);
    for (let asked: ApacheRequest | undefined = request; asked !== undefined; asked = asked.previous ?? asked.main) {
      asked.expectsContinue = false;
    }
  }
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
