// What the names of variables stand for that expressions and mod_rewrite share. None of them looks at a field of the request.
import { coreServer } from '../modules/core-server.ts';
import { schemeOf } from './absolute-url.ts';
import type { ApacheRequest } from './apache-request.ts';

/** Module magic number of 2.4.71: `%{API_VERSION}`. */
const API_VERSION = '20120211:142';

/** Without the names of modules, as with `ServerTokens Min`. */
const SERVER_SOFTWARE = 'Apache/2.4.71';

type ReadsVariable = (request: ApacheRequest) => string | undefined;

const two = (number: number): string => String(number).padStart(2, '0');

/** The time of day where the server stands, as Apache has it. */
function now(request: ApacheRequest): Date {
  return new Date(request.services.wallMs());
}

function isVersion6(address: string): boolean {
  return address.includes(':') && !/^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address);
}

export function documentRootOf(request: ApacheRequest): string {
  return coreServer.ofServer(request.host.server).documentRoot ?? request.services.serverRoot;
}

const VARIABLES: ReadonlyMap<string, ReadsVariable> = new Map<string, ReadsVariable>([
  ['API_VERSION', () => API_VERSION],
  ['AUTH_TYPE', ({ authType }) => authType],
  ['CONN_REMOTE_ADDR', ({ connection }) => connection.remoteAddress],
  ['CONTEXT_DOCUMENT_ROOT', (request) => request.contextDocumentRoot ?? documentRootOf(request)],
  ['CONTEXT_PREFIX', ({ contextPrefix }) => contextPrefix],
  ['DOCUMENT_ROOT', documentRootOf],
  ['HTTPS', ({ connection }) => (connection.tls ? 'on' : 'off')],
  ['IPV6', ({ connection }) => (isVersion6(connection.remoteAddress) ? 'on' : 'off')],
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
  ['REQUEST_SCHEME', schemeOf],
  ['REQUEST_URI', ({ path }) => path],
  ['SCRIPT_FILENAME', ({ filename }) => filename],
  ['SERVER_ADDR', ({ connection }) => connection.localAddress],
  ['SERVER_ADMIN', ({ host }) => host.admin ?? '[no address given]'],
  ['SERVER_NAME', (request) => request.services.serverNameOf(request)],
  ['SERVER_PORT', (request) => String(request.services.serverPortOf(request))],
  ['SERVER_PROTOCOL', ({ version }) => (version === 1_000 ? 'HTTP/1.0' : version === 9 ? 'HTTP/0.9' : 'HTTP/1.1')],
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

/** As `%{TIME}` has it. */
export function formatTime(date: Date): string {
  const day = `${String(date.getFullYear()).padStart(4, '0')}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}

/** `name` in upper case. Undefined where there is no such variable, or nothing in it. */
export function readRequestVariable(name: string, request: ApacheRequest): string | undefined {
  return VARIABLES.get(name)?.(request);
}
