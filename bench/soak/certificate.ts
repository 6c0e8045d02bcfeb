// The certificate of the server that is watched: made anew for each run, its key never on a disk.
import { generate } from 'selfsigned';

/** Longer than anybody soaks. */
const VALID_MS = 7 * 86_400_000;

/** For 127.0.0.1, as PEM. */
export async function makeCertificate(): Promise<{ readonly cert: string; readonly key: string }> {
  const nowMs = Date.now();
  const made = await generate([{ name: 'commonName', value: 'perdura soak' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - 3_600_000),
    notAfterDate: new Date(nowMs + VALID_MS),
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  return { cert: made.cert, key: made.private };
}
