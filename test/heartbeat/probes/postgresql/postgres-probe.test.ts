// Empty queries to a real PostgreSQL: every way in, TLS, refusals in its own words, and the story of one that is stopped and killed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, describe, test, type TestContext } from 'node:test';
import { postgresProbe } from '#src/heartbeat/index.js';
import type { Acknowledgement, Probe } from '#src/heartbeat/index.js';
import type { ConnectionOpener } from '#src/io/connection-opener.js';
import { transportPair } from '#src/testing/index.js';
import { freePort } from '../../peer-process.ts';
import { describeStopAndKill } from '../../stop-and-kill.ts';
import { RecordingProbeSink } from '../recording-probe-sink.ts';
import { errorResponse } from './backend.ts';
import type { PostgresProcess } from './postgres-server.ts';
import { CERTIFICATE, PASSWORD, PostgresCluster, skip } from './postgres-server.ts';

const AUTHORITY = readFileSync(path.join(path.dirname(CERTIFICATE), 'authority.pem'), 'utf8');

const LOGIN = encodeURIComponent(PASSWORD);

const cluster = skip === false ? new PostgresCluster() : undefined;
after(() => cluster?.[Symbol.dispose]());

const signal = (): AbortSignal => AbortSignal.timeout(10_000);

/** One that ends with the test. */
async function running(
  context: TestContext,
  settings = '',
): Promise<{ readonly port: number; readonly peer: PostgresProcess }> {
  const port = await freePort();
  cluster!.configure(settings);
  const peer = await cluster!.start(port);
  context.after(() => peer.kill());
  await untilReady(port);
  return { port, peer };
}

