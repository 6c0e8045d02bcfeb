// What is wrong with a head although it could be read, and which host it is for.
import { hasToken } from '../answer/keep-alive.ts';
import { matchVirtualHost } from '../config/match-virtual-host.ts';
import type { AddressHosts } from '../config/virtual-host-table.ts';
import type { VirtualHost } from '../config/virtual-host.ts';
import { coreRequest } from '../modules/core-request.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { isKnownMethod } from '../request/methods.ts';

/** Chooses the host among those of the address. The status that the request ends with; undefined: it goes on. */
export function judgeHead(request: ApacheRequest, hosts: AddressHosts): number | undefined {
  takeHost(request, hosts.first);
  if (isServableTarget(request)) return chooseHost(request, hosts) ?? checkHead(request);
  // Apache has read no field by then.
  request.headersIn.clear();
  return 400;
}

export function takeHost(request: ApacheRequest, host: VirtualHost): void {
  request.host = host;
  request.directoryConfig = host.directory;
}

/** By the name that the client asks for. 400 where it is none; undefined: all is well. */
export function chooseHost(request: ApacheRequest, hosts: AddressHosts): number | undefined {
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
  if (length !== undefined && !/^\d+$/.test(length)) return 400;
  if (coreRequest.ofServer(request.host.server).methods === 'registered' && !isKnownMethod(request.method)) {
    request.closes = true;
    return 501;
  }
  const expectation = headersIn.get('Expect');
  if (expectation !== undefined && request.version >= 1_001 && !hasToken(expectation, '100-continue')) {
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
  if (target === '*') return method === 'OPTIONS';
  if (target.includes('#') && coreRequest.ofServer(host.server).conformance !== 'unsafe') return false;
  // Behind the scheme neither a name nor a password may stand.
  if (/^https?:/i.test(target)) return !/^[a-z]+:\/\/[^/?]*@/i.test(target);
  return target.startsWith('/') || target.startsWith('?');
}
