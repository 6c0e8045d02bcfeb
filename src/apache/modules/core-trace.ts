// TraceEnable, and the answer to TRACE: the request as it arrived (RFC 9110 §9.3.8).
import { defineDirective } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

interface CoreTrace {
  enabled: boolean | undefined;
}

const BODY_REFUSED = 'TRACE with a request body is not allowed';

export const coreTrace: ApacheModule<CoreTrace, null> = defineModule<CoreTrace, null>({
  name: 'core.c',
  identifier: 'core_module',
  createServer: () => ({ enabled: undefined }),
  mergeServer: (base, over) => ({ enabled: over.enabled ?? base.enabled }),
  directives: [
    defineDirective({
      name: 'TraceEnable',
      contexts: ['server'],
      tier: 2,
      arguments: 'one',
      usage: "'on' (default), 'off' or 'extended' to trace request body content",
      summary: 'whether TRACE is answered; `extended` is refused',
      apply: ({ words, server }) => {
        const lower = words[0]!.toLowerCase();
        if (lower === 'extended')
          throw new ConfigurationError('TraceEnable extended is not supported by perdura; use On or Off');
        if (lower !== 'on' && lower !== 'off') {
          throw new ConfigurationError("TraceEnable must be one of 'on', 'off', or 'extended'");
        }
        server.enabled = lower === 'on';
      },
    }),
  ],
});

/** Whether the Allow field names TRACE. */
export function allowsTrace(request: ApacheRequest): boolean {
  return coreTrace.ofServer(request.host.server).enabled ?? true;
}

/**
 * Apache's place for it is where URL paths become folders: behind translateName, before anybody asks about folders and access.
 * Undefined: not TRACE. `ok`: the request has its content, and nobody else is asked.
 */
export function answerTrace(request: ApacheRequest): 'ok' | number | undefined {
  if (request.method !== 'TRACE' || request.isSubrequest) return undefined;
  if (!allowsTrace(request)) {
    request.notes.set('error-notes', 'TRACE denied by server configuration');
    return 405;
  }
  const { headersIn } = request;
  const length = headersIn.get('Content-Length');
  if (headersIn.has('Transfer-Encoding') || (length !== undefined && !/^0*$/.test(length))) {
    request.notes.set('error-notes', BODY_REFUSED);
    return 413;
  }
  let text = `${request.facts.requestLine}\r\n`;
  for (const [name, value] of headersIn) text += `${name}: ${value}\r\n`;
  request.contentType = 'message/http';
  request.content = { kind: 'bytes', bytes: Buffer.from(`${text}\r\n`, 'latin1') };
  // Apache sends it piece by piece.
  request.hidesLength = true;
  return 'ok';
}
