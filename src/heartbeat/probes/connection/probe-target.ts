// Targets of probes: a URL, or host and port, taken apart and checked. What is secret in them never gets into a message.
import { OptionError } from '../../../errors.ts';
import { checkBoundedNumber, checkNames, checkObject, describe } from '../../../option-checks.ts';
import type { ProbePeer } from './probe-connection.ts';

/** One scheme of a protocol. */
export interface TargetScheme {
  /** Undefined where there is none: the target must name its port. */
  readonly defaultPort: number | undefined;
  readonly isTls: boolean;
}

/** Who logs in; decoded. */
export interface Credentials {
  /** Empty where only a password was given. */
  readonly user: string;
  readonly password: string;
}

/** What the URLs of a protocol may have. */
export interface TargetRules {
  readonly schemes: Readonly<Record<string, TargetScheme>>;
  /** Whether there is a log-in. Default false. */
  readonly takesCredentials?: boolean;
  /** What a path may be, `/` included. Default: none. */
  readonly path?: RegExp;
}

/** A target, taken apart. */
export interface ParsedTarget extends ProbePeer {
  readonly scheme: string;
  readonly credentials: Credentials | undefined;
}

/** What may have been meant. */
export const ENCODED: string = 'in a user or a password write / as %2F, ? as %3F and # as %23';

/** @throws OptionError with what is allowed. */
export function parseProbeTarget(target: unknown, rules: TargetRules): ParsedTarget {
  const names = Object.keys(rules.schemes);
  const example = `${names[0]}://host${rules.schemes[names[0]!]?.defaultPort === undefined ? ':port' : ''}`;
  if (typeof target !== 'string')
    throw new OptionError('target', `is ${describe(target)}, it must be a URL such as ${example}`);
  if (!URL.canParse(target)) {
    throw new OptionError('target', `is no URL; write it as ${example}${target.includes('@') ? `; ${ENCODED}` : ''}`);
  }
  const url = new URL(target);
  const name = url.protocol.slice(0, -1);
  const scheme = Object.hasOwn(rules.schemes, name) ? rules.schemes[name] : undefined;
  if (scheme === undefined)
    throw new OptionError('target', `begins with ${name}:, it must begin with ${names.join(': or ')}:`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === '') throw new OptionError('target', `has no host; write it as ${example}`);
  const port = url.port === '' ? scheme.defaultPort : Number(url.port);
  if (port === undefined) throw new OptionError('target', `has no port; write it as ${name}://host:port`);
  if (port === 0) throw new OptionError('target', 'has the port 0, to which nothing can be sent');
  checkRest(url, rules);
  return { ...peerOf(name, host, port, scheme.isTls), scheme: name, credentials: credentialsOf(url, rules) };
}

function checkRest(url: URL, { path }: TargetRules): void {
  const isPathFine = url.pathname === '' || url.pathname === '/' || path?.test(url.pathname) === true;
  if (!isPathFine)
    // It is not repeated: behind a / that was not encoded it is the rest of a password.
    throw new OptionError('target', `has a path, which makes no sense with ${url.protocol}; ${ENCODED}`);
  if (url.search !== '' || url.hash !== '') {
    throw new OptionError('target', `has a query or a fragment, which makes no sense with ${url.protocol}; ${ENCODED}`);
  }
}

function credentialsOf(url: URL, { takesCredentials = false }: TargetRules): Credentials | undefined {
  if (url.username === '' && url.password === '') return undefined;
  if (!takesCredentials) {
    throw new OptionError('target', `has a user or a password, but this probe of ${url.protocol} does not log in`);
  }
  const user = decode(url.username);
  const password = decode(url.password);
  // In a protocol of lines the rest would be another command.
  if (/[\0\r\n]/.test(user + password)) throw new OptionError('target', 'has a line break in its user or password');
  return { user, password };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new OptionError('target', 'has a user or a password that is not percent-encoded as in a URL (% is %25)');
  }
}

/** Host and port, instead of a URL. */
export interface HostAndPort {
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Whether to speak TLS; an object is also its options, as in `options.tls`. Default false. */
  readonly tls?: boolean | Readonly<Record<string, unknown>>;
}

const RAW_SCHEMES: TargetRules = {
  schemes: { tcp: { defaultPort: undefined, isTls: false }, tls: { defaultPort: undefined, isTls: true } },
};

/** A target without a protocol: `host:port`, `tcp://host:port`, `tls://host:port`, or an object. @throws OptionError */
export function parseRawTarget(target: string | HostAndPort): ProbePeer {
  if (typeof target === 'string') {
    return parseProbeTarget(target.includes('://') ? target : `tcp://${target}`, RAW_SCHEMES);
  }
  checkObject('target', target);
  checkNames('target', target, ['target.host', 'target.port', 'target.tls']);
  const { host, port, tls = false } = target;
  if (typeof host !== 'string' || host === '') {
    throw new OptionError('target.host', `is ${describe(host)}, it must be a name or an address`);
  }
  checkBoundedNumber('target.port', port, 1, 65_535);
  return peerOf(tls === false ? 'tcp' : 'tls', host, port, tls !== false);
}

function peerOf(scheme: string, host: string, port: number, isTls: boolean): ProbePeer {
  return { host, port, isTls, target: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}` };
}
