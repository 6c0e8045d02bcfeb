// Whether a request may be answered on a connection whose handshake was made for another name (RFC 9110 §7.4, SSLVHostSNIPolicy).
import { nameOfHost } from '../config/own-name.ts';
import type { VirtualHost } from '../config/virtual-host.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { isCompatible } from './ssl-configuration.ts';
import type { SslServer } from './ssl-configuration.ts';

const NO_NAME =
  'Reason: The client software did not provide a hostname using Server Name Indication (SNI), which is required to access this server.<br />\n';

/** What is wrong, and what the error log says of it. Undefined: nothing. */
export interface ServerNameFault {
  readonly status: 400 | 403 | 421;
  readonly message: string;
  /** For the page. */
  readonly notes?: string;
}

export function checkServerName(
  request: ApacheRequest,
  settingsOf: (host: VirtualHost) => SslServer,
): ServerNameFault | undefined {
  const { connection, services, host, hostName = '' } = request;
  const hosts = services.hostsAt?.(connection);
  if (connection.handshake === undefined || hosts === undefined) return undefined;
  const { servername } = connection.handshake;
  const agreed = servername === undefined ? hosts.first : hosts.named(servername.toLowerCase());
  if (servername === undefined) {
    const isRequired = settingsOf(agreed).requiresServerName === true || settingsOf(host).requiresServerName === true;
    if (isRequired && hosts.isNameBased) {
      const message = 'AH02033: No hostname was provided via SNI for a name based virtual host';
      return { status: 403, message, notes: NO_NAME };
    }
  } else if (request.hostName === undefined) {
    return {
      status: 400,
      message: `AH02031: Hostname ${servername} provided via SNI, but no hostname provided in HTTP request`,
    };
  }
  const policy = settingsOf(host).sniPolicy ?? 'secure';
  if (agreed === host || isCompatible(settingsOf(agreed), settingsOf(host), policy)) return undefined;
  const first =
    servername === undefined
      ? `Hostname ${nameOfHost(agreed) ?? services.defaultServerName ?? ''} (default host as no SNI was provided)`
      : `Hostname ${servername} provided via SNI`;
  return {
    status: 421,
    message: `AH02032: ${first} and hostname ${hostName} provided via HTTP have no compatible SSL setup for policy '${policy}'`,
  };
}
