// IMAP (RFC 9051, and RFC 3501 before it): NOOP (§6.1.2), which is allowed in every state.
import { formatBytes } from '../../../http/visible-bytes.ts';
import type { Probe } from '../../engine/probe.ts';
import type { Dialogue, Reply, ReplyReader, Turn } from './dialogue.ts';
import { presetProbe } from './preset-probe.ts';
import type { DialogueProbeOptions } from './preset-probe.ts';
import type { Credentials, TargetRules } from '../connection/probe-target.ts';
import { readLine } from './reply-line.ts';

const RULES: TargetRules = {
  schemes: { imap: { defaultPort: 143, isTls: false }, imaps: { defaultPort: 993, isTls: true } },
  takesCredentials: true,
};

/** A response: a line, with the literals in it (RFC 9051 §4.3), which may contain lines themselves. */
interface ImapResponse {
  /** Up to the first literal. */
  readonly text: string;
  readonly endBytes: number;
}

function readResponse(received: Buffer, fromBytes: number): ImapResponse | undefined {
  const first = readLine(received, fromBytes);
  for (let line = first; line !== undefined;) {
    const [, length] = /\{(\d{1,10})\}$/.exec(line.text) ?? [];
    if (length === undefined) return { text: first!.text, endBytes: line.endBytes };
    const afterBytes = line.endBytes + Number(length);
    line = afterBytes > received.length ? undefined : readLine(received, afterBytes);
  }
  return undefined;
}

/** Decides about the response to a tag: `OK …`, `NO …`, `BAD …` (RFC 9051 §7.1). */
type TaggedDecision = (status: string, text: string, lengthBytes: number) => Reply;

/** What has no tag is passed over, but for BYE: the server ends the connection (RFC 9051 §7.1.5). */
function taggedReader(tag: string, decide: TaggedDecision): ReplyReader {
  return (received) => {
    for (let from = 0; ;) {
      const response = readResponse(received, from);
      if (response === undefined) return undefined;
      const { text, endBytes } = response;
      if (/^\* BYE\b/i.test(text)) return { kind: 'closing', reason: formatBytes(text.slice(0, 120)) };
      const [, given, status = ''] = /^(\S+) (OK|NO|BAD)\b/i.exec(text) ?? [];
      if (given === tag) return decide(status.toUpperCase(), text, endBytes);
      from = endBytes;
    }
  };
}

/** OK, PREAUTH or BYE (RFC 9051 §7.1). After PREAUTH nobody may log in any more. */
function greetingReader(login: Turn | undefined): ReplyReader {
  return (received) => {
    const response = readResponse(received, 0);
    const begin = response?.text ?? received.toString('latin1', 0, 2);
    if (!begin.startsWith('* ') && !'* '.startsWith(begin)) return noImap(begin);
    if (response === undefined) return undefined;
    const { text, endBytes: lengthBytes } = response;
    const [, status = ''] = /^\* (OK|PREAUTH|BYE)\b/i.exec(text) ?? [];
    switch (status.toUpperCase()) {
      case 'OK':
        return { kind: 'accepted', lengthBytes, next: login };
      case 'PREAUTH':
        return { kind: 'accepted', lengthBytes };
      case 'BYE':
        return { kind: 'closing', reason: formatBytes(text.slice(0, 120)) };
      default:
        return noImap(text);
    }
  };
}

function noImap(text: string): Reply {
  return { kind: 'refused', reason: `that is no greeting of IMAP: ${formatBytes(text.slice(0, 80))}` };
}

/** Between signals the server may say what it likes, as long as it has no tag. */
const readUntagged: ReplyReader = (received) => {
  const response = readResponse(received, 0);
  if (response === undefined) return undefined;
  const { text, endBytes: lengthBytes } = response;
  if (text.startsWith('* ') && !/^\* BYE\b/i.test(text)) return { kind: 'accepted', lengthBytes };
  return { kind: 'closing', reason: formatBytes(text.slice(0, 120)) };
};

/** RFC 9051 §6.2.3, with quoted strings (§4.3). Of a refusal no text is told: it may repeat what was sent. */
function loginTurn({ user, password }: Credentials): Turn {
  const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  return {
    send: Buffer.from(`login LOGIN ${quote(user)} ${quote(password)}\r\n`),
    read: taggedReader('login', (status, text, lengthBytes) =>
      status === 'OK'
        ? { kind: 'accepted', lengthBytes }
        : { kind: 'refused', reason: `the log-in was refused (${/\[[A-Z-]{1,40}\]/.exec(text)?.[0] ?? status})` },
    ),
  };
}

/** The conversation of one connection. Each signal has a tag of its own (RFC 9051 §2.2.1). */
export function imapDialogue(credentials?: Credentials): Dialogue {
  return {
    protocol: 'IMAP',
    opening: { read: greetingReader(credentials === undefined ? undefined : loginTurn(credentials)) },
    signal: (count) => ({
      send: `n${count} NOOP\r\n`,
      read: taggedReader(`n${count}`, (status, text, lengthBytes) =>
        status === 'OK'
          ? { kind: 'accepted', lengthBytes, detail: 'OK' }
          : { kind: 'refused', reason: formatBytes(text.slice(0, 120)) },
      ),
    }),
    readUnasked: readUntagged,
    skipsUnasked: true,
    farewell: 'bye LOGOUT\r\n',
  };
}

/**
 * IMAP NOOP: `imap://[user:password@]host[:143]`, over TLS from the first byte with `imaps:` (port 993, RFC 8314 §3.2); STARTTLS is not
 * tried. It proves that the process that serves this connection answers; no mailbox is opened.
 *
 * @throws OptionError
 */
export function imapProbe(target: string, options: DialogueProbeOptions = {}): Probe {
  return presetProbe(target, RULES, options, imapDialogue);
}
