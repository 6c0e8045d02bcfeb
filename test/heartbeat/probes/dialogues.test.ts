// What each protocol says and takes for an answer, without a connection, however the bytes are cut.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Dialogue } from '#src/heartbeat/probes/dialogue/dialogue.js';
import { ftpDialogue } from '#src/heartbeat/probes/dialogue/ftp.js';
import { imapDialogue } from '#src/heartbeat/probes/dialogue/imap.js';
import { MEMCACHED_DIALOGUE } from '#src/heartbeat/probes/dialogue/memcached.js';
import { pop3Dialogue } from '#src/heartbeat/probes/dialogue/pop3.js';
import { redisDialogue } from '#src/heartbeat/probes/dialogue/redis.js';
import { sendExpectDialogue } from '#src/heartbeat/probes/dialogue/send-expect.js';
import { smtpDialogue } from '#src/heartbeat/probes/dialogue/smtp.js';
import { ASK, BYTE_BY_BYTE, converse, cutAt } from './conversation.ts';
import type { Story } from './conversation.ts';

interface Row {
  readonly what: string;
  readonly dialogue: Dialogue;
  readonly story: Story;
  readonly log: readonly string[];
}

const LOGIN = { user: 'ada', password: 'p w"\\' };
const AUTH = String.raw`> *3\r\n$4\r\nAUTH\r\n$3\r\nada\r\n$5\r\np w"\\\r\n`;
const PING = String.raw`> *1\r\n$4\r\nPING\r\n`;
const redis = redisDialogue();

const REDIS: readonly Row[] = [
  {
    what: 'PING and PONG',
    dialogue: redis,
    story: [ASK, '+PONG\r\n', ASK, '+PONG\r\n'],
    log: ['ready', PING, 'acknowledged: PONG', PING, 'acknowledged: PONG'],
  },
  ...[
    'LOADING Redis is loading the dataset in memory',
    'MASTERDOWN Link with MASTER is down',
    'NOAUTH Authentication required.',
    'NOPERM no',
  ].map((error) => ({
    what: `-${error} proves a life`,
    dialogue: redis,
    story: [ASK, `-${error}\r\n`],
    log: ['ready', PING, `acknowledged: ${error.split(' ')[0]}`],
  })),
  ...[
    'BUSY Redis is busy running a script.',
    'MISCONF Redis is configured to save',
    'ERR max number of clients reached',
    'DENIED Redis is running in protected mode',
  ].map((error) => ({
    what: `-${error} does not`,
    dialogue: redis,
    story: [ASK, `-${error}\r\n`],
    log: ['ready', PING, `refused: it answered PING with -${error}`],
  })),
  {
    what: 'a log-in',
    dialogue: redisDialogue(LOGIN),
    story: ['+OK\r\n', ASK, '+PONG\r\n'],
    log: [AUTH, 'ready', PING, 'acknowledged: PONG'],
  },
  {
    what: 'a password alone',
    dialogue: redisDialogue({ user: '', password: 'pé' }),
    story: ['+OK\r\n'],
    log: [String.raw`> *2\r\n$4\r\nAUTH\r\n$3\r\np\xc3\xa9\r\n`, 'ready'],
  },
  {
    what: 'an error that repeats the password, which is not told',
    dialogue: redisDialogue(LOGIN),
    story: ["-ERR unknown command 'AUTH', with args beginning with: 'ada' 'p w\"'\r\n"],
    log: [AUTH, 'refused: the log-in was refused (ERR)'],
  },
  {
    what: 'what is no RESP',
    dialogue: redis,
    story: [ASK, 'HTTP/1.1 400 Bad Request\r\n'],
    log: ['ready', PING, 'refused: that is no answer of Redis: H'],
  },
  {
    what: 'a late answer',
    dialogue: redis,
    story: ['+'],
    log: ['ready', 'closing: the peer said what nobody asked for: +'],
  },
];

