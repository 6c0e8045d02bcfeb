// PINGREQ with a real Mosquitto: log-in, ping, refusals in words, and what becomes of the heartbeat when it is stopped or killed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, describe, test, type TestContext } from 'node:test';
import { mqttProbe } from '#src/heartbeat/index.js';
import { freePort } from '../peer-process.ts';
import { describeStopAndKill } from '../stop-and-kill.ts';
import { MosquittoSetup, PASSWORD, skip, USER } from './mosquitto.ts';
import { RecordingProbeSink } from './recording-probe-sink.ts';

const LOGIN = `${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}`;

const setup = new MosquittoSetup();
after(() => setup[Symbol.dispose]());

const signal = (): AbortSignal => AbortSignal.timeout(5_000);

async function running(context: TestContext, settings?: readonly string[]): Promise<number> {
  const port = await freePort();
  const peer = await setup.start(port, settings);
  context.after(() => peer.kill());
  return port;
}

/** A broker that sends these bytes to whoever has said something, and ends. */
async function answering(context: TestContext, ...bytes: readonly number[]): Promise<number> {
  const server = net.createServer((socket) => socket.once('data', () => socket.end(Buffer.of(...bytes))));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return (server.address() as net.AddressInfo).port;
}

describe('the probe of MQTT', { skip, timeout: 60_000 }, () => {
  test('logs in, and pings on the connection that it keeps', async (context) => {
    const port = await running(context);
    const probe = mqttProbe(`mqtt://${LOGIN}@127.0.0.1:${port}`, { keepAliveMs: 60_000 });
    assert.equal(probe.target, `mqtt://127.0.0.1:${port}`);
    const first = await probe.send(signal());
    assert.deepEqual([first?.connection, first?.detail], ['new', 'PINGRESP']);
    const second = await probe.send(signal());
    assert.deepEqual([second?.connection, second?.detail], ['kept', 'PINGRESP']);
    assert.ok(second!.rttMs! >= 0 && second!.rttMs! < 1_000);
    probe.close?.();
  });

  test('tells in words why it is not let in, and not the password', async (context) => {
    const port = await running(context);
    for (const login of ['', 'watch%20er@', `watch%20er:hidden@`]) {
      const probe = mqttProbe(`mqtt://${login}127.0.0.1:${port}`);
      await assert.rejects(probe.send(signal()), (error: Error) => {
        assert.match(error.message, /^MQTT: the broker refuses, return code 5: not authorised/);
        return !error.message.includes('hidden');
      });
      probe.close?.();
    }
  });

  test('needs no user where the broker wants none', async (context) => {
    const port = await running(context, ['allow_anonymous true']);
    const probe = mqttProbe(`mqtt://127.0.0.1:${port}`);
    assert.equal((await probe.send(signal()))?.detail, 'PINGRESP');
    probe.close?.();
  });

  test('the connection after an end replaces what the broker still holds: the identifier is the same', async (context) => {
    const port = await running(context, ['allow_anonymous true']);
    const probe = mqttProbe(`mqtt://127.0.0.1:${port}`, { clientId: 'the one' });
    const sink = new RecordingProbeSink();
    probe.attach?.(sink);
    await probe.send(signal());
    await probe.send(signal());
    const other = mqttProbe(`mqtt://127.0.0.1:${port}`, { clientId: 'the one' });
    await other.send(signal());
    await sink.told('lost');
    assert.equal((await probe.send(signal()))?.connection, 'new');
    probe.close?.();
    other.close?.();
  });

  test('the keep alive that was promised holds: a silent client is ended by the broker, one with 0 is not', async (context) => {
    const port = await running(context, ['allow_anonymous true']);
    const probe = mqttProbe(`mqtt://127.0.0.1:${port}`, { keepAliveMs: 900 });
    const patient = mqttProbe(`mqtt://127.0.0.1:${port}`);
    const sink = new RecordingProbeSink();
    probe.attach?.(sink);
    await patient.send(signal());
    await probe.send(signal());
    await probe.send(signal());
    await sink.told('lost');
    assert.equal((await patient.send(signal()))?.connection, 'kept');
    probe.close?.();
    patient.close?.();
  });
});

describe('the probe of MQTT and other brokers', () => {
  test('one that speaks only MQTT 5 is told so, however it says it', async (context) => {
    for (const [bytes, message] of [
      [[0x20, 3, 0, 0x84, 0], /reason code 0x84 of MQTT 5: it speaks only MQTT 5, and this is 3\.1\.1$/],
      [[0x20, 2, 0, 1], /return code 1: it does not speak MQTT 3\.1\.1; it may speak only MQTT 5$/],
      [[], /ended the connection, instead of an answer to CONNECT; a broker that speaks only MQTT 5 may do so/],
      [[...Buffer.from('HTTP/1.1 400')], /^MQTT: a packet begins with the byte 0x48.*is it MQTT\?$/],
    ] as const) {
      const port = await answering(context, ...bytes);
      const probe = mqttProbe(`mqtt://127.0.0.1:${port}`);
      await assert.rejects(probe.send(signal()), { message });
      probe.close?.();
    }
  });

  test('what nobody listens on is not taken for a broker of MQTT 5', async () => {
    const probe = mqttProbe(`mqtt://127.0.0.1:${await freePort()}`);
    await assert.rejects(
      probe.send(signal()),
      (error: Error) => /refused/.test(error.message) && !/MQTT 5/.test(error.message),
    );
  });
});

describe('options of mqttProbe', () => {
  for (const [what, options, message] of [
    ['a misspelt name', { clientID: 'x' }, /^clientID: is not the name of an option; did you mean clientId\?/],
    ['an identifier that is no text', { clientId: 7 }, /^clientId: is 7, it must be a text of at most 65535 bytes/],
    ['an identifier that is too long', { clientId: 'x'.repeat(65_536) }, /^clientId: is a text of 65536 characters/],
    [
      'no keep alive',
      { keepAliveMs: 0 },
      /^keepAliveMs: is 0, it must be more than 0 and at most 65535000, or Infinity/,
    ],
    ['a keep alive that is too long', { keepAliveMs: 65_535_001 }, /^keepAliveMs: is 65535001/],
  ] as const) {
    test(`${what} is refused`, () => {
      assert.throws(() => mqttProbe('mqtt://127.0.0.1', options as object), { code: 'ERR_PERDURA_OPTION', message });
    });
  }

  test('the longest keep alive and the longest identifier are taken', () => {
    assert.equal(
      mqttProbe('mqtts://[::1]', { keepAliveMs: 65_535_000, clientId: 'x'.repeat(65_535) }).target,
      'mqtts://[::1]:8883',
    );
  });

  test('a user that MQTT cannot say is refused', () => {
    assert.throws(() => mqttProbe(`mqtt://${'u'.repeat(65_536)}@127.0.0.1`), {
      message: /^target: has a user or a password/,
    });
  });
});

describeStopAndKill({
  name: 'Mosquitto',
  skip,
  start: (port) => setup.start(port),
  probe: (port) => mqttProbe(`mqtt://${LOGIN}@127.0.0.1:${port}`),
});
