// The layers of the product as data, in the order of the table of the architecture, and what breaks their rules.
import { codeOnly, parseImports, resolveImport, type SourceFile } from './source-file.ts';

/** What one layer may import. Itself always. */
interface Layer {
  readonly may: readonly string[];
  /** Layers of which it may import types only. */
  readonly typesOf?: readonly string[];
  /** Other layers only through their `index.ts`. */
  readonly throughIndex?: true;
}

const GROUND = ['abort-watch.ts', 'errors.ts', 'http', 'option-checks.ts', 'text', 'thenable.ts'];
const BELOW_SERVER = [...GROUND, 'path', 'wire', 'io', 'trace.ts', 'guard-trace.ts'];

/** A folder or a file directly in `src/`. A lower layer never imports a higher one. */
export const LAYERS: Readonly<Record<string, Layer>> = {
  'errors.ts': { may: [] },
  text: { may: [] },
  'abort-watch.ts': { may: [] },
  'thenable.ts': { may: [] },
  'option-checks.ts': { may: ['errors.ts', 'text'] },
  'guard-trace.ts': { may: [] },
  http: { may: ['errors.ts'] },
  path: { may: ['errors.ts', 'text'] },
  wire: { may: GROUND },
  'trace.ts': { may: [], typesOf: ['http'] },
  io: { may: [...GROUND, 'trace.ts'] },
  // The engine stands below client and server, which bring their own probes; probes and their packages are for whoever asks.
  'heartbeat/engine': { may: [...GROUND, 'io', 'guard-trace.ts'] },
  // What both ends of a protocol share: the server's heartbeats, and the probes of clients.
  'heartbeat/signals': { may: [...GROUND, 'io', 'heartbeat/engine'] },
  'heartbeat/probes': {
    may: [...GROUND, 'wire', 'io', 'trace.ts', 'guard-trace.ts', 'heartbeat/engine', 'heartbeat/signals'],
  },
  heartbeat: { may: [...GROUND, 'heartbeat/engine', 'heartbeat/probes'] },
  inspect: { may: BELOW_SERVER },
  server: { may: [...BELOW_SERVER, 'heartbeat/engine', 'heartbeat/signals'] },
  observe: { may: [...GROUND, 'trace.ts'], typesOf: ['server'] },
  client: { may: [...BELOW_SERVER, 'heartbeat/engine', 'heartbeat/signals'] },
  apache: { may: GROUND, typesOf: ['server'] },
  workers: { may: [...GROUND, 'io', 'trace.ts', 'guard-trace.ts'], typesOf: ['server'] },
  adapters: { may: [...GROUND, 'io', 'wire', 'trace.ts', 'client', 'server'] },
  testing: { may: ['errors.ts', 'http'], typesOf: ['wire', 'io'] },
  // A server, so it listens and keeps the time; a subpath of its own, so that the doubles bring no socket with them.
  'testing/bad-peer': { may: [...GROUND, 'wire', 'io', 'testing'] },
  // Forgets idle connections as NATs and balancers do; it listens, too.
  'testing/middlebox': { may: [...GROUND, 'io', 'testing'] },
  'index.ts': {
    may: [...BELOW_SERVER, 'heartbeat', 'inspect', 'server', 'observe', 'client', 'apache', 'workers', 'adapters'],
    throughIndex: true,
  },
  cli: {
    may: [...BELOW_SERVER, 'heartbeat', 'inspect', 'server', 'observe', 'client', 'apache', 'workers', 'adapters'],
    throughIndex: true,
  },
};

/** Which files may use something: all those whose path starts with one of the texts. */
interface Fence {
  readonly what: string;
  readonly matches: RegExp;
  readonly allowedIn: readonly string[];
}

