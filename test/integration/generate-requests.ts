// Requests for fuzzing, as latin1 text: valid ones with the answer that they must get, and broken ones made of them.
import type { Random } from './random.ts';

/** A request and what is known of its answer. */
export interface GeneratedRequest {
  readonly bytes: string;
  /** Undefined where the request may be broken: then anything may come that ends. */
  readonly expected: ExpectedAnswer | undefined;
}

export interface ExpectedAnswer {
  readonly status: number;
  /** The whole body; undefined where it does not matter. */
  readonly body: string | undefined;
  /** The body is not sent, because the method is HEAD. */
  readonly isHead: boolean;
  /** The server ends the connection after it. */
  readonly closes: boolean;
}

/** `limits.drainBytes` of the server that is fuzzed. */
export const DRAIN_BYTES = 16_384;

const FIELDS = [
  'Accept: */*\r\n',
  'User-Agent: \t fuzz/1.0 (caf\xe9)\r\n',
  'Cookie: a=b; c="d"\r\n',
  'X-Empty:\r\n',
  'Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\n',
  'Keep-Alive: timeout=0, max=-5\r\n',
  'Proxy-Connection: close\r\n',
  'Upgrade: h2c\r\n',
  `X-Long: ${'l'.repeat(300)}\r\n`,
];

function someFields(random: Random): string {
  let fields = '';
  for (let count = random.below(4); count > 0; count -= 1) fields += random.pick(FIELDS);
  return fields;
}

function formatChunked(random: Random, body: string): string {
  let text = '';
  for (let at = 0; at < body.length;) {
    const size = 1 + random.below(Math.min(body.length - at, 200));
    const extension = random.chance(10) ? ';name="va;l"' : '';
    text += `${random.chance(20) ? '0' : ''}${size.toString(16)}${extension}\r\n${body.slice(at, at + size)}\r\n`;
    at += size;
  }
  return `${text}0\r\n${random.chance(10) ? 'X-Trailer: yes\r\n' : ''}\r\n`;
}

function makeBody(random: Random): string {
  const unit = random.pick(['a', 'GET / HTTP/1.1\r\nHost: smuggled\r\n\r\n', '0\r\n\r\n', '\r\n']);
  return unit.repeat(random.below(random.chance(3) ? 800 : 12));
}

/** A request that must be answered, with its number in the answer. Only an unread body above the drain limit makes that uncertain. */
export function generateValid(random: Random, number: number): GeneratedRequest {
  const id = String(number);
  const kind = random.pick(['now', 'now', 'later', 'stream', 'echo', 'echo', 'ignore', 'throw', 'reject']);
  const path = `/${kind}/${id}`;
  const target = random.chance(10) ? `http://fuzz.test${path}` : path;
  const version = random.chance(10) ? '1.0' : '1.1';
  const closes = random.chance(2);
  const persistence = closes ? 'Connection: x,CLOSE\r\n' : version === '1.0' ? 'Connection: Keep-Alive\r\n' : '';
  const head = `${target} HTTP/${version}\r\nHost: fuzz.test\r\n${persistence}${someFields(random)}`;
  const failed = kind === 'throw' || kind === 'reject';
  // An answer of unknown length is delimited by the end of an HTTP/1.0 connection.
  const untilClose = kind === 'stream' && version === '1.0';
  const answered = {
    status: failed ? 500 : 200,
    closes: closes || untilClose,
    isHead: false,
    body: failed ? undefined : kind === 'stream' ? `${id} ${id} end` : id,
  };
  if (kind !== 'echo' && kind !== 'ignore') {
    if (random.chance(10)) return { bytes: `HEAD ${head}\r\n`, expected: { ...answered, closes, isHead: true } };
    return { bytes: `GET ${head}\r\n`, expected: answered };
  }
  const body = makeBody(random);
  // A body that nobody reads is drained up to the limit; above it the connection may end with this answer or behind it.
  const isTooMuch = kind === 'ignore' && body.length > DRAIN_BYTES;
  const expected = isTooMuch ? undefined : { ...answered, body: kind === 'echo' ? `${id} ${body}` : id };
  const method = random.pick(['POST', 'PUT', 'PATCH', 'FROBNICATE']);
  if (version === '1.1' && random.chance(kind === 'ignore' ? 10 : 50)) {
    const bytes = `${method} ${head}Transfer-Encoding: chunked\r\n\r\n${formatChunked(random, body)}`;
    // Whether an unread chunked body has ended when its answer goes out is a matter of when its pieces arrive: rare, since
    // nothing behind it is certain.
    return { bytes, expected: kind === 'ignore' ? undefined : expected };
  }
  return { bytes: `${method} ${head}Content-Length: ${body.length}\r\n\r\n${body}`, expected };
}

