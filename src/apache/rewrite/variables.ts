// What `%{NAME}` stands for. A list of its own: expressions know others.
import type { ApacheRequest } from '../request/apache-request.ts';
import { schemeOf } from './absolute-url.ts';
import type { RewriteContext } from './rewrite-context.ts';

/** Module magic number of 2.4.71: `%{API_VERSION}`. */
const API_VERSION = '20120211:142';
/** Without the names of modules, as with `ServerTokens Min`. */
const SERVER_SOFTWARE = 'Apache/2.4.71';

type ReadsVariable = (request: ApacheRequest, context: RewriteContext) => string | undefined;

const two = (number: number): string => String(number).padStart(2, '0');

/** The time of day where the server stands, as Apache has it. */
function now(request: ApacheRequest): Date {
  return new Date(request.services.wallMs());
}

function field(name: string): ReadsVariable {
  return (request, context) => readField(name, request, context);
}

/** The answer depends on the field; on Host every answer does (RFC 9110 section 12.5.5 leaves it out). */
function readField(name: string, request: ApacheRequest, context: RewriteContext): string | undefined {
  const value = request.headersIn.get(name);
  if (value !== undefined && name.toLowerCase() !== 'host') context.fieldsSeen.push(name);
  return value;
}

function isIpv6(address: string): boolean {
  return address.includes(':') && !/^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address);
}

const VARIABLES: ReadonlyMap<string, ReadsVariable> = new Map<string, ReadsVariable>([
  ['API_VERSION', () => API_VERSION],
  ['AUTH_TYPE', ({ authType }) => authType],
  ['CONN_REMOTE_ADDR', ({ connection }) => connection.remoteAddress],
  [
    'CONTEXT_DOCUMENT_ROOT',
    (request, { surroundings }) => request.contextDocumentRoot ?? surroundings.documentRootOf(request),
  ],
  ['CONTEXT_PREFIX', ({ contextPrefix }) => contextPrefix],
  ['DOCUMENT_ROOT', (request, { surroundings }) => surroundings.documentRootOf(request)],
  ['HTTPS', ({ connection }) => (connection.tls ? 'on' : 'off')],
  ['HTTP_ACCEPT', field('Accept')],
  ['HTTP_COOKIE', field('Cookie')],
  ['HTTP_FORWARDED', field('Forwarded')],
  ['HTTP_HOST', field('Host')],
  ['HTTP_PROXY_CONNECTION', field('Proxy-Connection')],
  ['HTTP_REFERER', field('Referer')],
  ['HTTP_USER_AGENT', field('User-Agent')],
  ['IPV6', ({ connection }) => (isIpv6(connection.remoteAddress) ? 'on' : 'off')],
  ['IS_SUBREQ', ({ isSubrequest }) => (isSubrequest ? 'true' : 'false')],
  ['PATH_INFO', ({ pathInfo }) => pathInfo],
  ['QUERY_STRING', ({ query }) => query],
  ['REMOTE_ADDR', ({ connection }) => connection.remoteAddress],
  // Names are not looked up: HostnameLookups is off.
  ['REMOTE_HOST', ({ connection }) => connection.remoteAddress],
  ['REMOTE_PORT', ({ connection }) => String(connection.remotePort)],
  ['REMOTE_USER', ({ user }) => user],
  ['REQUEST_FILENAME', ({ filename }) => filename],
  ['REQUEST_METHOD', ({ method }) => method],
  ['REQUEST_SCHEME', (request) => schemeOf(request)],
  ['REQUEST_URI', ({ path }) => path],
  ['SCRIPT_FILENAME', ({ filename }) => filename],
  ['SERVER_ADDR', ({ connection }) => connection.localAddress],
  ['SERVER_ADMIN', (request, { surroundings }) => surroundings.adminOf(request)],
  ['SERVER_NAME', (request) => request.services.serverNameOf(request)],
  ['SERVER_PORT', (request) => String(request.services.serverPortOf(request))],
  ['SERVER_PROTOCOL', ({ version }) => (version === 1000 ? 'HTTP/1.0' : version === 9 ? 'HTTP/0.9' : 'HTTP/1.1')],
  ['SERVER_SOFTWARE', () => SERVER_SOFTWARE],
  ['THE_REQUEST', ({ facts }) => facts.requestLine],
  ['TIME', (request) => formatTime(now(request))],
  ['TIME_DAY', (request) => two(now(request).getDate())],
  ['TIME_HOUR', (request) => two(now(request).getHours())],
  ['TIME_MIN', (request) => two(now(request).getMinutes())],
  ['TIME_MON', (request) => two(now(request).getMonth() + 1)],
  ['TIME_SEC', (request) => two(now(request).getSeconds())],
  ['TIME_WDAY', (request) => String(now(request).getDay())],
  ['TIME_YEAR', (request) => String(now(request).getFullYear()).padStart(4, '0')],
]);

function formatTime(date: Date): string {
  const day = `${String(date.getFullYear()).padStart(4, '0')}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}

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
  return VARIABLES.get(name.toUpperCase())?.(request, context);
}
