// `--cacert`: what is no certificate is told before anything is sent.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { readCertificates } from '#src/cli/certificates.js';
import { certificate } from '../io/opening.ts';

describe('certificates of authorities', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'perdura-ca-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = (content: string | Uint8Array): string => {
    const name = path.join(folder, 'ca.pem');
    writeFileSync(name, content);
    return name;
  };
  const pem = certificate('authority').toString();
  const [ca = ''] = /-----BEGIN CERT[\s\S]*?-----END CERTIFICATE-----\n/.exec(pem) ?? [];

  test('are taken as they are, one or several, with comments between them', async () => {
    for (const content of [ca, `# ours\n${ca}\ntheirs\n${ca}`, ca.replaceAll('\n', '\r\n')]) {
      assert.equal((await readCertificates(file(content))).toString(), content);
    }
  });

  test('that are none, or damaged, are wrong usage', async () => {
    const key = ca.replaceAll('CERTIFICATE', 'PRIVATE KEY');
    const damaged = ca.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA');
    for (const [content, message] of [
      ['', /^--cacert .*ca\.pem: there is no certificate in it; name a file in PEM form/],
      ['a-host\n', /there is no certificate in it/],
      [key, /there is no certificate in it/],
      [ca.slice(0, -40), /there is no certificate in it/],
      [Buffer.from(ca.replaceAll(/-----.*-----\n/g, ''), 'base64'), /there is no certificate in it/],
      [damaged, /: the certificate in it cannot be read/],
      [ca + damaged, /: certificate 2 of 2 cannot be read/],
    ] as const) {
      await assert.rejects(readCertificates(file(content)), { name: 'CommandError', exitCode: 2, message });
    }
  });
});
