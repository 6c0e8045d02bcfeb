// TLS of a server: what serve() takes for it, and what updateTls() takes to replace it.
import { OptionError } from '../../errors.ts';
import { TICKET_KEY_BYTES } from '../../io/index.ts';
import type { Pem, PemKey, TlsContextOptions } from '../../io/index.ts';
import { checkChoice, checkFunction, checkNames, checkNumber, checkObject, describe } from '../../option-checks.ts';

/** A version of TLS that is not deprecated (RFC 8996). */
export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** A further certificate, for clients that ask for certain names (SNI, RFC 6066 §3). */
export interface TlsContext {
  /** `www.example.com`, or `*.example.com` for one label in front. Default: the names in its certificate. */
  readonly servername?: string | readonly string[];
  readonly cert: Pem | readonly Pem[];
  readonly key: PemKey | readonly PemKey[];
  readonly passphrase?: string;
  /** See {@link TlsOptions.ca}. */
  readonly ca?: Pem | readonly Pem[];
}

/** What becomes of whoever speaks plain HTTP where TLS is expected. */
export type PlainHttp = 'refuse' | 'serve';

/** TLS of a server. Certificates and keys are PEM, as node:tls takes them. */
export interface TlsOptions {
  /** The server's certificate, and behind it those of the authorities between it and the root. A list is for several kinds of keys. */
  readonly cert: Pem | readonly Pem[];
  readonly key: PemKey | readonly PemKey[];
  /** For keys that are encrypted. */
  readonly passphrase?: string;
  /** Authorities to complete the chain with where it is not behind the certificate. Default: none. */
  readonly ca?: Pem | readonly Pem[];
  /** Further certificates by server name. Exact names come before wildcards; without a match the certificate above is used. */
  readonly contexts?: readonly TlsContext[];
  /**
   * Which of `contexts` a server name is for, by its place in the list; undefined: none of them. Called at every handshake that names a
   * server, and must not throw. Default: by the names of `contexts`.
   */
  readonly chooseContext?: (servername: string) => number | undefined;
  /**
   * Whoever speaks plain HTTP on this port: 'refuse' answers a 400 that says so, 'serve' gives the handler the request, whose `raw.secure` is
   * false then. Default 'refuse', as nginx and Apache answer by themselves.
   */
  readonly plainHttp?: PlainHttp;
  /** Default TLSv1.2: what is older is deprecated (RFC 8996). */
  readonly minVersion?: TlsVersion;
  /** Default TLSv1.3. */
  readonly maxVersion?: TlsVersion;
  /** As OpenSSL writes them. Default: those of Node.js. */
  readonly ciphers?: string;
  /** Default: those of Node.js. */
  readonly ecdhCurve?: string;
  /** Default: those of OpenSSL. */
  readonly sigalgs?: string;
  /**
   * 48 secret bytes with which session tickets are encrypted (RFC 5077): give the same ones to all workers, and new ones every day
   * with `updateTls`. Default: random ones, which are replaced by themselves.
   */
  readonly ticketKeys?: Uint8Array;
  /** How long random ticket keys are used. Default 86,400,000 (a day), as Go's crypto/tls. */
  readonly ticketRotationMs?: number;
  /** How long a session can be resumed. Default 300,000, as Node.js and nginx's ssl_session_timeout. */
  readonly sessionTimeoutMs?: number;
}

/** The defaults of everything in `tls` that has a constant one. */
export const DEFAULT_TLS: {
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  readonly ticketRotationMs: number;
  readonly sessionTimeoutMs: number;
} = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', ticketRotationMs: 86_400_000, sessionTimeoutMs: 300_000 };

const VERSIONS: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];

const PLAIN_HTTP: readonly PlainHttp[] = ['refuse', 'serve'];

const IDENTITY_NAMES: readonly string[] = ['cert', 'key', 'passphrase', 'ca'];

const TLS_NAMES: readonly string[] = [
  ...IDENTITY_NAMES,
  ...Object.keys(DEFAULT_TLS),
  'contexts',
  'chooseContext',
  'plainHttp',
  'ciphers',
  'ecdhCurve',
  'sigalgs',
  'ticketKeys',
].map((name) => `tls.${name}`);

/**
 * Fills in the defaults and refuses what makes no sense. Whether certificates and keys are what they should be is found out where they
 * are used.
 *
 * @throws OptionError with the name of the option; never with what a key holds.
 */
