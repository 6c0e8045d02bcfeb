// Timeouts that somebody has, as they are typed: `server=5s,client=60s,aws-alb=120s`.
import { suggestNames } from '../../path/index.ts';
import type { Hop, HopIdle, TimeoutSettings } from '../../path/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { findInPath, parseTyped } from './read-hops.ts';

type EndKey = Exclude<keyof TimeoutSettings, 'hops'>;

/** What can be given, and what it means. */
export const SETTING_KEYS: Readonly<Record<string, { readonly key: EndKey; readonly means: string }>> = {
  server: { key: 'serverIdleMs', means: 'idle timeout of the server' },
  client: { key: 'clientIdleMs', means: 'idle timeout of the client' },
  headers: { key: 'headMs', means: 'time of the server for a head' },
  request: { key: 'requestMs', means: 'time of the server for a whole request' },
  hint: { key: 'hintCapMs', means: 'longest Keep-Alive hint that the client obeys' },
  'tcp-keepalive': { key: 'tcpKeepAliveMs', means: 'first TCP keepalive probe of the client' },
  heartbeat: { key: 'heartbeatMs', means: 'pause between signs of life in a stream' },
  ping: { key: 'http2PingMs', means: 'pause between HTTP/2 PING frames' },
};

/** The word that stands for what the software does by itself. */
const DEFAULTS = 'defaults';

function readHopSetting(name: string, idleMs: number, hops: readonly Hop[]): HopIdle | undefined {
  const [, hopName = '', side = 'both'] = /^(.+?)(?:\.(client|server))?$/.exec(name) ?? [];
  const hop = findInPath(hopName, hops);
  return hop === undefined ? undefined : { name: hop.name, side: side as HopIdle['side'], idleMs };
}

/**
 * The settings of a text. `defaults`, or what is left out, stands for what the software does without configuration.
 * @throws CommandError where a key is unknown or a duration is none.
 */
export function readSettings(text: string, hops: readonly Hop[]): TimeoutSettings {
  const settings: Partial<Record<EndKey, number>> = {};
  const ofHops: HopIdle[] = [];
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === DEFAULTS) continue;
    const [, name, duration] = /^([^=\s]+)\s*=\s*(.+)$/.exec(part) ?? [];
    if (name === undefined || duration === undefined) {
      throw new CommandError(
        EXIT_CODES.usage,
        `--have: '${part}' is invalid. Write it as in --have server=5s,client=60s.`,
      );
    }
    const durationMs = parseTyped(`--have ${name}`, duration);
    const end = SETTING_KEYS[name]?.key;
    const hop = end === undefined ? readHopSetting(name, durationMs, hops) : undefined;
    if (end !== undefined) settings[end] = durationMs;
    else if (hop !== undefined) ofHops.push(hop);
    else throw unknownKey(name, hops);
  }
  return { ...settings, ...(ofHops.length === 0 ? {} : { hops: ofHops }) };
}

function unknownKey(name: string, hops: readonly Hop[]): CommandError {
  const keys = [...Object.keys(SETTING_KEYS), ...hops.filter(({ given }) => given !== true).map((hop) => hop.name)];
  const [meant] = suggestNames(name, keys);
  const suggestion = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return new CommandError(
    EXIT_CODES.usage,
    `--have: there is no timeout called '${name}'.${suggestion}\nThere are ${keys.join(', ')}; a hop has to be on the path.`,
  );
}
