// Probes that ask and read an answer, on real connections: which one is kept, what ends it, and what is told of that.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ftpProbe, imapProbe, pop3Probe, sendExpectProbe, smtpProbe } from '#src/heartbeat/index.js';
import type { Probe } from '#src/heartbeat/index.js';
import { certificate, until } from '../../io/opening.ts';
import { serveLines } from './line-server.ts';
import type { LineScript } from './line-server.ts';
import { RecordingProbeSink } from './recording-probe-sink.ts';

const signal = (): AbortSignal => AbortSignal.timeout(5_000);

/** The certificate is for localhost; it is its own authority. */
const TLS = { ca: certificate('self-signed'), servername: 'localhost' };

interface Preset {
  readonly name: string;
  readonly scheme: string;
  readonly make: (target: string, options?: { tls: Readonly<Record<string, unknown>> }) => Probe;
  readonly user?: string;
  readonly script: LineScript;
  readonly heard: readonly string[];
  readonly detail: string;
}

const PRESETS: readonly Preset[] = [
  {
    name: 'SMTP',
    scheme: 'smtp',
    make: smtpProbe,
    script: {
      greeting: '220-mx\r\n220 ready\r\n',
      answers: { 'EHLO [127.0.0.1]': '250-mx\r\n250 HELP\r\n', NOOP: '250 OK\r\n', QUIT: '221 bye\r\n' },
    },
    heard: ['EHLO [127.0.0.1]', 'NOOP', 'NOOP', 'QUIT', 'FIN'],
    detail: '250',
  },
  {
    name: 'FTP',
    scheme: 'ftp',
    make: ftpProbe,
    user: 'ada:s%40cret@',
    script: {
      greeting: '220 ready\r\n',
      answers: { 'USER ada': '331 ?\r\n', 'PASS s@cret': '230 hello\r\n', NOOP: '200 OK\r\n', QUIT: '221 bye\r\n' },
    },
    heard: ['USER ada', 'PASS s@cret', 'NOOP', 'NOOP', 'QUIT', 'FIN'],
    detail: '200',
  },
  {
    name: 'IMAP',
    scheme: 'imap',
    make: imapProbe,
    user: 'ada:s%40cret@',
    script: {
      greeting: '* OK ready\r\n',
      answers: {
        'login LOGIN "ada" "s@cret"': 'login OK hello\r\n',
        'n1 NOOP': 'n1 OK\r\n',
        'n2 NOOP': '* 1 EXISTS\r\nn2 OK\r\n',
        'bye LOGOUT': '* BYE\r\nbye OK\r\n',
      },
    },
    heard: ['login LOGIN "ada" "s@cret"', 'n1 NOOP', 'n2 NOOP', 'bye LOGOUT', 'FIN'],
    detail: 'OK',
  },
  {
    name: 'POP3',
    scheme: 'pop3',
    make: pop3Probe,
    script: { greeting: '+OK ready\r\n', answers: { CAPA: '+OK\r\nUSER\r\n.\r\n', QUIT: '+OK\r\n' } },
    heard: ['CAPA', 'CAPA', 'QUIT', 'FIN'],
    detail: '+OK',
  },
];

for (const { name, scheme, make, user = '', script, heard, detail } of PRESETS) {
  for (const isTls of [false, true]) {
    const full = `${scheme}${isTls ? 's' : ''}`;
    test(`${name} (${full}:) is asked on one connection that is kept, and taken leave of`, async (context) => {
      const server = await serveLines(context, { ...script, isTls });
      const probe = make(`${full}://${user}127.0.0.1:${server.port}`, { tls: TLS });
      assert.equal(probe.target, `${full}://127.0.0.1:${server.port}`, 'nobody is named');
      const first = await probe.send(signal());
      const second = await probe.send(signal());
      assert.deepEqual([first?.connection, second?.connection], ['new', 'kept']);
      assert.deepEqual([first?.detail, second?.detail], [detail, detail]);
      assert.ok(second!.rttMs! > 0);
      probe.close?.();
      const [connection] = server.connections;
      await until(() => connection!.heard.includes('FIN'));
      assert.deepEqual(connection!.heard, heard);
      assert.equal(connection!.alpn, isTls ? false : undefined, 'no protocol of HTTP is asked for');
      assert.equal(server.connections.length, 1);
    });
  }
}

