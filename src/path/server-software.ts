// Servers: their timeouts by default, what these are called, and how they are written. Data, no rules.
import type { SoftwareSetting } from './software-setting.ts';
import { writeMilliseconds, writeWithUnit } from './written-duration.ts';

export type ServerName = 'node' | 'nginx' | 'apache' | 'haproxy' | 'perdura';

/** The timeouts of a server that hang together, in milliseconds. */
export interface ServerTimeouts {
  readonly idleMs: number;
  /** For the head of a request. */
  readonly headMs?: number;
  /** For a whole request. */
  readonly requestMs?: number;
}

/** See the head of the file. */
export interface ServerSoftware {
  readonly name: ServerName;
  readonly title: string;
  /** How long an idle connection is kept. */
  readonly idle: SoftwareSetting;
  /** Other defaults of `idle`, by version. */
  readonly otherIdle?: readonly { readonly versions: string; readonly defaultMs: number }[];
  /** How much longer than it says it really waits. */
  readonly graceMs: number;
  /** Where it has to be longer than `idle`. */
  readonly head?: SoftwareSetting;
  /** Where it must not be shorter than `head`. */
  readonly request?: SoftwareSetting;
  /** What else one should know; may be empty. */
  readonly note: string;
  /** Lines to be pasted. */
  readonly configure: (timeouts: ServerTimeouts) => readonly string[];
}

const NODE_HTTP = 'https://nodejs.org/api/http.html';

/** See the head of the file. */
export const SERVER_SOFTWARE: readonly ServerSoftware[] = [
  {
    name: 'node',
    title: 'Node.js',
    idle: {
      name: 'server.keepAliveTimeout',
      defaultMs: 5_000,
      unit: 'ms',
      source: `${NODE_HTTP}#serverkeepalivetimeout`,
    },
    otherIdle: [{ versions: 'after 26', defaultMs: 65_000 }],
    graceMs: 1_000,
    head: { name: 'server.headersTimeout', defaultMs: 60_000, unit: 'ms', source: `${NODE_HTTP}#serverheaderstimeout` },
    request: {
      name: 'server.requestTimeout',
      defaultMs: 300_000,
      unit: 'ms',
      source: `${NODE_HTTP}#serverrequesttimeout`,
    },
    note: 'Closes a second later than it says; versions after 26 keep 65 s by default.',
    configure: ({ idleMs, headMs, requestMs }) => [
      `server.keepAliveTimeout = ${writeMilliseconds(idleMs)};`,
      ...(headMs === undefined ? [] : [`server.headersTimeout = ${writeMilliseconds(headMs)};`]),
      ...(requestMs === undefined ? [] : [`server.requestTimeout = ${writeMilliseconds(requestMs)};`]),
    ],
  },
  {
    name: 'nginx',
    title: 'nginx',
    idle: {
      name: 'keepalive_timeout',
      defaultMs: 75_000,
      unit: 's',
      source: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#keepalive_timeout',
    },
    graceMs: 0,
    note: 'Also ends connections after keepalive_requests (1000) and keepalive_time (1 h).',
    configure: ({ idleMs }) => [`keepalive_timeout ${writeWithUnit(idleMs)};`],
  },
  {
    name: 'apache',
    title: 'Apache httpd',
    idle: {
      name: 'KeepAliveTimeout',
      defaultMs: 5_000,
      unit: 's',
      source: 'https://httpd.apache.org/docs/2.4/mod/core.html#keepalivetimeout',
    },
    graceMs: 0,
    note: 'Also ends connections after MaxKeepAliveRequests (100).',
    configure: ({ idleMs }) => [
      'KeepAlive On',
      `KeepAliveTimeout ${idleMs % 1_000 === 0 ? idleMs / 1_000 : writeWithUnit(idleMs)}`,
    ],
  },
  {
    name: 'haproxy',
    title: 'HAProxy',
    idle: {
      name: 'timeout http-keep-alive',
      defaultMs: null,
      unit: 'ms',
      source: 'https://docs.haproxy.org/3.2/configuration.html#4-timeout%20http-keep-alive',
    },
    graceMs: 0,
    note: 'Without it, timeout http-request counts, and without that timeout client.',
    configure: ({ idleMs }) => [`timeout http-keep-alive ${writeWithUnit(idleMs)}`],
  },
  {
    name: 'perdura',
    title: 'perdura',
    idle: { name: 'keepAliveTimeoutMs', defaultMs: 65_000, unit: 'ms', source: '' },
    graceMs: 1_000,
    note: 'Waits longer than it says, by a second or 5 %.',
    configure: ({ idleMs }) => [`await serve({ keepAliveTimeoutMs: ${writeMilliseconds(idleMs)}, … });`],
  },
];

/** Undefined where there is none of that name. */
export function findServerSoftware(name: string): ServerSoftware | undefined {
  return SERVER_SOFTWARE.find((software) => software.name === name);
}
