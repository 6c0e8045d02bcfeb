// Addresses of Listen and <VirtualHost>: an address in dots or brackets, a name, a port.
import { formatIpAddress, parseIpAddress } from '../../http/ip-address.ts';

/** See the head of the file. */
export interface WrittenAddress {
  /** Undefined: only a port is written. IPv6 without brackets, in its one spelling. */
  readonly host: string | undefined;
  /** `%eth0` */
  readonly hasScope: boolean;
  readonly port: number | undefined;
}

function toPort(digits: string): number | undefined {
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** Whether it is an address and not a name. */
export function isIpAddress(host: string): boolean {
  return parseIpAddress(host) !== undefined;
}

function readHost(written: string, port: number | undefined): WrittenAddress | undefined {
  if (!written.startsWith('[')) {
    const address = parseIpAddress(written);
    return { host: address === undefined ? written : formatIpAddress(address), hasScope: false, port };
  }
  const inner = /^\[([^\]]*)\]$/.exec(written)?.[1];
  if (inner === undefined) return undefined;
  const [literal = '', scope] = inner.split('%');
  const address = parseIpAddress(literal);
  if (address === undefined || !literal.includes(':') || scope === '') return undefined;
  return { host: formatIpAddress(address), hasScope: scope !== undefined, port };
}

/** What is written; undefined where no address and no port is. A number alone is a port. */
export function readAddress(text: string): WrittenAddress | undefined {
  if (/^\d+$/.test(text)) {
    const port = toPort(text);
    return port === undefined ? undefined : { host: undefined, hasScope: false, port };
  }
  const found = /^(.*):(\d+)$/s.exec(text);
  if (found === null) return readHost(text, undefined);
  const [, written = '', digits = ''] = found;
  const port = toPort(digits);
  return written === '' || port === undefined ? undefined : readHost(written, port);
}