const PING: LineScript = { answers: { ping: 'pong\r\n', quit: null } };

function pingProbe(port: number): { probe: Probe; sink: RecordingProbeSink } {
  const probe = sendExpectProbe({ host: '127.0.0.1', port }, { send: 'ping\r\n', expect: 'pong' });
  const sink = new RecordingProbeSink();
  probe.attach?.(sink);
  return { probe, sink };
}

describe('the connection of a probe', () => {
  test('is replaced within the signal where it ended while it was silent, which is told at once', async (context) => {
    const server = await serveLines(context, PING);
    const { probe, sink } = pingProbe(server.port);
    await probe.send(signal());
    for (const end of ['end', 'resetAndDestroy'] as const) {
      assert.equal((await probe.send(signal()))?.connection, 'kept');
      server.connections.at(-1)!.socket[end]();
      await sink.told('lost');
      assert.match(
        sink.log.splice(0).join(),
        /^lost: the (?:peer ended the connection|connection broke: read ECONNRESET)$/,
      );
      assert.equal((await probe.send(signal()))?.connection, 'new');
    }
    probe.close?.();
  });

  test('that ends after every answer is no loss to be told: nobody is asked without a pause', async (context) => {
    const server = await serveLines(context, PING);
    const { probe, sink } = pingProbe(server.port);
    for (let count = 1; count <= 3; count += 1) {
      assert.equal((await probe.send(signal()))?.connection, 'new');
      const { socket, heard } = server.connections.at(-1)!;
      socket.end();
      await until(() => heard.includes('FIN') || socket.destroyed);
    }
    assert.deepEqual(sink.log, []);
  });

  test('is replaced within the signal where it ends instead of an answer', async (context) => {
    let ends = true;
    const server = await serveLines(context, {
      answers: {
        get ping() {
          return ends && server.connections[0]!.heard.length > 1 && server.connections.length === 1 ? null : 'pong\r\n';
        },
      },
    });
    const { probe, sink } = pingProbe(server.port);
    await probe.send(signal());
    assert.equal((await probe.send(signal()))?.connection, 'new');
    ends = false;
    assert.equal((await probe.send(signal()))?.connection, 'kept');
    assert.deepEqual(sink.log, [], 'the signal has found out by itself');
    probe.close?.();
  });

  test('is tried once: a new one that ends as well has failed', async (context) => {
    const server = await serveLines(context, { answers: { ping: null } });
    const { probe } = pingProbe(server.port);
    await assert.rejects(probe.send(signal()), {
      code: 'ERR_PERDURA_CONNECTION_LOST',
      message: 'the peer ended the connection',
    });
    assert.equal(server.connections.length, 1);
  });

  test('that the peer has announced to end is no loss, and the next signal takes a new one', async (context) => {
    const server = await serveLines(context, PRESETS[0]!.script);
    const probe = smtpProbe(`smtp://127.0.0.1:${server.port}`);
    const sink = new RecordingProbeSink();
    probe.attach?.(sink);
    await probe.send(signal());
    const [{ socket, heard } = assert.fail()] = server.connections;
    socket.end('421 4.4.2 timeout\r\n');
    await until(() => heard.includes('FIN'));
    assert.deepEqual(heard.slice(-2), ['NOOP', 'FIN'], 'who says goodbye first needs no answer');
    assert.deepEqual(sink.log, []);
    assert.equal((await probe.send(signal()))?.connection, 'new');
    probe.close?.();
  });

  test('carries what nobody asked for, which is told as a sign of life', async (context) => {
    const server = await serveLines(context, PING);
    const { probe, sink } = pingProbe(server.port);
    await probe.send(signal());
    server.connections[0]!.socket.write('pong of somebody else');
    await sink.told('received');
    assert.equal((await probe.send(signal()))?.connection, 'kept');
    probe.close?.();
  });

  test('is given up with a signal that nobody answers, so that a late answer acknowledges no other', async (context) => {
    const server = await serveLines(context, { answers: {} });
    const { probe, sink } = pingProbe(server.port);
    const controller = new AbortController();
    const sent = probe.send(controller.signal);
    await until(() => server.connections[0]?.heard.length === 1);
    controller.abort(new Error('too late'));
    const next = probe.send(signal());
    await assert.rejects(sent, /too late/);
    const [{ socket, heard } = assert.fail()] = server.connections;
    socket.write('pong\r\n');
    await until(() => heard.includes('FIN') || socket.destroyed);
    await until(() => server.connections[1]?.heard.length === 1);
    server.connections[1]!.socket.write('pong\r\n');
    assert.equal((await next)?.connection, 'new');
    assert.deepEqual(sink.log, []);
    probe.close?.();
  });

  test('is given up while it is being opened, too, and not opened for a signal that is aborted already', async (context) => {
    const server = await serveLines(context, PING);
    const { probe } = pingProbe(server.port);
    await assert.rejects(probe.send(AbortSignal.abort(new Error('before'))), /before/);
    const controller = new AbortController();
    const sent = probe.send(controller.signal);
    controller.abort(new Error('meanwhile'));
    await assert.rejects(sent, /meanwhile/);
    const pending = probe.send(signal());
    await assert.rejects(probe.send(signal()), { code: 'ERR_PERDURA_MISUSE' });
    probe.close?.();
    await assert.rejects(pending, { code: 'ERR_PERDURA_ABORTED', message: /was closed/ });
    assert.equal((await probe.send(signal()))?.connection, 'new', 'after the end it can begin anew');
    probe.close?.();
  });

  test('is ended where the peer refuses, and the error says what it said', async (context) => {
    const server = await serveLines(context, { greeting: '554 no service\r\n', answers: {} });
    await assert.rejects(smtpProbe(`smtp://127.0.0.1:${server.port}`).send(signal()), {
      code: 'ERR_PERDURA_PROTOCOL',
      message: 'SMTP: 554 no service',
    });
    await until(() => server.connections[0]!.heard.includes('FIN'));
    assert.deepEqual(server.connections[0]!.heard, ['QUIT', 'FIN']);
  });

  test('outlives a function of the user that throws, and is asked anew with the next signal', async (context) => {
    const server = await serveLines(context, PING);
    let calls = 0;
    const expect = (): boolean => {
      calls += 1;
      if (calls === 1) throw new TypeError('not what I thought');
      return true;
    };
    const probe = sendExpectProbe(`127.0.0.1:${server.port}`, { send: 'ping\r\n', expect });
    await assert.rejects(probe.send(signal()), {
      code: 'ERR_PERDURA_PROTOCOL',
      message: 'the peer: expect failed: not what I thought',
    });
    assert.equal((await probe.send(signal()))?.connection, 'new');
    probe.close?.();
  });

  test('tells nothing of a password, whatever fails', async (context) => {
    const server = await serveLines(context, {
      greeting: '220 ready\r\n',
      answers: { 'USER ada': '331 ada?\r\n', 'PASS s@cret': '530 s@cret is no password\r\n' },
    });
    const probe = ftpProbe(`ftp://ada:s%40cret@127.0.0.1:${server.port}`);
    await assert.rejects(probe.send(signal()), (error: Error) => {
      assert.equal(error.message, 'FTP: the log-in was refused (530)');
      assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}${probe.target}`, /s@cret|\bada\b/);
      return true;
    });
  });

  test('keeps no process alive between signals', async (context) => {
    const server = await serveLines(context, PING);
    const library = pathToFileURL(path.resolve(import.meta.dirname, '../../../../dist/heartbeat/index.js')).href;
    const program = `
      import { sendExpectProbe } from ${JSON.stringify(library)};
      const probe = sendExpectProbe('127.0.0.1:${server.port}', { send: 'ping\\r\\n', expect: 'pong' });
      await probe.send(new AbortController().signal);
      await probe.send(new AbortController().signal);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: 'inherit',
      timeout: 10_000,
    });
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.equal(server.connections.length, 1);
  });
});
