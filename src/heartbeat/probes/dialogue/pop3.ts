// POP3 (RFC 1939): NOOP (§5) where somebody is logged in; before that CAPA (RFC 2449 §5), which changes nothing.
import { formatBytes } from '../../../http/visible-bytes.ts';
import type { Probe } from '../../engine/probe.ts';
import type { Dialogue, Reply, ReplyReader, Turn } from './dialogue.ts';
import { presetProbe } from './preset-probe.ts';
import type { DialogueProbeOptions } from './preset-probe.ts';
import type { Credentials, TargetRules } from '../connection/probe-target.ts';
import { readLine } from './reply-line.ts';

const RULES: TargetRules = {
  schemes: { pop3: { defaultPort: 110, isTls: false }, pop3s: { defaultPort: 995, isTls: true } },
  takesCredentials: true,
};

/** RFC 1939 §3: a status indicator, upper case, and a keyword or text behind it. */
function statusReader(
  decide: (isOk: boolean, line: string, lengthBytes: number, received: Buffer) => Reply | undefined,
): ReplyReader {
  return (received) => {
    const line = readLine(received);
    const begin = line?.text ?? received.toString('latin1', 0, 4);
    const isOk = begin.startsWith('+OK') || '+OK'.startsWith(begin);
    const isError = begin.startsWith('-ERR') || '-ERR'.startsWith(begin);
    if (begin !== '' && !isOk && !isError) {
      return { kind: 'refused', reason: `that is no reply of POP3: ${formatBytes(begin.slice(0, 80))}` };
    }
    return line === undefined ? undefined : decide(begin.startsWith('+OK'), begin, line.endBytes, received);
  };
}

function refuse(line: string): Reply {
  return { kind: 'refused', reason: formatBytes(line.slice(0, 120)) };
}

function expectOk(next?: Turn): ReplyReader {
  return statusReader((isOk, line, lengthBytes) =>
    isOk ? { kind: 'accepted', lengthBytes, detail: '+OK', next } : refuse(line),
  );
}

/** Of a refused log-in nothing is told but that: what servers say beside it may repeat what was sent. */
function expectLogin(next?: Turn): ReplyReader {
  return statusReader((isOk, _line, lengthBytes) =>
    isOk
      ? { kind: 'accepted', lengthBytes, detail: '+OK', next }
      : { kind: 'refused', reason: 'the log-in was refused (-ERR)' },
  );
}

/** Several lines up to one of a single dot (RFC 1939 §3); or the error of a server that has no CAPA, which is an answer as well. */
const readCapabilities: ReplyReader = statusReader((isOk, _line, lengthBytes, received) => {
  if (!isOk) return { kind: 'accepted', lengthBytes, detail: '-ERR' };
  for (let from = lengthBytes; ;) {
    const next = readLine(received, from);
    if (next === undefined) return undefined;
    if (next.text === '.') return { kind: 'accepted', lengthBytes: next.endBytes, detail: '+OK' };
    from = next.endBytes;
  }
});

const NOOP: Turn = { send: 'NOOP\r\n', read: expectOk() };
const CAPA: Turn = { send: 'CAPA\r\n', read: readCapabilities };

/** The conversation of one connection. NOOP is not allowed before the log-in (RFC 1939 §5). */
export function pop3Dialogue(credentials?: Credentials): Dialogue {
  const shared = { protocol: 'POP3', farewell: 'QUIT\r\n' };
  if (credentials === undefined) return { ...shared, opening: { read: expectOk() }, signal: () => CAPA };
  const pass: Turn = { send: Buffer.from(`PASS ${credentials.password}\r\n`), read: expectLogin() };
  const user: Turn = { send: Buffer.from(`USER ${credentials.user}\r\n`), read: expectLogin(pass) };
  return { ...shared, opening: { read: expectOk(user) }, signal: () => NOOP };
}

/**
 * POP3: NOOP with a log-in, CAPA without, `pop3://[user:password@]host[:110]`, over TLS from the first byte with `pop3s:` (port 995);
 * STLS is not tried. It proves that the process that serves this connection answers. A log-in locks the mailbox (RFC 1939 §4) for as
 * long as the connection is kept: leave it out where somebody else fetches mail from it.
 *
 * @throws OptionError
 */
export function pop3Probe(target: string, options: DialogueProbeOptions = {}): Probe {
  return presetProbe(target, RULES, options, pop3Dialogue);
}
