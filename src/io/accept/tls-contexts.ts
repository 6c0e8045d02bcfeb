// What handshakes are made with: certificates by server name, versions, ticket keys. Immutable but for the ticket keys: new
// certificates are a new object.
import { randomBytes } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { SecureContext, SecureContextOptions, SecureVersion } from 'node:tls';
import { OptionError } from '../../errors.ts';
import type { Clock } from '../clock.ts';
import { readIdentity } from './certificate.ts';
import type { CertificateFacts, Pem, TlsIdentity } from './certificate.ts';
import { isServerName, ServerNames } from './server-names.ts';

/** A certificate for certain names. */
export interface TlsNamedIdentity extends TlsIdentity {
  /** `www.example.com` or `*.example.com`. Default: the names in its certificate. */
  readonly servername?: string | readonly string[] | undefined;
  readonly ca?: Pem | readonly Pem[] | undefined;
}

/** Everything that handshakes are made with. Values are checked, but for PEM and for what only OpenSSL knows. */
export interface TlsContextOptions extends TlsIdentity {
  readonly ca?: Pem | readonly Pem[] | undefined;
  readonly ciphers?: string | undefined;
  readonly ecdhCurve?: string | undefined;
  readonly sigalgs?: string | undefined;
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
  readonly contexts?: readonly TlsNamedIdentity[] | undefined;
  /** Which of `contexts` a name is for. Default: by their names. */
  readonly chooseContext?: ((servername: string) => number | undefined) | undefined;
  /** Default 'refuse'. */
  readonly plainHttp?: 'refuse' | 'serve' | undefined;
  readonly ticketKeys?: Uint8Array | undefined;
  readonly sessionTimeoutMs: number;
  readonly ticketRotationMs: number;
}

/** Chosen by the name that the client asks for. The default is used where the callback is given undefined. */
export type SniCallback = (
  servername: string,
  callback: (error: Error | null, context?: SecureContext) => void,
) => void;

/** Name, HMAC key and AES key of tickets, as node:tls has them. */
export const TICKET_KEY_BYTES = 48;

/**
 * Sessions are only resumed where they were made (SSL_CTX_set_session_id_context). It is the same for all workers; what keeps servers
 * apart are their ticket keys.
 */
const SESSION_ID_CONTEXT = 'perdura';

/** See the head of the file. */
export class TlsContexts {
  readonly certificates: readonly CertificateFacts[];
  /** Undefined where there is no choice, so that handshakes do not have to ask. */
  readonly sniCallback: SniCallback | undefined;
  readonly #options: TlsContextOptions;
  readonly #clock: Clock;
  #ticketKeys: Buffer;
  /** Until when they are used; Infinity for keys that were given. */
  #ticketKeysUntilMs: number;
  #default: SecureContext;

  /**
   * `previous` is what these replace: tickets that it gave stay good, unless other keys are given.
   *
   * @throws OptionError with the option's name, e.g. `tls.contexts[1].key`.
   */
  constructor(options: TlsContextOptions, clock: Clock, previous?: TlsContexts) {
    this.#options = options;
    this.#clock = clock;
    const { ticketKeys, contexts = [] } = options;
    if (ticketKeys !== undefined) {
      this.#ticketKeys = Buffer.from(ticketKeys);
      this.#ticketKeysUntilMs = Infinity;
    } else {
      this.#ticketKeys = previous?.ticketKeys ?? randomBytes(TICKET_KEY_BYTES);
      this.#ticketKeysUntilMs = previous?.ticketKeysUntilMs ?? clock.nowMs() + options.ticketRotationMs;
    }
    const own = readIdentity('tls', options);
    const named = contexts.map((identity, index) => readIdentity(`tls.contexts[${index}]`, identity));
    this.certificates = [...own, ...named.flat()];
    this.#default = this.#makeContext('tls', options);
    if (contexts.length === 0) {
      this.sniCallback = undefined;
      return;
    }
    const { chooseContext } = options;
    if (chooseContext !== undefined) {
      const made = this.#makeContexts(contexts);
      this.sniCallback = (servername, callback) => {
        const index = chooseContext(servername);
        callback(null, index === undefined ? undefined : made[index]);
      };
      return;
    }
    const names = this.#nameContexts(contexts, named, own);
    this.sniCallback = (servername, callback) => callback(null, names.find(servername));
  }

