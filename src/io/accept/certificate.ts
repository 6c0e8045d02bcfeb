// What a certificate says of itself, and whether certificate and key are what they should be. Messages name the option and say what to
// do; they never repeat what a key or a passphrase holds.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { OptionError } from '../../errors.ts';
import { formatIpAddress, parseIpAddress } from '../../http/ip-address.ts';

/** Text in PEM form. */
export type Pem = string | Uint8Array;

/** A key in PEM form, with the passphrase where it has one of its own. */
export type PemKey = Pem | { readonly pem: Pem; readonly passphrase?: string | undefined };

/** Who a server is. Several certificates are for several kinds of keys (RSA and EC, say), each with its chain behind it. */
export interface TlsIdentity {
  /** The certificate, and behind it those of the authorities between it and the root. */
  readonly cert: Pem | readonly Pem[];
  readonly key: PemKey | readonly PemKey[];
  /** For keys that are encrypted. */
  readonly passphrase?: string | undefined;
}

/** What a certificate says of itself. Times are milliseconds since 1970. */
export interface CertificateFacts {
  /** The option that it was given with, e.g. `tls.contexts[0].cert`. */
  readonly option: string;
  /** DNS names and addresses that it is for. */
  readonly names: readonly string[];
  readonly validFromMs: number;
  readonly validUntilMs: number;
  /** SHA-256 as browsers show it. */
  readonly fingerprint256: string;
}

/** When less is left, the renewal that should have been is most likely broken: ninety-day certificates are renewed a month before. */
const EXPIRES_SOON_MS = 7 * 86_400_000;

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Reads certificates and keys, and checks that they belong together. `group` is the option that they are in, e.g. `tls`.
 *
 * @throws OptionError
 */
export function readIdentity(group: string, identity: TlsIdentity): readonly CertificateFacts[] {
  const certificates = listOf(identity.cert).map(({ value, suffix }) =>
    readCertificate(`${group}.cert${suffix}`, textOf(value)),
  );
  const keys = listOf(identity.key).map(({ value, suffix }) => {
    const { pem, passphrase } =
      typeof value === 'object' && 'pem' in value ? value : { pem: value, passphrase: undefined };
    return readKey(`${group}.key${suffix}`, group, textOf(pem), passphrase ?? identity.passphrase);
  });
  for (const certificate of certificates) {
    if (!keys.some((key) => certificate.leaf.checkPrivateKey(key))) throw mismatch(certificate, keys, group);
  }
  return certificates.map(({ option, leaf }) => factsOf(option, leaf));
}

/** Something about a certificate that clients do not like. */
export interface CertificateWarning {
  readonly option: string;
  /** They refuse it now; otherwise they soon will. */
  readonly isRefused: boolean;
  /** A sentence. */
  readonly message: string;
}

/** What clients do not like about certificates, now or soon. Pure. */
export function warnOfCertificates(certificates: readonly CertificateFacts[], wallMs: number): CertificateWarning[] {
  return certificates.flatMap(({ option, names, validFromMs, validUntilMs }) => {
    const subject = `The certificate${names.length === 0 ? '' : ` for ${names[0]}`}`;
    const until = dateOf(validUntilMs);
    if (wallMs > validUntilMs)
      return { option, isRefused: true, message: `${subject} expired on ${until}; clients will refuse it.` };
    if (wallMs < validFromMs) {
      const message = `${subject} is not valid before ${dateOf(validFromMs)}; clients will refuse it.`;
      return { option, isRefused: true, message };
    }
    if (validUntilMs - wallMs >= EXPIRES_SOON_MS) return [];
    return { option, isRefused: false, message: `${subject} expires on ${until}; it should be renewed.` };
  });
}

interface ReadCertificate {
  readonly option: string;
  readonly leaf: X509Certificate;
  readonly text: string;
}

function readCertificate(option: string, text: string): ReadCertificate {
  try {
    return { option, leaf: new X509Certificate(firstOf(text)), text };
  } catch {
    throw new OptionError(option, explainPem(text, 'CERTIFICATE', 'a certificate'));
  }
}

