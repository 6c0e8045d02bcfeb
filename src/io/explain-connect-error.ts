// What went wrong when a connection was opened, in words: where to, what happened, what to do. Pure.
// Codes of getaddrinfo and connect as libuv names them, of certificates as OpenSSL names them (X509_V_ERR_…).
import { ConnectError, PerduraError, TimeoutError } from '../errors.ts';
import { formatAuthority } from '../http/origin.ts';
import type { FailedAttempt } from './address-race.ts';
import type { ConnectTarget } from './connection-opener.ts';
import { explainTlsError } from './explain-tls-error.ts';
import type { Explanation } from './explain-tls-error.ts';

const CHECK_RESOLVER = 'check the network and the DNS settings of this machine';

const LOOKUP_FAILURES: Readonly<Record<string, Explanation>> = {
  ENOTFOUND: { what: 'the name does not resolve', advice: 'check its spelling, or the DNS that should know it' },
  EAI_AGAIN: { what: 'no DNS server answered', advice: `${CHECK_RESOLVER}, or try again` },
  EAI_FAIL: { what: 'the DNS server failed', advice: CHECK_RESOLVER },
};

const TCP_FAILURES: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: {
    what: 'connection refused',
    advice: 'nothing listens on that port: start the server, or check host and port',
  },
  ECONNRESET: {
    what: 'connection reset',
    advice: 'something between here and there, a firewall or a full server, cut it off',
  },
  ETIMEDOUT: {
    what: 'no answer',
    advice: 'the machine is off, or a firewall swallows the packets: check host and port',
  },
  EHOSTUNREACH: { what: 'host unreachable', advice: 'the machine is off or not in this network: check the address' },
  ENETUNREACH: { what: 'network unreachable', advice: 'this machine has no route there: check its network and VPN' },
  EADDRNOTAVAIL: {
    what: 'no local address or port is free',
    advice: 'too many connections to one peer in a short time: reuse them, or close fewer of them',
  },
  EACCES: { what: 'not permitted', advice: 'a firewall of this machine or a sandbox forbids it' },
  EPERM: { what: 'not permitted', advice: 'a firewall of this machine or a sandbox forbids it' },
  EMFILE: { what: 'no file descriptor left', advice: 'raise the limit of open files (ulimit -n), or open fewer' },
  ENFILE: { what: 'no file descriptor left', advice: 'raise the limit of open files of this machine' },
  EINVAL: { what: 'no usable address', advice: 'an address of one link (fe80::) needs its zone, e.g. fe80::1%eth0' },
};

const UNIX_FAILURES: Readonly<Record<string, Explanation>> = {
  ENOENT: { what: 'there is no such socket', advice: 'start the server, or check socketPath' },
  EACCES: { what: 'permission denied', advice: 'the user of this process may not write to the socket' },
  ECONNREFUSED: {
    what: 'nobody listens on it',
    advice: 'start the server; the file may be left over from one that ended, or no socket at all',
  },
  EAGAIN: { what: 'its queue is full', advice: 'the server is overloaded or hangs' },
  ENOTSOCK: { what: 'it is not a socket', advice: 'check socketPath' },
  EINVAL: { what: 'the path cannot be that of a socket', advice: 'paths of sockets have about 100 bytes at most' },
  ENAMETOOLONG: { what: 'the path is too long', advice: 'paths of sockets have about 100 bytes at most' },
};

/** The lookup of the name failed. */
export function lookupError(target: ConnectTarget, error: unknown): ConnectError {
  const found = explain(LOOKUP_FAILURES, error);
  return connectError(target, withCode(found.what, error), [found.advice], error);
}

/** The name was looked up for its own sake, and that failed. */
export function resolveError(host: string, error: unknown): PerduraError {
  const { what, advice } = explain(LOOKUP_FAILURES, error);
  const message = [`cannot look up ${host}: ${withCode(what, error)}`, advice].filter((text) => text !== undefined);
  return new PerduraError('ERR_PERDURA_CONNECT', message.join('; '), { cause: error });
}