const memcached = MEMCACHED_DIALOGUE;
const VERSION = String.raw`> version\r\n`;
const MEMCACHED: readonly Row[] = [
  {
    what: 'version',
    dialogue: memcached,
    story: [ASK, 'VERSION 1.6.18\r\n', ASK, 'VERSION 1.6.18\r\n'],
    log: ['ready', VERSION, 'acknowledged: VERSION 1.6.18', VERSION, 'acknowledged: VERSION 1.6.18'],
  },
  {
    what: 'a wish for a log-in',
    dialogue: memcached,
    story: [ASK, 'CLIENT_ERROR unauthenticated\r\n'],
    log: ['ready', VERSION, 'acknowledged: CLIENT_ERROR unauthenticated'],
  },
  {
    what: 'no room',
    dialogue: memcached,
    story: [ASK, 'ERROR Too many open connections\r\n'],
    log: ['ready', VERSION, 'refused: it answered version with ERROR Too many open connections'],
  },
];

const smtp = smtpDialogue();
const EHLO = String.raw`> EHLO [127.0.0.1]\r\n`;
const NOOP = String.raw`> NOOP\r\n`;
const GREETED = ['220-mx.example ESMTP\r\n220 ready\r\n', '250-mx.example\r\n250-PIPELINING\r\n250 HELP\r\n'];
const SMTP: readonly Row[] = [
  {
    what: 'greeting, EHLO and NOOP, of one line or many',
    dialogue: smtp,
    story: [...GREETED, ASK, '250 2.0.0 OK\r\n', ASK, '250-\r\n250\r\n'],
    log: [EHLO, 'ready', NOOP, 'acknowledged: 250', NOOP, 'acknowledged: 250'],
  },
  {
    what: 'HELO where EHLO is not known',
    dialogue: smtp,
    story: ['220\r\n', '502 what?\n', '250 hello\n', ASK, '250 ok\n'],
    log: [EHLO, String.raw`> HELO [127.0.0.1]\r\n`, 'ready', NOOP, 'acknowledged: 250'],
  },
  {
    what: '421 to a signal',
    dialogue: smtp,
    story: [...GREETED, ASK, '421 4.7.0 Error: too many errors\r\n'],
    log: [EHLO, 'ready', NOOP, 'closing: 421 4.7.0 Error: too many errors'],
  },
  {
    what: '421 between signals',
    dialogue: smtp,
    story: [...GREETED, '421-4.4.2\r\n421 timeout\r\n'],
    log: [EHLO, 'ready', 'closing: 421-4.4.2'],
  },
  {
    what: 'no service',
    dialogue: smtp,
    story: ['554 no SMTP service here\r\n'],
    log: ['refused: 554 no SMTP service here'],
  },
  {
    what: 'another protocol',
    dialogue: smtp,
    story: ['* OK IMAP4rev1\r\n'],
    log: ['refused: that is no reply with a code: *'],
  },
  {
    what: 'a reply too many',
    dialogue: smtp,
    story: [...GREETED, '250 ok\r\n'],
    log: [EHLO, 'ready', 'closing: the peer said what nobody asked for: 250 ok'],
  },
];

