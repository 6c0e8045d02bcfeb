// What mod_ssl knows of a server or virtual host, and what a host has of the main server.

/** Versions of TLS. */
export type Protocol = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** Which hosts one connection may ask for (SSLVHostSNIPolicy). */
export type SniPolicy = 'strict' | 'secure' | 'authonly' | 'insecure';

/** Undefined: not set. */
export interface SslServer {
  engine: boolean | undefined;
  /** Absolute paths. */
  certificateFiles: readonly string[];
  /** Absolute paths; a certificate without one has its key in its own file. */
  keyFiles: readonly string[];
  chainFile: string | undefined;
  protocols: ReadonlySet<Protocol> | undefined;
  /** For TLS 1.2, and for TLS 1.3, as OpenSSL writes them. */
  cipherSuite: string | undefined;
  tls13CipherSuite: string | undefined;
  curves: string | undefined;
  sessionTimeoutSeconds: number | undefined;
  ticketKeyFile: string | undefined;
  requiresServerName: boolean | undefined;
  sniPolicy: SniPolicy | undefined;
}

export const ALL_PROTOCOLS: ReadonlySet<Protocol> = new Set(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const);

export function createSslServer(): SslServer {
  return {
    engine: undefined,
    certificateFiles: [],
    keyFiles: [],
    chainFile: undefined,
    protocols: undefined,
    cipherSuite: undefined,
    tls13CipherSuite: undefined,
    curves: undefined,
    sessionTimeoutSeconds: undefined,
    ticketKeyFile: undefined,
    requiresServerName: undefined,
    sniPolicy: undefined,
  };
}

/** `base` is the main server's. */
export function mergeSslServer(base: SslServer, over: SslServer): SslServer {
  return {
    engine: over.engine ?? base.engine,
    certificateFiles: mergeFiles(base.certificateFiles, over.certificateFiles),
    keyFiles: mergeFiles(base.keyFiles, over.keyFiles),
    chainFile: over.chainFile ?? base.chainFile,
    protocols: over.protocols ?? base.protocols,
    cipherSuite: over.cipherSuite ?? base.cipherSuite,
    tls13CipherSuite: over.tls13CipherSuite ?? base.tls13CipherSuite,
    curves: over.curves ?? base.curves,
    sessionTimeoutSeconds: over.sessionTimeoutSeconds ?? base.sessionTimeoutSeconds,
    ticketKeyFile: over.ticketKeyFile ?? base.ticketKeyFile,
    requiresServerName: over.requiresServerName ?? base.requiresServerName,
    // Of the server as a whole.
    sniPolicy: base.sniPolicy,
  };
}

/** The first of the host replaces the first of the main server, the second the second. */
function mergeFiles(base: readonly string[], over: readonly string[]): readonly string[] {
  return [...over, ...base.slice(over.length)];
}

/** Whether what was agreed on for one host is good enough for another: the same certificates, versions and ciphers. */
export function isCompatible(agreed: SslServer, wanted: SslServer, policy: SniPolicy): boolean {
  if (policy === 'insecure' || policy === 'authonly') return true;
  if (policy === 'strict') return false;
  return (
    sameTexts(agreed.certificateFiles, wanted.certificateFiles) &&
    sameTexts(agreed.keyFiles, wanted.keyFiles) &&
    sameTexts(
      [...(agreed.protocols ?? ALL_PROTOCOLS)].toSorted(),
      [...(wanted.protocols ?? ALL_PROTOCOLS)].toSorted(),
    ) &&
    agreed.cipherSuite === wanted.cipherSuite &&
    agreed.tls13CipherSuite === wanted.tls13CipherSuite
  );
}

function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}
