// Options of createServer(): those of node:http by their names, ours beside them, and what both come to for serve().
import { OptionError } from '../../errors.ts';
import { checkNames, checkNumber } from '../../option-checks.ts';
import type { CloseOptions } from '../../server/server.ts';
import type { ServeOptions } from '../../server/options.ts';

/** Those that can also be set on the server, until it listens. Milliseconds; 0 means none, as in Node.js. */
export interface NodeServerSettings {
  /** How long an idle connection is kept. Default 65,000, which is `keepAliveTimeoutMs` of serve(). */
  keepAliveTimeout: number;
  /** How long a head may take. Default 20,000, which is `timeouts.headerMs`. */
  headersTimeout: number;
  /** How long a body may take, on top of what its rate grants. Default 60,000, which is `timeouts.bodyMs`. */
  requestTimeout: number;
  /** Answers on one connection. Default 0: no limit. */
  maxRequestsPerSocket: number;
  /** Open connections. Default 20,000. */
  maxConnections: number;
}

/** Options of {@link createServer}. */
export interface NodeServerOptions extends Partial<NodeServerSettings> {
  /** Bytes of one request head. Default 16,384, as Node.js. */
  readonly maxHeaderSize?: number;
  /** Whether values of repeated fields are joined instead of dropped. Default false, as Node.js. */
  readonly joinDuplicateHeaders?: boolean;
  /** Everything else that serve() can be told: `tls`, `limits`, `timeouts`, `trace`, `onError`. What stands above goes before. */
  readonly serve?: Omit<ServeOptions, 'fetch' | 'handler' | 'port' | 'hostname'>;
  /** How `close()` drains. Default: idle connections are closed at once and the others are waited for, as in Node.js. */
  readonly drain?: CloseOptions;
}

/** Accepted because callers pass them to node:http, and without effect here: the server does it, or its opposite, anyway. */
const WITHOUT_EFFECT: readonly string[] = [
  'connectionsCheckingInterval',
  'highWaterMark',
  'keepAlive',
  'keepAliveInitialDelay',
  'keepAliveTimeoutBuffer',
  'noDelay',
  'optimizeEmptyRequests',
  'rejectNonStandardBodyWrites',
  'requireHostHeader',
  'uniqueHeaders',
];

const SETTINGS: readonly string[] = [
  'keepAliveTimeout',
  'headersTimeout',
  'requestTimeout',
  'maxRequestsPerSocket',
  'maxConnections',
];

/** Refuses what makes no sense, and what node:http knows and this server does not do. @throws OptionError with the name of the option. */
export function checkNodeServerOptions(options: NodeServerOptions): void {
  for (const name of [
    'insecureHTTPParser',
    'httpValidation',
    'IncomingMessage',
    'ServerResponse',
    'shouldUpgradeCallback',
  ]) {
    if ((options as Record<string, unknown>)[name] !== undefined)
      throw new OptionError(name, 'is an option of node:http that perdura/node does not have; see docs/node.md');
  }
  const known = [...SETTINGS, ...WITHOUT_EFFECT, 'maxHeaderSize', 'joinDuplicateHeaders', 'serve', 'drain'];
  checkNames('', options, known);
  for (const name of [...SETTINGS, 'maxHeaderSize']) {
    const value = (options as Record<string, unknown>)[name];
    if (value !== undefined) checkNumber(name, value, 0);
  }
}

/** What the settings are where nobody sets them: those of `serve`, so that the server's own defaults hold. */
export function initialSettings(options: NodeServerOptions): Partial<NodeServerSettings> {
  const settings: Record<string, number> = {};
  for (const name of SETTINGS) {
    const value = (options as Record<string, number | undefined>)[name];
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}

/** The options of serve(), from those of createServer and what was set on the server since. */
export function toServeOptions(
  options: NodeServerOptions,
  settings: Partial<NodeServerSettings>,
): Omit<ServeOptions, 'fetch' | 'handler' | 'port' | 'hostname'> {
  const { serve = {} } = options;
  const { keepAliveTimeout, headersTimeout, requestTimeout, maxRequestsPerSocket, maxConnections } = settings;
  return {
    ...serve,
    ...present('keepAliveTimeoutMs', keepAliveTimeout),
    ...present('maxKeepAliveRequests', maxRequestsPerSocket),
    limits: {
      ...serve.limits,
      ...present('connections', maxConnections),
      ...(options.maxHeaderSize === undefined || options.maxHeaderSize === 0
        ? {}
        : { headerBytes: options.maxHeaderSize }),
    },
    timeouts: { ...serve.timeouts, ...present('headerMs', headersTimeout), ...present('bodyMs', requestTimeout) },
  };
}

function present(name: string, value: number | undefined): Record<string, number> {
  if (value === undefined) return {};
  return { [name]: value === 0 ? Infinity : value };
}
