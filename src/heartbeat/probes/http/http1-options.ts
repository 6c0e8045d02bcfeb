// Every option of httpProbe: what it means, its default and why that default; and the request that they come to.
import { OptionError } from '../../../errors.ts';
import { Headers, isIdempotentMethod, isToken } from '../../../http/index.ts';
import type { HeadersInput } from '../../../http/index.ts';
import type { Clock, ConnectionOpener } from '../../../io/index.ts';
import { checkNames, checkNumber, checkObject, describe, givenOr } from '../../../option-checks.ts';
import { NO_BODY, decideTargetForm } from '../../../wire/index.ts';
import type { BodyFraming } from '../../../wire/index.ts';
import { parseExpectedStatus } from './expected-status.ts';
import type { ExpectedStatus, StatusExpectation } from './expected-status.ts';
import type { HttpTarget } from './http-target.ts';

/** How a heartbeat of HTTP connects. */
export interface HttpConnectOptions {
  /**
   * Options of tls.connect() of node:tls, e.g. `ca`, `rejectUnauthorized`. ALPN is the probe's own. For thousands of probes that trust the
   * same, make one `secureContext` with tls.createSecureContext() and give it to all.
   */
  readonly tls?: Readonly<Record<string, unknown>> | undefined;
  /** Longest time to open a connection. Default Infinity: the heartbeat's `timeoutMs` is the deadline of a signal and all it needs. */
  readonly connectTimeoutMs?: number | undefined;
  /** Path of a unix socket that is used instead of the URL's host and port. */
  readonly socketPath?: string | undefined;
  /** For tests. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** For tests and special transports. Default: sockets of node:net and node:tls. */
  readonly opener?: ConnectionOpener | undefined;
}

/** Options of {@link httpProbe}. */
export interface HttpProbeOptions extends HttpConnectOptions {
  /**
   * Default HEAD: every server must support it (RFC 9110 §9.1), keeps the connection behind it, and sends no body. `OPTIONS` with the
   * target `*` is the request that means nothing else than a ping (§9.3.7), but nginx refuses it with 400 and ends the connection.
   */
  readonly method?: string | undefined;
  /** The request target (RFC 9112 §3.2), such as `*` for OPTIONS. Default: path and query of the URL. */
  readonly target?: string | undefined;
  /** Sent with every signal, e.g. credentials, or another Host. */
  readonly headers?: HeadersInput | undefined;
  /** Final statuses that are a sign of life, e.g. `'2xx'` or `['2xx', 404]`; others are a miss. Default: any, as whoever answers lives. */
  readonly expectStatus?: ExpectedStatus | undefined;
  /**
   * How much of an answer's body is read and thrown away, so that the connection can be kept; behind a longer one the next signal goes
   * on a new connection. Default 65,536, as a session drains.
   */
  readonly drainBytes?: number | undefined;
}

/** What HttpProbeOptions come to, without what connecting needs. */
export interface SignalRequest {
  readonly method: string;
  readonly target: string;
  /** Complete, without those of framing. */
  readonly fieldLines: string;
  readonly framing: BodyFraming;
  readonly mayRepeat: boolean;
  readonly expected: StatusExpectation | undefined;
  readonly drainBytes: number;
}

/** Who asks: operators find it in their logs. */
const USER_AGENT = 'perdura-heartbeat';

const DRAIN_BYTES = 65_536;

export const CONNECT_OPTION_NAMES: readonly string[] = ['tls', 'connectTimeoutMs', 'socketPath', 'clock', 'opener'];

/** Options that only a request has. */
export const REQUEST_OPTION_NAMES: readonly string[] = ['method', 'target', 'headers', 'expectStatus', 'drainBytes'];

/** They frame the message or speak for the connection, and both belong to the probe (RFC 9110 §7.6.1, §8.6). */
const REFUSED: readonly string[] = [
  'connection',
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** The request of every signal. @throws OptionError with the option's name and what is allowed. */
export function resolveSignalRequest(options: HttpProbeOptions, target: HttpTarget): SignalRequest {
  checkObject('options', options);
  checkNames('', options, [...CONNECT_OPTION_NAMES, ...REQUEST_OPTION_NAMES]);
  const method = givenOr(options.method, 'HEAD');
  // RFC 9110 §9.3.6: behind CONNECT the connection is a tunnel.
  if (typeof method !== 'string' || !isToken(method) || method === 'CONNECT') {
    throw new OptionError('method', `is ${describe(method)}, it must be a method of HTTP other than CONNECT`);
  }
  const requestTarget = givenOr(options.target, target.path);
  checkRequestTarget(method, requestTarget);
  const drainBytes = givenOr(options.drainBytes, DRAIN_BYTES);
  checkNumber('drainBytes', drainBytes, 0);
  return {
    method,
    target: requestTarget,
    fieldLines: formatFields(options.headers, target),
    // RFC 9110 §8.6: a method that means something with a body says so where it has none.
    framing: /^(?:POST|PUT|PATCH)$/.test(method) ? { kind: 'length', length: 0 } : NO_BODY,
    mayRepeat: isIdempotentMethod(method),
    expected: parseExpectedStatus(options.expectStatus),
    drainBytes,
  };
}

function checkRequestTarget(method: string, target: unknown): asserts target is string {
  // Visible ASCII only: white space or a line end in it would be another request.
  const isPlain = typeof target === 'string' && /^[!-~]+$/.test(target);
  if (isPlain && decideTargetForm(method, target) !== 'badTarget') return;
  throw new OptionError(
    'target',
    `is ${describe(target)}, it must be a path, an absolute URL, or * with the method OPTIONS`,
  );
}

function formatFields(given: HeadersInput | undefined, target: HttpTarget): string {
  const headers = readHeaders(given);
  for (const name of REFUSED) {
    if (headers.has(name)) throw new OptionError(`headers.${name}`, 'is up to the probe: leave the field out');
  }
  if (target.authorization !== undefined && headers.has('authorization')) {
    throw new OptionError(
      'headers.authorization',
      'says the same as user and password in the URL: give only one of them',
    );
  }
  const lines = [`Host: ${headers.get('host') ?? target.authority}\r\n`];
  if (!headers.has('user-agent')) lines.push(`User-Agent: ${USER_AGENT}\r\n`);
  if (!headers.has('accept')) lines.push('Accept: */*\r\n');
  if (target.authorization !== undefined) lines.push(`Authorization: ${target.authorization}\r\n`);
  for (const [name, value] of headers) if (name !== 'host') lines.push(`${name}: ${value}\r\n`);
  // A 1.0 server keeps the connection only if it is asked to (RFC 9112 §9.3).
  lines.push('Connection: keep-alive\r\n');
  return lines.join('');
}

function readHeaders(given: HeadersInput | undefined): Headers {
  try {
    return new Headers(given);
  } catch {
    // The error of the class quotes what may be a secret.
    throw new OptionError('headers', 'has a field that HTTP cannot say: names are tokens, values have no line ends');
  }
}
