// Which virtual host a request is for: by the address of its connection, then by the name that it asks for (RFC 9110, §7.2 and §7.6).
import { isIpv6Address } from '../../http/ip-literal.ts';
import { parseHostName, readName, readPort } from './host-name.ts';
import type { HostStrictness } from './host-name.ts';
import type { AddressHosts } from './virtual-host-table.ts';
import type { VirtualHost } from './virtual-host.ts';

/** What is asked. */
export interface HostQuestion {
  /** Of the address that the connection came to: `VirtualHostTable.at`, once for each connection. */
  readonly hosts: AddressHosts;
  /** Host and port of an absolute URL of the connection's own scheme, or of CONNECT, without user and password. */
  readonly urlHost: string | undefined;
  /** The Host fields, several of them joined by `, `. */
  readonly hostField: string | undefined;
  /** 1001 for HTTP/1.1, which has to have a Host field. */
  readonly version: number;
  readonly strictness: HostStrictness;
}

/** What comes of it. */
export interface HostMatch {
  /** Answers in any case, also where the request is refused. */
  readonly host: VirtualHost;
  /** As the client asked for it, in lower case and without port; undefined without one. */
  readonly hostName: string | undefined;
  /** The port beside it; undefined without one. */
  readonly hostPort: number | undefined;
  /** The request is refused with 400. */
  readonly fault: 'invalid' | 'missing' | undefined;
  /** What the Host field says from now on: the URL counts, not the field. Undefined: it stays. */
  readonly hostField: string | undefined;
}

/** See the head of the file. */
export function matchVirtualHost(question: HostQuestion): HostMatch {
  const { hosts, urlHost, hostField, version } = question;
  const isMissing = version >= 1001 && (hostField === undefined || hostField === '');
  const fault = isMissing ? 'missing' : undefined;
  if (urlHost !== undefined) return matchUrl(question, urlHost, fault);
  if (hostField === undefined || hostField === '') {
    return { host: hosts.first, hostName: undefined, hostPort: undefined, fault, hostField: undefined };
  }
  const parsed = parseHostName(hostField, question.strictness);
  if (parsed === undefined)
    return { host: hosts.first, hostName: undefined, hostPort: undefined, fault: 'invalid', hostField: undefined };
  return {
    host: hosts.named(parsed.name),
    hostName: parsed.name,
    hostPort: parsed.port,
    fault: undefined,
    hostField: undefined,
  };
}

function matchUrl(question: HostQuestion, urlHost: string, fault: HostMatch['fault']): HostMatch {
  const { hosts, hostField, strictness } = question;
  // `http:///x` asks for no host, `http://:80/x` neither; Apache answers with the default one.
  if (/^(?::\d*)?$/.test(urlHost))
    return { host: hosts.first, hostName: undefined, hostPort: undefined, fault, hostField: undefined };
  const { name: text, port } = splitPort(urlHost);
  const isAddress = text.startsWith('[') && text.endsWith(']') && isIpv6Address(text.slice(1, -1));
  const name = isAddress ? text.slice(1, -1).toLowerCase() : readName(text, strictness);
  if (name === undefined)
    return { host: hosts.first, hostName: undefined, hostPort: undefined, fault: 'invalid', hostField: undefined };
  const replaced =
    hostField === undefined || strictness === 'unsafe' ? undefined : (isAddress ? `[${name}]` : name) + port;
  const hostPort = readPort(port.slice(1));
  return { host: hosts.named(name), hostName: name, hostPort, fault, hostField: replaced };
}

/** The port of a URL may be empty, and any number: it does not count. */
function splitPort(urlHost: string): { readonly name: string; readonly port: string } {
  const match = /^(.*):([0-9]*)$/s.exec(urlHost);
  if (match === null) return { name: urlHost, port: '' };
  return { name: match[1]!, port: match[2] === '' ? '' : `:${match[2]!}` };
}
