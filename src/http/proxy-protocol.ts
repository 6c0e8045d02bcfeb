// The header of the PROXY protocol, versions 1 and 2 (haproxy.org/download/3.2/doc/proxy-protocol.txt): what a proxy says of a
// connection before its first byte. Bytes only, no I/O; whom to believe is decided elsewhere.
import { crc32c } from './crc32c.ts';
import { formatIpAddress, isIpv4Address, parseIpAddress } from './ip-address.ts';
import { isIpv6Address } from './ip-literal.ts';

/** One end of a connection. */
export interface ProxyEndpoint {
  /** IPv4 in dots, or IPv6 without brackets. */
  readonly address: string;
  readonly port: number;
}

/** What the header said. */
export interface ProxyHeader {
  readonly version: 1 | 2;
  /** The client; undefined where the proxy speaks for itself (LOCAL, a health check) or does not know (UNKNOWN, unix sockets). */
  readonly source: ProxyEndpoint | undefined;
  /** What the client connected to. */
  readonly destination: ProxyEndpoint | undefined;
  /** Whether the client came over TLS (PP2_TYPE_SSL); undefined where the header does not say. */
  readonly secure: boolean | undefined;
}

/** A header, and the bytes that it took. */
export interface ReadProxyHeader {
  readonly header: ProxyHeader;
  readonly bytes: number;
}

/** The bytes are no header of the PROXY protocol. */
export class ProxyProtocolError extends Error {
  override readonly name = 'ProxyProtocolError';
}

/** Longest line of version 1 with its end; the specification computes it. */
const V1_MAX_BYTES = 107;
/** Address block and TLVs of version 2. The field allows 65,535; nobody sends more than certificates' names and a checksum. */
export const V2_MAX_BYTES = 4_096;

const V1_START: Buffer = Buffer.from('PROXY ', 'latin1');
const V2_SIGNATURE: Buffer = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const V2_PREAMBLE_BYTES = 16;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

const PP2_TYPE_CRC32C = 0x03;
const PP2_TYPE_SSL = 0x20;
const PP2_CLIENT_SSL = 0x01;

/** Bytes of both addresses and both ports, by address family. */
const IPV4_BLOCK_BYTES = 12;
const IPV6_BLOCK_BYTES = 36;
const UNIX_BLOCK_BYTES = 216;

/**
 * Reads a header from the start of a connection's bytes; undefined where it needs more of them.
 *
 * @throws ProxyProtocolError where it is none, as early as that is certain.
 */
export function readProxyHeader(bytes: Buffer): ReadProxyHeader | undefined {
  if (startsAs(bytes, V2_SIGNATURE)) return readVersion2(bytes);
  if (startsAs(bytes, V1_START)) return readVersion1(bytes);
  throw new ProxyProtocolError('the connection does not begin with a PROXY header');
}

/** Whether the bytes, as far as they have come, agree with `start`. */
function startsAs(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}

function readVersion1(bytes: Buffer): ReadProxyHeader | undefined {
  const end = bytes.subarray(0, V1_MAX_BYTES).indexOf(LINE_FEED);
  if (end === -1) {
    if (bytes.length >= V1_MAX_BYTES) throw new ProxyProtocolError(`no end of line within ${V1_MAX_BYTES} bytes`);
    return undefined;
  }
  if (bytes[end - 1] !== CARRIAGE_RETURN) throw new ProxyProtocolError('the line does not end in CR LF');
  return { header: parseVersion1(bytes.toString('latin1', 0, end - 1)), bytes: end + 1 };
}

function parseVersion1(line: string): ProxyHeader {
  const [, family, sourceAddress, destinationAddress, sourcePort, destinationPort, ...rest] = line.split(' ');
  // Whatever follows UNKNOWN is to be ignored.
  if (family === 'UNKNOWN') return { version: 1, source: undefined, destination: undefined, secure: undefined };
  const isAddress = family === 'TCP4' ? isIpv4Address : family === 'TCP6' ? isIpv6Address : undefined;
  if (isAddress === undefined) throw new ProxyProtocolError('the family is none of TCP4, TCP6 and UNKNOWN');
  const endpoint = (address: string | undefined, port: string | undefined): ProxyEndpoint => {
    if (address === undefined || !isAddress(address)) throw new ProxyProtocolError(`an address is none of ${family}`);
    if (port === undefined || !/^(?:0|[1-9]\d{0,4})$/.test(port) || Number(port) > 65_535)
      throw new ProxyProtocolError('a port is none');
    return { address: family === 'TCP4' ? address : formatIpAddress(parseIpAddress(address)!), port: Number(port) };
  };
  if (rest.length > 0) throw new ProxyProtocolError('there is something behind the ports');
  return {
    version: 1,
    source: endpoint(sourceAddress, sourcePort),
    destination: endpoint(destinationAddress, destinationPort),
    secure: undefined,
  };
}

