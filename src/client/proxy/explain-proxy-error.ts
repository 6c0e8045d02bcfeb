// What went wrong on the way through a proxy, in words: which proxy, what it said, what to do (RFC 9110 §9.3.6, §15). Pure.
import { ConnectError, TimeoutError } from '../../errors.ts';
import { formatAuthority } from '../../http/origin.ts';
import type { ConnectTarget } from '../../io/index.ts';
import { describeProxy } from './proxy-rules.ts';
import type { ProxyServer } from './proxy-rules.ts';

/** What a proxy answered to CONNECT. */
export interface TunnelRefusal {
  readonly status: number;
  /** Its Proxy-Authenticate; undefined where there was none. */
  readonly challenge: string | undefined;
}

/** The proxy itself could not be reached, or TLS through its tunnel failed. What is neither a connection nor a deadline stays as it is. */
export function throughProxyError(target: ConnectTarget, proxy: ProxyServer, error: Error): Error {
  const message = `through ${describeProxy(proxy)}: ${error.message}`;
  if (error instanceof TimeoutError) return new TimeoutError(error.phase, error.timeoutMs, message);
  return error instanceof ConnectError ? connectError(target, message, { cause: error }) : error;
}

/** The proxy opens no tunnel. */
export function refusedTunnelError(target: ConnectTarget, proxy: ProxyServer, refusal: TunnelRefusal): ConnectError {
  const { what, advice } = explainRefusal(proxy, refusal);
  const message = `${cannotConnect(target, proxy)}: ${what}; ${advice}`;
  return connectError(target, message, { status: refusal.status });
}

/** The connection to the proxy ended, or the proxy broke the protocol, before there was a tunnel. */
export function brokenTunnelError(target: ConnectTarget, proxy: ProxyServer, error: Error | undefined): ConnectError {
  const why = error === undefined ? 'it closed the connection instead of answering CONNECT' : error.message;
  const message = `${cannotConnect(target, proxy)}: ${why}; check that it is a proxy that opens tunnels`;
  return connectError(target, message, { cause: error });
}

/** It took longer than it may. */
export function tunnelTimeoutError(
  target: ConnectTarget,
  proxy: ProxyServer,
  stage: 'connect' | 'tls',
  timeoutMs: number,
): TimeoutError {
  const story =
    stage === 'connect' ? 'it has not answered CONNECT' : 'the TLS handshake through its tunnel was not finished';
  const message = `${cannotConnect(target, proxy)} within ${timeoutMs} ms: ${story}; check that the proxy reaches the host, or raise timeouts.connectMs`;
  return new TimeoutError('connect', timeoutMs, message);
}

function explainRefusal(
  proxy: ProxyServer,
  { status, challenge }: TunnelRefusal,
): { readonly what: string; readonly advice: string } {
  switch (status) {
    case 407:
      return explainChallenge(proxy, challenge);
    case 403:
      return { what: 'it does not allow that (403)', advice: 'ask whoever runs it, or exempt the host in NO_PROXY' };
    case 502:
    case 503:
    case 504:
      return { what: `it could not reach the host (${status})`, advice: 'check host and port, or try again' };
    default:
      return {
        what: `it answered CONNECT with ${status}`,
        advice: 'check that it is a proxy that opens tunnels, and to that port',
      };
  }
}

function explainChallenge(
  proxy: ProxyServer,
  challenge = 'without Proxy-Authenticate',
): { readonly what: string; readonly advice: string } {
  const told = `(407, ${challenge.length <= 100 ? challenge : `${challenge.slice(0, 100)}…`})`;
  if (!/\bbasic\b/i.test(challenge)) {
    return {
      what: `it wants credentials ${told}`,
      advice: 'only Basic is supported: use a proxy, or a user, that needs no other',
    };
  }
  const { scheme, host, port } = proxy.parts;
  const example = `${scheme}://user:password@${formatAuthority(host, port, scheme)}`;
  return proxy.authorization === undefined
    ? { what: `it wants a user and a password ${told}`, advice: `put them into its URL, ${example}` }
    : { what: `it does not accept the user and the password in its URL ${told}`, advice: 'check them' };
}

function cannotConnect({ host, port }: ConnectTarget, proxy: ProxyServer): string {
  return `cannot connect to ${host.includes(':') ? `[${host}]` : host}:${port} through ${describeProxy(proxy)}`;
}

function connectError(
  { scheme, host, port }: ConnectTarget,
  message: string,
  options: { readonly cause?: unknown; readonly status?: number },
): ConnectError {
  return new ConnectError(`${scheme}://${formatAuthority(host, port, scheme)}`, message, options);
}