const ftp = ftpDialogue();
const USER = String.raw`> USER ada\r\n`;
const PASS = String.raw`> PASS p w"\\\r\n`;
const FTP: readonly Row[] = [
  {
    what: 'NOOP, with lines between that may be anything',
    dialogue: ftp,
    story: ['220-Welcome\r\n 220 is not the end\r\n2200 nor this\r\n220 end\r\n', ASK, '200 NOOP ok.\r\n'],
    log: ['ready', NOOP, 'acknowledged: 200'],
  },
  {
    what: 'not logged in, where nobody wanted to be',
    dialogue: ftp,
    story: ['220 vsFTPd\r\n', ASK, '530 Please login with USER and PASS.\r\n'],
    log: ['ready', NOOP, 'acknowledged: 530'],
  },
  {
    what: 'a server that is ready later',
    dialogue: ftp,
    story: ['120 ready in 3 minutes\r\n220 now\r\n'],
    log: ['ready'],
  },
  {
    what: 'a log-in',
    dialogue: ftpDialogue(LOGIN),
    story: ['120 soon\r\n', '220 now\r\n', '331 Password for ada\r\n', '230 hello\r\n', ASK, '200\r\n'],
    log: [USER, PASS, 'ready', NOOP, 'acknowledged: 200'],
  },
  {
    what: 'a log-in without a password',
    dialogue: ftpDialogue(LOGIN),
    story: ['220 now\r\n', '230 hello\r\n'],
    log: [USER, 'ready'],
  },
  {
    what: 'a refused log-in',
    dialogue: ftpDialogue(LOGIN),
    story: ['220 now\r\n', '331 ada?\r\n', '530 p w"\\ is wrong\r\n'],
    log: [USER, PASS, 'refused: the log-in was refused (530)'],
  },
  {
    what: '530 after a log-in',
    dialogue: ftpDialogue(LOGIN),
    story: ['220 now\r\n', '230 hello\r\n', ASK, '530 no\r\n'],
    log: [USER, 'ready', NOOP, 'refused: 530 no'],
  },
];

const imap = imapDialogue();
const IMAP_LOGIN = String.raw`> login LOGIN "ada" "p w\\"\\\\"\r\n`;
const noop = (count: number): string => String.raw`> n${count} NOOP\r\n`;
const IMAP: readonly Row[] = [
  {
    what: 'NOOP under a tag of its own, among untagged responses',
    dialogue: imap,
    story: ['* OK ready\r\n', ASK, '* 22 EXPUNGE\r\n* 3 EXISTS\r\nn1 OK done\r\n', ASK, 'n1 OK late\r\nn2 ok done\r\n'],
    log: ['ready', noop(1), 'acknowledged: OK', noop(2), 'acknowledged: OK'],
  },
  {
    what: 'a literal that looks like the answer',
    dialogue: imap,
    story: ['* OK ready\r\n', ASK, '* 1 FETCH (BODY[] {14}\r\nx\r\nn1 OK no.\r\n FLAGS {2}\r\nhi)\r\nn1 BAD what\r\n'],
    log: ['ready', noop(1), 'refused: n1 BAD what'],
  },
  {
    what: 'talk between signals',
    dialogue: imap,
    story: ['* OK ready\r\n* CAPABILITY IMAP4rev2\r\n', '* OK still here\r\n', ASK, 'n1 OK\r\n'],
    log: ['ready', 'unasked', 'unasked', noop(1), 'acknowledged: OK'],
  },
  {
    what: 'half a response before a signal',
    dialogue: imap,
    story: ['* OK ready\r\n', '* OK still', ASK, ' here\r\nn1 OK\r\n'],
    log: ['ready', noop(1), 'acknowledged: OK'],
  },
  {
    what: 'BYE to a signal',
    dialogue: imap,
    story: ['* OK ready\r\n', ASK, '* BYE shutting down\r\n'],
    log: ['ready', noop(1), 'closing: * BYE shutting down'],
  },
  {
    what: 'BYE between signals',
    dialogue: imap,
    story: ['* OK ready\r\n', '* BYE autologout\r\n'],
    log: ['ready', 'closing: * BYE autologout'],
  },
  { what: 'BYE for a greeting', dialogue: imap, story: ['* BYE full\r\n'], log: ['closing: * BYE full'] },
  {
    what: 'a log-in',
    dialogue: imapDialogue(LOGIN),
    story: ['* OK ready\r\n', '* CAPABILITY IMAP4rev1\r\nlogin OK hello\r\n', ASK, 'n1 OK\r\n'],
    log: [IMAP_LOGIN, 'ready', noop(1), 'acknowledged: OK'],
  },
  {
    what: 'a log-in that nobody needs',
    dialogue: imapDialogue(LOGIN),
    story: ['* PREAUTH hello ada\r\n'],
    log: ['ready'],
  },
  {
    what: 'a refused log-in',
    dialogue: imapDialogue(LOGIN),
    story: ['* OK ready\r\n', 'login NO [AUTHENTICATIONFAILED] p w"\\?\r\n'],
    log: [IMAP_LOGIN, 'refused: the log-in was refused ([AUTHENTICATIONFAILED])'],
  },
  {
    what: 'another protocol',
    dialogue: imap,
    story: ['+OK POP3\r\n'],
    log: ['refused: that is no greeting of IMAP: +'],
  },
];

