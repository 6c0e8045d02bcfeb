// What `perdura watch --metrics` serves, and where.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { CommandError } from '#src/cli/exit-code.js';
import { parseMetricsAddress, serveMetrics } from '#src/cli/watch/metrics-endpoint.js';
import { WatchMetrics } from '#src/cli/watch/metrics.js';
import { DrivenHeartbeat } from '../../heartbeat/engine/driven-heartbeat.ts';

const LOOPBACK = '127.0.0.1';

/** The values of an exposition in the text format, by name and labels. Fails for what is none. */
function parseExposition(text: string): Map<string, number> {
  const values = new Map<string, number>();
  const typed = new Set<string>();
  let current = '';
  assert.ok(text.endsWith('\n'));
  for (const line of text.trimEnd().split('\n')) {
    const [, kind, name = ''] = /^# (HELP|TYPE) ([a-z_]+) \S.*$/.exec(line) ?? [];
    if (kind === 'TYPE') {
      assert.ok(!typed.has(name), `${name} has two heads`);
      typed.add(name);
      current = name;
    }
    if (kind !== undefined) continue;
    const [, series = '', value = ''] =
      /^([a-z_]+(?:\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*\})?) (\S+)$/.exec(line) ?? [];
    assert.notEqual(series, '', `no line of the format: ${line}`);
    assert.ok(series.startsWith(current), `${series} stands among ${current}`);
    assert.ok(!values.has(series), `${series} is there twice`);
    values.set(series, Number(value));
  }
  return values;
}

const noPause = (): Promise<void> => Promise.resolve();

describe('the metrics', () => {
  test('tell of every target whether it is up, its signals, its changes and its last round trip', async () => {
    const driven = new DrivenHeartbeat();
    const metrics = new WatchMetrics(['peer', 'silent "quoted"\n'], noPause);
    for (const type of ['ack', 'missed', 'down', 'up', 'resumed'] as const) {
      driven.heartbeat.on(type, (event) => metrics.onEvent(event));
    }
    const read = async (): Promise<Map<string, number>> => parseExposition(await metrics.text());
    const before = await read();
    assert.equal(before.get('perdura_watch_targets'), 2);
    assert.equal(before.get('perdura_watch_up{target="peer"}'), undefined, 'nothing is known yet');
    assert.equal(before.get('perdura_watch_signals_total{target="peer",result="missed"}'), 0);
    assert.equal(before.get('perdura_watch_transitions_total{target="silent \\"quoted\\"\\n",to="down"}'), 0);

    driven.heartbeat.start();
    await driven.advance(1);
    await driven.ack({ rttMs: 3 });
    const wellValues = await read();
    assert.equal(wellValues.get('perdura_watch_up{target="peer"}'), 1);
    assert.equal(wellValues.get('perdura_watch_last_round_trip_seconds{target="peer"}'), 0.003);
    assert.equal(wellValues.get('perdura_watch_round_trip_seconds_bucket{le="0.0025"}'), 0);
    assert.equal(wellValues.get('perdura_watch_round_trip_seconds_bucket{le="0.005"}'), 1);
    assert.equal(wellValues.get('perdura_watch_round_trip_seconds_count'), 1);

    await driven.advance(1_000);
    await driven.fail('refused');
    await driven.advance(200);
    await driven.fail('refused');
    const downValues = await read();
    assert.equal(downValues.get('perdura_watch_up{target="peer"}'), 0);
    assert.equal(downValues.get('perdura_watch_signals_total{target="peer",result="missed"}'), 2);
    assert.equal(downValues.get('perdura_watch_transitions_total{target="peer",to="down"}'), 1);

    await driven.advance(1_000);
    await driven.ack();
    const upValues = await read();
    assert.equal(upValues.get('perdura_watch_up{target="peer"}'), 1);
    assert.equal(upValues.get('perdura_watch_signals_total{target="peer",result="acknowledged"}'), 2);
    assert.equal(upValues.get('perdura_watch_transitions_total{target="peer",to="up"}'), 1);
    driven.heartbeat.stop();
  });

  test('are made in pieces where there are many targets, each metric below one head, and once for all who ask meanwhile', async () => {
    const targets = Array.from({ length: 401 }, (_, index) => `tcp://host-${index}:1`);
    let pauses = 0;
    const metrics = new WatchMetrics(targets, () => {
      pauses += 1;
      return Promise.resolve();
    });
    const [first, second] = await Promise.all([metrics.text(), metrics.text()]);
    assert.equal(first, second);
    assert.equal(pauses, 3 * 4);
    const values = parseExposition(first);
    for (const target of targets) {
      assert.equal(values.get(`perdura_watch_signals_total{target="${target}",result="acknowledged"}`), 0);
    }
  });
});

describe('the endpoint', () => {
  test('is of this machine alone unless a host is named', () => {
    assert.deepEqual(parseMetricsAddress(':9464'), { hostname: LOOPBACK, port: 9_464 });
    assert.deepEqual(parseMetricsAddress('9464'), { hostname: LOOPBACK, port: 9_464 });
    assert.deepEqual(parseMetricsAddress('0.0.0.0:80'), { hostname: '0.0.0.0', port: 80 });
    assert.deepEqual(parseMetricsAddress('[::1]:0'), { hostname: '::1', port: 0 });
    assert.deepEqual(parseMetricsAddress('metrics.internal:1'), { hostname: 'metrics.internal', port: 1 });
    for (const text of ['', ':', 'x', ':65536', '::1:9464', ':9464/metrics', 'http://x:1', '-1', '[::1]']) {
      assert.throws(() => parseMetricsAddress(text), /Write a port, or a host and a port/, text);
    }
  });

  test('has /metrics for GET and HEAD, and nothing else', async () => {
    const source = { contentType: 'text/plain; version=0.0.4; charset=utf-8', text: () => Promise.resolve('a 1\n') };
    const server = await serveMetrics({ hostname: LOOPBACK, port: 0 }, source);
    try {
      const got = await fetch(new URL('/metrics', server.url));
      assert.equal(got.headers.get('content-type'), source.contentType);
      assert.equal(await got.text(), 'a 1\n');
      const asked = await fetch(new URL('/metrics?x', server.url), { method: 'HEAD' });
      assert.deepEqual([asked.status, await asked.text()], [200, '']);
      const posted = await fetch(new URL('/metrics', server.url), { method: 'POST' });
      assert.deepEqual([posted.status, posted.headers.get('allow')], [405, 'GET, HEAD']);
      assert.equal((await fetch(server.url)).status, 404);
    } finally {
      await server.close({ drainMs: 0 });
    }
  });

  test('on a port that is taken ends with 3 and says so', async () => {
    const other = createServer().listen(0, LOOPBACK);
    await new Promise((resolve) => other.on('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const source = { contentType: '', text: () => Promise.resolve('') };
    await assert.rejects(serveMetrics({ hostname: LOOPBACK, port }, source), (error: unknown) => {
      assert.ok(error instanceof CommandError);
      assert.equal(error.exitCode, 3);
      assert.match(error.message, new RegExp(`^--metrics: .*${port}`));
      return true;
    });
    other.close();
  });
});
