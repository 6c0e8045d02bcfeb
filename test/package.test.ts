// The package as its users get it: what it exports is frozen, what it contains is known, and the packed tarball works.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

const execute = promisify(execFile);

// Compiled, this file is build/test/package.test.js.
const root = path.resolve(import.meta.dirname, '../..');

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;

/**
 * What every subpath exports at run time, in order of the alphabet. A change here is a change of the public contract:
 * names that go are a breaking one.
 */
const EXPORTS: Readonly<Record<string, readonly string[]>> = {
  '.': [
    'AbortedError',
    'BodyError',
    'CLOSE_REASONS',
    'ConnectError',
    'ConnectionLostError',
    'EventStreamError',
    'Headers',
    'ListenError',
    'MisuseError',
    'OptionError',
    'PerduraError',
    'PoolError',
    'RedirectError',
    'Response',
    'Session',
    'TimeoutError',
    'parseKeepAlive',
    'serve',
    'staticFiles',
  ],
  './client': [
    'AbortedError',
    'BodyError',
    'ConnectError',
    'ConnectionLostError',
    'DEFAULT_EVENTS_OPTIONS',
    'DEFAULT_SESSION_HEARTBEAT',
    'DEFAULT_SESSION_OPTIONS',
    'EventStreamError',
    'FetchResponse',
    'Headers',
    'OptionError',
    'PROFILES',
    'PerduraError',
    'PoolError',
    'RETRY_CAUSES',
    'RETRY_REFUSALS',
    'RedirectError',
    'ResponseBody',
    'Session',
    'TimeoutError',
  ],
  './server': [
    'DEFAULT_SERVER_HEARTBEAT',
    'DEFAULT_SERVE_OPTIONS',
    'Headers',
    'Response',
    'advertisedSeconds',
    'defaultGraceMs',
    'deriveFromPath',
    'eventStream',
    'formatWarning',
    'readTlsState',
    'realIdleTimeoutMs',
    'reasonPhrase',
    'resolveServeOptions',
    'serve',
    'upgradeWebSocket',
  ],
  './server/static': ['DEFAULT_STATIC_OPTIONS', 'staticFiles'],
  './heartbeat': [
    'AbortedError',
    'CalmMemory',
    'ConnectError',
    'DEFAULT_HEARTBEAT_OPTIONS',
    'Heartbeat',
    'IntervalSearch',
    'LivenessWatch',
    'MisuseError',
    'OptionError',
    'PROBE_SCHEMES',
    'PeerSignals',
    'PerduraError',
    'TimeoutError',
    'ftpProbe',
    'http2Probe',
    'httpProbe',
    'imapProbe',
    'memcachedProbe',
    'mqttProbe',
    'peerProbe',
    'peerSignals',
    'pop3Probe',
    'postgresProbe',
    'probeFor',
    'redisProbe',
    'sendExpectProbe',
    'smtpProbe',
    'sseHeartbeat',
    'sseProbe',
    'tcpProbe',
    'webProbe',
    'webSocketProbe',
  ],
  './node': ['NodeServer', 'createServer', 'toHandler'],
  './workers': [
    'DEFAULT_WORKERS_OPTIONS',
    'MOST_WORKERS',
    'MisuseError',
    'OptionError',
    'WorkersError',
    'attachWorker',
    'reportWorkerFailure',
    'startWorkers',
    'workerIdentity',
  ],
  './inspect': [
    'CATALOGUE',
    'CHECK_IDS',
    'ConnectError',
    'DEFAULT_INSPECT_OPTIONS',
    'FINDING_IDS',
    'MEASUREMENTS',
    'MEASUREMENT_SUBJECTS',
    'NOTHING_MEASURED',
    'OptionError',
    'PerduraError',
    'TimeoutError',
    'evaluateExpectation',
    'formatHtml',
    'formatJson',
    'formatJunit',
    'formatMarkdown',
    'formatMeasurement',
    'formatText',
    'groupMeasurements',
    'inspect',
    'listChecks',
    'parseExpectation',
  ],
  './apache': [
    'ConfigurationRefused',
    'NodeFileLookup',
    'RunningSite',
    'explainNoListener',
    'explainTlsFault',
    'formatFurther',
    'formatNote',
    'formatRefusal',
    'readConfiguration',
  ],
  './wire': [
    'BODY_UNTIL_CLOSE',
    'BodyWriter',
    'CHUNKED_BODY',
    'ChunkedReader',
    'DEFAULT_WIRE_LIMITS',
    'EXCHANGE_OUTCOMES',
    'Exchange',
    'FieldLines',
    'HeadScanner',
    'NO_BODY',
    'PERSISTENCE_TRANSITIONS',
    'PROTOCOL_FAULTS',
    'ProtocolError',
    'REQUEST_TRANSITIONS',
    'RESPONSE_TRANSITIONS',
    'RequestHead',
    'STRICT',
    'WireConfiguration',
    'WireConnection',
    'decidePersistence',
    'decideRequestFraming',
    'decideResponseFraming',
    'decideTargetForm',
    'formatChunkSize',
    'formatFieldLines',
    'formatFramingLine',
    'formatLastChunk',
    'readFramingFields',
  ],
  './testing': [
    'FaultyTransport',
    'ManualClock',
    'ScriptError',
    'ScriptedPeer',
    'Transcript',
    'formatBytes',
    'transportError',
    'transportPair',
    'withFaults',
  ],
  './testing/middlebox': ['Middlebox', 'startMiddlebox'],
  './testing/bad-peer': ['BAD_PEER_FAULT_KINDS', 'BadPeer', 'ListeningBadPeer', 'badPeerConnection', 'startBadPeer'],
};

