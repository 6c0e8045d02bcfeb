// What a client may send that is wrong, odd or at the edge, and what it gets: the rows of docs/bad-input.md and of its test.
// Plain data and the Markdown that is made of it; bad-input.test.ts sends the rows to a real server.

/** One thing to send on a new connection. */
export interface BadInput {
  /** A few words; the first column of the page. */
  readonly what: string;
  /** Bytes, one character each. */
  readonly send: string;
  /** Sends FIN behind them. */
  readonly fin?: true;
  /** The statuses that are answered, in order; empty where there is no answer. */
  readonly answers: readonly number[];
  /** Whether the server ends the connection by itself, without waiting for time to pass. */
  readonly ends: boolean;
  /** The clause that asks for it, or allows it. */
  readonly rfc: string;
}

/** Rows that belong together under one heading. */
export interface BadInputSection {
  readonly title: string;
  readonly rows: readonly BadInput[];
}

/** Limits of the server that the rows are sent to: small, so that the rows stay readable. */
export const BAD_INPUT_LIMITS = { headerBytes: 512, headerFields: 8, targetBytes: 100, bodyBytes: 64 } as const;

const HOST = 'Host: a\r\n';
const NEXT = `GET /next HTTP/1.1\r\n${HOST}\r\n`;
const line = (requestLine: string): string => `${requestLine}\r\n${HOST}\r\n`;
const field = (fieldLines: string): string => `GET / HTTP/1.1\r\n${HOST}${fieldLines}\r\n`;
const host = (value: string): string => `GET / HTTP/1.1\r\n${value}\r\n`;
const body = (fieldLines: string, bytes: string): string => `POST / HTTP/1.1\r\n${HOST}${fieldLines}\r\n${bytes}`;
const chunked = (bytes: string): string => body('Transfer-Encoding: chunked\r\n', bytes);

/** Refused, and the connection ends with the refusal. */
const refused = (what: string, send: string, status: number, rfc: string): BadInput => ({
  what,
  send,
  answers: [status],
  ends: true,
  rfc,
});

/** Taken, and the request behind it is served too. */
const taken = (what: string, send: string, rfc: string): BadInput => ({
  what,
  send: send + NEXT,
  answers: [200, 200],
  ends: false,
  rfc,
});

