// What TLS connections trust and negotiate, as node:tls keeps it: made of a user's options, and shared only where that is asked for.
import tls, { createSecureContext } from 'node:tls';
import type { ConnectionOptions, SecureContext } from 'node:tls';
import { OptionError } from '../errors.ts';

/** Options of connect() that say nothing of what a context is made of. */
const CONNECTION_OPTIONS: ReadonlySet<string> = new Set([
  'ALPNProtocols',
  'checkServerIdentity',
  'enableTrace',
  'minDHSize',
  'rejectUnauthorized',
  'requestOCSP',
  'secureContext',
  'servername',
  'session',
]);

/** Whether the options say anything that a context is made of. */
export function hasContextOptions(options: ConnectionOptions): boolean {
  return Object.entries(options).some(([name, value]) => value !== undefined && !CONNECTION_OPTIONS.has(name));
}

/** @throws OptionError where node:tls cannot make a context of the options. */
export function makeTlsContext(options: ConnectionOptions): SecureContext {
  try {
    return createSecureContext(options);
  } catch (error) {
    throw tlsOptionError(error);
  }
}

/**
 * The same options of tls.connect() with the context that they describe. A context takes a millisecond and some 20 KiB: whoever hands what
 * this returns to ten thousand clients has made one for all of them. They trust what the options say now, whatever becomes of them.
 *
 * @throws OptionError where node:tls cannot make a context of the options.
 */
export function prepareTls(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return hasContextOptions(options) ? { ...options, secureContext: makeTlsContext(options) } : options;
}

/** The context of those who say nothing, and the defaults of the process that it was made of. */
let common: { readonly defaults: readonly unknown[]; readonly context: SecureContext } | undefined;

/** The context of all who say nothing of what they trust, and share. A new one where the process has changed its defaults since. */
export function commonTlsContext(): SecureContext {
  const defaults = readDefaults();
  if (common?.defaults.every((value, index) => value === defaults[index]) !== true) {
    common = { defaults, context: makeTlsContext({}) };
  }
  return common.context;
}

/** `setDefaultCACertificates`, since 24.5 and 22.19. */
interface DefaultCertificates {
  setDefaultCACertificates?: unknown;
  getCACertificates?: (type: 'default') => readonly string[];
}

/** What a program can change at run time and a context keeps. The list of certificates is another one once it was set. */
function readDefaults(): readonly unknown[] {
  const { setDefaultCACertificates, getCACertificates } = tls as DefaultCertificates;
  const certificates = setDefaultCACertificates === undefined ? undefined : getCACertificates?.('default');
  return [certificates, tls.DEFAULT_CIPHERS, tls.DEFAULT_ECDH_CURVE, tls.DEFAULT_MIN_VERSION, tls.DEFAULT_MAX_VERSION];
}

/** Errors of node:tls quote the value that they refuse, which may be a passphrase: only their code and the option are told. */
export function tlsOptionError(error: unknown): OptionError {
  const { code = 'unknown error', message } = error as NodeJS.ErrnoException;
  const [option] = /(?<=\boptions\.)\w+/.exec(message) ?? [];
  const name = option === undefined ? 'tls' : `tls.${option}`;
  return new OptionError(name, `node:tls cannot use it (${code}); give it as tls.connect() of Node.js takes it.`);
}
