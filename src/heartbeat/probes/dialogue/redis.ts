// Redis and what speaks as it does (Valkey, KeyDB, Dragonfly): PING in the protocol RESP.
import { formatBytes } from '../../../http/visible-bytes.ts';
import type { Probe } from '../../engine/probe.ts';
import type { Dialogue, Reply, ReplyReader, Turn } from './dialogue.ts';
import { presetProbe } from './preset-probe.ts';
import type { DialogueProbeOptions } from './preset-probe.ts';
import type { Credentials, TargetRules } from '../connection/probe-target.ts';
import { readLine } from './reply-line.ts';

const RULES: TargetRules = {
  schemes: { redis: { defaultPort: 6379, isTls: false }, rediss: { defaultPort: 6379, isTls: true } },
  takesCredentials: true,
  // The number of a database, as URLs of Redis have it. PING is the same in all of them.
  path: /^\/\d+$/,
};

/**
 * Errors that only a server that lives and does its work can give. Sentinel takes the first two for signs of life, too: it loads its
 * data, or its master is away. The others are decisions about who asks, and nobody asked for more than a sign of life.
 * Not among them: BUSY (a script holds it up), MISCONF (it answers PING with it so that probes notice), ERR (it is full).
 */
const SIGNS_OF_LIFE: ReadonlySet<string> = new Set(['LOADING', 'MASTERDOWN', 'NOAUTH', 'NOPERM']);

/** `+PONG`, or an error that proves as much. */
export const readPong: ReplyReader = statusReader((text, lengthBytes) => {
  if (text === '+PONG') return { kind: 'accepted', lengthBytes, detail: 'PONG' };
  const [, code = ''] = /^-([A-Z]+)(?= |$)/.exec(text) ?? [];
  if (SIGNS_OF_LIFE.has(code)) return { kind: 'accepted', lengthBytes, detail: code };
  return { kind: 'refused', reason: `it answered PING with ${formatBytes(text.slice(0, 120))}` };
});

/** Of a refused log-in no more than the first word: some errors repeat what was sent. */
const readAuthenticated: ReplyReader = statusReader((text, lengthBytes) =>
  text.startsWith('+')
    ? { kind: 'accepted', lengthBytes }
    : { kind: 'refused', reason: `the log-in was refused (${/^-([A-Z]+)/.exec(text)?.[1] ?? 'no reason given'})` },
);

/** Reads a line of RESP that is a simple string or an error; other types answer neither PING nor AUTH. */
function statusReader(decide: (text: string, lengthBytes: number) => Reply): ReplyReader {
  return (received) => {
    const type = received.toString('latin1', 0, 1);
    if (type !== '+' && type !== '-') {
      return { kind: 'refused', reason: `that is no answer of Redis: ${formatBytes(received.subarray(0, 80))}` };
    }
    const line = readLine(received);
    return line === undefined ? undefined : decide(line.text, line.endBytes);
  };
}

/** An array of bulk strings: a command as every version takes it, whatever is in it. */
export function encodeCommand(...words: readonly string[]): Buffer {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${parts.join('')}`);
}

/** Log-in where there is a password, then PING. Without a user it is the one of `requirepass`. */
export function redisDialogue(credentials?: Credentials): Dialogue {
  const ping: Turn = { send: encodeCommand('PING'), read: readPong };
  return {
    protocol: 'Redis',
    opening: credentials === undefined ? undefined : loginTurn(credentials),
    signal: () => ping,
  };
}

function loginTurn({ user, password }: Credentials): Turn {
  const words = user === '' ? [password] : [user, password];
  return { send: encodeCommand('AUTH', ...words), read: readAuthenticated };
}

/**
 * Redis PING: `redis://[user:password@]host[:6379]`, over TLS with `rediss:`. It proves that the server's one thread takes commands.
 *
 * @throws OptionError
 */
export function redisProbe(target: string, options: DialogueProbeOptions = {}): Probe {
  return presetProbe(target, RULES, options, redisDialogue);
}
