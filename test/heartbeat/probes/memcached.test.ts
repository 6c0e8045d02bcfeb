// `version` with a real memcached, and what becomes of the heartbeat when it is stopped or killed.
import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { describe, test, type TestContext } from 'node:test';
import { memcachedProbe } from '#src/heartbeat/index.js';
import { externalProgram } from '../../support/external-program.ts';
import { freePort, PeerProcess } from '../peer-process.ts';
import { describeStopAndKill } from '../stop-and-kill.ts';
import { RecordingProbeSink } from './recording-probe-sink.ts';

const { path: program, skip } = externalProgram('memcached');

function launch(port: number, ...settings: readonly string[]): Promise<PeerProcess> {
  // It refuses to run as root without being told so.
  const user = userInfo().uid === 0 ? ['-u', userInfo().username] : [];
  const plain = ['-l', '127.0.0.1', '-p', String(port), '-U', '0', '-m', '8', '-t', '1'];
  return new PeerProcess(program, [...plain, ...user, ...settings]).untilListening(port);
}

/** One that ends with the test; its port. */
async function running(context: TestContext, ...settings: readonly string[]): Promise<number> {
  const port = await freePort();
  const peer = await launch(port, ...settings);
  context.after(() => peer.kill());
  return port;
}

const signal = (): AbortSignal => AbortSignal.timeout(5_000);

describe('the probe of memcached', { skip }, () => {
  test('is acknowledged on one connection that is kept', async (context) => {
    const port = await running(context);
    const probe = memcachedProbe(`memcached://127.0.0.1:${port}`);
    const first = await probe.send(signal());
    assert.equal(first?.connection, 'new');
    assert.match(first?.detail ?? '', /^VERSION \d+\.\d+/);
    assert.equal((await probe.send(signal()))?.connection, 'kept');
    probe.close?.();
  });

  test('opens a new connection at once where memcached has ended the one before as idle', async (context) => {
    const port = await running(context, '-o', 'idle_timeout=1');
    const probe = memcachedProbe(`memcached://127.0.0.1:${port}`);
    const sink = new RecordingProbeSink();
    probe.attach?.(sink);
    await probe.send(signal());
    await probe.send(signal());
    await sink.told('lost');
    assert.equal((await probe.send(signal()))?.connection, 'new');
    probe.close?.();
  });
});

describeStopAndKill({
  name: 'memcached',
  skip,
  start: launch,
  probe: (port) => memcachedProbe(`memcached://127.0.0.1:${port}`),
});