/** What belongs to Node.js or to a package, and who may import it. The first fence that matches decides. */
const IMPORT_FENCES: readonly Fence[] = [
  {
    what: 'paths, streams and URLs',
    matches: /^node:(?:path|stream|url)$/,
    allowedIn: [
      'io/',
      'server/',
      'client/',
      'heartbeat/probes/',
      'observe/',
      'apache/',
      'adapters/node/',
      'workers/cluster.ts',
      'cli/',
    ],
  },
  {
    what: 'messages of node:http and what they are made of',
    matches: /^node:(?:http|events)$/,
    allowedIn: ['adapters/node/'],
  },
  { what: 'sockets', matches: /^node:(?:net|tls|dns|dns\/promises)$/, allowedIn: ['io/'] },
  {
    what: 'certificates and keys',
    matches: /^node:crypto$/,
    allowedIn: [
      'io/accept/',
      'heartbeat/probes/postgresql/',
      'apache/access/',
      // FileETag Digest
      'apache/content/file-digests.ts',
      'cli/certificates.ts',
    ],
  },
  { what: 'HTTP/2', matches: /^node:http2$/, allowedIn: ['server/http2/session.ts', 'heartbeat/probes/http/http2.ts'] },
  { what: 'compression', matches: /^node:zlib$/, allowedIn: ['client/response/decompression.ts', 'apache/content/'] },
  {
    what: 'files',
    matches: /^node:fs(?:\/promises)?$/,
    // The process's own counters are files on Linux.
    allowedIn: ['server/static/', 'apache/files/', 'observe/log-file.ts', 'io/process-resources.ts', 'cli/'],
  },
  {
    what: 'the process and the terminal',
    matches: /^node:(?:process|tty|readline|child_process|os|util|module)$/,
    allowedIn: ['cli/'],
  },
  { what: 'workers of the process', matches: /^node:cluster$/, allowedIn: ['workers/cluster.ts'] },
  { what: 'cookies', matches: /^tough-cookie$/, allowedIn: ['client/cookies/cookies.ts'] },
  { what: 'WebSockets', matches: /^ws$/, allowedIn: ['heartbeat/probes/websocket/websocket.ts'] },
  { what: 'metrics for Prometheus', matches: /^prom-client$/, allowedIn: ['cli/watch/metrics.ts'] },
  { what: 'the command line', matches: /^commander$/, allowedIn: ['cli/'] },
  { what: 'certificates for development', matches: /^selfsigned$/, allowedIn: ['cli/serve/self-signed.ts'] },
  {
    what: 'media types, content negotiation and ranges',
    matches: /^(?:mrmime|negotiator|range-parser)$/,
    allowedIn: ['server/static/'],
  },
  { what: 'passwords hashed by bcrypt', matches: /^bcryptjs$/, allowedIn: ['apache/access/password-hash.ts'] },
  { what: 'anything else', matches: /(?:)/, allowedIn: [] },
];

/** A name that is not a property of something else. */
function freeName(names: string): RegExp {
  return new RegExp(String.raw`(?<![.\w$#])(?:globalThis\s*\.\s*)?(?:${names})`);
}

const CODE_FENCES: readonly Fence[] = [
  {
    what: 'timers and the time',
    matches: freeName(
      String.raw`(?:setTimeout|setInterval|setImmediate|performance|Date\s*\.\s*now)\b|new\s+Date\s*(?:\(\s*\)|[;,)])|Date\s*\(\s*\)`,
    ),
    // Messages, sockets and servers of Node.js have a method of that name, and so have ours that stand for them.
    allowedIn: [
      'io/clock.ts',
      'io/poll-watch.ts',
      'adapters/node/connection-socket.ts',
      'adapters/node/node-server.ts',
    ],
  },
  {
    what: '`process`',
    matches: freeName(String.raw`process\s*(?:\.|\?\.|\[)`),
    // adapters/node/: events of messages come in the queue in which node:http puts them.
    allowedIn: ['cli/', 'io/environment.ts', 'io/process-resources.ts', 'adapters/node/', 'workers/cluster.ts'],
  },
  {
    what: '`console`',
    matches: freeName(String.raw`console\s*(?:\.|\?\.|\[)`),
    allowedIn: ['cli/', 'guard-trace.ts', 'server/report-error.ts'],
  },
  {
    what: '`Date` and `async` in wire',
    matches: freeName(String.raw`(?:Date|async|await|Promise)\b`),
    // Everybody but wire.
    allowedIn: Object.keys(LAYERS).filter((layer) => layer !== 'wire'),
  },
];

