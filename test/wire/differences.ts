// Where the wire and node:http (llhttp, strict) disagree on purpose: one named rule each, with the clause and the reason.
// A rule applies to as little as possible: whatever disagreement fits no rule fails the differential test.
import { METHODS } from 'node:http';
import type { WireRole } from '#src/wire/index.js';
import type { Disagreement } from './compare-observations.ts';
import { observeOurs } from './observation.ts';
import type { ObservedMessage } from './observation.ts';

export interface DifferenceRule {
  readonly name: string;
  readonly clause: string;
  readonly stricter: 'we' | 'they';
  readonly why: string;
  readonly applies: (disagreement: Disagreement) => boolean;
  /** Bytes that show it, for the roles that it can happen to, so that every rule is met in every run. */
  readonly examples: Partial<Record<WireRole, string>>;
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n';
const CHUNKED = `${GET}Transfer-Encoding: chunked\r\n\r\n`;
const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED_OK = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

function hasToken({ fields }: ObservedMessage, name: string, token: string): boolean {
  return fields.some(
    (value, at) =>
      at % 2 === 1 &&
      fields[at - 1]!.toLowerCase() === name &&
      value.split(',').some((element) => element.trim().toLowerCase() === token),
  );
}

function hasField(list: readonly string[], name: string): boolean {
  return list.some((text, at) => at % 2 === 0 && text.toLowerCase() === name);
}

/** The bytes of the message that they disagree about, up to where we gave up. */
function refusedBytes({ text, index, ours }: Disagreement): string {
  return text.slice(ours.ends[index - 1] ?? 0, ours.errorAt);
}

/** The byte that we refused. */
function refusedByte({ text, ours }: Disagreement): string {
  return text.charAt(ours.errorAt - 1);
}

/** All bytes from the message on that they disagree about. */
function bytesFrom({ text, index, ours }: Disagreement): string {
  return text.slice(ours.ends[index - 1] ?? 0);
}

/** The start line of the message that they disagree about, in full or as far as it came. */
function startLine(disagreement: Disagreement): string {
  return /^(?:\r\n)*([^\r\n]*)/.exec(bytesFrom(disagreement))![1]!;
}

/** The line that they were in when they refused. */
function theirLine({ text, theirs }: Disagreement): string {
  const start = text.lastIndexOf('\n', theirs.errorAt - 1) + 1;
  const end = text.indexOf('\n', theirs.errorAt);
  return text.slice(start, end === -1 ? undefined : end);
}

function weRefuse(fault: string, applies: (disagreement: Disagreement) => boolean): DifferenceRule['applies'] {
  return (disagreement) =>
    disagreement.kind === 'weRefuse' && disagreement.ours.error === fault && applies(disagreement);
}

function theyRefuse(code: string, applies: (disagreement: Disagreement) => boolean): DifferenceRule['applies'] {
  return (disagreement) =>
    disagreement.kind === 'theyRefuse' && disagreement.theirs.error === code && applies(disagreement);
}

/** We have read the last message of the connection, and they go on behind it. */
function weStopBehind(applies: (last: ObservedMessage) => boolean): DifferenceRule['applies'] {
  return ({ ours, theirs }) => {
    const last = ours.messages.at(-1);
    const theySawIt = theirs.messages[ours.messages.length - 1]?.complete === true;
    return ours.closed && last?.complete === true && theySawIt && applies(last);
  };
}

/** They have read the last message that they will ever read, and we go on behind it. */
function theyStopBehind(applies: (last: ObservedMessage) => boolean): DifferenceRule['applies'] {
  return ({ ours, theirs }) => {
    const last = ours.messages[theirs.messages.length - 1];
    return theirs.error === undefined && last !== undefined && applies(last);
  };
}

function refusedFieldValues(disagreement: Disagreement, name: string): string[] {
  const lines = new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*\\r$`, 'gim');
  return [...refusedBytes(disagreement).matchAll(lines)].map((match) => match[1]!);
}

const HOST = /^(?:\[[\da-fA-F:.]+\]|(?:[\w\-.~!$&'()*+,;=]|%[\da-fA-F]{2})+)?(?::\d*)?$/;
const isUpgrade = (message: ObservedMessage): boolean =>
  hasToken(message, 'connection', 'upgrade') && hasField(message.fields, 'upgrade');

/** The first rule that applies is the one that counts. */
export const DIFFERENCES: readonly DifferenceRule[] = [
  {
    name: 'close beside keep-alive in 1.0',
    clause: 'RFC 9112 §9.6',
    stricter: 'we',
    why: 'llhttp looks for keep-alive first in HTTP/1.0 and goes on although close stands beside it; close always wins',
    applies: weStopBehind(
      (last) =>
        last.start.endsWith(' 1.0') &&
        hasToken(last, 'connection', 'close') &&
        hasToken(last, 'connection', 'keep-alive'),
    ),
    examples: { server: 'GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n' },
  },
  {
    name: 'Transfer-Encoding in 1.0',
    clause: 'RFC 9112 §6.1',
    stricter: 'we',
    why: 'a 1.0 message with a transfer coding has doubtful framing, so nothing behind it is read',
    applies: weStopBehind(
      (last) =>
        last.start.endsWith(' 1.0') &&
        hasField(last.fields, 'transfer-encoding') &&
        hasToken(last, 'connection', 'keep-alive'),
    ),
    examples: { server: 'GET / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' },
  },
  {
    name: 'an Upgrade that nobody takes',
    clause: 'RFC 9110 §7.8',
    stricter: 'they',
    why: 'llhttp stops behind a request with Upgrade, body and all, although nobody took it; a server may ignore it and serve what follows',
    applies: theyStopBehind(isUpgrade),
    examples: { server: `${GET}Connection: upgrade\r\nUpgrade: x\r\n\r\n${GET}\r\n` },
  },
  {
    name: 'framing of a request with Upgrade',
    clause: 'RFC 9112 §6.3',
    stricter: 'we',
    why: 'llhttp does not look at the body of a request that asks for an upgrade, so an unknowable end does not trouble it',
    applies: weRefuse('badTransferEncoding', ({ index, theirs }) => {
      const message = theirs.messages[index];
      return message?.complete === true && isUpgrade(message);
    }),
    examples: { server: `${GET}Connection: upgrade\r\nUpgrade: x\r\nTransfer-Encoding: xchunked\r\n\r\n` },
  },
  {
    name: 'a Host that is none',
    clause: 'RFC 9112 §3.2',
    stricter: 'we',
    why: 'node:http looks whether there is a Host, not what it says, nor whether a URL could name it',
    applies: weRefuse('badHost', (disagreement) => {
      const values = refusedFieldValues(disagreement, 'host');
      return values.length === 1 && (!HOST.test(values[0]!) || !URL.canParse(`http://${values[0]}/`));
    }),
    examples: { server: 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n' },
  },
  {
    name: 'no Host',
    clause: 'RFC 9112 §3.2',
    stricter: 'we',
    why: 'node:http answers 400 as we do, but goes on with the requests that came behind it in the same bytes',
    applies: weRefuse(
      'badHost',
      (disagreement) =>
        refusedFieldValues(disagreement, 'host').length === 0 && / HTTP\/1\.[1-9]$/.test(startLine(disagreement)),
    ),
    examples: { server: `GET / HTTP/1.1\r\n\r\n${GET}\r\n` },
  },
  {
    name: 'two Hosts',
    clause: 'RFC 9112 §3.2',
    stricter: 'we',
    why: 'node:http keeps the first of several Host lines',
    applies: weRefuse('badHost', (disagreement) => refusedFieldValues(disagreement, 'host').length > 1),
    examples: { server: 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n' },
  },
  {
    name: 'no version',
    clause: 'RFC 9112 §3',
    stricter: 'we',
    why: 'llhttp still reads the request line of HTTP/0.9',
    applies: weRefuse(
      'badTarget',
      (disagreement) =>
        /^[\r\n]$/.test(refusedByte(disagreement)) && /^(?:\r\n)*[A-Z-]+ \S+[\r\n]$/.test(refusedBytes(disagreement)),
    ),
    examples: { server: 'GET /\r\n\r\n' },
  },
  {
    name: 'a fragment in the target',
    clause: 'RFC 9112 §3.2',
    stricter: 'we',
    why: 'a fragment is never sent; llhttp takes it for a part of the target',
    applies: weRefuse('badTarget', (disagreement) => refusedByte(disagreement) === '#'),
    examples: { server: 'GET /#x HTTP/1.1\r\nHost: a\r\n\r\n' },
  },
  {
    name: 'a target of no known form',
    clause: 'RFC 9112 §3.2',
    stricter: 'we',
    why: 'llhttp takes the asterisk with every method, any scheme, and user information',
    applies: weRefuse('badTarget', (disagreement) => {
      const target = / (\S+) HTTP\/1\.\d$/.exec(startLine(disagreement))?.[1] ?? '';
      return target.startsWith('*') || /^[a-z]+:\/\/[^/]*@/i.test(target) || /^(?!https?:)[a-z]+:\/\/./i.test(target);
    }),
    examples: { server: 'GET * HTTP/1.1\r\nHost: a\r\n\r\n' },
  },
  {
    name: 'an authority that is none',
    clause: 'RFC 9112 §3.2.2',
    stricter: 'we',
    why: 'llhttp takes the absolute form with an authority that could stand in no Host',
    applies: weRefuse('badTarget', (disagreement) => {
      const target = / https?:\/\/([^/?]*)\S* HTTP\/1\.\d$/i.exec(startLine(disagreement));
      return target !== null && (!HOST.test(target[1]!) || !URL.canParse(`http://${target[1]}/`));
    }),
    examples: { server: 'GET http://a%zz/ HTTP/1.1\r\nHost: a\r\n\r\n' },
  },
  {
    name: 'a method that llhttp does not know',
    clause: 'RFC 9110 §9.1',
    stricter: 'they',
    why: 'methods are open: an unknown one is for the application to answer, with 501',
    applies: theyRefuse('HPE_INVALID_METHOD', (disagreement) => {
      const method = /^[^\s]*/.exec(startLine(disagreement))![0];
      return /^[!#$%&'*+\-.^_`|~\w]/.test(method) && !METHODS.includes(method);
    }),
    examples: { server: 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n' },
  },
  {
    name: 'odd line ends before a request',
    clause: 'RFC 9112 §2.2',
    stricter: 'we',
    why: 'llhttp skips any CR and LF there; ours skips empty lines, and they end in CR LF',
    applies: weRefuse('badLineEnd', (disagreement) => /^[\r\n]*[^]$/.test(refusedBytes(disagreement))),
    examples: { server: `\n${GET}\r\n` },
  },
  {
    name: 'more than one space before the target',
    clause: 'RFC 9112 §3',
    stricter: 'we',
    why: 'llhttp skips spaces there; exactly one is in the grammar',
    applies: weRefuse('badTarget', (disagreement) => /^(?:\r\n)*[A-Z-]+ {2}$/.test(refusedBytes(disagreement))),
    examples: { server: 'GET  / HTTP/1.1\r\nHost: a\r\n\r\n' },
  },
  {
    name: 'more than one space before the version',
    clause: 'RFC 9112 §3',
    stricter: 'we',
    why: 'llhttp skips spaces there; exactly one is in the grammar',
    applies: weRefuse('badVersion', (disagreement) => /^(?:\r\n)*[A-Z-]+ \S+ {2}$/.test(refusedBytes(disagreement))),
    examples: { server: 'GET /  HTTP/1.1\r\nHost: a\r\n\r\n' },
  },
  {
    name: 'a coding before chunked',
    clause: 'RFC 9112 §6.1',
    stricter: 'we',
    why: 'node:http hands a body over that is still coded; ours answers 501, as the RFC asks for codings that are not understood',
    applies: weRefuse('transferCodingNotSupported', (disagreement) => {
      const codings = refusedFieldValues(disagreement, 'transfer-encoding').join(',').toLowerCase();
      return /[^\s,][^,]*,[\s,]*chunked[\s,]*$/.test(codings);
    }),
    examples: {
      server: `${GET}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
      client: `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    },
  },
  {
    name: 'a coding that is none',
    clause: 'RFC 9112 §7',
    stricter: 'we',
    why: 'llhttp looks at the end of the list only; where an element is no token parsers disagree about where the list goes on',
    applies: weRefuse('badTransferEncoding', (disagreement) =>
      refusedFieldValues(disagreement, 'transfer-encoding')
        .join(',')
        .split(',')
        .some((element) => !/^[ \t]*(?:(?!chunked[ \t]*;)[\w!#$%&'*+\-.^`|~]+[ \t]*(?:;[^"]*)?)?$/i.test(element)),
    ),
    examples: {
      server: `${GET}Transfer-Encoding: x="\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      client: `${OK}Transfer-Encoding: x="\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    },
  },
  {
    name: 'chunked twice',
    clause: 'RFC 9112 §6.1',
    stricter: 'we',
    why: 'chunked is applied once; the client of node:http decodes one layer and hands the other over, or does not notice it',
    applies: weRefuse('badTransferEncoding', (disagreement) =>
      /^[\s,]*chunked[\s,]+chunked[\s,]*$/i.test(refusedFieldValues(disagreement, 'transfer-encoding').join(',')),
    ),
    examples: { client: `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n` },
  },
  {
    name: 'a comma or a tab behind chunked',
    clause: 'RFC 9110 §5.6.1.2',
    stricter: 'they',
    why: 'empty elements and white space count for nothing; llhttp wants the field to end in the word, and as a client reads until the end',
    applies: (disagreement) => {
      const { kind, ours, theirs, index } = disagreement;
      const [head = ''] = bytesFrom(disagreement).split('\r\n\r\n');
      if (!/^transfer-encoding:[ \t,]*chunked *[\t,][ \t,]*$/im.test(head.replaceAll('\r', ''))) return false;
      if (ours.role === 'server') return theirs.error === 'HPE_INVALID_TRANSFER_ENCODING';
      return kind === 'content' || (kind === 'weRefuse' && theirs.messages[index]?.complete === true);
    },
    examples: {
      server: `${GET}Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n`,
      client: `${OK}Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n`,
    },
  },
  {
    name: 'chunked that is not last',
    clause: 'RFC 9112 §6.1',
    stricter: 'we',
    why: 'no sender may do it; node:http reads such a response until the end and hands the chunks over as the body',
    applies: weRefuse('badTransferEncoding', (disagreement) =>
      /^[\s,]*chunked[\s,]+[^\s,"]+[\s,]*$/i.test(refusedFieldValues(disagreement, 'transfer-encoding').join(',')),
    ),
    examples: { client: `${OK}Transfer-Encoding: chunked, gzip\r\n\r\n` },
  },
  {
    name: 'Connection in trailers',
    clause: 'RFC 9110 §6.5.1',
    stricter: 'we',
    why: 'llhttp lets a trailer decide whether the connection persists; trailers come too late to change what the head said',
    applies: (disagreement) => {
      const inTrailers = ({ trailers }: ObservedMessage): boolean => hasField(trailers, 'connection');
      if (weStopBehind(inTrailers)(disagreement)) return true;
      return disagreement.theirs.closed && theyStopBehind(inTrailers)(disagreement);
    },
    examples: { server: `${CHUNKED}0\r\nConnection: close\r\n\r\n${GET}\r\n` },
  },
  {
    name: 'an empty Transfer-Encoding',
    clause: 'RFC 9112 §6.3',
    stricter: 'we',
    why: 'llhttp reads on as if the field were not there; a list of nothing does not end in chunked',
    applies: (disagreement) =>
      disagreement.kind === 'weRefuse' &&
      ['badTransferEncoding', 'lengthBesideChunked'].includes(disagreement.ours.error ?? '') &&
      /^[\s,]*$/.test(refusedFieldValues(disagreement, 'transfer-encoding').join(',')),
    examples: { server: `${GET}Transfer-Encoding:\r\n\r\n`, client: `${OK}Transfer-Encoding:\r\n\r\n` },
  },
  {
    name: 'framing in trailers',
    clause: 'RFC 9110 §6.5.1',
    stricter: 'they',
    why: 'llhttp reads framing fields of a trailer section as if they stood in the head; ours hands them over without force',
    applies: ({ kind, theirs, ours, index }) =>
      kind === 'theyRefuse' &&
      /^HPE_(?:INVALID|UNEXPECTED)_(?:TRANSFER_ENCODING|CONTENT_LENGTH)$/.test(theirs.error ?? '') &&
      (hasField(ours.messages[index]?.trailers ?? [], 'transfer-encoding') ||
        hasField(ours.messages[index]?.trailers ?? [], 'content-length')),
    examples: {
      server: `${CHUNKED}0\r\nTransfer-Encoding: chunked\r\n\r\n`,
      client: `${CHUNKED_OK}0\r\nContent-Length: 1\r\n\r\n`,
    },
  },
  {
    name: 'a tab behind Content-Length',
    clause: 'RFC 9112 §5.1',
    stricter: 'they',
    why: 'white space around a value is no part of it, tabs as little as spaces; llhttp takes only spaces there',
    applies: theyRefuse('HPE_INVALID_CONTENT_LENGTH', (disagreement) =>
      /^content-length:[ \t]*\d+ *\t/i.test(theirLine(disagreement)),
    ),
    examples: { server: `${GET}Content-Length: 0\t\r\n\r\n`, client: `${OK}Content-Length: 0\t\r\n\r\n` },
  },
  {
    name: 'a tab behind close',
    clause: 'RFC 9110 §5.6.3',
    stricter: 'we',
    why: 'white space around a list element is tabs as well as spaces; llhttp does not recognize the option and goes on',
    applies: (disagreement) => {
      const end = disagreement.ours.ends[disagreement.ours.messages.length - 1] ?? 0;
      return (
        weStopBehind((last) => hasToken(last, 'connection', 'close'))(disagreement) &&
        /^connection:(?:.*,)?[ \t]*close *\t[ \t]*\r$/im.test(disagreement.text.slice(0, end))
      );
    },
    examples: { server: `${GET}Connection: close\t\r\n\r\n` },
  },
  {
    name: 'the same Content-Length twice',
    clause: 'RFC 9110 §8.6',
    stricter: 'they',
    why: 'a recipient may take repeated equal values for one, and proxies make them',
    applies: theyRefuse('HPE_UNEXPECTED_CONTENT_LENGTH', ({ ours, index }) => {
      const message = ours.messages[index];
      const lengths = message?.fields.filter(
        (_, at, fields) => at % 2 === 1 && fields[at - 1]!.toLowerCase() === 'content-length',
      );
      return lengths !== undefined && lengths.length > 1 && new Set(lengths.map(Number)).size === 1;
    }),
    examples: {
      server: `${GET}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`,
      client: `${OK}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`,
    },
  },
  {
    name: 'both framings where there is no body',
    clause: 'RFC 9112 §6.3',
    stricter: 'they',
    why: 'a 204, a 304 and the answer to HEAD end with their head, whatever they say; ours closes the connection behind it',
    applies: ({ kind, theirs, ours, index }) => {
      const message = ours.messages[index];
      return (
        kind === 'theyRefuse' &&
        /^HPE_(?:INVALID|UNEXPECTED)_(?:TRANSFER_ENCODING|CONTENT_LENGTH)$/.test(theirs.error ?? '') &&
        message?.complete === true &&
        (ours.requestMethod === 'HEAD' || /^(?:1|204|304)/.test(message.start)) &&
        hasField(message.fields, 'transfer-encoding') &&
        hasField(message.fields, 'content-length')
      );
    },
    examples: { client: 'HTTP/1.1 304 x\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n' },
  },
  {
    name: 'seen before the head is complete',
    clause: 'RFC 9112 §2.2',
    stricter: 'they',
    why: 'llhttp judges target and lengths while it reads them, ours when it has the whole head; refused they are by both',
    applies: (disagreement) => {
      const { kind, ours, text, index } = disagreement;
      if (kind !== 'theyRefuse' || ours.error !== undefined || ours.messages.length > index) return false;
      if (/\r\n\r\n/.test(bytesFrom(disagreement).replace(/^(?:\r\n)+/, ''))) return false;
      return observeOurs(ours.role, `${text}\r\n\r\n`, false).error !== undefined;
    },
    examples: { server: `${GET}Content-Length: x` },
  },
  {
    name: 'extensions that are none',
    clause: 'RFC 9112 §7.1.1',
    stricter: 'they',
    why: 'llhttp parses names and quoted values of extensions; ours skips bytes that are text, up to CR LF',
    applies: theyRefuse('HPE_STRICT', (disagreement) => /^[\da-f]+;/i.test(theirLine(disagreement))),
    examples: { server: `${CHUNKED}1;a="b"c\r\nx\r\n0\r\n\r\n`, client: `${CHUNKED_OK}1;a="b"c\r\nx\r\n0\r\n\r\n` },
  },
  {
    name: 'a later minor version',
    clause: 'RFC 9110 §2.5',
    stricter: 'they',
    why: 'a higher minor version is read as the highest that is known; llhttp knows only 1.0 and 1.1 of major version 1',
    applies: theyRefuse('HPE_INVALID_VERSION', (disagreement) =>
      /(?:^| )HTTP\/1\.[2-9](?: |$)/.test(startLine(disagreement)),
    ),
    examples: { server: 'GET / HTTP/1.2\r\nHost: a\r\n\r\n', client: 'HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n' },
  },
  {
    name: 'the end of the connection before any response',
    clause: 'RFC 9112 §9.5',
    stricter: 'they',
    why: 'the wire has no message that could be broken; its owner sees the end and the open exchange, and decides about a retry',
    applies: theyRefuse(
      'ECONNRESET',
      ({ text, ours }) =>
        ours.error === undefined &&
        (ours.ends.at(-1) ?? 0) === text.length &&
        ours.messages.every(({ start }) => start.startsWith('1')),
    ),
    examples: { client: '' },
  },
  {
    name: 'an interim response that ends the connection',
    clause: 'RFC 9110 §15.2',
    stricter: 'they',
    why: 'llhttp stops behind a 1xx that says close, or is of 1.0, and the request never gets its answer; ours waits for it',
    applies: theyStopBehind(
      (last) => last.start.startsWith('1') && (last.start.endsWith(' 1.0') || hasToken(last, 'connection', 'close')),
    ),
    examples: {
      client: `HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n${OK}Content-Length: 0\r\n\r\n`,
    },
  },
  {
    name: 'line ends before a status line',
    clause: 'RFC 9112 §2.2',
    stricter: 'we',
    why: 'only servers skip empty lines; at a client they are bytes that belong to nothing',
    applies: weRefuse('badVersion', (disagreement) => /^[\r\n]$/.test(refusedBytes(disagreement))),
    examples: { client: `\r\n${OK}Content-Length: 0\r\n\r\n` },
  },
  {
    name: 'no space behind the status',
    clause: 'RFC 9112 §4',
    stricter: 'we',
    why: 'the space stands even where the phrase is empty; there is a tolerance for servers that leave it out',
    applies: weRefuse('badStatus', (disagreement) => /^HTTP\/1\.\d \d{3}[\r\n]$/.test(refusedBytes(disagreement))),
    examples: { client: 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n' },
  },
  {
    name: 'a status below 100',
    clause: 'RFC 9110 §15',
    stricter: 'we',
    why: 'the first digit tells the class, and there is no class 0',
    applies: weRefuse('badStatus', (disagreement) => /^HTTP\/1\.\d 0$/.test(refusedBytes(disagreement))),
    examples: { client: 'HTTP/1.1 099 x\r\nContent-Length: 0\r\n\r\n' },
  },
  {
    name: 'a control character in the phrase',
    clause: 'RFC 9112 §4',
    stricter: 'we',
    why: 'llhttp reads the phrase up to CR or LF, whatever is in it',
    applies: weRefuse('badStatus', (disagreement) =>
      // oxlint-disable-next-line no-control-regex
      /^HTTP\/1\.\d \d{3} [^\r\n]*[\0-\x08\x0b\x0c\x0e-\x1f\x7f]$/.test(refusedBytes(disagreement)),
    ),
    examples: { client: 'HTTP/1.1 200 \0\r\nContent-Length: 0\r\n\r\n' },
  },
];
