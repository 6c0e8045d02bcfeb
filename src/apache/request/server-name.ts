// The name and port of the server in links to itself: what the client asked for, or what the configuration says (UseCanonicalName).
import { coreServer } from '../modules/core-server.ts';
import type { ApacheRequest } from './apache-request.ts';

/** Without brackets around an address of IPv6 there would be no telling where the port begins. */
export function serverName(request: ApacheRequest): string {
  const { useCanonicalName } = coreServer.ofDirectory(request.directoryConfig);
  const configured = request.host.name ?? request.services.defaultServerName ?? request.connection.localAddress;
  const name = useCanonicalName === 'on' ? configured : (request.hostName ?? configured);
  return name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
}

export function serverPort(request: ApacheRequest): number {
  const { useCanonicalName, useCanonicalPhysicalPort } = coreServer.ofDirectory(request.directoryConfig);
  const standard = request.connection.tls ? 443 : 80;
  const physical = useCanonicalPhysicalPort ? request.connection.localPort : 0;
  const configured = request.host.namePort;
  const asked = useCanonicalName === 'on' ? 0 : (request.hostPort ?? 0);
  if (useCanonicalName === 'on') return configured || physical || standard;
  return asked || physical || configured || standard;
}
