// From a request that has its content to one whose head can go out: filters, and whether all that becomes a field may be one.
import { findInvalidField } from '../answer/find-invalid-field.ts';
import { finishAnswer } from '../answer/finish-answer.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { answeringRequest } from '../request/process-request.ts';
import type { RequestProcessor } from '../request/process-request.ts';

const INTERNAL_SERVER_ERROR = 500;

/** The request whose answer counts in the end. Where a filter finds an error, or a field must not go out, that is the error's. */
export async function finishRequest(processor: RequestProcessor, request: ApacheRequest): Promise<ApacheRequest> {
  const filtered = await runFilters(processor, request);
  if (passes(filtered)) return filtered;
  const { status } = filtered;
  filtered.headersOut.clear();
  filtered.errorHeadersOut.clear();
  filtered.hidesLength = true;
  filtered.wasUnderWay = true;
  await processor.fail(INTERNAL_SERVER_ERROR, filtered, status);
  const failed = answeringRequest(filtered);
  await finishAnswer(failed);
  if (!passes(failed)) strip(failed);
  return failed;
}

async function runFilters(processor: RequestProcessor, request: ApacheRequest): Promise<ApacheRequest> {
  const status = await finishAnswer(request);
  if (status === undefined) return request;
  request.wasUnderWay = true;
  await processor.fail(status, request, 200);
  const final = answeringRequest(request);
  final.hidesLength = request.hidesLength;
  final.wasUnderWay = true;
  // Fields for errors are there already.
  if (final === request) final.outputFilters = [];
  await finishAnswer(final);
  return final;
}

function passes(request: ApacheRequest): boolean {
  const invalid = findInvalidField(request);
  if (invalid === undefined) return true;
  if (invalid !== 'quiet') request.services.log(request, 'error', 'http', invalid.message);
  return false;
}

/** Even the answer to the error has such a field: nothing but its status is told. */
function strip(request: ApacheRequest): void {
  request.status = INTERNAL_SERVER_ERROR;
  request.isBare = true;
  request.content = { kind: 'none' };
}
