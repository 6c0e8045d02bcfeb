// mod_reqtimeout: how long a client may take for its head and body, and how fast it has to be to get more time. Where the module is
// loaded, its defaults hold without any line.
import { readLeadingNumber } from '../config/leading-number.ts';
import type { ProcessConfiguration } from '../config/process-configuration.ts';
import type { ConfigVector } from '../module/config-vector.ts';
import { defineDirective } from '../module/directive.ts';
import { defineModule, type ApacheModule } from '../module/module.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { splitWords } from '../syntax/words.ts';

/** For one stage of a request. 0 for a time: no limit. */
export interface ReadTimeout {
  readonly initialMs: number;
  /** How far data may extend it: 0 without bounds. */
  readonly maximumMs: number;
  /** So many bytes give one more second; 0: none does. */
  readonly bytesPerSecond: number;
}

/** Of a server or virtual host. Undefined: not set. */
export interface ReadTimeouts {
  handshake: ReadTimeout | undefined;
  header: ReadTimeout | undefined;
  body: ReadTimeout | undefined;
}

const NO_LIMIT: ReadTimeout = { initialMs: 0, maximumMs: 0, bytesPerSecond: 0 };

/** What the module is built with: handshake=0 header=20-40,MinRate=500 body=20,MinRate=500 */
const READ_TIMEOUT_DEFAULTS: { readonly [Stage in keyof ReadTimeouts]: ReadTimeout } = {
  handshake: NO_LIMIT,
  header: { initialMs: 20_000, maximumMs: 40_000, bytesPerSecond: 500 },
  body: { initialMs: 20_000, maximumMs: 0, bytesPerSecond: 500 },
};

const STAGES = ['handshake', 'header', 'body'] as const;

/** A whole number that is not negative, and nothing behind it. What an int does not hold is cut as C cuts it. */
function parseCount(text: string): number {
  const number = readLeadingNumber(text);
  if (number === undefined) throw new ConfigurationError(`Value '${text}' not numerical`);
  if (number.rest !== '') throw new ConfigurationError(`Cannot parse '${number.rest}'`);
  const value = Number(BigInt.asIntN(32, number.value));
  if (value < 0) throw new ConfigurationError('Value must be non-negative');
  return value;
}

function parseTimeout(text: string): ReadTimeout {
  const rateAt = text.toLowerCase().indexOf(',minrate=');
  if (rateAt === -1) {
    if (text.includes('-')) throw new ConfigurationError('Must set MinRate option if using timeout range');
    return { initialMs: parseCount(text) * 1000, maximumMs: 0, bytesPerSecond: 0 };
  }
  const bytesPerSecond = parseCount(text.slice(rateAt + ',minrate='.length));
  if (bytesPerSecond === 0) throw new ConfigurationError('Minimum data rate must be larger than 0');
  const range = text.slice(0, rateAt);
  const dash = range.indexOf('-');
  const maximum = dash === -1 ? 0 : parseCount(range.slice(dash + 1));
  const initial = parseCount(dash === -1 ? range : range.slice(0, dash));
  if (maximum > 0 && initial >= maximum) {
    throw new ConfigurationError('Maximum timeout must be larger than initial timeout');
  }
  return { initialMs: initial * 1000, maximumMs: maximum * 1000, bytesPerSecond };
}

function setTimeouts(text: string, server: ReadTimeouts): void {
  for (const word of splitWords(text)) {
    const equals = word.indexOf('=');
    if (equals === -1) {
      throw new ConfigurationError("Invalid RequestReadTimeout parameter. Parameter must be in the form 'key=value'");
    }
    const stage = STAGES.find((name) => name === word.slice(0, equals).toLowerCase());
    try {
      if (stage === undefined) throw new ConfigurationError('Unknown RequestReadTimeout parameter');
      server[stage] = parseTimeout(word.slice(equals + 1));
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      throw new ConfigurationError(`RequestReadTimeout: ${word}: ${error.message}`);
    }
  }
}

export const reqtimeout: ApacheModule<ReadTimeouts, null> = defineModule<ReadTimeouts, null>({
  name: 'mod_reqtimeout.c',
  identifier: 'reqtimeout_module',
  createServer: () => ({ handshake: undefined, header: undefined, body: undefined }),
  mergeServer: (base, over) => ({
    handshake: over.handshake ?? base.handshake,
    header: over.header ?? base.header,
    body: over.body ?? base.body,
  }),
  directives: [
    defineDirective({
      name: 'RequestReadTimeout',
      contexts: ['server'],
      tier: 2,
      arguments: 'raw',
      usage: 'Set various timeout parameters for TLS handshake and/or reading request headers and body',
      summary: 'How long a client may take for `handshake`, `header` and `body`: `header=20-40,MinRate=500`.',
      apply: ({ words: [text = ''], server }) => {
        setTimeouts(text, server);
      },
    }),
  ],
});

/** What holds for a host; undefined where the module is not loaded. */
export function readTimeoutsOf(
  server: ConfigVector,
  configuration: ProcessConfiguration,
): { readonly [Stage in keyof ReadTimeouts]: ReadTimeout } | undefined {
  if (!configuration.modules.has('mod_reqtimeout.c')) return undefined;
  const { handshake, header, body } = reqtimeout.ofServer(server);
  return {
    handshake: handshake ?? READ_TIMEOUT_DEFAULTS.handshake,
    header: header ?? READ_TIMEOUT_DEFAULTS.header,
    body: body ?? READ_TIMEOUT_DEFAULTS.body,
  };
}