/** Names that say nothing about what a file holds. */
const EMPTY_NAMES = /(?:^|\/)(?:utils?|helpers?|common|misc|shared|types)(?:\.ts|\/)/;

const MAX_LINES = 400;

/** The innermost folder that is a layer of its own. */
function layerOf(file: string): string {
  let folder = file;
  while (folder.includes('/')) {
    folder = folder.slice(0, folder.lastIndexOf('/'));
    if (LAYERS[folder] !== undefined) return folder;
  }
  return file.split('/', 1)[0] ?? '';
}

function isAllowed(fence: Fence, file: string): boolean {
  return fence.allowedIn.some((place) => file.startsWith(place));
}

function layerBreach(file: string, target: string, typeOnly: boolean): string | undefined {
  const from = layerOf(file);
  const to = layerOf(target);
  const layer = LAYERS[from];
  if (layer === undefined || from === to) return undefined;
  if (!layer.may.includes(to)) {
    if (layer.typesOf?.includes(to) !== true) return `${file}: ${from} must not import ${to} (${target})`;
    return typeOnly ? undefined : `${file}: ${from} may import types of ${to} only (${target})`;
  }
  if (layer.throughIndex === true && target.includes('/') && !target.endsWith('/index.ts')) {
    return `${file}: ${from} uses ${to} through its index.ts, not ${target}`;
  }
  return undefined;
}

function importBreaches(file: SourceFile): string[] {
  return parseImports(file.text).flatMap(({ from, typeOnly }) => {
    const target = resolveImport(file.path, from);
    if (target !== undefined) return layerBreach(file.path, target, typeOnly) ?? [];
    const fence = IMPORT_FENCES.find(({ matches }) => matches.test(from));
    if (fence === undefined || isAllowed(fence, file.path)) return [];
    return `${file.path}: ${from} (${fence.what}) is not for this place`;
  });
}

function fileBreaches(file: SourceFile): string[] {
  const breaches: string[] = [];
  const lines = file.text.split('\n').length - 1;
  const code = codeOnly(file.text);
  if (LAYERS[layerOf(file.path)] === undefined)
    breaches.push(`${file.path}: ${layerOf(file.path)} is not in the table of layers`);
  if (lines > MAX_LINES) breaches.push(`${file.path}: ${lines} lines, ${MAX_LINES} are the limit`);
  if (EMPTY_NAMES.test(file.path)) breaches.push(`${file.path}: the name does not say what the file holds`);
  if (!/^(?:\/\/|\/\*)/.test(file.text))
    breaches.push(`${file.path}: does not start with a comment that says what lives here`);
  for (const fence of CODE_FENCES) {
    const found = fence.matches.exec(code);
    if (found !== null && !isAllowed(fence, file.path))
      breaches.push(`${file.path}: ${fence.what}: ${found[0].trim()}`);
  }
  return breaches;
}

/** Every circle of imports, types included, each as `a.ts → b.ts → a.ts`, once. */
function findCycles(files: readonly SourceFile[]): string[] {
  const targets = new Map(
    files.map((file) => [
      file.path,
      parseImports(file.text).flatMap(({ from }) => resolveImport(file.path, from) ?? []),
    ]),
  );
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start !== -1) {
      cycles.push(`circle: ${[...trail.slice(start), file].join(' → ')}`);
      return;
    }
    if (done.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return cycles;
}

/** Everything in a source tree that breaks the architecture, one sentence each. A tree without files breaks it, too. */
export function findBreaches(files: readonly SourceFile[]): string[] {
  if (files.length === 0) return ['there are no source files'];
  return [...files.flatMap((file) => [...importBreaches(file), ...fileBreaches(file)]), ...findCycles(files)];
}
