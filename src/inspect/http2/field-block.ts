// Fields of HTTP/2 as bytes (HPACK, RFC 7541), as little of it as one request on a connection needs: all fields of the request as
// literals, and of the answer only its status, which stands first (RFC 9113 §8.3.2).

/** A name in lower case, and a value of which every character is one byte. */
export type Field = readonly [name: string, value: string];

/** RFC 7541 §6.2.3: literal, and never to be put into a table, as among them may be secrets. */
const NEVER_INDEXED = 0x10;

/** RFC 7541 §5.2: without Huffman coding, so that who reads the bytes can read them. */
export function encodeFields(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([NEVER_INDEXED]), encodeText(name), encodeText(value)]),
  );
}

function encodeText(text: string): Buffer {
  return Buffer.concat([encodeLength(text.length), Buffer.from(text, 'latin1')]);
}

/** RFC 7541 §5.1, with a prefix of seven bits. */
function encodeLength(length: number): Buffer {
  if (length < 127) return Buffer.from([length]);
  const bytes = [127];
  let rest = length - 127;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

/** RFC 7541, appendix A: entries 8 to 14 are `:status` with these. */
const STATUSES = [200, 204, 206, 304, 400, 404, 500];
const FIRST_STATUS = 8;
const LAST_STATUS = FIRST_STATUS + STATUSES.length - 1;

/** RFC 7541, appendix B: 0, 1 and 2 have five bits, 00000 to 00010; 3 to 9 have six, 011001 to 011111. */
const SHORT_DIGITS = 3;
const LONG_DIGITS_FROM = 0b011001;

/** The status at the beginning of the first block of fields on a connection; undefined where it cannot be read. */
export function readStatus(block: Buffer): number | undefined {
  let at = 0;
  // RFC 7541 §6.3: sizes of the table, which has no entries yet.
  while (at < block.length && (block[at]! & 0xe0) === 0x20) at = skipNumber(block, at, 5);
  const first = block[at];
  if (first === undefined) return undefined;
  if ((first & 0x80) !== 0) return STATUSES[(first & 0x7f) - FIRST_STATUS];
  const index = first & ((first & 0x40) === 0 ? 0x0f : 0x3f);
  if (index < FIRST_STATUS || index > LAST_STATUS) return undefined;
  return readDigits(block, at + 1);
}

/** Behind a number with a prefix of so many bits. */
function skipNumber(block: Buffer, at: number, prefixBits: number): number {
  const most = 2 ** prefixBits - 1;
  let next = at + 1;
  if ((block[at]! & most) !== most) return next;
  while ((block[next] ?? 0) >= 0x80) next += 1;
  return next + 1;
}

/** Three digits, plain or in Huffman code. */
function readDigits(block: Buffer, at: number): number | undefined {
  const head = block[at];
  if (head === undefined) return undefined;
  const bytes = block.subarray(at + 1, at + 1 + (head & 0x7f));
  const text = (head & 0x80) === 0 ? bytes.toString('latin1') : decodeDigits(bytes);
  return /^[1-9]\d\d$/.test(text) ? Number(text) : undefined;
}

function decodeDigits(bytes: Buffer): string {
  let bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let digits = '';
  while (digits.length < 3) {
    const short = Number.parseInt(bits.slice(0, 5), 2);
    if (short < SHORT_DIGITS) {
      digits += short;
      bits = bits.slice(5);
      continue;
    }
    const long = Number.parseInt(bits.slice(0, 6), 2) - LONG_DIGITS_FROM + SHORT_DIGITS;
    if (!(long >= SHORT_DIGITS && long <= 9)) return '';
    digits += long;
    bits = bits.slice(6);
  }
  return digits;
}
