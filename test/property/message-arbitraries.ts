// Messages of HTTP/1.x for properties: well-formed streams of them, the same with damage, and bytes that never were one.
import fc from 'fast-check';

/** Text of one character a byte. */
export type ByteText = string;

const TOKEN_UNITS = "!#$%&'*+-.^_`|~0aZ".split('');
const token = fc.string({ unit: fc.constantFrom(...TOKEN_UNITS), minLength: 1, maxLength: 6 });

export const fieldName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('accept', 'x-a', 'X-B', 'keep-alive', 'expect', 'upgrade', 'cookie'),
  token.map((text) => `x-${text}`),
);

/** A value without white space around it, any byte that may stand in one. */
export const fieldValue: fc.Arbitrary<ByteText> = fc
  .string({ unit: fc.constantFrom(...'ab09 \t,;="\\:\x80\xff'.split('')), maxLength: 12 })
  .map((text) => text.replaceAll(/^[ \t]+|[ \t]+$/g, ''));

const connectionLine = fc.constantFrom(
  '',
  'Connection: close\r\n',
  'connection: keep-alive\r\n',
  'Connection: Keep-Alive, x\r\nConnection: close\r\n',
  'Connection: upgrade\r\n',
);

const fieldLines = fc
  .array(fc.tuple(fieldName, fieldValue, fc.constantFrom('', ' ', '\t ', '  ')), { maxLength: 4 })
  .map((fields) => fields.map(([name, value, space]) => `${name}:${space}${value}${space}\r\n`).join(''));

const bodyText: fc.Arbitrary<ByteText> = fc.oneof(
  fc.constantFrom('', 'hello', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', '0\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n'),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);

const extension = fc.constantFrom('', '', ';a', ';a=b', ';a="b;c"', ';a;b=1');

/** A body in chunks, cut anywhere, with extensions and trailers. */
export const chunkedBody: fc.Arbitrary<ByteText> = fc
  .tuple(bodyText, fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 6 }), extension, fieldLines, fc.boolean())
  .map(([text, sizes, extensionText, trailers, upperCase]) => {
    let coded = '';
    let rest = text;
    for (const size of [...sizes, rest.length]) {
      const data = rest.slice(0, size);
      rest = rest.slice(size);
      if (data === '') continue;
      const hex = data.length.toString(16);
      coded += `${upperCase ? hex.toUpperCase() : hex}${extensionText}\r\n${data}\r\n`;
    }
    return `${coded}0${extensionText}\r\n${trailers}\r\n`;
  });

/** The lines of framing and the body that they announce. */
const framedBody: fc.Arbitrary<{ lines: string; body: ByteText }> = fc.oneof(
  fc.constant({ lines: '', body: '' }),
  bodyText.map((body) => ({ lines: `Content-Length: ${body.length}\r\n`, body })),
  chunkedBody.map((body) => ({ lines: 'Transfer-Encoding: chunked\r\n', body })),
);

const method = fc.constantFrom('GET', 'GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'M-SEARCH');
const target = fc.constantFrom('/', '/a/b?c=%20', '//x', 'http://b.example/x', '/;,!$&()*+@:');

export const request: fc.Arbitrary<ByteText> = fc
  .tuple(method, target, fc.constantFrom('1.1', '1.1', '1.1', '1.0'), connectionLine, fieldLines, framedBody)
  .map(
    ([verb, path, version, connection, lines, { lines: framing, body }]) =>
      `${verb} ${path} HTTP/${version}\r\nHost: a.example\r\n${connection}${lines}${framing}\r\n${body}`,
  );

const statusLine = fc.constantFrom(
  'HTTP/1.1 200 OK',
  'HTTP/1.1 404 Not Found',
  'HTTP/1.1 204 No Content',
  'HTTP/1.1 304 ',
  'HTTP/1.1 100 Continue',
  'HTTP/1.1 103 \xe9 \t',
  'HTTP/1.0 200 OK',
);

export const response: fc.Arbitrary<ByteText> = fc
  .tuple(statusLine, connectionLine, fieldLines, framedBody)
  .map(([line, connection, lines, { lines: framing, body }]) => {
    const isBodiless = /^HTTP\/1\.1 (?:1|204|304)/.test(line);
    return `${line}\r\n${connection}${lines}${isBodiless ? '' : framing}\r\n${isBodiless ? '' : body}`;
  });

/** Pieces of text that parsers disagree about. */
export const TROUBLE: readonly ByteText[] = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\0',
  '\t',
  ' ',
  ':',
  ';',
  ',',
  '\x0b',
  '\x0c',
  '\x7f',
  '\x85',
  '\xa0',
  '0',
  '0x',
  '+',
  '-',
  '0\r\n\r\n',
  '\r\n ',
  'Content-Length: 3\r\n',
  'Content-Length: 0\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: identity\r\n',
  'Host: b\r\n',
  'Connection: close\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
];