/** Bytes that mean something somewhere in a message. */
const SPECIALS = ['\0', '\r', '\n', '\r\n', '\r\n\r\n', ' ', '\t', ':', ',', ';', '"', '%', '\x7f', '\xff', '/', '0'];

/** Field lines that make a head dubious. */
const DUBIOUS_FIELDS = [
  'Content-Length: 5\r\nContent-Length: 6\r\n',
  'Content-Length: -1\r\n',
  'Content-Length: 1e3\r\n',
  'Content-Length: 99999999999999999999\r\n',
  'Content-Length: 65537\r\n',
  'Transfer-Encoding: chunked\r\nContent-Length: 3\r\n',
  'Transfer-Encoding: gzip\r\n',
  'Transfer-Encoding: chunked, chunked\r\n',
  'Transfer-Encoding : chunked\r\n',
  'Host: a\r\nHost: b\r\n',
  'Host: a b\r\n',
  'Folded: a\r\n b\r\n',
  ': no name\r\n',
  'no colon\r\n',
  'Expect: 200-ok\r\n',
  'Expect: 100-continue\r\nContent-Length: 10\r\n',
  `X-Huge: ${'h'.repeat(20_000)}\r\n`,
  'X: y\r\n'.repeat(150),
];

/** Whole inputs that are no HTTP/1 at all, or hardly. */
const FOREIGN = [
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'GET /now/1\r\n',
  'GET / HTTP/3.7\r\n\r\n',
  'CONNECT fuzz.test:443 HTTP/1.1\r\nHost: fuzz.test\r\n\r\n',
  'TRACE / HTTP/1.1\r\nHost: fuzz.test\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: fuzz.test\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  `GET /${'t'.repeat(9_000)} HTTP/1.1\r\nHost: fuzz.test\r\n\r\n`,
  '\r\n'.repeat(50),
  '',
];

type Mutation = (random: Random, bytes: string) => string;

const splice = (bytes: string, at: number, removed: number, inserted: string): string =>
  bytes.slice(0, at) + inserted + bytes.slice(at + removed);

const MUTATIONS: readonly Mutation[] = [
  // One byte becomes another.
  (random, bytes) => splice(bytes, random.below(bytes.length), 1, String.fromCharCode(random.below(256))),
  // A byte with a meaning appears.
  (random, bytes) => splice(bytes, random.below(bytes.length), 0, random.pick(SPECIALS)),
  // A part is lost.
  (random, bytes) => splice(bytes, random.below(bytes.length), 1 + random.below(30), ''),
  // A part comes twice.
  (random, bytes) => {
    const at = random.below(bytes.length);
    return splice(bytes, at, 0, bytes.slice(at, at + 1 + random.below(60)));
  },
  // The end is missing.
  (random, bytes) => bytes.slice(0, random.below(bytes.length)),
  // Line ends of other systems.
  (random, bytes) => bytes.replaceAll('\r\n', random.pick(['\n', '\r', '\n\r', '\r\r\n'])),
  // A dubious field behind the request line.
  (random, bytes) => splice(bytes, bytes.indexOf('\r\n') + 2, 0, random.pick(DUBIOUS_FIELDS)),
  // Chunk sizes that are none.
  (random, bytes) =>
    bytes.replace(/\r\n[0-9a-f]+\r\n/, `\r\n${random.pick(['-1', '0x5', 'g', ' 5', '5 ', 'f'.repeat(17)])}\r\n`),
  // Something else altogether.
  (random) => random.pick(FOREIGN),
  // Noise.
  (random) => Array.from({ length: 1 + random.below(300) }, () => String.fromCharCode(random.below(256))).join(''),
];

/** A valid request with one to three things done to it. */
export function generateBroken(random: Random, number: number): GeneratedRequest {
  let { bytes } = generateValid(random, number);
  for (let count = 1 + random.below(3); count > 0 && bytes !== ''; count -= 1)
    bytes = random.pick(MUTATIONS)(random, bytes);
  return { bytes, expected: undefined };
}
