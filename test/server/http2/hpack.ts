// Fields of HTTP/2 as bytes (HPACK, RFC 7541), for a client in tests: literals of every kind out, everything that a server may send in.
// Nothing here is lenient, as what a server sends is looked at, too.

/** A name in lower case, and a value of which every character is one byte. */
export type Field = readonly [name: string, value: string];

/** RFC 7541, appendix A. */
const STATIC_TABLE: readonly Field[] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  ...['200', '204', '206', '304', '400', '404', '500'].map((status): Field => [':status', status]),
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ...(
    'accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control ' +
    'content-disposition content-encoding content-language content-length content-location content-range content-type ' +
    'cookie date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since ' +
    'last-modified link location max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after ' +
    'server set-cookie strict-transport-security transfer-encoding user-agent vary via www-authenticate'
  )
    .split(' ')
    .map((name): Field => [name, '']),
];

/** RFC 7541 §4.1: what an entry of the dynamic table weighs beside its text. */
const ENTRY_OVERHEAD_BYTES = 32;

/** RFC 7541 §5.1: `first` holds the bits above the prefix. */
export function encodeNumber(first: number, prefixBits: number, value: number): Buffer {
  const most = 2 ** prefixBits - 1;
  if (value < most) return Buffer.from([first | value]);
  const bytes = [first | most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function encodeText(text: string): Buffer {
  return Buffer.concat([encodeNumber(0, 7, text.length), Buffer.from(text, 'latin1')]);
}

/** RFC 7541 §6.2.2: literals that no table remembers, so that blocks can be sent in any order. */
export function encodeFields(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), encodeText(name), encodeText(value)]));
}

/** RFC 7541 §6.2.1: a literal that both sides put into their tables. */
export function encodeIndexedField([name, value]: Field): Buffer {
  return Buffer.concat([Buffer.from([0x40]), encodeText(name), encodeText(value)]);
}

/** Lengths in bits of the Huffman codes of printable ASCII, from the space on, and of the few others with at most 30 (RFC 7541, appendix B). */
const HUFFMAN_LENGTHS =
  '6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10 13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6 ' +
  '15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 7 7 7 7 15 11 14 13';

/**
 * The code is canonical: ordered by length and then by symbol, each code is the one before plus one, filled up with zero bits. So the
 * lengths say it all, up to 19 bits, behind which are bytes that no field of ours has.
 */
function makeHuffmanTable(): ReadonlyMap<string, string> {
  const lengths = HUFFMAN_LENGTHS.split(' ').map((length, index) => ({ symbol: index + 0x20, length: Number(length) }));
  lengths.push({ symbol: 0, length: 13 });
  const table = new Map<string, string>();
  let code = 0;
  let before = 5;
  for (const { symbol, length } of lengths.toSorted((a, b) => a.length - b.length || a.symbol - b.symbol)) {
    code *= 2 ** (length - before);
    before = length;
    table.set(code.toString(2).padStart(length, '0'), String.fromCharCode(symbol));
    code += 1;
  }
  return table;
}

const HUFFMAN = makeHuffmanTable();

/** RFC 7541 §5.2: what is left over at the end are fewer than eight one bits. */
export function decodeHuffman(bytes: Buffer): string {
  let text = '';
  let code = '';
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      code += (byte >> bit) & 1;
      const symbol = HUFFMAN.get(code);
      if (symbol === undefined) continue;
      text += symbol;
      code = '';
    }
  }
  if (!/^1{0,7}$/.test(code)) throw new Error(`HPACK: Huffman code of '${text}' ends with ${code}`);
  return text;
}

/** Reads the blocks of one connection, in their order. */
export class FieldDecoder {
  readonly #dynamic: Field[] = [];
  #maxBytes = 4_096;

  decode(block: Buffer): Field[] {
    const fields: Field[] = [];
    let at = 0;
    const number = (prefixBits: number): number => {
      const most = 2 ** prefixBits - 1;
      let value = this.#byte(block, at) & most;
      at += 1;
      if (value < most) return value;
      for (let shift = 0; ; shift += 7) {
        const byte = this.#byte(block, at);
        at += 1;
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) return value;
      }
    };
    const text = (): string => {
      const isHuffman = (this.#byte(block, at) & 0x80) !== 0;
      const length = number(7);
      const bytes = block.subarray(at, at + length);
      if (bytes.length < length) throw new Error('HPACK: the block ends within a text');
      at += length;
      return isHuffman ? decodeHuffman(bytes) : bytes.toString('latin1');
    };
    while (at < block.length) {
      const first = block[at]!;
      if (first >= 0x80) {
        fields.push(this.#entry(number(7)));
      } else if (first >= 0x40) {
        const index = number(6);
        const field: Field = [index === 0 ? text() : this.#entry(index)[0], text()];
        fields.push(field);
        this.#dynamic.unshift(field);
        this.#shrink();
      } else if (first >= 0x20) {
        this.#maxBytes = number(5);
        this.#shrink();
      } else {
        const index = number(4);
        fields.push([index === 0 ? text() : this.#entry(index)[0], text()]);
      }
    }
    return fields;
  }

  #byte(block: Buffer, at: number): number {
    const byte = block[at];
    if (byte === undefined) throw new Error('HPACK: the block ends within a field');
    return byte;
  }

  #entry(index: number): Field {
    const field = STATIC_TABLE[index - 1] ?? this.#dynamic[index - 1 - STATIC_TABLE.length];
    if (field === undefined) throw new Error(`HPACK: there is no entry ${index}`);
    return field;
  }

  #shrink(): void {
    let bytes = 0;
    const last = this.#dynamic.findIndex(([name, value]) => {
      bytes += name.length + value.length + ENTRY_OVERHEAD_BYTES;
      return bytes > this.#maxBytes;
    });
    if (last !== -1) this.#dynamic.length = last;
  }
}