  /** For clients that name no server, or none that is known. */
  get defaultContext(): SecureContext {
    return this.#default;
  }

  get ticketKeys(): Buffer {
    return this.#ticketKeys;
  }

  get ticketKeysUntilMs(): number {
    return this.#ticketKeysUntilMs;
  }

  /** Replaces keys that are too old (RFC 5077 §5.5); returns whether it did. Asked at handshakes, so that no timer is needed. */
  renewTicketKeys(): boolean {
    const nowMs = this.#clock.nowMs();
    if (nowMs < this.#ticketKeysUntilMs) return false;
    this.#ticketKeys = randomBytes(TICKET_KEY_BYTES);
    this.#ticketKeysUntilMs = nowMs + this.#options.ticketRotationMs;
    this.#default = this.#makeContext('tls', this.#options);
    return true;
  }

  /** Whether plain HTTP is let through. */
  get servesPlainHttp(): boolean {
    return this.#options.plainHttp === 'serve';
  }

  #makeContexts(contexts: readonly TlsNamedIdentity[]): SecureContext[] {
    return contexts.map((identity, index) => this.#makeContext(`tls.contexts[${index}]`, identity));
  }

  /** Names that were given come before those that certificates have, and what comes first before what comes later. */
  #nameContexts(
    contexts: readonly TlsNamedIdentity[],
    named: readonly (readonly CertificateFacts[])[],
    own: readonly CertificateFacts[],
  ): ServerNames<SecureContext | undefined> {
    const names = new ServerNames<SecureContext | undefined>();
    const made = this.#makeContexts(contexts);
    for (const [index, { servername }] of contexts.entries()) {
      for (const name of servername === undefined ? [] : [servername].flat()) {
        const option = `tls.contexts[${index}].servername`;
        if (!isServerName(name))
          throw new OptionError(
            option,
            `has a name that no client can ask for; write a name like www.example.com or *.example.com`,
          );
        if (!names.add(name, made[index])) throw new OptionError(option, `the name ${name} is there twice`);
      }
    }
    for (const [index, certificates] of named.entries()) {
      if (contexts[index]?.servername !== undefined) continue;
      const found = certificates.flatMap((certificate) => certificate.names).filter((name) => isServerName(name));
      if (found.length === 0)
        throw new OptionError(`tls.contexts[${index}].servername`, 'must be given: the certificate names no server');
      for (const name of found) names.add(name, made[index]);
    }
    for (const name of own.flatMap((certificate) => certificate.names)) names.add(name, undefined);
    return names;
  }

  #makeContext(
    group: string,
    identity: TlsIdentity & { readonly ca?: Pem | readonly Pem[] | undefined },
  ): SecureContext {
    const { ciphers, ecdhCurve, sigalgs, minVersion, maxVersion, sessionTimeoutMs } = this.#options;
    const { cert, key, passphrase, ca } = identity;
    const tunings = onlyGiven({ ca, ciphers, ecdhCurve, sigalgs });
    try {
      return createSecureContext({
        // One key with a passphrase of its own is only taken in a list.
        ...onlyGiven({ cert, key: [key].flat(), passphrase }),
        ...tunings,
        minVersion,
        maxVersion,
        // The server knows what it is good at; clients without fast AES are rare among those that negotiate it.
        honorCipherOrder: true,
        sessionIdContext: SESSION_ID_CONTEXT,
        sessionTimeout: Math.max(1, Math.ceil(sessionTimeoutMs / 1_000)),
        ticketKeys: this.#ticketKeys,
      });
    } catch (error) {
      throw explain(error, group, tunings);
    }
  }
}

function onlyGiven(options: object): SecureContextOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as SecureContextOptions;
}

/** OpenSSL does not say which option it means, and its words are for its maintainers: each is tried alone. */
function explain(error: unknown, group: string, tunings: SecureContextOptions): OptionError {
  for (const [name, value] of Object.entries(tunings)) {
    try {
      createSecureContext({ [name]: value as string });
    } catch {
      return new OptionError(
        `${name === 'ca' ? group : 'tls'}.${name}`,
        'OpenSSL cannot use it; write it as node:tls takes it',
      );
    }
  }
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return new OptionError(group, `node:tls cannot use cert and key (${code})`);
}
