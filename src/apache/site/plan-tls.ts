// From the certificates, versions and ciphers of the hosts of an address to options of serve().
import type { TlsOptions, TlsVersion } from '../../server/index.ts';
import { nameOfHost, portOfHost } from '../config/own-name.ts';
import type { VirtualHost } from '../config/virtual-host.ts';
import type { FileLookup } from '../files/file-lookup.ts';
import { ssl } from '../modules/ssl.ts';
import { ALL_PROTOCOLS } from '../ssl/ssl-configuration.ts';
import { rememberCertificates } from '../ssl/server-certificate.ts';
import type { SslServer } from '../ssl/ssl-configuration.ts';
import { ConfigurationRefused } from '../syntax/configuration-error.ts';
import { namesOfListener } from './listener-hosts.ts';

/** What an address that speaks TLS is started with. */
export interface TlsPlan {
  readonly options: TlsOptions;
  /** Whose certificate is in the options, and whose is in which of `contexts`. */
  readonly hosts: readonly VirtualHost[];
}

/** Certificates with long chains take some kilobytes. */
const MAX_PEM_BYTES = 1_048_576;

const TICKET_KEY_BYTES = 48;

/** Never without authentication or encryption, whatever the words allow. */
const NEVER = '!aNULL:!eNULL:!EXP';

/** What OpenSSL has for TLS 1.3 where nothing is said. */
const TLS13_CIPHERS = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';

/** `hosts` of a listener, the first of which decides whether it speaks TLS. Undefined: it does not. @throws ConfigurationRefused */
export function planTls(
  hosts: readonly VirtualHost[],
  main: VirtualHost,
  files: FileLookup,
  machineName: string | undefined,
): TlsPlan | undefined {
  const [first] = hosts;
  const settings = ssl.ofServer(first!.server);
  if (settings.engine !== true) return undefined;
  const secure = hosts.filter((host) => ssl.ofServer(host.server).engine === true);
  const described = secure.map((host) => ({ host, id: idOf(host, machineName), set: ssl.ofServer(host.server) }));
  for (const { id, set } of described) checkHost(id, set);
  checkAgreement(described, settings);
  const others = described.slice(1);
  const names = namesOfListener(hosts, main);
  const ticketKeys = readTicketKeys(settings, files);
  return {
    hosts: secure,
    options: {
      ...readFiles(settings, files),
      ...planVersions(settings),
      ...planCiphers(settings),
      ...(settings.curves === undefined ? {} : { ecdhCurve: settings.curves }),
      ...(settings.sessionTimeoutSeconds === undefined
        ? {}
        : { sessionTimeoutMs: Math.max(1, settings.sessionTimeoutSeconds) * 1_000 }),
      ...(ticketKeys === undefined ? {} : { ticketKeys }),
      contexts: others.map(({ set }) => readFiles(set, files)),
      chooseContext: (servername) => {
        const index = secure.indexOf(names.named(servername.toLowerCase()));
        return index < 1 ? undefined : index - 1;
      },
      plainHttp: 'serve',
    },
  };
}

/** As Apache names a host in its messages. */
export function idOf(host: VirtualHost, machineName: string | undefined): string {
  const port = portOfHost(host);
  return `${nameOfHost(host) ?? machineName ?? 'localhost'}:${port === 0 ? 443 : port}`;
}

function checkHost(id: string, { certificateFiles, protocols = ALL_PROTOCOLS }: SslServer): void {
  if (protocols.size === 0) throw refuse('AH02231: No SSL protocols available [hint: SSLProtocol]');
  if (!protocols.has('TLSv1.2') && !protocols.has('TLSv1.3')) {
    throw refuse(
      `SSLProtocol of ${id}: perdura speaks TLSv1.2 and TLSv1.3 alone: older versions are broken (RFC 8996)`,
    );
  }
  if (certificateFiles.length === 0) {
    throw refuse(`AH02572: Failed to configure at least one certificate and key for ${id}`);
  }
}

/** What is agreed on before the name is known; what is weaker than a host asks for is never taken in silence. */
function checkAgreement(
  described: ReadonlyArray<{ readonly id: string; readonly set: SslServer }>,
  first: SslServer,
): void {
  for (const { id, set } of described) {
    const different =
      JSON.stringify(planVersions(set)) !== JSON.stringify(planVersions(first))
        ? 'SSLProtocol'
        : planCiphers(set).ciphers !== planCiphers(first).ciphers
          ? 'SSLCipherSuite'
          : undefined;
    if (different === undefined) continue;
    throw refuse(
      `${different} of ${id} differs from that of ${described[0]!.id}, whose address it shares: perdura has one for all hosts of an address`,
    );
  }
}

function refuse(message: string): ConfigurationRefused {
  return new ConfigurationRefused(message, undefined, 'structure');
}

function planVersions({ protocols = ALL_PROTOCOLS }: SslServer): { minVersion: TlsVersion; maxVersion: TlsVersion } {
  return {
    minVersion: protocols.has('TLSv1.2') ? 'TLSv1.2' : 'TLSv1.3',
    maxVersion: protocols.has('TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2',
  };
}

function planCiphers({ cipherSuite, tls13CipherSuite }: SslServer): { readonly ciphers?: string } {
  if (cipherSuite === undefined && tls13CipherSuite === undefined) return {};
  const older = cipherSuite ?? 'DEFAULT';
  return { ciphers: `${tls13CipherSuite ?? TLS13_CIPHERS}:${NEVER}:${older}` };
}

/** What cannot be read is an empty text, which serve() explains. */
function readFiles(set: SslServer, files: FileLookup): { cert: string[]; key: string[] } {
  const read = (file: string): string => readPem(file, files);
  const chain = set.chainFile === undefined ? '' : read(set.chainFile);
  const certificates = set.certificateFiles.map(read);
  rememberCertificates(set, certificates);
  return {
    cert: set.certificateFiles.map((file, index) => {
      const text = certificates[index]!;
      const hasChain = text.split('-----BEGIN CERTIFICATE-----').length > 2;
      return hasChain || file === set.chainFile ? text : `${text}\n${chain}`;
    }),
    key: set.certificateFiles.map((file, index) => read(set.keyFiles[index] ?? file)),
  };
}

function readPem(file: string, files: FileLookup): string {
  try {
    return files.readSmall(file, MAX_PEM_BYTES) ?? '';
  } catch {
    return '';
  }
}

function readTicketKeys({ ticketKeyFile }: SslServer, files: FileLookup): Uint8Array | undefined {
  if (ticketKeyFile === undefined) return undefined;
  const text = readPem(ticketKeyFile, files);
  if (text.length >= TICKET_KEY_BYTES) return Buffer.from(text.slice(0, TICKET_KEY_BYTES), 'latin1');
  throw refuse(`SSLSessionTicketKeyFile: ${ticketKeyFile} cannot be read, or has fewer than ${TICKET_KEY_BYTES} bytes`);
}
