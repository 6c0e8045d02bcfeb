// Clients: their timeouts by default, what these are called, and how they are written. Data, no rules.
import type { SoftwareSetting } from './software-setting.ts';
import { writeGoDuration, writeMilliseconds } from './written-duration.ts';

export type ClientName = 'undici' | 'node' | 'go' | 'perdura' | 'requests';

/** The timeouts of a client that hang together, in milliseconds. */
export interface ClientTimeouts {
  readonly idleMs: number;
  /** The longest that a hint of the server may make of it. */
  readonly hintCapMs?: number;
  /** The idle time after which TCP keepalive probes begin. */
  readonly tcpKeepAliveMs?: number;
}

/** See the head of the file. */
export interface ClientSoftware {
  readonly name: ClientName;
  readonly title: string;
  /** How long an idle connection is kept; undefined where that cannot be set. */
  readonly idle?: SoftwareSetting;
  /** Where a `Keep-Alive: timeout=` of the server replaces `idle`: the most that it may ask for. */
  readonly hintCap?: SoftwareSetting;
  readonly tcpKeepAlive?: SoftwareSetting;
  /** What else one should know; may be empty. */
  readonly note: string;
  /** Lines to be pasted; none where there is nothing to set. */
  readonly configure: (timeouts: ClientTimeouts) => readonly string[];
}

const UNDICI_CLIENT = 'https://undici.nodejs.org/#/docs/api/Client?id=parameter-clientoptions';

/** See the head of the file. */
export const CLIENT_SOFTWARE: readonly ClientSoftware[] = [
  {
    name: 'undici',
    title: 'undici, and fetch of Node.js',
    idle: { name: 'keepAliveTimeout', defaultMs: 4_000, unit: 'ms', source: UNDICI_CLIENT },
    hintCap: { name: 'keepAliveMaxTimeout', defaultMs: 600_000, unit: 'ms', source: UNDICI_CLIENT },
    tcpKeepAlive: { name: 'connect.keepAliveInitialDelay', defaultMs: 60_000, unit: 'ms', source: UNDICI_CLIENT },
    note: 'A Keep-Alive hint of the server, less 2 s, replaces keepAliveTimeout.',
    configure: ({ idleMs, hintCapMs, tcpKeepAliveMs }) => {
      const options = [
        `keepAliveTimeout: ${writeMilliseconds(idleMs)}`,
        ...(hintCapMs === undefined ? [] : [`keepAliveMaxTimeout: ${writeMilliseconds(hintCapMs)}`]),
        ...(tcpKeepAliveMs === undefined
          ? []
          : [`connect: { keepAliveInitialDelay: ${writeMilliseconds(tcpKeepAliveMs)} }`]),
      ];
      return [`setGlobalDispatcher(new Agent({ ${options.join(', ')} }));`];
    },
  },
  {
    name: 'node',
    title: 'http.Agent of Node.js',
    idle: {
      name: 'timeout',
      defaultMs: 5_000,
      unit: 'ms',
      source: 'https://nodejs.org/api/http.html#new-agentoptions',
    },
    tcpKeepAlive: {
      name: 'keepAliveMsecs',
      defaultMs: 1_000,
      unit: 'ms',
      source: 'https://nodejs.org/api/http.html#new-agentoptions',
    },
    note: '5 s is the global agent; an agent of your own has no timeout, and without one it ignores hints of the server.',
    configure: ({ idleMs, tcpKeepAliveMs }) => [
      `new http.Agent({ keepAlive: true, timeout: ${writeMilliseconds(idleMs)}${tcpKeepAliveMs === undefined ? '' : `, keepAliveMsecs: ${writeMilliseconds(tcpKeepAliveMs)}`} });`,
    ],
  },
  {
    name: 'go',
    title: 'net/http of Go',
    idle: {
      name: 'Transport.IdleConnTimeout',
      defaultMs: 90_000,
      unit: 'Duration',
      source: 'https://pkg.go.dev/net/http#DefaultTransport',
    },
    tcpKeepAlive: {
      name: 'Dialer.KeepAlive',
      defaultMs: 30_000,
      unit: 'Duration',
      source: 'https://pkg.go.dev/net/http#DefaultTransport',
    },
    note: 'Hints of the server are not read.',
    configure: ({ idleMs, tcpKeepAliveMs }) => [
      `transport := http.DefaultTransport.(*http.Transport).Clone()`,
      `transport.IdleConnTimeout = ${writeGoDuration(idleMs)}`,
      ...(tcpKeepAliveMs === undefined
        ? []
        : [
            `transport.DialContext = (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: ${writeGoDuration(tcpKeepAliveMs)}}).DialContext`,
          ]),
    ],
  },
  {
    name: 'perdura',
    title: 'perdura',
    idle: { name: 'idleTimeoutMs', defaultMs: 60_000, unit: 'ms', source: '' },
    note: 'Hints of the server, and what was learned of it, can only shorten it.',
    configure: ({ idleMs }) => [`new Session({ idleTimeoutMs: ${writeMilliseconds(idleMs)} });`],
  },
  {
    name: 'requests',
    title: 'requests of Python',
    note: 'It has no idle timeout: it looks at a connection before it takes it, and a NAT that forgot it cannot be seen.',
    configure: () => [],
  },
];

/** Undefined where there is none of that name. */
export function findClientSoftware(name: string): ClientSoftware | undefined {
  return CLIENT_SOFTWARE.find((software) => software.name === name);
}
