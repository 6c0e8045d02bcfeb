// PING with a real Redis: plain, with a log-in, over TLS, and what becomes of the heartbeat when it is stopped or killed.
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { redisProbe } from '#src/heartbeat/index.js';
import { externalProgram } from '../../support/external-program.ts';
import { freePort, PeerProcess } from '../peer-process.ts';
import { describeStopAndKill } from '../stop-and-kill.ts';
import { RecordingProbeSink } from './recording-probe-sink.ts';

const { path: program, skip } = externalProgram('redis-server');

/** Keeps nothing on disk. */
function launch(port: number, ...settings: readonly string[]): Promise<PeerProcess> {
  const plain = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/'];
  return new PeerProcess(program, [...plain, ...settings]).untilListening(port);
}

/** One that ends with the test, on a port of its own unless it is given one. */
async function running(context: TestContext, settings: readonly string[] = [], given?: number): Promise<Running> {
  const port = given ?? (await freePort());
  const peer = await launch(port, ...settings);
  context.after(() => peer.kill());
  return { port, peer };
}

interface Running {
  readonly port: number;
  readonly peer: PeerProcess;
}

const signal = (): AbortSignal => AbortSignal.timeout(5_000);

describe('the probe of Redis', { skip }, () => {
  test('is acknowledged on one connection that is kept', async (context) => {
    const { port } = await running(context);
    const probe = redisProbe(`redis://127.0.0.1:${port}/3`);
    const first = await probe.send(signal());
    assert.deepEqual([first?.connection, first?.detail], ['new', 'PONG']);
    const second = await probe.send(signal());
    assert.deepEqual([second?.connection, second?.detail], ['kept', 'PONG']);
    assert.ok(second!.rttMs! > 0 && second!.rttMs! < 1_000);
    probe.close?.();
  });

  test('logs in where it is told to, and takes a request to log in for a sign of life where it is not', async (context) => {
    const acl = ['--user', 'watch', 'on', '>t:p@ss/w', '+ping'];
    const { port } = await running(context, ['--requirepass', 'sesame', ...acl]);
    const details: (string | undefined)[] = [];
    for (const user of ['', ':sesame@', 'default:sesame@', 'watch:t%3Ap%40ss%2Fw@']) {
      const probe = redisProbe(`redis://${user}127.0.0.1:${port}`);
      assert.equal(probe.target, `redis://127.0.0.1:${port}`);
      details.push((await probe.send(signal()))?.detail);
      probe.close?.();
    }
    assert.deepEqual(details, ['NOAUTH', 'PONG', 'PONG', 'PONG']);
    const wrong = redisProbe(`redis://watch:wr0ng@127.0.0.1:${port}`);
    await assert.rejects(wrong.send(signal()), {
      code: 'ERR_PERDURA_PROTOCOL',
      message: 'Redis: the log-in was refused (WRONGPASS)',
    });
    wrong.close?.();
  });

  test('speaks TLS, and checks who answers', async (context) => {
    const port = await freePort();
    const fixtures = path.resolve(import.meta.dirname, '../../../../test/io/fixtures');
    const pem = path.join(fixtures, 'self-signed.pem');
    const files = [
      '--tls-cert-file',
      pem,
      '--tls-key-file',
      pem,
      '--tls-ca-cert-file',
      pem,
      '--tls-auth-clients',
      'no',
    ];
    await running(context, ['--port', '0', '--tls-port', String(port), ...files], port);
    const trusting = redisProbe(`rediss://127.0.0.1:${port}`, { tls: { rejectUnauthorized: false } });
    assert.equal((await trusting.send(signal()))?.detail, 'PONG');
    trusting.close?.();
    const careful = redisProbe(`rediss://127.0.0.1:${port}`);
    await assert.rejects(careful.send(signal()), { code: 'ERR_PERDURA_CONNECT', message: /self-signed/ });
  });

  test('opens a new connection where Redis has ended the one before', async (context) => {
    const { port, peer } = await running(context);
    const probe = redisProbe(`redis://127.0.0.1:${port}`);
    const sink = new RecordingProbeSink();
    probe.attach?.(sink);
    await probe.send(signal());
    await probe.send(signal());
    await peer.kill();
    await sink.told('lost');
    assert.deepEqual(sink.log, ['lost: the peer ended the connection']);
    await assert.rejects(probe.send(signal()), { code: 'ERR_PERDURA_CONNECT', message: /refused/ });
    await running(context, [], port);
    assert.equal((await probe.send(signal()))?.connection, 'new');
    probe.close?.();
  });
});

describeStopAndKill({
  name: 'Redis',
  skip,
  start: launch,
  probe: (port) => redisProbe(`redis://127.0.0.1:${port}`),
});
