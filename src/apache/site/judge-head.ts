// What is wrong with a head although it could be read, and which host it is for.
import { matchVirtualHost } from '../config/match-virtual-host.ts';
import type { AddressHosts } from '../config/virtual-host-table.ts';
import type { VirtualHost } from '../config/virtual-host.ts';
import { REQUEST_DEFAULTS, coreRequest } from '../modules/core-request.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { isKnownMethod } from '../request/methods.ts';
import { FIELD_TOO_LONG } from './refusal-pages.ts';
import { isLength } from './start-request.ts';

/** Chooses the host among those of the address. The status that the request ends with; undefined: it goes on. */
export function judgeHead(request: ApacheRequest, hosts: AddressHosts): number | undefined {
  return (
    judgeLine(request, hosts) ??
    judgeSizes(request, hosts) ??
    chooseHost(request, hosts) ??
    checkHead(request) ??
    (isForeign(request) ? 400 : undefined)
  );
}

/** Lines of one field count together. */
function judgeSizes({ headersIn, notes }: ApacheRequest, { first }: AddressHosts): number | undefined {
  const limit = coreRequest.ofServer(first.server).limitRequestFieldBytes ?? REQUEST_DEFAULTS.limitRequestFieldBytes;
  for (let at = 0; at < headersIn.size; at += 1) {
    if (headersIn.valueAt(at).length <= limit) continue;
    notes.set('error-notes', FIELD_TOO_LONG);
    return 400;
  }
  return undefined;
}

/** What is wrong with a request line that could be read. Apache looks at it before any field: nothing behind it counts. */
export function judgeLine(request: ApacheRequest, hosts: AddressHosts): number | undefined {
  takeHost(request, hosts.first);
  const fault = isMethodRefused(request) ? 501 : isServableTarget(request) ? undefined : 400;
  if (fault === undefined) return undefined;
  request.headersIn.clear();
  // HTTP/0.9 has no head to say so in.
  if (request.version < 1_000) request.version = 1_000;
  request.closes = true;
  return fault;
}

function isMethodRefused({ method, host }: ApacheRequest): boolean {
  return coreRequest.ofServer(host.server).methods === 'registered' && !isKnownMethod(method);
}

export function takeHost(request: ApacheRequest, host: VirtualHost): void {
  request.host = host;
  request.directoryConfig = host.directory;
}

/** By the name that the client asks for. 400 where it is none; undefined: all is well. */
function chooseHost(request: ApacheRequest, hosts: AddressHosts): number | undefined {
  const { headersIn } = request;
  const { conformance = 'strict' } = coreRequest.ofServer(hosts.first.server);
  const match = matchVirtualHost({
    hosts,
    urlHost: request.urlHost,
    hostField: headersIn.get('Host'),
    version: request.version,
    strictness: conformance,
  });
  takeHost(request, match.host);
  request.hostName = match.hostName;
  request.hostPort = match.hostPort;
  if (match.hostField !== undefined) headersIn.set('Host', match.hostField);
  return match.fault === undefined ? undefined : 400;
}

/** What is wrong with a head although it could be read. Undefined: nothing. */
function checkHead(request: ApacheRequest): number | undefined {
  const { headersIn, services } = request;
  if (request.version >= 1_001 && !headersIn.has('Host')) {
    services.log(
      request,
      'info',
      'core',
      'AH00569: client sent HTTP/1.1 request without hostname (see RFC2616 section 14.23): ' + request.path,
    );
    return 400;
  }
  const length = headersIn.get('Content-Length');
  if (length !== undefined && !isLength(length)) return 400;
  // RFC 9110 §5.6.1 lets a list end so; whoever looks for the last coding finds none.
  if (headersIn.get('Transfer-Encoding')?.endsWith(',') === true) return 400;
  const expectation = headersIn.get('Expect') ?? '';
  if (expectation !== '' && !request.expectsContinue) {
    services.log(
      request,
      'info',
      'core',
      `AH00570: client sent an unrecognized expectation value of Expect: ${expectation}`,
    );
    // Apache announces more, and closes: what the client does next is its own affair.
    request.endsUnannounced = true;
    return 417;
  }
  return undefined;
}

/** Whether a target names something here: a path, or a URL of this kind of server. `*` is for OPTIONS alone. */
function isServableTarget({ facts, host }: ApacheRequest): boolean {
  const { target, method } = facts;
  if (method === 'CONNECT') return /:\d+$/.test(target);
  const isUnsafe = coreRequest.ofServer(host.server).conformance === 'unsafe';
  if (target.includes('#') && !isUnsafe) return false;
  // A query may stand behind it, though RFC 9112 §3.2.4 knows none there.
  if (/^\*(?:[?#]|$)/.test(target)) return method === 'OPTIONS';
  const url = URL_START.exec(target);
  if (url === null) return /^[/?#]/.test(target);
  return url[1] === undefined || isServableAuthority(url[1], isUnsafe);
}

/** A scheme with what names a host, or without. */
const URL_START = /^[a-z][a-z0-9+.-]*:(?:\/\/([^/?#]*))?(?=[/?#]|$)/i;

/** A URL of another kind of server: Apache notices when it looks for a path, behind all else. */
function isForeign({ facts: { target, method } }: ApacheRequest): boolean {
  return method !== 'CONNECT' && URL_START.test(target) && !/^https?:/i.test(target);
}

/** Behind the scheme neither a name nor a password may stand, unless much may that should not; behind the host a port at most. */
function isServableAuthority(authority: string, isUnsafe: boolean): boolean {
  const at = authority.lastIndexOf('@');
  return (at === -1 || isUnsafe) && /^(?:\[[^\]]*\]|[^:[][^:]*)?(?::\d*)?$/.test(authority.slice(at + 1));
}
