// The table of hops keeps its promises, whatever is added to it.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { DEFAULT_SESSION_OPTIONS } from '#src/client/index.js';
import {
  HOPS,
  describeHop,
  findClientSoftware,
  findHop,
  findServerSoftware,
  hopNames,
  searchHops,
  suggestNames,
  withHopIdle,
} from '#src/path/index.js';
import { DEFAULT_SERVE_OPTIONS } from '#src/server/index.js';

describe('the table of hops', () => {
  test('has names that are unique and kebab-case', () => {
    assert.deepEqual(hopNames(), [...new Set(hopNames())]);
    assert.deepEqual(
      hopNames().filter((name) => !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)),
      [],
    );
  });

  test('finds every hop by its name, and nothing else', () => {
    for (const hop of HOPS) assert.equal(findHop(hop.name), hop);
    assert.equal(findHop('AWS-ALB'), undefined);
    assert.equal(findHop(''), undefined);
  });

  test('is searched by words of names, titles and settings, in any letter case', () => {
    assert.deepEqual(searchHops(''), HOPS);
    assert.deepEqual(
      searchHops('Azure NAT Gateway').map(({ name }) => name),
      ['azure-nat-gateway'],
    );
    assert.ok(searchHops('proxy_read_timeout').some(({ name }) => name === 'nginx-proxy-read'));
    assert.deepEqual(searchHops('aws heroku'), []);
  });

  test('suggests names that come near, the nearest first, and none for nonsense', () => {
    assert.equal(suggestNames('claudflare', hopNames())[0], 'cloudflare');
    assert.deepEqual(suggestNames('AWS-ALB', hopNames())[0], 'aws-alb');
    assert.ok(suggestNames('alb', hopNames()).includes('gcp-global-alb'));
    assert.deepEqual(suggestNames('qqqqqqqqqqqq', hopNames()), []);
  });

  test('calls nothing verified that it cannot show the documentation of', () => {
    const unfounded = HOPS.filter(({ verified, source }) => verified && !source.startsWith('https://'));
    assert.deepEqual(unfounded, []);
    assert.deepEqual(
      HOPS.filter(({ source }) => source !== '' && !URL.canParse(source)),
      [],
    );
  });

  test('says where it has it from how long a server that fails its checks gets requests, and when processes are killed', () => {
    for (const { name, unhealthyAfterMs, unhealthySource, killsAfterMs, killsSource } of HOPS) {
      for (const [ms, source] of [
        [unhealthyAfterMs, unhealthySource],
        [killsAfterMs, killsSource],
      ] as const) {
        assert.equal(ms === undefined, source === undefined, name);
        if (ms !== undefined) assert.ok(ms >= 1_000 && source?.startsWith('https://'), name);
      }
    }
  });

  test('calls reports, hearsay and conflicting documents hints', () => {
    for (const name of [
      'aws-lambda',
      'gcp-firewall',
      'azure-application-gateway',
      'azure-front-door',
      'azure-app-service',
      'fastly',
      'akamai',
      'fly-io',
      'render',
      'ngrok',
      'amazon-s3',
      'docker-ipvs',
      'kubernetes-conntrack',
      'home-nat',
    ]) {
      assert.equal(findHop(name)?.verified, false, name);
    }
  });

  test('knows of every flow when it forgets, the same for both sides, and that it does not end with FIN', () => {
    for (const hop of HOPS.filter(({ kind }) => kind === 'flow')) {
      assert.ok(hop.clientIdleMs !== null && hop.clientIdleMs > 0, hop.name);
      assert.equal(hop.serverIdleMs, hop.clientIdleMs, hop.name);
      assert.notEqual(hop.close, 'fin', hop.name);
    }
  });

  test('has whole seconds, and defaults within what can be set', () => {
    for (const hop of HOPS) {
      const { rangeMs, clientIdleMs, serverIdleMs, responseIdleMs, maxAgeMs, advisedServerIdleMs } = hop;
      const times = [clientIdleMs, serverIdleMs, responseIdleMs, maxAgeMs, advisedServerIdleMs, ...(rangeMs ?? [])];
      for (const ms of times) assert.ok(ms === null || ms === undefined || (ms > 0 && ms % 1_000 === 0), hop.name);
      if (rangeMs === undefined) continue;
      const settable = (hop.setting === undefined ? serverIdleMs : clientIdleMs) ?? rangeMs[0];
      assert.ok(settable >= rangeMs[0] && settable <= rangeMs[1], hop.name);
      assert.ok(hop.setting !== undefined || hop.serverSetting !== undefined, `${hop.name} has a range and no setting`);
    }
  });

  test('advises no server to be quicker than the hop in front of it', () => {
    for (const { name, serverIdleMs, advisedServerIdleMs } of HOPS) {
      if (serverIdleMs !== null && advisedServerIdleMs !== undefined)
        assert.ok(advisedServerIdleMs > serverIdleMs, name);
    }
  });
});

describe('a hop that is not as the table says', () => {
  test('has both of its timeouts changed where they are one setting', () => {
    const alb = findHop('aws-alb');
    assert.ok(alb !== undefined);
    const [changed] = withHopIdle([alb], { name: 'aws-alb', side: 'client', idleMs: 120_000 });
    assert.deepEqual([changed?.clientIdleMs, changed?.serverIdleMs], [120_000, 120_000]);
  });

  test('has only the one of that side changed where it has two', () => {
    const nginx = findHop('nginx');
    assert.ok(nginx !== undefined);
    const [changed] = withHopIdle([nginx], { name: 'nginx', side: 'client', idleMs: 905_000 });
    assert.deepEqual([changed?.clientIdleMs, changed?.serverIdleMs], [905_000, 60_000]);
    assert.deepEqual(withHopIdle([nginx], { name: 'caddy', side: 'both', idleMs: 1 }), [nginx]);
  });

  test('can be described by nothing but its idle timeout', () => {
    const nat = describeHop('flow', 90_000, '90 s');
    assert.deepEqual(
      [nat.kind, nat.clientIdleMs, nat.serverIdleMs, nat.close, nat.given],
      ['flow', 90_000, 90_000, 'silent', true],
    );
  });
});

describe('what is known of software', () => {
  test('agrees with the defaults of perdura itself', () => {
    const [server, client] = [findServerSoftware('perdura'), findClientSoftware('perdura')];
    assert.equal(server?.idle.defaultMs, DEFAULT_SERVE_OPTIONS.keepAliveTimeoutMs);
    assert.equal(client?.idle?.defaultMs, DEFAULT_SESSION_OPTIONS.idleTimeoutMs);
  });

  test('agrees with the Node.js that runs this', () => {
    const server = createServer();
    const node = findServerSoftware('node');
    const known = [node?.idle.defaultMs, ...(node?.otherIdle ?? []).map(({ defaultMs }) => defaultMs)];
    assert.ok(known.includes(server.keepAliveTimeout), String(server.keepAliveTimeout));
    assert.equal(server.headersTimeout, node?.head?.defaultMs);
    assert.equal(server.requestTimeout, node?.request?.defaultMs);
  });
});