/** The name resolved to no address at all. */
export function noAddressError(target: ConnectTarget): ConnectError {
  return connectError(target, 'the name has no address', ['check its spelling, or the DNS that should know it']);
}

/** Every address, or the unix socket, was tried in vain. */
export function attemptsError(target: ConnectTarget, failed: readonly FailedAttempt[]): ConnectError {
  const advice = failed.map(({ error }) => explainAttempt(target, error).advice);
  const errors = failed.map(({ error }) => error);
  const cause = errors.length === 1 ? errors[0] : new AggregateError(errors, 'every address was tried in vain');
  return connectError(target, failed.map((attempt) => formatAttempt(target, attempt)).join(', '), advice, cause);
}

/** The handshake with the address that had answered failed. `offered`: the protocols of ALPN. */
export function handshakeError(
  target: ConnectTarget,
  address: string,
  error: NodeJS.ErrnoException,
  offered: readonly string[],
): ConnectError {
  const { what, advice } = explainTlsError(error, offered);
  return connectError(target, `${withCode(what, error)}${atAddress(target, address)}`, [advice], error);
}

/** What was under way when the time was over. */
export interface TimeoutFacts {
  readonly stage: 'lookup' | 'tcp' | 'tls';
  readonly timeoutMs: number;
  /** Addresses that had not answered; in the stage `tls` the one that had. */
  readonly addresses: readonly string[];
  readonly failed: readonly FailedAttempt[];
}

/** It took longer than it may. */
export function connectTimeoutError(target: ConnectTarget, facts: TimeoutFacts): TimeoutError {
  const { stage, timeoutMs, addresses, failed } = facts;
  const places = addresses.map((address) => atAddress(target, address));
  const silent = {
    lookup: () => ['the name was still being looked up'],
    tcp: () => places.map((place) => `no answer${place}`),
    tls: () => places.map((place) => `the TLS handshake${place} was not finished`),
  }[stage]();
  const story = [...failed.map((attempt) => formatAttempt(target, attempt)), ...silent].join(', ');
  const advice = stage === 'lookup' ? CHECK_RESOLVER : 'check host and port, and that no firewall swallows the packets';
  return new TimeoutError(
    'connect',
    timeoutMs,
    `cannot connect to ${formatTarget(target)} within ${timeoutMs} ms: ${story}; ${advice}, or raise timeouts.connectMs`,
  );
}

function connectError(
  target: ConnectTarget,
  story: string,
  advice: readonly (string | undefined)[],
  cause?: unknown,
): ConnectError {
  const origin = `${target.scheme}://${formatAuthority(target.host, target.port, target.scheme)}`;
  const sentences = new Set([story, ...advice.filter((text) => text !== undefined)]);
  const message = `cannot connect to ${formatTarget(target)}: ${[...sentences].join('; ')}`;
  return new ConnectError(origin, message, cause === undefined ? {} : { cause });
}

function formatTarget({ host, port, socketPath }: ConnectTarget): string {
  const peer = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return socketPath === undefined ? peer : `${peer} through the unix socket ${socketPath}`;
}

function formatAttempt(target: ConnectTarget, { address, error }: FailedAttempt): string {
  return `${withCode(explainAttempt(target, error).what, error)}${atAddress(target, address)}`;
}

function atAddress(target: ConnectTarget, address: string): string {
  return address === '' || address === target.host ? '' : ` at ${address}`;
}

function explainAttempt(target: ConnectTarget, error: unknown): Explanation {
  return explain(target.socketPath === undefined ? TCP_FAILURES : UNIX_FAILURES, error);
}

function explain(table: Readonly<Record<string, Explanation>>, error: unknown): Explanation {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return table[code] ?? { what: message, advice: undefined };
}

/** The code is what people search for; where the message is all that is known, it has it already. */
function withCode(what: string, error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined || what.includes(code) ? what : `${what} (${code})`;
}