function readVersion2(bytes: Buffer): ReadProxyHeader | undefined {
  const versionAndCommand = bytes[12];
  if (versionAndCommand === undefined) return undefined;
  const command = versionAndCommand & 0x0f;
  if (versionAndCommand >> 4 !== 2) throw new ProxyProtocolError(`version ${versionAndCommand >> 4} is not known`);
  if (command > 1) throw new ProxyProtocolError(`command ${command} is not known`);
  if (bytes.length < V2_PREAMBLE_BYTES) return undefined;
  const length = bytes.readUInt16BE(14);
  if (length > V2_MAX_BYTES)
    throw new ProxyProtocolError(`the header announces ${length} bytes, ${V2_MAX_BYTES} is the limit`);
  const end = V2_PREAMBLE_BYTES + length;
  if (bytes.length < end) return undefined;
  return { header: parseVersion2(bytes.subarray(0, end), command === 0), bytes: end };
}

function parseVersion2(bytes: Buffer, isLocal: boolean): ProxyHeader {
  const family = (bytes[13] ?? 0) >> 4;
  const transport = (bytes[13] ?? 0) & 0x0f;
  if (family > 3 || transport > 2) throw new ProxyProtocolError('the address family or the transport is not known');
  const blockBytes = [0, IPV4_BLOCK_BYTES, IPV6_BLOCK_BYTES, UNIX_BLOCK_BYTES][family] ?? 0;
  // On a stream only STREAM makes sense; of whatever else is there, the specification wants it accepted and nothing believed.
  const isSpecified = family !== 0 && transport === 1;
  if (!isLocal && isSpecified && bytes.length < V2_PREAMBLE_BYTES + blockBytes)
    throw new ProxyProtocolError('the address block is too short for its family');
  // Of LOCAL everything behind the preamble is to be skipped, and of an unspecified family nothing says where TLVs begin.
  const values = isLocal || !isSpecified ? NOTHING_SAID : readValues(bytes, V2_PREAMBLE_BYTES + blockBytes);
  const { secure } = values;
  if (isLocal || !isSpecified || family === 3) return { version: 2, source: undefined, destination: undefined, secure };
  const addressBytes = family === 1 ? 4 : 16;
  const endpoint = (side: 0 | 1): ProxyEndpoint => ({
    address: formatAddress(bytes, V2_PREAMBLE_BYTES + side * addressBytes, addressBytes),
    port: bytes.readUInt16BE(V2_PREAMBLE_BYTES + 2 * addressBytes + side * 2),
  });
  return { version: 2, source: endpoint(0), destination: endpoint(1), secure };
}

interface SaidValues {
  readonly secure: boolean | undefined;
}

const NOTHING_SAID: SaidValues = { secure: undefined };

/** Walks over the TLVs: those that matter are read, all others are skipped. */
function readValues(bytes: Buffer, start: number): SaidValues {
  let secure: boolean | undefined;
  let at = start;
  while (at < bytes.length) {
    if (at + 3 > bytes.length) throw new ProxyProtocolError('a TLV is cut off');
    const type = bytes[at];
    const length = bytes.readUInt16BE(at + 1);
    const valueAt = at + 3;
    at = valueAt + length;
    if (at > bytes.length) throw new ProxyProtocolError('a TLV is longer than the header');
    if (type === PP2_TYPE_SSL && length >= 5) secure = ((bytes[valueAt] ?? 0) & PP2_CLIENT_SSL) !== 0;
    if (type === PP2_TYPE_CRC32C) checkSum(bytes, valueAt, length);
  }
  return { secure };
}

/** The sum is made over the whole header with zeros in its own place. */
function checkSum(bytes: Buffer, at: number, length: number): void {
  if (length !== 4) throw new ProxyProtocolError('the checksum does not have four bytes');
  const zeroed = Buffer.from(bytes);
  zeroed.writeUInt32BE(0, at);
  if (crc32c(zeroed) !== bytes.readUInt32BE(at)) throw new ProxyProtocolError('the checksum is wrong');
}

function formatAddress(bytes: Buffer, at: number, length: number): string {
  const address = bytes.subarray(at, at + length);
  return length === 4 ? address.join('.') : formatIpAddress(address);
}
