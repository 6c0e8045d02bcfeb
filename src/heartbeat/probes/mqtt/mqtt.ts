// MQTT 3.1.1: one connection to a broker with PINGREQ as the signal.
import { OptionError } from '../../../errors.ts';
import { checkNames, checkObject, describe } from '../../../option-checks.ts';
import type { Probe } from '../../engine/probe.ts';
import { ConversationProbe } from '../connection/conversation-probe.ts';
import { MqttConversation } from './mqtt-conversation.ts';
import { isMqttText, MAX_KEEP_ALIVE_SECONDS, MAX_TEXT_BYTES } from './mqtt-packets.ts';
import { CONNECTION_OPTION_NAMES, makeProbeTools } from '../connection/probe-connection.ts';
import type { ProbeConnectionOptions } from '../connection/probe-connection.ts';
import { parseProbeTarget } from '../connection/probe-target.ts';
import type { TargetRules } from '../connection/probe-target.ts';

/** Options of {@link mqttProbe}. */
export interface MqttProbeOptions extends ProbeConnectionOptions {
  /**
   * The client identifier (§3.1.3.1). Default: 23 random letters and digits, which every broker must allow, the same for all connections
   * of this probe: a new one ends what the broker still holds of one that was lost. Two clients with one identifier end each other.
   */
  readonly clientId?: string;
  /**
   * The keep alive that is promised to the broker (§3.1.2.10), in whole seconds, rounded up: after one and a half of it without a signal
   * the broker ends the connection. Default Infinity, which MQTT writes as 0: it never does. A probe does not know the interval of its
   * heartbeat, and calm, a search or back-pressure may stretch it. Some brokers want one: then give more than the longest interval.
   */
  readonly keepAliveMs?: number;
}

const RULES: TargetRules = {
  // Ports as IANA has them.
  schemes: { mqtt: { defaultPort: 1883, isTls: false }, mqtts: { defaultPort: 8883, isTls: true } },
  takesCredentials: true,
};

/** Length that every broker must allow, and the characters (§3.1.3.1). */
const ID_CHARACTERS = 23;
const ID_PREFIX = 'perdura';

/**
 * MQTT PINGREQ: `mqtt://[user:password@]host[:1883]`, over TLS with `mqtts:`. It proves that the broker serves this client. It subscribes
 * to nothing and publishes nothing; its session is clean, so nothing is left of it.
 *
 * @throws OptionError
 */
export function mqttProbe(target: string, options: MqttProbeOptions = {}): Probe {
  checkObject('options', options);
  checkNames('', options, [...CONNECTION_OPTION_NAMES, 'clientId', 'keepAliveMs']);
  const peer = parseProbeTarget(target, RULES);
  const { clientId = makeClientId(), keepAliveMs = Infinity } = options;
  if (typeof clientId !== 'string' || !isMqttText(clientId)) {
    throw new OptionError('clientId', `is ${describe(clientId)}, it must be a text of at most ${MAX_TEXT_BYTES} bytes`);
  }
  const { user, password } = peer.credentials ?? {};
  for (const text of [user, password]) {
    if (text !== undefined && !isMqttText(text)) {
      throw new OptionError('target', `has a user or a password of more than ${MAX_TEXT_BYTES} bytes`);
    }
  }
  const connect = {
    clientId,
    keepAliveSeconds: keepAliveSeconds(keepAliveMs),
    user,
    password: password === '' ? undefined : password,
  };
  return new ConversationProbe(makeProbeTools(options), peer, () => new MqttConversation(connect), { password });
}

function keepAliveSeconds(keepAliveMs: number): number {
  if (keepAliveMs === Infinity) return 0;
  const seconds = typeof keepAliveMs === 'number' ? Math.ceil(keepAliveMs / 1000) : 0;
  if (seconds >= 1 && seconds <= MAX_KEEP_ALIVE_SECONDS) return seconds;
  const most = MAX_KEEP_ALIVE_SECONDS * 1000;
  throw new OptionError(
    'keepAliveMs',
    `is ${describe(keepAliveMs)}, it must be more than 0 and at most ${most}, or Infinity`,
  );
}

/** Nobody gains anything by guessing it: it has to be unlike others, not secret. */
function makeClientId(): string {
  let id = ID_PREFIX;
  while (id.length < ID_CHARACTERS) id += Math.floor(Math.random() * 36).toString(36);
  return id;
}
