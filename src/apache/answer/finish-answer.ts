// What happens to a request between its handler and its head: output filters, and the length of what there is to send.
import { isThenable } from '../../thenable.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { isAtMatchLimit, tellMatchLimit } from '../request/close-at-match-limit.ts';
import type { Content } from '../request/content.ts';
import { isHeadOnly } from './status-lines.ts';

/** Runs the filters in their order. A number: the answer ends as that error. What they throw is the handler's failure. */
export async function finishAnswer(request: ApacheRequest): Promise<number | undefined> {
  const wasAtLimit = isAtMatchLimit(request);
  const filters = request.outputFilters.toSorted((first, second) => first.order - second.order);
  for (const filter of filters) {
    const running = filter.run(request);
    const status = isThenable(running) ? await running : running;
    if (status !== undefined) return status;
    if (isAtMatchLimit(request) && !wasAtLimit) {
      tellMatchLimit(
        request,
        'core',
        `gave ${request.path} up: the limit of ${request.budget.steps} steps for one request is used up`,
      );
      return 500;
    }
  }
  setLength(request);
  return undefined;
}

function setLength(request: ApacheRequest): void {
  const { content, headersOut, errorHeadersOut } = request;
  // `Header always set Content-Length` would stand beside the true one: a client that believes it loses its place (RFC 9112 §6.3).
  errorHeadersOut.unset('Content-Length');
  if (isHeadOnly(request.status)) return;
  // A handler that answers HEAD knows the length, or nobody does.
  if (request.headerOnly && (content.kind === 'none' || request.hidesLength)) return;
  const lengthBytes = countBytes(content);
  if (!request.hidesLength && content.kind !== 'stream') headersOut.set('Content-Length', String(lengthBytes));
  // `Header set` may have put another one where nobody else told the length.
  else if (headersOut.getAll('Content-Length') !== String(lengthBytes)) headersOut.unset('Content-Length');
}

function countBytes(content: Content): number | undefined {
  switch (content.kind) {
    case 'none':
      return 0;
    case 'bytes':
      return content.bytes.length;
    case 'file':
      return content.slice.lengthBytes;
    case 'stream':
      return content.lengthBytes;
  }
}
