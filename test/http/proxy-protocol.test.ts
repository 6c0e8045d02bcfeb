// Headers of the PROXY protocol: what HAProxy's specification shows, every way to cut them, and what is none.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { crc32c } from '#src/http/crc32c.js';
import { parseIpAddress } from '#src/http/ip-address.js';
import { ProxyProtocolError, readProxyHeader, V2_MAX_BYTES } from '#src/http/proxy-protocol.js';
import type { ProxyHeader } from '#src/http/proxy-protocol.js';

const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

interface Version2 {
  readonly command?: number;
  readonly family?: number;
  readonly addresses?: Buffer;
  readonly values?: Buffer;
}

function version2({ command = 1, family = 0x11, addresses, values }: Version2): Buffer {
  const block = Buffer.concat([addresses ?? Buffer.alloc(0), values ?? Buffer.alloc(0)]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(block.length);
  return Buffer.concat([bytesOf(SIGNATURE), Buffer.of(0x20 | command, family), length, block]);
}

const tlv = (type: number, value: Buffer): Buffer =>
  Buffer.concat([Buffer.of(type, value.length >> 8, value.length & 0xff), value]);

function addressBlock(source: string, destination: string, sourcePort: number, destinationPort: number): Buffer {
  const part = (address: string): Uint8Array => {
    const bytes = parseIpAddress(address)!;
    return source.includes(':') ? bytes : bytes.subarray(12);
  };
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(sourcePort, 0);
  ports.writeUInt16BE(destinationPort, 2);
  return Buffer.concat([part(source), part(destination), ports]);
}

const V4 = addressBlock('192.168.0.1', '192.168.0.11', 56_324, 443);

/** The header, which took all bytes but those of `rest`. */
function read(bytes: Buffer, rest = 'GET'): ProxyHeader {
  const found = readProxyHeader(Buffer.concat([bytes, bytesOf(rest)]));
  assert.ok(found !== undefined, 'it wants more');
  assert.equal(found.bytes, bytes.length);
  return found.header;
}

const refused = (bytes: Buffer): void =>
  assert.throws(() => readProxyHeader(bytes), ProxyProtocolError, bytes.toString('latin1'));

describe('version 1', () => {
  test('names both ends over IPv4 and IPv6', () => {
    assert.deepEqual(read(bytesOf('PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n')), {
      version: 1,
      source: { address: '192.168.0.1', port: 56_324 },
      destination: { address: '192.168.0.11', port: 443 },
      secure: undefined,
    });
    const { source } = read(bytesOf('PROXY TCP6 2001:DB8:0:0::1 ::1 0 65535\r\n'));
    assert.deepEqual(source, { address: '2001:db8::1', port: 0 });
  });

  test('ignores what follows UNKNOWN, up to the longest line', () => {
    const longest = 'PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535'.padEnd(105, 'x');
    for (const line of ['PROXY UNKNOWN', longest]) assert.equal(read(bytesOf(`${line}\r\n`)).source, undefined);
    refused(bytesOf(`${longest}x\r\n`));
  });

  for (const line of [
    'PROXY',
    'PROXY ',
    'PROXY TCP4',
    'PROXY TCP5 192.168.0.1 192.168.0.11 56324 443',
    'PROXY tcp4 192.168.0.1 192.168.0.11 56324 443',
    'PROXY TCP4 192.168.0.1 192.168.0.11 56324',
    'PROXY TCP4 192.168.0.1 192.168.0.11 56324 443 ',
    'PROXY TCP4 192.168.0.1 192.168.0.11 56324 443 1',
    'PROXY  TCP4 192.168.0.1 192.168.0.11 56324 443',
    'PROXY TCP4 192.168.0.1 192.168.0.11 65536 443',
    'PROXY TCP4 192.168.0.1 192.168.0.11 -1 443',
    'PROXY TCP4 192.168.0.1 192.168.0.11 080 443',
    'PROXY TCP4 192.168.0.1 192.168.0.11 56324 4e2',
    'PROXY TCP4 192.168.0.256 192.168.0.11 56324 443',
    'PROXY TCP4 192.168.0.01 192.168.0.11 56324 443',
    'PROXY TCP4 ::1 ::1 56324 443',
    'PROXY TCP6 192.168.0.1 192.168.0.11 56324 443',
    'PROXY TCP6 fe80::1%eth0 ::1 56324 443',
  ]) {
    test(`is not '${line}'`, () => refused(bytesOf(`${line}\r\n`)));
  }

  test('ends in CR LF', () => refused(bytesOf('PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\n')));
});

describe('version 2', () => {
  test('names both ends over IPv4 and IPv6', () => {
    assert.deepEqual(read(version2({ addresses: V4 })), {
      version: 2,
      source: { address: '192.168.0.1', port: 56_324 },
      destination: { address: '192.168.0.11', port: 443 },
      secure: undefined,
    });
    const { source } = read(version2({ family: 0x21, addresses: addressBlock('2001:db8::1', '::1', 7, 8) }));
    assert.deepEqual(source, { address: '2001:db8::1', port: 7 });
  });

  test('names nobody for LOCAL, whatever is behind it', () => {
    for (const values of [Buffer.alloc(0), Buffer.from('anything at all')])
      assert.equal(read(version2({ command: 0, addresses: V4, values })).source, undefined);
    assert.equal(read(version2({ command: 0, family: 0 })).source, undefined);
  });

  test('names nobody for unspecified families, datagrams and unix sockets', () => {
    assert.equal(read(version2({ family: 0, addresses: Buffer.alloc(40, 1) })).source, undefined);
    assert.equal(read(version2({ family: 0x12, addresses: V4 })).source, undefined);
    assert.equal(read(version2({ family: 0x31, addresses: Buffer.alloc(216, 'a') })).source, undefined);
    refused(version2({ family: 0x31, addresses: Buffer.alloc(215) }));
  });

  test('says whether the client came over TLS, among values that do not matter', () => {
    const ssl = (client: number): Buffer => tlv(0x20, Buffer.of(client, 0, 0, 0, 0));
    const other = tlv(0xea, Buffer.from('vpce-1'));
    const secure = (values: Buffer): boolean | undefined => read(version2({ addresses: V4, values })).secure;
    assert.equal(secure(other), undefined);
    assert.equal(secure(Buffer.concat([other, ssl(1), other])), true);
    assert.equal(secure(ssl(0)), false);
    assert.equal(secure(tlv(0x04, Buffer.alloc(0))), undefined);
  });

  test('has a right checksum, where it has one', () => {
    const values = Buffer.concat([tlv(0x03, Buffer.alloc(4)), tlv(0x04, Buffer.from('padding'))]);
    const bytes = version2({ addresses: V4, values });
    refused(bytes);
    bytes.writeUInt32BE(crc32c(bytes), 16 + V4.length + 3);
    assert.equal(read(bytes).source?.port, 56_324);
    bytes[20]! ^= 1;
    refused(bytes);
    refused(version2({ addresses: V4, values: tlv(0x03, Buffer.alloc(3)) }));
  });

  test('is not cut off within its addresses or values', () => {
    refused(version2({ addresses: V4.subarray(1) }));
    refused(version2({ family: 0x21, addresses: V4 }));
    for (const values of [Buffer.of(4), Buffer.of(4, 0), Buffer.of(4, 0, 2, 1)])
      refused(version2({ addresses: V4, values }));
  });

  test('is at most 4,096 bytes long, which is known from its preamble', () => {
    const values = tlv(0x04, Buffer.alloc(V2_MAX_BYTES - V4.length - 3));
    assert.ok(read(version2({ addresses: V4, values })).source !== undefined);
    const longer = version2({ addresses: V4, values: tlv(0x04, Buffer.alloc(V2_MAX_BYTES - V4.length - 2)) });
    refused(longer.subarray(0, 16));
  });

  test('has a version, a command, a family and a transport that are known', () => {
    for (const [at, value] of [
      [12, 0x11],
      [12, 0x31],
      [12, 0x22],
      [13, 0x41],
      [13, 0x13],
    ] as const) {
      const bytes = version2({ addresses: V4 });
      bytes[at] = value;
      refused(bytes);
    }
  });
});

const HEADERS = [
  bytesOf('PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n'),
  bytesOf('PROXY UNKNOWN\r\n'),
  version2({ addresses: V4 }),
  version2({ command: 0, family: 0 }),
  version2({ family: 0x21, addresses: addressBlock('::1', '::1', 1, 2), values: tlv(4, Buffer.alloc(300)) }),
];

test('every part of a header wants more, and says so without an error', () => {
  for (const header of HEADERS)
    for (let length = 0; length < header.length; length++)
      assert.equal(readProxyHeader(header.subarray(0, length)), undefined, `${length} bytes`);
});

test('a header that was changed in one byte is read, wants more or is refused, and never reaches beyond the limit', () => {
  fc.assert(
    fc.property(fc.constantFrom(...HEADERS), fc.nat(), fc.nat(255), (header, position, value) => {
      const bytes = Buffer.concat([header, Buffer.alloc(8_192, 'x')]);
      bytes[position % header.length] = value;
      try {
        const found = readProxyHeader(bytes);
        assert.ok(found !== undefined, 'with so many bytes nothing can be missing');
        assert.ok(found.bytes <= V2_MAX_BYTES + 16);
      } catch (error) {
        assert.ok(error instanceof ProxyProtocolError, String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});

test('any bytes are read or refused, and never anything else', () => {
  const starts = fc.constantFrom('', 'PROXY ', SIGNATURE, `${SIGNATURE}\x21\x11`);
  fc.assert(
    fc.property(starts, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
      const bytes = Buffer.concat([bytesOf(start), rest]);
      try {
        readProxyHeader(bytes);
      } catch (error) {
        assert.ok(error instanceof ProxyProtocolError, String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});

test('the checksum is that of RFC 9260', () => {
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa);
  assert.equal(crc32c(Buffer.alloc(32, 0xff)), 0x62a8ab43);
});