type Damage = (text: ByteText) => ByteText;

const position = fc.nat({ max: 2000 });

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(position, fc.nat({ max: 7 })).map(([at, bit]): Damage => (text) => {
    const index = at % (text.length + 1);
    const flipped = String.fromCharCode((text.charCodeAt(index) || 0) ^ (1 << bit));
    return text.slice(0, index) + flipped + text.slice(index + 1);
  }),
  fc.tuple(position, fc.integer({ min: 1, max: 8 })).map(([at, length]): Damage => (text) => {
    const index = at % (text.length + 1);
    return text.slice(0, index) + text.slice(index + length);
  }),
  fc.tuple(position, fc.integer({ min: 1, max: 30 })).map(([at, length]): Damage => (text) => {
    const index = at % (text.length + 1);
    return text.slice(0, index + length) + text.slice(index);
  }),
  fc.tuple(position, fc.constantFrom(...TROUBLE)).map(([at, trouble]): Damage => (text) => {
    const index = at % (text.length + 1);
    return text.slice(0, index) + trouble + text.slice(index);
  }),
  fc.tuple(position, position).map(([from, to]): Damage => (text) => {
    const half = text.slice(from % (text.length + 1));
    const index = to % (text.length + 1);
    return text.slice(0, index) + half;
  }),
);

function stream(message: fc.Arbitrary<ByteText>): fc.Arbitrary<ByteText> {
  return fc.array(message, { minLength: 1, maxLength: 4 }).map((messages) => messages.join(''));
}

function damaged(message: fc.Arbitrary<ByteText>): fc.Arbitrary<ByteText> {
  return fc
    .tuple(stream(message), fc.array(damage, { minLength: 1, maxLength: 3 }))
    .map(([text, damages]) => damages.reduce((each, apply) => apply(each), text));
}

const noise = fc.oneof(
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc
    .array(fc.constantFrom(...TROUBLE, 'GET / HTTP/1.1', 'HTTP/1.1 200 OK', 'a'), { maxLength: 12 })
    .map((parts) => parts.join('')),
);

/** What may come in at a server: most of it nearly right. */
export const requestBytes: fc.Arbitrary<ByteText> = fc.oneof(
  { weight: 3, arbitrary: stream(request) },
  { weight: 6, arbitrary: damaged(request) },
  { weight: 1, arbitrary: noise },
);

/** What may come in at a client. */
export const responseBytes: fc.Arbitrary<ByteText> = fc.oneof(
  { weight: 3, arbitrary: stream(response) },
  { weight: 6, arbitrary: damaged(response) },
  { weight: 1, arbitrary: noise },
);

/** Cuts bytes at any places, also twice at the same. */
export function pieces(text: ByteText, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return places.map((place, index) => bytes.subarray(places[index - 1] ?? 0, place));
}

/** Where to cut: few places, or many close together. */
export const cuts: fc.Arbitrary<number[]> = fc.oneof(
  fc.array(position, { maxLength: 6 }),
  fc
    .tuple(position, fc.integer({ min: 1, max: 40 }))
    .map(([at, count]) => Array.from({ length: count }, (_, i) => at + i)),
);
