// The name and port of the server in links to itself: what the client asked for, or what the configuration says (UseCanonicalName).
import { nameOfHost, portOfHost } from '../config/own-name.ts';
import { coreServer } from '../modules/core-server.ts';
import type { ApacheRequest } from './apache-request.ts';

/** As it stands in links: without brackets around an address of IPv6 there would be no telling where the port begins. */
export function serverName(request: ApacheRequest): string {
  const name = plainServerName(request);
  return name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
}

/** As it stands in logs. */
export function plainServerName(request: ApacheRequest): string {
  const { useCanonicalName } = coreServer.ofDirectory(request.directoryConfig);
  const configured = nameOfHost(request.host) ?? request.services.defaultServerName ?? request.connection.localAddress;
  return useCanonicalName === 'on' ? configured : (request.hostName ?? configured);
}

export function serverPort(request: ApacheRequest): number {
  const { useCanonicalName, useCanonicalPhysicalPort } = coreServer.ofDirectory(request.directoryConfig);
  const standard = request.connection.tls ? 443 : 80;
  const physical = useCanonicalPhysicalPort ? request.connection.localPort : 0;
  const configured = portOfHost(request.host);
  const asked = useCanonicalName === 'on' ? 0 : (request.hostPort ?? 0);
  if (useCanonicalName === 'on') return configured || physical || standard;
  return asked || physical || configured || standard;
}
