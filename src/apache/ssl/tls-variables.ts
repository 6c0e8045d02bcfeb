// What mod_ssl knows of a request by name: SSL_PROTOCOL and its kin, and the variables that everybody knows.
import type { ConnectionTls } from '../../server/index.ts';
import { FIELD_VARIABLES } from '../expression/index.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { readRequestVariable } from '../request/request-variables.ts';

type ReadsTls = (tls: ConnectionTls) => string | undefined;

/** Bits of the cipher's key, by its name in OpenSSL. */
function keyBits({ cipher }: ConnectionTls): string | undefined {
  if (/CHACHA20/.test(cipher)) return '256';
  const bits = /(?:AES|ARIA|CAMELLIA)_?(128|256)/.exec(cipher)?.[1];
  return bits ?? (/3DES|DES-CBC3/.test(cipher) ? '168' : undefined);
}

/** In the order in which `SSLOptions StdEnvVars` exports them, before those of the server's certificate. */
const OF_CONNECTION: ReadonlyMap<string, ReadsTls> = new Map<string, ReadsTls>([
  ['SSL_PROTOCOL', ({ version }) => version],
  ['SSL_SECURE_RENEG', () => 'true'],
  ['SSL_COMPRESS_METHOD', () => 'NULL'],
  ['SSL_CIPHER', ({ cipher }) => cipher],
  ['SSL_CIPHER_EXPORT', () => 'false'],
  ['SSL_CIPHER_USEKEYSIZE', keyBits],
  ['SSL_CIPHER_ALGKEYSIZE', keyBits],
  ['SSL_CLIENT_VERIFY', () => 'NONE'],
  ['SSL_SESSION_RESUMED', ({ resumed }) => (resumed ? 'Resumed' : 'Initial')],
  ['SSL_TLS_SNI', ({ servername }) => servername],
]);

const INTERFACE = 'mod_ssl/2.4.71';

const OF_SERVER = 'SSL_SERVER_';

/** What a host says of its certificate, by names without `SSL_SERVER_`. */
export type DescribesCertificate = (request: ApacheRequest) => ReadonlyMap<string, string> | undefined;

/** Undefined: there is no such variable, or nothing in it. */
export function readTlsVariable(
  request: ApacheRequest,
  name: string,
  describe: DescribesCertificate = () => undefined,
): string | undefined {
  const key = name.toUpperCase();
  if (key === 'SSL_VERSION_INTERFACE') return INTERFACE;
  const { handshake } = request.connection;
  if (key.startsWith(OF_SERVER)) return readPart(describe(request), name.slice(OF_SERVER.length));
  if (key.startsWith('SSL_')) return handshake === undefined ? undefined : OF_CONNECTION.get(key)?.(handshake);
  if (key.startsWith('ENV:')) return request.env.get(name.slice(4)) ?? request.services.osVariable?.(name.slice(4));
  const field = FIELD_VARIABLES[key as keyof typeof FIELD_VARIABLES];
  return field === undefined ? readRequestVariable(key, request) : request.headersIn.get(field);
}

function readPart(certificate: ReadonlyMap<string, string> | undefined, name: string): string | undefined {
  if (certificate === undefined) return undefined;
  // Parts are read as UTF-8 in any case, and expressions write all names in capitals.
  const wanted = name.toUpperCase().replace(/^([SI]_DN_.*)_RAW$/, '$1');
  for (const [known, value] of certificate) if (known.toUpperCase() === wanted) return value;
  return undefined;
}

/** Sets what `SSLOptions StdEnvVars` asks for. */
export function exportVariables(request: ApacheRequest, certificate: ReadonlyMap<string, string> | undefined): void {
  request.env.set('SSL_VERSION_INTERFACE', INTERFACE);
  for (const name of OF_CONNECTION.keys()) {
    const value = readTlsVariable(request, name);
    if (value !== undefined) request.env.set(name, value);
  }
  for (const [name, value] of certificate ?? []) if (isExported(name)) request.env.set(`${OF_SERVER}${name}`, value);
}

/** Not the certificate itself; parts of a name once, with numbers from the second on. */
function isExported(name: string): boolean {
  return name !== 'CERT' && !/^[SI]_DN_.*_0$/.test(name);
}