export function resolveTls(given: TlsOptions): TlsContextOptions {
  checkObject('tls', given);
  checkNames('tls', given, TLS_NAMES);
  const resolved = { ...given, ...withDefaults(given) };
  checkIdentity('tls', given);
  checkChoice('tls.minVersion', resolved.minVersion, VERSIONS);
  checkChoice('tls.maxVersion', resolved.maxVersion, VERSIONS);
  if (resolved.minVersion > resolved.maxVersion)
    throw new OptionError('tls.minVersion', `is ${resolved.minVersion}, above tls.maxVersion, ${resolved.maxVersion}`);
  checkFunction('tls.chooseContext', given.chooseContext);
  if (given.plainHttp !== undefined) checkChoice('tls.plainHttp', given.plainHttp, PLAIN_HTTP);
  checkNumber('tls.ticketRotationMs', resolved.ticketRotationMs, 1_000);
  checkNumber('tls.sessionTimeoutMs', resolved.sessionTimeoutMs, 1_000);
  for (const name of ['ciphers', 'ecdhCurve', 'sigalgs'] as const) checkText(`tls.${name}`, given[name]);
  checkTicketKeys(given.ticketKeys);
  checkContexts(given.contexts);
  return resolved;
}

function withDefaults(given: TlsOptions): Required<Pick<TlsOptions, keyof typeof DEFAULT_TLS>> {
  return {
    minVersion: given.minVersion ?? DEFAULT_TLS.minVersion,
    maxVersion: given.maxVersion ?? DEFAULT_TLS.maxVersion,
    ticketRotationMs: given.ticketRotationMs ?? DEFAULT_TLS.ticketRotationMs,
    sessionTimeoutMs: given.sessionTimeoutMs ?? DEFAULT_TLS.sessionTimeoutMs,
  };
}

function checkContexts(contexts: unknown): void {
  if (contexts === undefined) return;
  if (!Array.isArray(contexts)) throw new OptionError('tls.contexts', `is ${describe(contexts)}, it must be a list`);
  for (const [index, context] of (contexts as readonly unknown[]).entries()) {
    const group = `tls.contexts[${index}]`;
    checkObject(group, context);
    checkNames(
      group,
      context,
      [...IDENTITY_NAMES, 'servername'].map((name) => `${group}.${name}`),
    );
    checkIdentity(group, context);
    const { servername } = context as TlsContext;
    if (servername === undefined) continue;
    for (const name of [servername].flat()) checkText(`${group}.servername`, name);
    if (servername.length === 0) throw new OptionError(`${group}.servername`, 'is empty, it must be one name or more');
  }
}

function checkIdentity(group: string, identity: object): void {
  const { cert, key, passphrase, ca } = identity as Partial<TlsOptions>;
  checkPems(`${group}.cert`, cert, isPem);
  checkPems(`${group}.key`, key, isKey);
  if (ca !== undefined) checkPems(`${group}.ca`, ca, isPem);
  // What it is stays out of the message.
  if (passphrase !== undefined && typeof passphrase !== 'string')
    throw new OptionError(`${group}.passphrase`, `is ${typeof passphrase}, it must be a text`);
}

function checkPems(name: string, value: unknown, isRight: (value: unknown) => boolean): void {
  if (value === undefined) throw new OptionError(name, 'is missing, it must be text in PEM form');
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length > 0 && values.every(isRight)) return;
  throw new OptionError(name, 'must be text in PEM form, as a string or a Buffer, or a list of such');
}

function isPem(value: unknown): boolean {
  return typeof value === 'string' || value instanceof Uint8Array;
}

function isKey(value: unknown): boolean {
  if (isPem(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { pem, passphrase } = value as { readonly pem?: unknown; readonly passphrase?: unknown };
  return isPem(pem) && (passphrase === undefined || typeof passphrase === 'string');
}

function checkText(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'string') return;
  throw new OptionError(name, `is ${describe(value)}, it must be a text`);
}

function checkTicketKeys(keys: unknown): void {
  if (keys === undefined || (keys instanceof Uint8Array && keys.length === TICKET_KEY_BYTES)) return;
  const found = keys instanceof Uint8Array ? `has ${keys.length} bytes` : `is ${typeof keys}`;
  throw new OptionError('tls.ticketKeys', `${found}, it must be a Buffer of ${TICKET_KEY_BYTES} random bytes`);
}
