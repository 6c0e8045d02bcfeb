// What `%{NAME}` stands for: what expressions know too, and fields of the request, of which each module has a list of its own.
import type { ApacheRequest } from '../request/apache-request.ts';
import { readRequestVariable } from '../request/request-variables.ts';
import type { RewriteContext } from './rewrite-context.ts';

type ReadsVariable = (request: ApacheRequest, context: RewriteContext) => string | undefined;

function field(name: string): ReadsVariable {
  return (request, context) => readField(name, request, context);
}

/** The answer depends on the field; on Host every answer does (RFC 9110 section 12.5.5 leaves it out). */
function readField(name: string, request: ApacheRequest, context: RewriteContext): string | undefined {
  const value = request.headersIn.get(name);
  if (value !== undefined && name.toLowerCase() !== 'host') context.fieldsSeen.push(name);
  return value;
}

const VARIABLES: ReadonlyMap<string, ReadsVariable> = new Map<string, ReadsVariable>([
  [
    'CONTEXT_DOCUMENT_ROOT',
    (request, { surroundings }) => request.contextDocumentRoot ?? surroundings.documentRootOf(request),
  ],
  ['DOCUMENT_ROOT', (request, { surroundings }) => surroundings.documentRootOf(request)],
  ['HTTP_ACCEPT', field('Accept')],
  ['HTTP_COOKIE', field('Cookie')],
  ['HTTP_FORWARDED', field('Forwarded')],
  ['HTTP_HOST', field('Host')],
  ['HTTP_PROXY_CONNECTION', field('Proxy-Connection')],
  ['HTTP_REFERER', field('Referer')],
  ['HTTP_USER_AGENT', field('User-Agent')],
]);

/** Empty where there is no such variable, or nothing in it. `request`: the one looked at, which may be a look-ahead. */
export function readVariable(name: string, request: ApacheRequest, context: RewriteContext): string {
  return readValue(name, request, context) ?? '';
}

function readValue(name: string, request: ApacheRequest, context: RewriteContext): string | undefined {
  if (name[3] === ':') {
    const rest = name.slice(4);
    if (rest === '') return undefined;
    const prefix = name.slice(0, 3).toUpperCase();
    if (prefix === 'ENV') return request.notes.get(rest) ?? request.env.get(rest);
    return prefix === 'SSL' ? request.services.tlsVariable?.(request, rest) : undefined;
  }
  if (name[4] === ':') {
    const rest = name.slice(5);
    if (rest === '' || name.slice(0, 4).toUpperCase() !== 'HTTP') return undefined;
    return readField(rest, request, context);
  }
  const upper = name.toUpperCase();
  const own = VARIABLES.get(upper);
  return own === undefined ? readRequestVariable(upper, request) : own(request, context);
}