const pop3 = pop3Dialogue();
const CAPA = String.raw`> CAPA\r\n`;
const POP3: readonly Row[] = [
  {
    what: 'CAPA, before a log-in',
    dialogue: pop3,
    story: ['+OK ready\r\n', ASK, '+OK\r\nUSER\r\n..\r\n.\r\n', ASK, '+OK\r\n.\r\n'],
    log: ['ready', CAPA, 'acknowledged: +OK', CAPA, 'acknowledged: +OK'],
  },
  {
    what: 'a server without CAPA',
    dialogue: pop3,
    story: ['+OK ready\r\n', ASK, '-ERR unknown command\r\n'],
    log: ['ready', CAPA, 'acknowledged: -ERR'],
  },
  {
    what: 'NOOP after a log-in',
    dialogue: pop3Dialogue(LOGIN),
    story: ['+OK ready\r\n', '+OK\r\n', '+OK 2 messages\r\n', ASK, '+OK\r\n'],
    log: [USER, PASS, 'ready', NOOP, 'acknowledged: +OK'],
  },
  {
    what: 'a refused log-in',
    dialogue: pop3Dialogue(LOGIN),
    story: ['+OK ready\r\n', '+OK\r\n', '-ERR p w"\\ is wrong\r\n'],
    log: [USER, PASS, 'refused: the log-in was refused (-ERR)'],
  },
  {
    what: 'a server that refuses',
    dialogue: pop3,
    story: ['-ERR [SYS/TEMP] later\r\n'],
    log: ['refused: -ERR [SYS/TEMP] later'],
  },
  { what: 'another protocol', dialogue: pop3, story: ['220 mx\r\n'], log: ['refused: that is no reply of POP3: 2'] },
];

const own = sendExpectDialogue({
  greeting: /^hello.*\n$/s,
  opening: [{ send: 'who\n', expect: 'you\n' }],
  send: Uint8Array.of(5),
  expect: Uint8Array.of(6, 10),
  refuse: 'no',
});
const OWN: readonly Row[] = [
  {
    what: 'greeting, opening and bytes of the user',
    dialogue: own,
    story: ['hello there\n', 'you\n', ASK, '\x06\n'],
    log: [String.raw`> who\n`, 'ready', String.raw`> \x05`, String.raw`acknowledged: \x06\n`],
  },
  { what: 'what is refused', dialogue: own, story: ['hello\n', 'oh no'], log: [String.raw`> who\n`, 'refused: oh no'] },
];

const throwing = (): never => {
  throw new Error('the third byte makes no sense');
};