/** What a user writes who follows the README. */
const USER = `import { ConnectionLostError, serve, Response, Session, staticFiles, type Server } from 'perdura';
import { PROFILES, type FetchResponse, type SessionEvent, type SessionOptions } from 'perdura/client';
import { WireConfiguration, WireConnection } from 'perdura/wire';
import { ManualClock, transportPair } from 'perdura/testing';
import { type BadPeerFault, startBadPeer } from 'perdura/testing/bad-peer';

const server: Server = await serve({
  port: 0,
  fetch: async (request, { connection }) => {
    if (request.method === 'POST') return new globalThis.Response(await request.text());
    if (request.body !== null) return new Response(request.body);
    return Response.json({ id: connection.id, requests: connection.requests });
  },
});
const files: Server = await serve({ port: 0, handler: staticFiles('.', { notFound: '404.html' }), clock: new ManualClock() });
console.log(server.url, files.connections().length, new WireConfiguration(), WireConnection, transportPair());
const fault: BadPeerFault = { kind: 'closeWhenIdle', afterMs: 20, when: { request: ({ number }) => number > 1 } };
const peer = await startBadPeer({ fault });
console.log(peer.url, peer.executed('/'), peer.log.at(-1)?.type);
const events: SessionEvent[] = [];
const options: SessionOptions = {
  baseUrl: peer.url,
  headers: { authorization: 'Bearer t' },
  limits: { perOrigin: PROFILES.chrome.limits.perOrigin ?? 6 },
  timeouts: { headersMs: 5_000 },
  trace: (event) => void events.push(event),
};
async function coffee(): Promise<string> {
  await using session = new Session(options);
  try {
    const signal = AbortSignal.timeout(1_000);
    const { status, headers, body, connection, retries } = await session.request({ url: '/', method: 'POST', body: 'one', signal });
    for await (const piece of body) console.log(piece.length);
    const answer: FetchResponse = await session.fetch(new URL(peer.url), { method: 'PUT', body: new Blob(['two']), idempotent: true });
    const standard: globalThis.Response = answer;
    const fields: Record<string, string> = Object.fromEntries([...headers, ...answer.headers]);
    return [status, connection.reused, retries.length, fields['date'], await standard.text(), answer.connection.id].join();
  } catch (error) {
    if (!(error instanceof ConnectionLostError)) throw error;
    const { reused, idleMs, bytesSent, responseBytes, safeToRetry } = error.evidence;
    return [error.code, reused, idleMs, bytesSent, responseBytes, safeToRetry, error.safeToRetry].join();
  } finally {
    console.log(session.stats().retries, session.connections()[0]?.idleMs, events.at(-1)?.type);
  }
}
console.log(await coffee());
await peer[Symbol.asyncDispose]();
await server.close({ drainMs: 1_000 });
await files[Symbol.asyncDispose]();
`;

const subpaths = Object.keys(EXPORTS);

/** Subpaths that are not named after their folder. */
const FOLDERS: Readonly<Record<string, string>> = { './node': 'adapters/node' };

/** `perdura/server` for `./server`. */
function specifier(subpath: string): string {
  return path.posix.join('perdura', subpath);
}

/** In order of the code units, whatever the language of the machine. */
function sorted(names: readonly string[]): string[] {
  return names.toSorted((a, b) => (a < b ? -1 : 1));
}

