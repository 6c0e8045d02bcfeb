// What a certificate says, held against OpenSSL: names with everything in them, serial numbers, dates, algorithms.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { certificateOf, describeCertificate, rememberCertificates } from '#src/apache/ssl/server-certificate.js';
import { createSslServer } from '#src/apache/ssl/ssl-configuration.js';
import { externalProgram } from '../../support/external-program.js';

let folder = '';
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'perdura-certificates-'));
});
after(() => {
  rmSync(folder, { recursive: true });
});

const openssl = (...args: string[]): string =>
  execFileSync('openssl', args, { encoding: 'latin1', stdio: ['ignore', 'pipe', 'ignore'], timeout: 30_000 });

function make(subject: string, ...more: string[]): string {
  const file = path.join(folder, 'made.pem');
  const key = path.join(folder, 'key.pem');
  openssl('req', '-x509', '-nodes', '-keyout', key, '-out', file, '-subj', subject, '-utf8', ...more);
  return file;
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];

const SUBJECTS = [
  '/C=DE/ST=Bayern/L=Augsburg/O=perdura/OU=one/OU=two/CN=a.test/emailAddress=a@b.test',
  '/CN=comma, plus\\+ "quotes" <angles>; back\\\\slash',
  '/CN=#hash/O= space at both ends ',
  '/CN=Grüße/O=日本',
  '/O=set/CN=one+OU=two+L=three',
  '/DC=test/DC=perdura/UID=u/GN=g/SN=s/title=t/initials=i/description=d',
];

describe('what a certificate says', () => {
  test('is its names as OpenSSL writes them', externalProgram('openssl'), () => {
    for (const subject of SUBJECTS) {
      const multi = subject.includes('+OU') ? ['-multivalue-rdn'] : [];
      const file = make(subject, ...EC, ...multi);
      const printed = openssl('x509', '-in', file, '-noout', '-subject', '-nameopt', 'RFC2253,-esc_msb');
      const said = describeCertificate(readFileSync(file, 'latin1'));
      assert.equal(`subject=${said.get('S_DN')}\n`, printed);
      assert.equal(said.get('I_DN'), said.get('S_DN'));
    }
  });

  test('is each part of a name, the first without a number', externalProgram('openssl'), () => {
    const said = describeCertificate(readFileSync(make(SUBJECTS[0]!, ...EC), 'latin1'));
    const wanted = { C: 'DE', OU: 'one', OU_0: 'one', OU_1: 'two', Email: 'a@b.test' };
    for (const [name, value] of Object.entries(wanted)) assert.equal(said.get(`S_DN_${name}`), value);
  });

  test('is when it is valid, its number and its algorithms', externalProgram('openssl'), () => {
    for (const [serial, kind, key, signature] of [
      ['0x80', EC, 'id-ecPublicKey', 'ecdsa-with-SHA256'],
      ['1', ['-newkey', 'rsa:2048', '-sha384'], 'rsaEncryption', 'sha384WithRSAEncryption'],
      ['0xfedcba9876543210', ['-newkey', 'ed25519'], 'ED25519', 'ED25519'],
    ] as const) {
      const file = make(
        '/CN=a',
        ...kind,
        '-set_serial',
        serial,
        '-addext',
        'subjectAltName=DNS:a.test,email:a@a.test,DNS:b.test',
      );
      const said = describeCertificate(readFileSync(file, 'latin1'));
      const printed = openssl('x509', '-in', file, '-noout', '-startdate', '-enddate', '-serial');
      assert.equal(
        `notBefore=${said.get('V_START')}\nnotAfter=${said.get('V_END')}\nserial=${said.get('M_SERIAL')}\n`,
        printed,
      );
      assert.deepEqual([said.get('A_KEY'), said.get('A_SIG'), said.get('M_VERSION')], [key, signature, '3']);
      assert.deepEqual(
        ['DNS_0', 'DNS_1', 'Email_0'].map((name) => said.get(`SAN_${name}`)),
        ['a.test', 'b.test', 'a@a.test'],
      );
      assert.equal(said.get('CERT'), openssl('x509', '-in', file));
    }
  });

  test(
    'is nothing where it is none, and of several only where the cipher tells which',
    externalProgram('openssl'),
    () => {
      const server = createSslServer();
      rememberCertificates(server, [
        'no certificate',
        '-----BEGIN CERTIFICATE-----\nMAMCAQ==\n-----END CERTIFICATE-----\n',
      ]);
      assert.equal(certificateOf(server, 'TLS_AES_256_GCM_SHA384'), undefined);
      const ecdsa = readFileSync(make('/CN=ec', ...EC), 'latin1');
      const rsa = readFileSync(make('/CN=rsa', '-newkey', 'rsa:2048'), 'latin1');
      rememberCertificates(server, [ecdsa, rsa]);
      assert.equal(certificateOf(server, 'ECDHE-RSA-AES128-GCM-SHA256')?.get('S_DN'), 'CN=rsa');
      assert.equal(certificateOf(server, 'ECDHE-ECDSA-AES128-GCM-SHA256')?.get('S_DN'), 'CN=ec');
      assert.equal(certificateOf(server, 'TLS_AES_256_GCM_SHA384'), undefined);
      rememberCertificates(server, [ecdsa]);
      assert.equal(certificateOf(server, 'TLS_AES_256_GCM_SHA384')?.get('S_DN'), 'CN=ec');
    },
  );
});