describe('a function of the user that says what has to come back', () => {
  const told = (expect: unknown, place: 'expect' | 'refuse' | 'greeting' | 'opening'): readonly string[] => {
    const given = place === 'opening' ? [{ send: 'y', expect }] : expect;
    const dialogue = sendExpectDialogue({ send: 'x', expect: 'ok', [place]: given });
    const begins = place === 'expect' || place === 'refuse';
    return converse(dialogue, begins ? [ASK, 'ok'] : ['ok']).slice(-1);
  };

  test('fails its signal where it throws, wherever it stands, and what it threw is told', () => {
    for (const place of ['expect', 'refuse', 'greeting'] as const) {
      assert.deepEqual(told(throwing, place), [`refused: ${place} failed: the third byte makes no sense`]);
    }
    assert.deepEqual(told(throwing, 'opening'), ['refused: opening[0].expect failed: the third byte makes no sense']);
  });

  test('fails its signal where it gives what says nothing, a promise above all', () => {
    for (const [given, what] of [
      [1, '1'],
      ['yes', "'yes'"],
      [Promise.reject(new Error('later')), 'an object'],
      [{ kind: 'accepted' }, 'an object'],
      [{ kind: 'accepted', lengthBytes: -1 }, 'an object'],
      [{ kind: 'accepted', lengthBytes: 3 }, 'an object'],
      [{ kind: 'refused' }, 'an object'],
    ] as const) {
      const log = told(() => given, 'expect');
      assert.deepEqual(log, [`refused: expect gave ${what}, it must give true, false or a Reply`]);
    }
  });

  test('may say more than true', () => {
    assert.deepEqual(
      told(() => ({ kind: 'accepted', lengthBytes: 2, detail: 'fine' }), 'expect'),
      ['acknowledged: fine'],
    );
    for (const place of ['expect', 'refuse'] as const) {
      assert.deepEqual(
        told(() => ({ kind: 'closing', reason: 'it goes' }), place),
        ['closing: it goes'],
      );
    }
    assert.deepEqual(
      told(() => undefined, 'refuse'),
      ['acknowledged: ok'],
    );
  });
});

/** Of a refusal by the first byte, how much is quoted depends on what had come. */
function normalize(log: readonly string[]): string[] {
  return log.map((line) => line.replace(/^(refused: that is no [^:]*: .).*/, '$1'));
}

for (const [protocol, rows] of Object.entries({
  Redis: REDIS,
  memcached: MEMCACHED,
  SMTP,
  FTP,
  IMAP,
  POP3,
  'a user’s own': OWN,
})) {
  describe(`the dialogue of ${protocol}`, () => {
    for (const { what, dialogue, story, log } of rows) {
      test(`knows ${what}, however it is cut`, () => {
        assert.deepEqual(normalize(converse(dialogue, story)), log, 'whole');
        assert.deepEqual(normalize(converse(dialogue, story, BYTE_BY_BYTE)), log, 'byte by byte');
        for (let at = 1; at < Math.max(...story.map(({ length }) => length)); at += 1) {
          assert.deepEqual(normalize(converse(dialogue, story, cutAt(at))), log, `cut at ${at}`);
        }
      });
    }
  });
}

describe('every dialogue', () => {
  const all = [REDIS, MEMCACHED, SMTP, FTP, IMAP, POP3, OWN].flat();

  test('takes any bytes, at any point of its story, without an error and without an end to say nothing after', () => {
    const bytes = fc.string({
      unit: fc.constantFrom(
        '\r\n',
        '\n',
        ' ',
        '-',
        '+OK',
        '-ERR',
        '+PONG',
        '* ',
        'n1 OK',
        '{3}',
        '250',
        '421',
        '\0',
        '\xff',
        '.',
      ),
    });
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.nat(8), fc.array(bytes, { maxLength: 4 }), (row, steps, noise) => {
        const log = converse(row.dialogue, [...row.story.slice(0, steps), ...noise], BYTE_BY_BYTE);
        const ends = log.flatMap((line, index) => (/^(?:closing|refused):/.test(line) ? [index] : []));
        assert.ok(ends.length <= 1 && (ends[0] ?? log.length - 1) === log.length - 1, log.join(' | '));
      }),
    );
  });

  test('keeps no more of a reply than it may', () => {
    const long = sendExpectDialogue({ send: 'x', expect: 'never' });
    assert.deepEqual(converse(long, [ASK, 'y'.repeat(4_096)]), ['ready', '> x'], 'exactly as many bytes');
    assert.deepEqual(converse(long, [ASK, 'y'.repeat(4_096), 'y']), [
      'ready',
      '> x',
      'refused: a reply of more than 4096 bytes (maxReplyBytes)',
    ]);
  });
});