describe('the exports', () => {
  test('the subpaths are the ones that were promised', () => {
    assert.deepEqual(Object.keys(manifest.exports), [...subpaths, './package.json']);
  });

  test('every subpath leads to its built file and to its types', () => {
    for (const subpath of subpaths) {
      const base = path.posix.join('dist', FOLDERS[subpath] ?? subpath, 'index');
      assert.deepEqual(manifest.exports[subpath], { types: `./${base}.d.ts`, default: `./${base}.js` });
    }
  });

  for (const subpath of subpaths) {
    test(`${specifier(subpath)} exports the names that were promised`, async () => {
      const names: unknown = await import(specifier(subpath));
      assert.deepEqual(sorted(Object.keys(names as object)), EXPORTS[subpath]);
    });
  }
});

describe('the packed tarball', () => {
  let folder: string;
  let packed: string[];

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'perdura-package-'));
    // Without scripts: `prepare` would build anew while other tests use what is built.
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const { stdout } = await execute('npm', pack, { cwd: root });
    const [report] = JSON.parse(stdout) as [{ readonly filename: string; readonly files: { readonly path: string }[] }];
    packed = sorted(report.files.map((file) => file.path));
    // As npm installs it, but from this machine alone: the dependencies are those of the checkout.
    const modules = path.join(folder, 'node_modules');
    mkdirSync(path.join(modules, '.bin'), { recursive: true });
    await execute('tar', ['-xzf', path.join(folder, report.filename), '-C', folder]);
    renameSync(path.join(folder, 'package'), path.join(modules, 'perdura'));
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
      symlinkSync(path.join(root, 'node_modules', name), path.join(modules, name));
    }
    chmodSync(path.join(modules, 'perdura/bin/perdura.js'), 0o755);
    symlinkSync('../perdura/bin/perdura.js', path.join(modules, '.bin/perdura'));
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  test('it contains the command, the built files, the types and the papers', () => {
    const wanted = ['LICENSE', 'README.md', 'bin/perdura.js', 'package.json'];
    for (const subpath of subpaths) {
      const base = path.posix.join('dist', FOLDERS[subpath] ?? subpath, 'index');
      wanted.push(`${base}.js`, `${base}.d.ts`);
    }
    assert.deepEqual(
      wanted.filter((file) => !packed.includes(file)),
      [],
    );
  });

  test('it contains neither tests nor sources nor what only developers need', () => {
    const unwanted =
      /^(?:src|test|build|bench|node_modules|\.ci)\/|\.test\.|tsconfig|oxlint|oxfmt|^dist\/.*(?<!\.d)\.ts$/;
    assert.deepEqual(
      packed.filter((file) => unwanted.test(file)),
      [],
    );
  });

  for (const subpath of subpaths) {
    test(`installed, ${specifier(subpath)} can be imported and brings its names`, async () => {
      const script = `console.log(JSON.stringify(Object.keys(await import('${specifier(subpath)}'))))`;
      const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
      assert.deepEqual(sorted(JSON.parse(stdout) as string[]), EXPORTS[subpath]);
    });
  }

  for (const lib of ['es2023', 'es2023,dom']) {
    test(`installed, its types hold for a strict user with the library ${lib}`, async () => {
      writeFileSync(path.join(folder, 'user.ts'), USER);
      const options = [
        '--noEmit',
        '--strict',
        '--exactOptionalPropertyTypes',
        '--module',
        'nodenext',
        '--target',
        'es2023',
      ];
      const types = ['--lib', lib, '--types', 'node', '--typeRoots', path.join(root, 'node_modules/@types')];
      const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
      // What the compiler complains of stands on its standard output.
      const { stdout } = await execute(process.execPath, [compiler, ...options, ...types, 'user.ts'], {
        cwd: folder,
      }).catch((error: unknown) => error as { stdout: string });
      assert.equal(stdout, '');
    });
  }

  test('installed, what is not exported cannot be reached', async () => {
    const script = "await import('perdura/dist/errors.js')";
    await assert.rejects(execute(process.execPath, ['--input-type=module', '-e', script], { cwd: folder }), (error) =>
      (error as { readonly stderr: string }).stderr.includes('ERR_PACKAGE_PATH_NOT_EXPORTED'),
    );
  });

  test('installed, npx runs the command', async () => {
    const { stdout } = await execute('npx', ['--no', '--', 'perdura', '--version'], { cwd: folder });
    assert.equal(stdout.trim(), manifest.version);
  });
});
