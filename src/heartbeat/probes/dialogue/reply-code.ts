// Replies that begin with a code of three digits: FTP (RFC 959 §4.2) and SMTP (RFC 5321 §4.2), one line or many. Pure.
import { formatBytes } from '../../../http/visible-bytes.ts';
import type { Reply, ReplyReader, Turn } from './dialogue.ts';
import { readLine } from './reply-line.ts';

/** A whole reply. */
export interface CodeReply {
  readonly code: string;
  /** The first line, as it may be shown. */
  readonly line: string;
  readonly lengthBytes: number;
}

/** The first digit is 1 to 5 (RFC 5321 §4.2.1, RFC 959 §4.2), the second 0 to 5, but who counts further is still understood. */
const CODE = /^[1-5]\d\d(?=[ -]|$)/;

/**
 * Undefined where bytes are missing, a text where it is no such reply, in which it stands what it is. Of several lines all but the last
 * have `-` behind the code in SMTP; in FTP those between may be anything that does not begin as the last one.
 */
export function readCodeReply(received: Buffer): CodeReply | string | undefined {
  const first = readLine(received);
  const begin = first?.text ?? received.toString('latin1', 0, 3);
  const [code] = CODE.exec(first === undefined ? `${begin}${'100'.slice(begin.length)}` : begin) ?? [];
  if (code === undefined) return `that is no reply with a code: ${formatBytes(begin.slice(0, 80))}`;
  if (first === undefined) return undefined;
  const line = formatBytes(first.text.slice(0, 80));
  if (first.text[3] !== '-') return { code, line, lengthBytes: first.endBytes };
  for (let from = first.endBytes; ;) {
    const next = readLine(received, from);
    if (next === undefined) return undefined;
    if (next.text === code || next.text.startsWith(`${code} `)) return { code, line, lengthBytes: next.endBytes };
    from = next.endBytes;
  }
}

/** Decides about a whole reply. */
export type CodeDecision = (reply: CodeReply) => Reply;

/**
 * A reader of replies with a code. 421 is the same in both protocols: the service closes the connection, whatever it was asked
 * (RFC 5321 §3.8, RFC 959 §5.4).
 */
export function codeReader(decide: CodeDecision): ReplyReader {
  return (received) => {
    const reply = readCodeReply(received);
    if (reply === undefined) return undefined;
    if (typeof reply === 'string') return { kind: 'refused', reason: reply };
    return reply.code === '421' ? { kind: 'closing', reason: reply.line } : decide(reply);
  };
}

/** Accepts codes that match, and refuses others with what was answered. */
export function expectCode(pattern: RegExp, next?: Turn): ReplyReader {
  return codeReader((reply) =>
    pattern.test(reply.code) ? accepted(reply, next) : { kind: 'refused', reason: reply.line },
  );
}

/** The code is all that is told of an answer. */
export function accepted({ code, lengthBytes }: CodeReply, next?: Turn): Reply {
  return { kind: 'accepted', lengthBytes, detail: code, next };
}

/** Between signals there is nothing to be said but 421; what else comes answers nothing, and the connection is out of step. */
export const readUnaskedCode: ReplyReader = codeReader(({ line }) => ({
  kind: 'closing',
  reason: `the peer said what nobody asked for: ${line}`,
}));
