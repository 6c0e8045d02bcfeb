// `--cacert FILE`: the certificates of authorities to trust instead of those of the machine.
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CommandError, EXIT_CODES } from './exit-code.ts';

/** Labels of RFC 7468 §5, and the one of OpenSSL for a certificate with what it is trusted for. */
const CERTIFICATES = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[\s\S]*?-----END \1-----/g;

/**
 * node:tls leaves out what it cannot read, and would then trust nobody without saying why.
 *
 * @throws CommandError where the file cannot be read, or has no certificate, or one that is damaged.
 */
export async function readCertificates(path: string): Promise<Buffer> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new CommandError(EXIT_CODES.usage, `--cacert: ${error.message}`, { cause: error });
  });
  const certificates = bytes.toString('latin1').match(CERTIFICATES);
  if (certificates === null) {
    throw new CommandError(
      EXIT_CODES.usage,
      `--cacert ${path}: there is no certificate in it; name a file in PEM form, which has a line -----BEGIN CERTIFICATE-----.`,
    );
  }
  for (const [index, certificate] of certificates.entries()) {
    try {
      void new X509Certificate(certificate);
    } catch (error) {
      const which =
        certificates.length === 1 ? 'the certificate in it' : `certificate ${index + 1} of ${certificates.length}`;
      throw new CommandError(EXIT_CODES.usage, `--cacert ${path}: ${which} cannot be read, it is damaged.`, {
        cause: error,
      });
    }
  }
  return bytes;
}
