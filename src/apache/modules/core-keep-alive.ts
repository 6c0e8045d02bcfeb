// How long connections live: KeepAlive, KeepAliveTimeout, MaxKeepAliveRequests, Timeout. What they take is what Apache takes, oddities
// included: they are in every configuration.
import { readInteger } from '../config/leading-number.ts';
import { parseTimeParameter } from '../config/time-parameter.ts';
import { defineDirective } from '../module/directive.ts';
import { defineModule, type ApacheModule } from '../module/module.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** Of a server or virtual host. Undefined: not set. */
export interface KeepAliveSettings {
  keepAlive: boolean | undefined;
  keepAliveTimeoutMs: number | undefined;
  /** 0: no limit. Negative numbers are possible. */
  maxKeepAliveRequests: number | undefined;
  /** 0 and less are possible. */
  timeoutMs: number | undefined;
}

/** What Apache is built with. */
export const KEEP_ALIVE_DEFAULTS: Readonly<Record<keyof KeepAliveSettings, unknown>> & {
  readonly keepAlive: boolean;
  readonly keepAliveTimeoutMs: number;
  readonly maxKeepAliveRequests: number;
  readonly timeoutMs: number;
} = { keepAlive: true, keepAliveTimeoutMs: 5000, maxKeepAliveRequests: 100, timeoutMs: 60_000 };

function createSettings(): KeepAliveSettings {
  return { keepAlive: undefined, keepAliveTimeoutMs: undefined, maxKeepAliveRequests: undefined, timeoutMs: undefined };
}

function unless(unset: number, value: number | undefined): number | undefined {
  return value === unset ? undefined : value;
}

export const coreKeepAlive: ApacheModule<KeepAliveSettings, null> = defineModule<KeepAliveSettings, null>({
  name: 'http_core.c',
  identifier: 'http_module',
  createServer: createSettings,
  mergeServer: (base, over) => ({
    keepAlive: over.keepAlive ?? base.keepAlive,
    // Within Apache these numbers stand for "not set" in a virtual host.
    keepAliveTimeoutMs: unless(0, over.keepAliveTimeoutMs) ?? base.keepAliveTimeoutMs,
    maxKeepAliveRequests: unless(-1, over.maxKeepAliveRequests) ?? base.maxKeepAliveRequests,
    timeoutMs: unless(0, over.timeoutMs) ?? base.timeoutMs,
  }),
  directives: [
    defineDirective({
      name: 'KeepAlive',
      contexts: ['server'],
      tier: 1,
      arguments: 'flag',
      usage: 'Whether persistent connections should be On or Off',
      summary: 'Whether a connection may carry more than one request. Default On.',
      apply: ({ on, server }) => {
        server.keepAlive = on;
      },
    }),
    defineDirective({
      name: 'KeepAliveTimeout',
      contexts: ['server'],
      tier: 1,
      arguments: 'one',
      usage: 'Keep-Alive timeout duration (sec)',
      summary: 'How long an idle connection is kept: seconds, or with `ms`, `min`, `h`. Default 5.',
      apply: ({ words: [text = ''], server }) => {
        const timeoutMs = parseTimeParameter(text, 's');
        if (timeoutMs === undefined) throw new ConfigurationError('KeepAliveTimeout has wrong format');
        server.keepAliveTimeoutMs = timeoutMs;
      },
    }),
    defineDirective({
      name: 'MaxKeepAliveRequests',
      contexts: ['server'],
      tier: 1,
      arguments: 'one',
      usage: 'Maximum number of Keep-Alive requests per connection, or 0 for infinite',
      summary: 'How many requests a connection may carry, 0 for any number. Default 100.',
      apply: ({ words: [text = ''], server }) => {
        server.maxKeepAliveRequests = readInteger(text);
      },
    }),
    defineDirective({
      name: 'Timeout',
      contexts: ['server'],
      tier: 1,
      arguments: 'one',
      usage: 'Timeout duration (sec)',
      summary: 'How long the server waits for a client that sends or takes nothing, in seconds. Default 60.',
      apply: ({ words: [text = ''], server }) => {
        server.timeoutMs = readInteger(text) * 1000;
      },
    }),
  ],
});
