// What mod_ssl tells of the certificate of a host: SSL_SERVER_S_DN, SSL_SERVER_V_END and their kin.
import { formatObjectId, parseDer } from './der.ts';
import type { DerElement } from './der.ts';
import { readDistinguishedName } from './distinguished-name.ts';
import type { SslServer } from './ssl-configuration.ts';

/** By their names in OpenSSL. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.1': 'rsaEncryption',
  '1.2.840.113549.1.1.5': 'sha1WithRSAEncryption',
  '1.2.840.113549.1.1.10': 'rsassaPss',
  '1.2.840.113549.1.1.11': 'sha256WithRSAEncryption',
  '1.2.840.113549.1.1.12': 'sha384WithRSAEncryption',
  '1.2.840.113549.1.1.13': 'sha512WithRSAEncryption',
  '1.2.840.10045.2.1': 'id-ecPublicKey',
  '1.2.840.10045.4.1': 'ecdsa-with-SHA1',
  '1.2.840.10045.4.3.2': 'ecdsa-with-SHA256',
  '1.2.840.10045.4.3.3': 'ecdsa-with-SHA384',
  '1.2.840.10045.4.3.4': 'ecdsa-with-SHA512',
  '1.3.101.112': 'ED25519',
  '1.3.101.113': 'ED448',
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const EXPLICIT_VERSION = 0xa0;
const EXPLICIT_EXTENSIONS = 0xa3;
const UTC_TIME = 23;
const ALTERNATIVE_NAMES = '2.5.29.17';
const EMAIL_NAME = 0x81;
const DNS_NAME = 0x82;

/** `Jan  1 00:00:00 2020 GMT`, of UTCTime or GeneralizedTime (RFC 5280, section 4.1.2.5). */
function formatValidity({ tag, body }: DerElement): string {
  const digits = body.toString('latin1');
  const short = tag === UTC_TIME;
  const year = short ? Number(digits.slice(0, 2)) + (digits < '5' ? 2000 : 1900) : Number(digits.slice(0, 4));
  const rest = digits.slice(short ? 2 : 4);
  const month = MONTHS[Number(rest.slice(0, 2)) - 1] ?? '';
  const day = String(Number(rest.slice(2, 4))).padStart(2);
  return `${month} ${day} ${rest.slice(4, 6)}:${rest.slice(6, 8)}:${rest.slice(8, 10)} ${year} GMT`;
}

/** The first object identifier within. */
function algorithmOf({ body }: DerElement): string {
  const id = formatObjectId(parseDer(body)[0]!.body);
  return ALGORITHMS[id] ?? id;
}

/** A positive number has a zero in front where its first bit is set. */
function formatSerial({ body }: DerElement): string {
  return (body.length > 1 && body[0] === 0 ? body.subarray(1) : body).toString('hex').toUpperCase();
}

function readAlternativeNames(extensions: Buffer): [string, string][] {
  const names: [string, string][] = [];
  const counts = { Email: 0, DNS: 0 };
  for (const { body } of parseDer(parseDer(extensions)[0]!.body)) {
    const parts = parseDer(body);
    if (formatObjectId(parts[0]!.body) !== ALTERNATIVE_NAMES) continue;
    for (const { tag, body: name } of parseDer(parseDer(parts.at(-1)!.body)[0]!.body)) {
      const kind = tag === EMAIL_NAME ? 'Email' : tag === DNS_NAME ? 'DNS' : undefined;
      if (kind === undefined) continue;
      names.push([`SAN_${kind}_${counts[kind]}`, name.toString('latin1')]);
      counts[kind] += 1;
    }
  }
  return names;
}

/** By what stands behind `SSL_SERVER_`, of the first certificate of a text in PEM form. @throws RangeError where it is none */
export function describeCertificate(pem: string): ReadonlyMap<string, string> {
  const base64 = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([^-]*)-----END/.exec(pem)?.[1] ?? '';
  const [certificate] = parseDer(Buffer.from(base64, 'base64'));
  if (certificate === undefined) throw new RangeError('there is no certificate');
  const fields = parseDer(parseDer(certificate.body)[0]!.body);
  const version = fields[0]!.tag === EXPLICIT_VERSION ? parseDer(fields.shift()!.body)[0]!.body.readUInt8(0) + 1 : 1;
  const [serial, signature, issuer, validity, subject, key] = fields;
  if (key === undefined) throw new RangeError('a certificate has more parts');
  const [start, end] = parseDer(validity!.body);
  const extensions = fields.find(({ tag }) => tag === EXPLICIT_EXTENSIONS);
  const subjectName = readDistinguishedName(subject!.body);
  const issuerName = readDistinguishedName(issuer!.body);
  return new Map([
    ['M_VERSION', String(version)],
    ['M_SERIAL', formatSerial(serial!)],
    ['V_START', formatValidity(start!)],
    ['V_END', formatValidity(end!)],
    ['A_KEY', algorithmOf(parseDer(key.body)[0]!)],
    ['A_SIG', algorithmOf(signature!)],
    ['S_DN', subjectName.text],
    ['I_DN', issuerName.text],
    ...subjectName.parts.map(([name, value]): [string, string] => [`S_DN_${name}`, value]),
    ...issuerName.parts.map(([name, value]): [string, string] => [`I_DN_${name}`, value]),
    ...(extensions === undefined ? [] : readAlternativeNames(extensions.body)),
    ['CERT', `-----BEGIN CERTIFICATE-----${base64.replaceAll('\r', '')}-----END CERTIFICATE-----\n`],
  ]);
}

const DESCRIBED = new WeakMap<SslServer, readonly ReadonlyMap<string, string>[]>();

/** Remembers what a host's certificates say as they are when it starts: those on the disc may be newer. What cannot be read says nothing. */
export function rememberCertificates(server: SslServer, pems: readonly string[]): void {
  DESCRIBED.set(
    server,
    pems.map((pem) => {
      try {
        return describeCertificate(pem);
      } catch (error) {
        if (!(error instanceof RangeError) && !(error instanceof TypeError)) throw error;
        return new Map<string, string>();
      }
    }),
  );
}

/** Of the certificate that a connection got. Nothing where a host has several, and the cipher does not tell which it was: TLS 1.3. */
export function certificateOf(server: SslServer, cipher: string): ReadonlyMap<string, string> | undefined {
  const all = DESCRIBED.get(server) ?? [];
  if (all.length < 2) return all[0];
  const key = /ECDSA/.test(cipher) ? 'id-ecPublicKey' : /RSA/.test(cipher) ? 'rsaEncryption' : undefined;
  return all.find((certificate) => key !== undefined && certificate.get('A_KEY') === key);
}
