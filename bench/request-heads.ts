// The request heads that are sent and scanned: what a load generator sends, and what a browser sends.

/** Names and values in turn. */
export type HeadFields = readonly (readonly [string, string])[];

/** What a browser sends with a navigation, but Host, which the load generators write themselves. */
export const BROWSER_FIELDS: HeadFields = [
  ['Connection', 'keep-alive'],
  ['Cache-Control', 'max-age=0'],
  ['sec-ch-ua-mobile', '?0'],
  ['sec-ch-ua-platform', '"Linux"'],
  ['Upgrade-Insecure-Requests', '1'],
  [
    'User-Agent',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  ],
  ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'],
  ['Sec-Fetch-Site', 'same-origin'],
  ['Sec-Fetch-Mode', 'navigate'],
  ['Sec-Fetch-Dest', 'document'],
  ['Accept-Encoding', 'gzip, deflate, br'],
  ['Accept-Language', 'en'],
  ['Cookie', 'session=9f2c7a1e4b'],
];

const BROWSER_HEAD_BYTES = 562;

/** A whole request head with a Host line. */
export function formatRequestHead(target: string, host: string, fields: HeadFields): string {
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${lines}\r\n`;
}

/** The head that scanners are compared with: 14 fields, 562 bytes. */
export function browserHead(): Buffer {
  const target = (padding: number): string => `/articles/${'x'.repeat(padding)}`;
  const bare = formatRequestHead(target(0), 'www.example.org', BROWSER_FIELDS).length;
  return Buffer.from(formatRequestHead(target(BROWSER_HEAD_BYTES - bare), 'www.example.org', BROWSER_FIELDS), 'latin1');
}

/** What a load generator or a health check sends. */
export function shortHead(): Buffer {
  return Buffer.from(formatRequestHead('/', '127.0.0.1:8080', []), 'latin1');
}