function firstOf(text: string): string {
  const [first] = text.match(PEM_BLOCK) ?? [];
  if (first === undefined) throw new Error('no certificate');
  return first;
}

function readKey(option: string, group: string, text: string, passphrase: string | undefined): KeyObject {
  if (!text.includes('PRIVATE KEY-----'))
    throw new OptionError(option, explainPem(text, 'PRIVATE KEY', 'a private key'));
  try {
    return createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (error) {
    const isEncrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text);
    if (isEncrypted && passphrase === undefined)
      throw new OptionError(option, `the key is encrypted; give its passphrase as ${group}.passphrase`);
    if (isEncrypted) throw new OptionError(option, `the key cannot be decrypted with ${group}.passphrase`);
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new OptionError(option, `the private key is damaged, or of a kind that OpenSSL does not know (${code})`);
  }
}

function mismatch({ option, text }: ReadCertificate, keys: readonly KeyObject[], group: string): OptionError {
  const behind = (text.match(PEM_BLOCK) ?? []).slice(1);
  const isMisplaced = behind.some((pem) => keys.some((key) => new X509Certificate(pem).checkPrivateKey(key)));
  return new OptionError(
    option,
    isMisplaced
      ? `the certificate of ${group}.key must come first, then those of the authorities`
      : `the certificate does not belong to ${group}.key: its public key is another one`,
  );
}

/** What the text is instead of what it should be. It is looked at, never repeated. */
function explainPem(text: string, label: string, what: string): string {
  const wanted = `it must be ${what} in PEM form, which begins with -----BEGIN ${label}-----`;
  if (text === '') return `is empty, ${wanted}`;
  if (/-----BEGIN (?:\w+ )*PRIVATE KEY-----/.test(text) && label === 'CERTIFICATE')
    return text.includes('-----BEGIN CERTIFICATE-----')
      ? `the certificate is damaged, ${wanted}`
      : `is a private key, ${wanted}; are cert and key swapped?`;
  if (text.includes('-----BEGIN CERTIFICATE-----'))
    return label === 'CERTIFICATE'
      ? 'the certificate is damaged: OpenSSL cannot read it'
      : `is a certificate, ${wanted}; are cert and key swapped?`;
  // DER begins with a SEQUENCE of a long length (X.690 §8.9).
  if (/^0[\u0081-\u0083]/.test(text)) return `is binary (DER), ${wanted}; openssl x509 and openssl pkey convert it`;
  if (!text.includes('\n') && text.length < 1_024 && !text.includes('-----'))
    return `holds no PEM, ${wanted}; if it is the name of a file, give what is in the file`;
  return `is not PEM, ${wanted}`;
}

function factsOf(option: string, leaf: X509Certificate): CertificateFacts {
  const { subjectAltName, validFrom, validTo, fingerprint256 } = leaf;
  const entries = (subjectAltName ?? '').split(', ');
  const names = entries.flatMap((entry) => /^(?:DNS|IP Address):([^"]+)$/.exec(entry)?.[1] ?? []);
  // OpenSSL writes every group of an IPv6 address.
  const readable = names.map((name) => {
    const address = parseIpAddress(name);
    return address === undefined ? name : formatIpAddress(address);
  });
  return {
    option,
    names: readable,
    validFromMs: Date.parse(validFrom),
    validUntilMs: Date.parse(validTo),
    fingerprint256,
  };
}

function listOf<Value>(given: Value | readonly Value[]): { readonly value: Value; readonly suffix: string }[] {
  if (!Array.isArray(given)) return [{ value: given as Value, suffix: '' }];
  return (given as readonly Value[]).map((value, index) => ({ value, suffix: `[${index}]` }));
}

/** One character a byte. */
function textOf(pem: Pem): string {
  return typeof pem === 'string' ? pem : Buffer.from(pem.buffer, pem.byteOffset, pem.byteLength).toString('latin1');
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