export const BAD_INPUT: readonly BadInputSection[] = [
  {
    title: 'Request line',
    rows: [
      refused('no HTTP at all', 'hello\r\n\r\n', 400, 'RFC 9112 §3'),
      refused(
        'a TLS handshake on the plain port',
        '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
        400,
        'RFC 9112 §3.1',
      ),
      refused('a method with a character that no token has', line('G@T / HTTP/1.1'), 400, 'RFC 9112 §3.1'),
      refused('a space before the method', line(' GET / HTTP/1.1'), 400, 'RFC 9112 §3'),
      refused('two spaces before the target', line('GET  / HTTP/1.1'), 400, 'RFC 9112 §3'),
      refused('a tab instead of a space', line('GET\t/ HTTP/1.1'), 400, 'RFC 9112 §3'),
      refused('a space at the end of the line', line('GET / HTTP/1.1 '), 400, 'RFC 9112 §3'),
      refused('no version (HTTP/0.9)', 'GET /\r\n\r\n', 400, 'RFC 9112 §2.3'),
      refused('a version in lower case', line('GET / http/1.1'), 400, 'RFC 9112 §2.3'),
      refused('a version with two digits', line('GET / HTTP/1.10'), 400, 'RFC 9112 §2.3'),
      refused('HTTP/2.0', line('GET / HTTP/2.0'), 505, 'RFC 9110 §15.6.6'),
      refused('what is not quite the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSN\r\n\r\n', 505, 'RFC 9110 §15.6.6'),
      taken('HTTP/1.9, which counts as 1.1', line('GET / HTTP/1.9'), 'RFC 9110 §2.5'),
      taken('a method that nobody knows: the handler decides', line('BREW / HTTP/1.1'), 'RFC 9110 §9.1'),
      taken('empty lines before the request', `\r\n\r\n${line('GET / HTTP/1.1')}`, 'RFC 9112 §2.2'),
      refused('a target with a fragment', line('GET /#part HTTP/1.1'), 400, 'RFC 9112 §3.2'),
      refused('a target with a raw byte above ASCII', line('GET /\xe9 HTTP/1.1'), 400, 'RFC 9112 §3.2'),
      refused('a target with a NUL', line('GET /\0 HTTP/1.1'), 400, 'RFC 9112 §3.2'),
      refused('a target that is a relative path', line('GET path HTTP/1.1'), 400, 'RFC 9112 §3.2'),
      refused('an asterisk without OPTIONS', line('GET * HTTP/1.1'), 400, 'RFC 9112 §3.2.4'),
      refused('an absolute target with user information', line('GET http://u:p@a/ HTTP/1.1'), 400, 'RFC 9110 §4.2.4'),
      refused('CONNECT with a path', line('CONNECT / HTTP/1.1'), 400, 'RFC 9112 §3.2.3'),
      refused('CONNECT', line('CONNECT a:443 HTTP/1.1'), 501, 'RFC 9110 §9.3.6'),
      refused('a target that is too long', line(`GET /${'x'.repeat(100)} HTTP/1.1`), 414, 'RFC 9110 §15.5.15'),
      refused('a target that never ends', `GET /${'x'.repeat(600)}`, 414, 'RFC 9110 §15.5.15'),
    ],
  },
  {
    title: 'Line ends',
    rows: [
      refused('LF alone', 'GET / HTTP/1.1\nHost: a\n\n', 400, 'RFC 9112 §2.2'),
      refused('LF alone behind one field line', 'GET / HTTP/1.1\r\nHost: a\n\r\n', 400, 'RFC 9112 §2.2'),
      refused('CR alone', 'GET / HTTP/1.1\rHost: a\r\r', 400, 'RFC 9112 §2.2'),
      refused('CR within a field value', field('X-A: a\rb\r\n'), 400, 'RFC 9112 §2.2'),
      refused('LF alone before the request', `\n${line('GET / HTTP/1.1')}`, 400, 'RFC 9112 §2.2'),
    ],
  },
  {
    title: 'Fields',
    rows: [
      refused('a space before the colon', field('X-A : 1\r\n'), 400, 'RFC 9112 §5.1'),
      refused('no colon', field('X-A\r\n'), 400, 'RFC 9112 §5.1'),
      refused('no name', field(': 1\r\n'), 400, 'RFC 9112 §5.1'),
      refused('a name with a character that no token has', field('X(A): 1\r\n'), 400, 'RFC 9112 §5.1'),
      refused('white space before the first field', `GET / HTTP/1.1\r\n ${HOST}\r\n`, 400, 'RFC 9112 §2.2'),
      refused('a folded line', field('X-A: 1\r\n 2\r\n'), 400, 'RFC 9112 §5.2'),
      refused('a NUL in a value', field('X-A: a\0b\r\n'), 400, 'RFC 9110 §5.5'),
      refused('a control character in a value', field('X-A: a\x07b\r\n'), 400, 'RFC 9110 §5.5'),
      taken('a value of bytes above ASCII', field('X-A: caf\xe9\r\n'), 'RFC 9110 §5.5'),
      taken('an empty value', field('X-A:\r\n'), 'RFC 9110 §5.5'),
      taken('tabs around a value', field('X-A:\t1\t\r\n'), 'RFC 9112 §5.1'),
      refused('too many fields', field('X-A: 1\r\n'.repeat(8)), 431, 'RFC 6585 §5'),
      refused('a head that is too large', field(`X-A: ${'x'.repeat(512)}\r\n`), 431, 'RFC 6585 §5'),
      taken('an Upgrade that is not taken', field('Connection: upgrade\r\nUpgrade: websocket\r\n'), 'RFC 9110 §7.8'),
      refused('an expectation that nobody knows', field('Expect: tea\r\n'), 417, 'RFC 9110 §10.1.1'),
    ],
  },
  {
    title: 'Host',
    rows: [
      refused('none in HTTP/1.1', host(''), 400, 'RFC 9112 §3.2'),
      refused('two', host('Host: a\r\nHost: a\r\n'), 400, 'RFC 9112 §3.2'),
      refused('two that differ', host('Host: a\r\nHost: b\r\n'), 400, 'RFC 9112 §3.2'),
      refused('a list', host('Host: a, b\r\n'), 400, 'RFC 9112 §3.2'),
      refused('a path', host('Host: a/b\r\n'), 400, 'RFC 9112 §3.2'),
      refused('user information', host('Host: u@a\r\n'), 400, 'RFC 9112 §3.2'),
      refused('a port above 65535', host('Host: a:65536\r\n'), 400, 'RFC 9112 §3.2'),
      refused('an open bracket', host('Host: [::1\r\n'), 400, 'RFC 9112 §3.2'),
      taken('empty', host('Host:\r\n'), 'RFC 9112 §3.2'),
      {
        what: 'none in HTTP/1.0',
        send: 'GET / HTTP/1.0\r\n\r\n',
        answers: [200],
        ends: true,
        rfc: 'RFC 9112 §3.2',
      },
      refused('two in HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n', 400, 'RFC 9112 §3.2'),
    ],
  },
  {
    title: 'Framing of bodies',
    rows: [
      refused(
        'Content-Length beside Transfer-Encoding',
        body('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
        400,
        'RFC 9112 §6.3',
      ),
      refused('two lengths that differ', body('Content-Length: 1\r\nContent-Length: 2\r\n', 'x'), 400, 'RFC 9112 §6.3'),
      refused('a list of lengths that differ', body('Content-Length: 1, 2\r\n', 'x'), 400, 'RFC 9112 §6.3'),
      taken('two lengths that are equal', body('Content-Length: 1\r\nContent-Length: 1\r\n', 'x'), 'RFC 9110 §8.6'),
      refused('a negative length', body('Content-Length: -1\r\n', ''), 400, 'RFC 9112 §6.3'),
      refused('a length with a sign', body('Content-Length: +1\r\n', 'x'), 400, 'RFC 9112 §6.3'),
      refused('a hexadecimal length', body('Content-Length: 0x1\r\n', 'x'), 400, 'RFC 9112 §6.3'),
      refused('a length without digits', body('Content-Length:\r\n', ''), 400, 'RFC 9112 §6.3'),
      refused('a length of twenty digits', body(`Content-Length: ${'9'.repeat(20)}\r\n`, ''), 400, 'RFC 9112 §6.3'),
      refused('a transfer coding other than chunked', body('Transfer-Encoding: gzip\r\n', ''), 400, 'RFC 9112 §6.3'),
      refused('gzip, then chunked', body('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'), 501, 'RFC 9112 §6.1'),
      refused(
        'chunked, then something',
        body('Transfer-Encoding: chunked, identity\r\n', '0\r\n\r\n'),
        400,
        'RFC 9112 §6.3',
      ),
      refused('chunked twice', body('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n'), 400, 'RFC 9112 §6.1'),
      refused(
        'chunked twice, in two lines',
        body('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
        400,
        'RFC 9112 §6.1',
      ),
      refused(
        'chunked with a character in front',
        body('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'),
        400,
        'RFC 9112 §6.3',
      ),
      taken('Chunked in another letter case', body('Transfer-Encoding: Chunked\r\n', '0\r\n\r\n'), 'RFC 9112 §7'),
      {
        what: 'HTTP/1.0 with Transfer-Encoding: served, but the connection ends',
        send: `POST / HTTP/1.0\r\n${HOST}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${NEXT}`,
        answers: [200],
        ends: true,
        rfc: 'RFC 9112 §6.1',
      },
      refused('a length above the limit', body('Content-Length: 65\r\n', ''), 413, 'RFC 9110 §15.5.14'),
      taken('a body with GET', `GET / HTTP/1.1\r\n${HOST}Content-Length: 1\r\n\r\nx`, 'RFC 9110 §9.3.1'),
      {
        what: 'a body that is one byte longer than its length: the byte begins the next request',
        send: `${body('Content-Length: 1\r\n', 'xy')}${NEXT}`,
        answers: [200, 200],
        ends: false,
        rfc: 'RFC 9112 §6.2',
      },
    ],
  },
  {
    title: 'Chunks',
    rows: [
      taken('an extension', chunked('1;name="v;"\r\nx\r\n0\r\n\r\n'), 'RFC 9112 §7.1.1'),
      taken('a trailer', chunked('1\r\nx\r\n0\r\nX-T: 1\r\n\r\n'), 'RFC 9112 §7.1.2'),
      taken('leading zeros of a size', chunked('0001\r\nx\r\n000\r\n\r\n'), 'RFC 9112 §7.1'),
      refused('a size that is no number', chunked('g\r\n'), 400, 'RFC 9112 §7.1'),
      refused('a size with a sign', chunked('-1\r\n'), 400, 'RFC 9112 §7.1'),
      refused('a size with 0x', chunked('0x1\r\nx\r\n'), 400, 'RFC 9112 §7.1'),
      refused('a space before a size', chunked(' 1\r\nx\r\n'), 400, 'RFC 9112 §7.1'),
      refused('a space behind a size', chunked('1 \r\nx\r\n'), 400, 'RFC 9112 §7.1'),
      refused('no size', chunked('\r\n'), 400, 'RFC 9112 §7.1'),
      refused('a size that overflows', chunked(`${'f'.repeat(17)}\r\n`), 400, 'RFC 9112 §7.1'),
      refused('LF alone behind a size', chunked('1\nx\r\n0\r\n\r\n'), 400, 'RFC 9112 §7.1'),
      refused('LF alone behind the data', chunked('1\r\nx\n0\r\n\r\n'), 400, 'RFC 9112 §7.1'),
      refused('data that is longer than its size', chunked('1\r\nxy\r\n'), 400, 'RFC 9112 §7.1'),
      refused('a broken trailer', chunked('0\r\nno colon\r\n\r\n'), 400, 'RFC 9112 §7.1.2'),
      refused(
        'more than the limit in all',
        chunked(`20\r\n${'x'.repeat(32)}\r\n21\r\n${'x'.repeat(33)}\r\n`),
        413,
        'RFC 9110 §15.5.14',
      ),
    ],
  },
  {
    title: 'The end of the connection',
    rows: [
      { what: 'FIN at once', send: '', fin: true, answers: [], ends: true, rfc: 'RFC 9112 §9.5' },
      { what: 'FIN behind empty lines', send: '\r\n\r\n', fin: true, answers: [], ends: true, rfc: 'RFC 9112 §2.2' },
      { what: 'FIN within a head', send: 'GET / HT', fin: true, answers: [400], ends: true, rfc: 'RFC 9112 §8' },
      {
        what: 'FIN within a body',
        send: body('Content-Length: 5\r\n', 'abc'),
        fin: true,
        answers: [400],
        ends: true,
        rfc: 'RFC 9112 §8',
      },
      {
        what: 'FIN before the last chunk',
        send: chunked('3\r\nabc\r\n'),
        fin: true,
        answers: [400],
        ends: true,
        rfc: 'RFC 9112 §8',
      },
      {
        what: 'FIN behind a whole request: it is answered',
        send: NEXT,
        fin: true,
        answers: [200],
        ends: true,
        rfc: 'RFC 9112 §9.6',
      },
      {
        what: 'requests behind one that says close: they are not looked at',
        send: `${field('Connection: close\r\n')}${NEXT}nonsense`,
        answers: [200],
        ends: true,
        rfc: 'RFC 9112 §9.6',
      },
      {
        what: 'nonsense behind a whole request',
        send: `${NEXT}nonsense\r\n`,
        answers: [200, 400],
        ends: true,
        rfc: 'RFC 9112 §9.3.2',
      },
    ],
  },
];

/** Shows what is sent as one line of code: escapes for what cannot be seen, and what repeats in short. */
function formatSent(send: string): string {
  if (send === '') return '(nothing)';
  const shown = send
    .replaceAll(NEXT, '…')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll(/[^\x20-\x7e…]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replaceAll(/(X-A: 1\\r\\n){3,}/g, (run, unit: string) => `${unit}⟨×${run.length / unit.length}⟩`)
    .replaceAll(/(.)\1{15,}/g, (run, character: string) => `${character}⟨×${run.length}⟩`);
  return `\`${shown.replaceAll('|', '\\|')}\``;
}

/** The page docs/bad-input.md. */
export function formatBadInput(sections: readonly BadInputSection[]): string {
  const { headerBytes, headerFields, targetBytes, bodyBytes } = BAD_INPUT_LIMITS;
  const parts = [
    '# Bad input',
    '',
    '<!-- Made by test/server/bad-input.test.ts out of test/server/bad-input-table.ts: UPDATE_DOCS=1 writes it anew. -->',
    '',
    'What a client may send that is wrong, odd or at the edge, and what the server does with it. Every row is sent to a server on',
    'a real socket by a test. Where a message cannot be trusted the answer says `Connection: close`, and nothing behind it is read:',
    'two servers that disagree about where a request ends can be made to confuse the requests of two users.',
    '',
    `The limits of that server are small: \`headerBytes\` ${headerBytes}, \`headerFields\` ${headerFields}, \`targetBytes\` ${targetBytes}, \`bodyBytes\` ${bodyBytes}.`,
    'In the column of what is sent, `…` stands for a further, good request behind it, ⟨×n⟩ for something repeated n times.',
  ];
  for (const { title, rows } of sections) {
    parts.push('', `## ${title}`, '', '| what | sent | answered | the connection | why |', '|---|---|---|---|---|');
    for (const { what, send, fin, answers, ends, rfc } of rows) {
      const sent = fin === true && send !== '' ? `${formatSent(send)}, FIN` : fin === true ? 'FIN' : formatSent(send);
      const answered = answers.length === 0 ? 'nothing' : answers.join(', ');
      parts.push(`| ${what} | ${sent} | ${answered} | ${ends ? 'ends' : 'goes on'} | ${rfc} |`);
    }
  }
  return `${parts.join('\n')}\n`;
}
