// `--self-signed`: a certificate for the time of one run. Its key exists in memory only.
import { parseIpAddress } from '../../http/index.ts';

/** Long enough for any development session; short, so that nobody comes to rely on it. */
const VALID_MS = 30 * 86_400_000;

/** Clocks of two machines differ. */
const SKEW_MS = 3_600_000;

/** Under these a server on this machine is reached. */
const LOCAL_NAMES: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/** Listening on these means on all addresses; nobody connects to them by that name. */
const ANY_ADDRESSES: readonly string[] = ['0.0.0.0', '::'];

/** A certificate and its key as PEM. */
export interface SelfSigned {
  readonly cert: string;
  readonly key: string;
}

/** Makes it for this machine and for the host that the server listens on. */
export async function makeSelfSigned(hostname: string, wallMs: number): Promise<SelfSigned> {
  // Loaded when it is needed: it brings a good part of a megabyte.
  const { generate } = await import('selfsigned');
  const names = [...new Set([...LOCAL_NAMES, ...(ANY_ADDRESSES.includes(hostname) ? [] : [hostname.toLowerCase()])])];
  const made = await generate([{ name: 'commonName', value: 'perdura serve --self-signed' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(wallMs - SKEW_MS),
    notAfterDate: new Date(wallMs + VALID_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) =>
          parseIpAddress(name) === undefined ? { type: 2, value: name } : { type: 7, ip: name },
        ),
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}
