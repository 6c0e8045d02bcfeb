// memcached: `version` of its text protocol (doc/protocol.txt of memcached), which every version of it has, `mn` only those since 1.6.
import { formatBytes } from '../../../http/visible-bytes.ts';
import type { Probe } from '../../engine/probe.ts';
import type { Dialogue, ReplyReader, Turn } from './dialogue.ts';
import { presetProbe } from './preset-probe.ts';
import type { DialogueProbeOptions } from './preset-probe.ts';
import type { TargetRules } from '../connection/probe-target.ts';
import { readLine } from './reply-line.ts';

const RULES: TargetRules = {
  schemes: { memcached: { defaultPort: 11_211, isTls: false }, memcacheds: { defaultPort: 11_211, isTls: true } },
};

/** A line is no longer than this; what does not end sooner is no memcached. */
const MAX_LINE_BYTES = 1_024;

/** `VERSION 1.6.18`; or that it wants a log-in first, which only a server that lives can want. */
export const readVersion: ReplyReader = (received) => {
  const line = readLine(received);
  if (line === undefined && received.length <= MAX_LINE_BYTES) return undefined;
  const text = line?.text ?? received.toString('latin1');
  const isAlive = text.startsWith('VERSION ') || text === 'CLIENT_ERROR unauthenticated';
  if (!isAlive) return { kind: 'refused', reason: `it answered version with ${formatBytes(text.slice(0, 120))}` };
  return { kind: 'accepted', lengthBytes: line?.endBytes ?? 0, detail: formatBytes(text.slice(0, 40)) };
};

const VERSION: Turn = { send: 'version\r\n', read: readVersion };

export const MEMCACHED_DIALOGUE: Dialogue = {
  protocol: 'memcached',
  signal: () => VERSION,
  farewell: 'quit\r\n',
};

/**
 * memcached `version`: `memcached://host[:11211]`, over TLS with `memcacheds:`. It proves that the thread that serves this connection
 * takes commands.
 *
 * @throws OptionError
 */
export function memcachedProbe(target: string, options: DialogueProbeOptions = {}): Probe {
  return presetProbe(target, RULES, options, () => MEMCACHED_DIALOGUE);
}
