// Generated requests for the applications of test/adapters/apps: methods, paths, fields, bodies with a length and in chunks, versions, and
// whether the connection is to stay. A seed repeats them.
import type { Random } from '../integration/random.js';

/** One request as bytes, and what is needed to read its answer. */
export interface GeneratedRequest {
  readonly bytes: Buffer;
  readonly isHead: boolean;
  /** Whether the connection may serve another one. */
  readonly persists: boolean;
  /** For messages. */
  readonly name: string;
}

/** What a request to a path can be. */
export interface Route {
  readonly method: string;
  readonly path: (random: Random) => string;
  /** The media type and the text of a body; undefined: none. */
  readonly body?: (random: Random) => readonly [type: string, text: string];
  readonly fields?: (random: Random) => readonly (readonly [string, string])[];
}

const AGENTS = ['curl/8', 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0', 'x'];

/** Fields that clients send, and some that only break what is written with care. */
function commonFields(random: Random): Array<[string, string]> {
  const fields: Array<[string, string]> = [];
  if (random.chance(60)) fields.push(['User-Agent', random.pick(AGENTS)]);
  if (random.chance(50))
    fields.push(['accept', random.pick(['*/*', 'text/html', 'application/json', 'text/plain;q=0.5'])]);
  if (random.chance(30)) fields.push(['Accept-Encoding', random.pick(['gzip, deflate, br', 'identity'])]);
  if (random.chance(30)) fields.push(['Cookie', `session=${random.below(1000)}; theme=dark`]);
  if (random.chance(10)) fields.push(['Cookie', 'second=line']);
  if (random.chance(10)) fields.push(['X-Forwarded-For', '203.0.113.7, 10.0.0.1'], ['X-Forwarded-Proto', 'https']);
  if (random.chance(10)) fields.push(['X-Repeated', 'one'], ['x-repeated', 'two']);
  if (random.chance(10)) fields.push(['Authorization', 'Basic YTpi'], ['authorization', 'dropped']);
  if (random.chance(10)) fields.push(['X-Empty', ''], ['X-Latin', 'caf\u00e9']);
  return fields;
}

function chunked(random: Random, body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const size = Math.min(1 + random.below(2000), body.length - at);
    pieces.push(Buffer.from(`${size.toString(16)}\r\n`), body.subarray(at, at + size), Buffer.from('\r\n'));
    at += size;
  }
  return Buffer.concat([...pieces, Buffer.from(random.chance(20) ? '0\r\nX-Trailer: yes\r\n\r\n' : '0\r\n\r\n')]);
}

/** Makes a request to one of the routes, or to none of them. */
export function generateRequest(random: Random, routes: readonly Route[]): GeneratedRequest {
  const route = random.pick(routes);
  const method =
    route.method === 'GET' && random.chance(15) ? random.pick(['HEAD', 'OPTIONS', 'DELETE']) : route.method;
  const target = random.chance(4) ? `/no/such/path?${random.below(100)}` : route.path(random);
  const minor = random.chance(10) ? 0 : 1;
  const fields: Array<readonly [string, string]> = [['Host', 'shop.example:8080'], ...commonFields(random)];
  fields.push(...(route.fields?.(random) ?? []));
  let persists = minor === 1;
  if (random.chance(10)) {
    fields.push(['Connection', 'close']);
    persists = false;
  } else if (minor === 0 && random.chance(50)) {
    fields.push(['Connection', 'keep-alive']);
  }
  let body: Buffer = Buffer.alloc(0);
  if (route.body !== undefined) {
    const [type, text] = route.body(random);
    body = Buffer.from(text);
    fields.push(['Content-Type', type]);
    if (minor === 1 && random.chance(40)) {
      fields.push(['Transfer-Encoding', 'chunked']);
      body = chunked(random, body);
    } else {
      fields.push(['Content-Length', String(body.length)]);
    }
  }
  const name = `${method} ${target} HTTP/1.${minor}`;
  const head = `${name}\r\n${fields.map(([field, value]) => `${field}: ${value}\r\n`).join('')}\r\n`;
  return { bytes: Buffer.concat([Buffer.from(head, 'latin1'), body]), isHead: method === 'HEAD', persists, name };
}
