// What went wrong in a TLS handshake, in words, and what to do. Pure.
// Certificates: X509_V_ERR_… of OpenSSL. Alerts: RFC 8446 §6.2, which OpenSSL calls `SSLV3_ALERT_…`, `TLSV1_ALERT_…` or, newer, `SSL/TLS_ALERT_…`.

/** What happened, and what to do about it. */
export interface Explanation {
  readonly what: string;
  readonly advice: string | undefined;
}

const TRUST_AUTHORITY =
  'if you trust it, give the certificate of its authority as tls.ca, or to all of Node.js with NODE_EXTRA_CA_CERTS';

const CERTIFICATE_FAILURES: Readonly<Record<string, Explanation>> = {
  CERT_HAS_EXPIRED: {
    what: 'the certificate has expired',
    advice: 'it must be renewed on the server; or the clock of this machine is wrong',
  },
  CERT_NOT_YET_VALID: {
    what: 'the certificate is not valid yet',
    advice: 'the clock of this machine or of the one that issued it is wrong',
  },
  CERT_REVOKED: { what: 'the certificate was revoked', advice: 'it must be replaced on the server' },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    what: 'the certificate is self-signed',
    advice: 'if you trust it, give it as tls.ca, or to all of Node.js with NODE_EXTRA_CA_CERTS',
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    what: 'the certificate comes from an authority that this machine does not know',
    advice: TRUST_AUTHORITY,
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    what: 'the certificate cannot be traced to an authority that this machine knows',
    advice: `the server must send its intermediate certificates, too; or ${TRUST_AUTHORITY}`,
  },
  UNABLE_TO_GET_ISSUER_CERT: {
    what: 'a certificate between it and its authority is missing',
    advice: `the server must send its intermediate certificates, too; or ${TRUST_AUTHORITY}`,
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    what: 'the certificate comes from an authority that this machine does not know',
    advice: TRUST_AUTHORITY,
  },
};

const NO_TLS: Explanation = {
  what: 'the peer does not speak TLS',
  advice: 'use http:// instead of https://, or the port on which it speaks TLS',
};

/** By what the codes of OpenSSL contain; the first that matches. */
const HANDSHAKE_FAILURES: readonly (readonly [RegExp, Explanation])[] = [
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|SSL_HTTP_REQUEST|BAD_PROTOCOL_VERSION_NUMBER/, NO_TLS],
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE/,
    { what: 'no version of TLS in common', advice: 'check tls.minVersion and tls.maxVersion, or update the server' },
  ],
  [
    /UNRECOGNIZED_NAME/,
    { what: 'the server does not know that name', advice: 'check the host, or set tls.servername to the name it has' },
  ],
  [
    /CERTIFICATE_REQUIRED|ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_|UNSUPPORTED_CERTIFICATE)/,
    { what: 'the server does not accept our certificate', advice: 'it wants another one in tls.cert and tls.key' },
  ],
  [
    /ALERT_HANDSHAKE_FAILURE|NO_SHARED_CIPHER/,
    {
      what: 'the server broke off the handshake',
      advice: 'no cipher in common (tls.ciphers), or it wants a client certificate (tls.cert and tls.key)',
    },
  ],
];

/** By what was offered by ALPN (RFC 7301 §3.2: the alert says that the server has none of it). */
function explainRefusal(offered: readonly string[]): Explanation {
  const advice = 'check tls.ALPNProtocols';
  switch (offered.join()) {
    case 'http/1.1':
      return { what: 'the server refuses HTTP/1.1', advice: `it may speak HTTP/2 only; ${advice}` };
    case 'h2':
      return { what: 'the server refuses HTTP/2', advice: `it may speak HTTP/1.1 only; ${advice}` };
    default:
      return { what: `the server refuses every protocol that was offered: ${offered.join(', ')}`, advice };
  }
}

/** Explains an error with which node:tls ended a handshake. `offered`: the protocols of ALPN. */
export function explainTlsError(error: NodeJS.ErrnoException, offered: readonly string[]): Explanation {
  const { code = '', message } = error;
  const certificate = CERTIFICATE_FAILURES[code];
  if (certificate !== undefined) return certificate;
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : undefined;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      what: `the certificate is for another name: ${reason ?? message}`,
      advice: 'connect by a name that it has, or set tls.servername to it',
    };
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return {
      what: 'the peer closed the connection during the TLS handshake',
      advice: 'it may not know that host name, refuse this version of TLS, or be no TLS server',
    };
  }
  // Of EPROTO only the message says more.
  const named = code === 'EPROTO' ? message.toUpperCase().replaceAll(' ', '_') : code;
  if (named.includes('NO_APPLICATION_PROTOCOL')) return explainRefusal(offered);
  const known = HANDSHAKE_FAILURES.find(([pattern]) => pattern.test(named));
  // Messages of OpenSSL are for its maintainers: addresses, source files, lines.
  return known?.[1] ?? { what: `the TLS handshake failed: ${reason ?? message}`, advice: undefined };
}