/** It accepts connections before it takes log-ins. */
async function untilReady(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      await sendOnce(postgresProbe(`postgres://trusty@127.0.0.1:${port}/shop`));
      return;
    } catch (error) {
      if (!/57P03/.test((error as Error).message)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Waits for what the server writes to its log. */
async function untilLogged(peer: PostgresProcess, line: RegExp): Promise<void> {
  const untilMs = performance.now() + 10_000;
  while (!line.test(peer.output) && performance.now() < untilMs)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.match(peer.output, line);
}

/** One signal, and the end of the connection. */
async function sendOnce(probe: Probe): Promise<Acknowledgement> {
  try {
    return (await probe.send(signal())) ?? {};
  } finally {
    probe.close?.();
  }
}

describe('the probe of PostgreSQL', { skip, timeout: 90_000 }, () => {
  test('logs in with every kind of authentication, and sends empty queries on the connection that it keeps', async (context) => {
    const { port } = await running(context);
    for (const user of ['trusty', 'scrammed', 'hashed', 'clear']) {
      const query = user === 'clear' ? '?require_auth=password' : '';
      const probe = postgresProbe(`postgres://${user}:${LOGIN}@127.0.0.1:${port}/shop${query}`);
      assert.equal(probe.target, `postgres://127.0.0.1:${port}/shop`);
      const first = await probe.send(signal());
      assert.deepEqual([first?.connection, first?.detail], ['new', 'EmptyQueryResponse'], user);
      const second = await probe.send(signal());
      assert.deepEqual([second?.connection, second?.detail], ['kept', 'EmptyQueryResponse'], user);
      assert.ok(second!.rttMs! >= 0 && second!.rttMs! < 1_000);
      probe.close?.();
    }
  });

  test('tells in the words of the server why it is not let in, and not the password', async (context) => {
    const { port } = await running(context);
    const wrong = 'FATAL 28P01: password authentication failed for user';
    for (const [url, message] of [
      ['scrammed:hidden@/shop', `${wrong} "scrammed"; give the right user and password in the URL`],
      ['hashed:hidden@/shop', `${wrong} "hashed"; give the right user and password in the URL`],
      ['clear:hidden@/shop', `${wrong} "clear"; give the right user and password in the URL`],
      ['scrammed@/shop', 'the server wants a password, and none is given; write it in the URL as user:password@host'],
      [
        'trusty:hidden@/nowhere',
        'FATAL 3D000: database "nowhere" does not exist; give a database that exists as the path of the URL',
      ],
    ] as const) {
      const [login = '', database = ''] = url.split('@');
      const probe = postgresProbe(`postgres://${login}@127.0.0.1:${port}${database}?sslmode=disable`);
      await assert.rejects(sendOnce(probe), { code: 'ERR_PERDURA_PROTOCOL', message: `PostgreSQL: ${message}` });
    }
    const refused = postgresProbe(`postgres://expired:${LOGIN}@127.0.0.1:${port}/shop`);
    await assert.rejects(sendOnce(refused), {
      message: /^PostgreSQL: FATAL 28000: pg_hba\.conf rejects connection.*see what pg_hba\.conf/,
    });
  });

  test('goes through a unix socket', async (context) => {
    const { port } = await running(context);
    const probe = postgresProbe(`postgres:///shop?host=${cluster!.folder}&port=${port}&user=trusty&sslmode=require`);
    assert.equal((await sendOnce(probe)).detail, 'EmptyQueryResponse');
  });

  test('without a user it asks on a new connection each time whether there is TLS', async (context) => {
    const { port } = await running(context);
    const probe = postgresProbe(`postgresql://127.0.0.1:${port}`);
    const sink = new RecordingProbeSink();
    probe.attach?.(sink);
    for (let count = 0; count < 3; count += 1) {
      const { connection, detail } = (await probe.send(signal())) ?? {};
      assert.deepEqual([connection, detail], ['new', 'N (it has no TLS)']);
    }
    probe.close?.();
    assert.deepEqual(sink.log, []);
  });

  test('speaks TLS as sslmode says', async (context) => {
    const plain = await running(context);
    const scrammed = (port: number, host: string, mode: string): string =>
      `postgres://scrammed:${LOGIN}@${host}:${port}/shop?sslmode=${mode}`;
    await assert.rejects(sendOnce(postgresProbe(scrammed(plain.port, '127.0.0.1', 'require'))), {
      message: 'PostgreSQL: the server has no TLS, and sslmode=require asks for it',
    });
    assert.equal(
      (await sendOnce(postgresProbe(scrammed(plain.port, '127.0.0.1', 'prefer')))).detail,
      'EmptyQueryResponse',
    );
    await plain.peer.kill();
    const { port } = await running(context, cluster!.tlsSettings);
    const acknowledged = async (url: string, tls?: object): Promise<string | undefined> =>
      (await sendOnce(postgresProbe(url, tls === undefined ? {} : { tls: { ...tls } }))).detail;
    assert.equal(await acknowledged(scrammed(port, '127.0.0.1', 'prefer')), 'EmptyQueryResponse');
    assert.equal(await acknowledged(scrammed(port, '127.0.0.1', 'disable')), 'EmptyQueryResponse');
    assert.equal(await acknowledged(scrammed(port, '127.0.0.1', 'require'), { ca: AUTHORITY }), 'EmptyQueryResponse');
    assert.equal(
      await acknowledged(scrammed(port, 'localhost', 'verify-full'), { ca: AUTHORITY }),
      'EmptyQueryResponse',
    );
    assert.equal(await acknowledged(`postgres://127.0.0.1:${port}`), 'S (it has TLS)');
    await assert.rejects(acknowledged(scrammed(port, '127.0.0.1', 'require')), {
      code: 'ERR_PERDURA_CONNECT',
      message: /certificate/,
    });
  });

  test('tells a password in the clear over TLS with a certificate that it has checked, and over no other', async (context) => {
    const { port } = await running(context, cluster!.tlsSettings);
    const login = (parameters: string, tls: object = { ca: AUTHORITY }): Promise<Acknowledgement> =>
      sendOnce(postgresProbe(`postgres://clear:${LOGIN}@localhost:${port}/shop?${parameters}`, { tls: { ...tls } }));
    const refused = { code: 'ERR_PERDURA_PROTOCOL', message: /password in the clear, over a connection that does not/ };
    for (const tls of [{}, { ca: AUTHORITY }]) await assert.rejects(login('sslmode=prefer', tls), refused);
    await assert.rejects(login('sslmode=require', { rejectUnauthorized: false }), refused);
    await assert.rejects(login('sslmode=verify-full&require_auth=scram-sha-256'), {
      message: /the server wants the password in the clear, which require_auth=scram-sha-256 forbids$/,
    });
    for (const parameters of ['sslmode=verify-full', 'sslmode=disable', 'sslmode=prefer&require_auth=password']) {
      assert.equal((await login(parameters)).detail, 'EmptyQueryResponse', parameters);
    }
    const strict = { ca: AUTHORITY, rejectUnauthorized: true };
    assert.equal((await login('sslmode=prefer', strict)).detail, 'EmptyQueryResponse');
  });

  test('a session that an administrator ends is begun anew', async (context) => {
    const { port, peer } = await running(context);
    const probe = postgresProbe(`postgres://trusty@127.0.0.1:${port}/shop`);
    const sink = new RecordingProbeSink();
    probe.attach?.(sink);
    assert.equal((await probe.send(signal()))?.connection, 'new');
    peer.terminate('trusty');
    assert.equal((await probe.send(signal()))?.connection, 'new');
    assert.equal((await probe.send(signal()))?.connection, 'kept');
    assert.deepEqual(sink.log, []);
    probe.close?.();
  });

  test('a session that its server ends for idleness is begun anew without an alarm', async (context) => {
    const { port, peer } = await running(context, "idle_session_timeout = '200ms'\nlog_disconnections = on\n");
    const probe = postgresProbe(`postgres://trusty@127.0.0.1:${port}/shop`);
    const sink = new RecordingProbeSink();
    probe.attach?.(sink);
    await probe.send(signal());
    // The last line is written when the connection has ended.
    await untilLogged(peer, /due to idle-session timeout.*disconnection: /s);
    assert.equal((await probe.send(signal()))?.connection, 'new');
    assert.deepEqual(sink.log, []);
    probe.close?.();
  });

  test('takes its leave: the server has nothing to complain about', async (context) => {
    const { port, peer } = await running(context, 'log_disconnections = on\n');
    const probe = postgresProbe(`postgres://trusty@127.0.0.1:${port}/shop`);
    await probe.send(signal());
    probe.close?.();
    await sendOnce(postgresProbe(`postgres://127.0.0.1:${port}`));
    await sendOnce(postgresProbe(`postgres://scrammed:${LOGIN}@127.0.0.1:${port}/shop`));
    const complaints = (): string[] => {
      const [, since = ''] = peer.output.split('database system is ready to accept connections\n');
      // Who asked while it started may be told so after it says that it is ready.
      return since
        .split('\n')
        .filter((line) => line !== '' && !/disconnection: |not yet accepting|recovery state/.test(line));
    };
    await untilLogged(peer, /(?:disconnection: .*){3}/s);
    assert.deepEqual(complaints(), []);
  });
});

describe('the probe of PostgreSQL and other servers', () => {
  /** A server that answers the first bytes it gets with these. */
  async function answering(context: TestContext, bytes: Uint8Array | string): Promise<number> {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(bytes));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    context.after(() => server.close());
    return (server.address() as net.AddressInfo).port;
  }

  test('what comes in the clear behind the answer to SSLRequest is not taken for what the server said', async (context) => {
    for (const user of ['', 'alice@']) {
      const probe = postgresProbe(`postgres://${user}127.0.0.1:${await answering(context, 'SX')}`);
      await assert.rejects(sendOnce(probe), {
        message: 'PostgreSQL: there are 1 bytes behind its answer to SSLRequest: somebody is in between',
      });
    }
  });

  test('a server that has no process left says so', async (context) => {
    const words = errorResponse({ S: 'FATAL', C: '53300', M: 'could not fork new process for connection' });
    const probe = postgresProbe(`postgres://127.0.0.1:${await answering(context, words)}`);
    await assert.rejects(sendOnce(probe), {
      message: 'PostgreSQL: FATAL 53300: could not fork new process for connection',
    });
  });

  test('a handshake of TLS that does not come to an end ends with its signal', { timeout: 10_000 }, async (context) => {
    const server = net.createServer((socket) => {
      socket.once('data', () => socket.write('S'));
      socket.on('error', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    context.after(() => server.close());
    const { port } = server.address() as net.AddressInfo;
    const probe = postgresProbe(`postgres://alice@127.0.0.1:${port}`);
    const accepted = once(server, 'connection') as Promise<[net.Socket]>;
    const deadline = new AbortController();
    const sent = probe.send(deadline.signal);
    const [socket] = await accepted;
    await new Promise((resolve) => socket.once('data', () => socket.once('data', resolve)));
    deadline.abort(new Error('too late'));
    await assert.rejects(sent, { message: 'too late' });
    await once(socket, 'close');
  });

  test('an opener that knows no TLS is told as that', async () => {
    const [client, server] = transportPair({ delivery: 'microtask' });
    server.attach({
      onTransportData: () => void server.write('S'),
      onTransportEnd: () => server.end(),
      onTransportDrain: () => {},
      onTransportClosed: () => {},
    });
    const opener: ConnectionOpener = {
      open: (_target, sink) => {
        const opened = { transport: client, address: '', totalMs: 0, lookupMs: 0, connectMs: 0, tls: undefined };
        queueMicrotask(() => sink.onOpened(opened));
        return { abort: () => {} };
      },
      resolve: () => Promise.resolve([]),
    };
    const probe = postgresProbe('postgres://alice@db', { opener });
    await assert.rejects(sendOnce(probe), { code: 'ERR_PERDURA_MISUSE', message: /knows no TLS/ });
  });

  test('another protocol is told as that', async (context) => {
    for (const query of ['', '?sslmode=disable']) {
      const port = await answering(context, 'HTTP/1.1 400 Bad Request\r\n');
      const probe = postgresProbe(`postgres://alice@127.0.0.1:${port}${query}`);
      await assert.rejects(sendOnce(probe), {
        message: /^PostgreSQL: it does not speak the protocol of PostgreSQL: it says 'HTTP/,
      });
    }
  });

  test('limits that are none are refused', () => {
    for (const name of ['maxMessageBytes', 'maxScramIterations']) {
      assert.throws(() => postgresProbe('postgres://db', { [name]: 0 }), { message: new RegExp(`^${name}: is 0`) });
    }
    assert.throws(() => postgresProbe('postgres://db', { maxMessages: 1 } as object), {
      message: /^maxMessages: is not the name/,
    });
  });
});

for (const [name, login] of [
  ['a session of PostgreSQL', `scrammed:${LOGIN}@`],
  ['PostgreSQL without a user', ''],
] as const) {
  describeStopAndKill({
    name,
    skip,
    start: async (port) => {
      cluster!.configure('');
      return cluster!.start(port);
    },
    probe: (port) => postgresProbe(`postgres://${login}127.0.0.1:${port}${login === '' ? '' : '/shop'}`),
  });
}
