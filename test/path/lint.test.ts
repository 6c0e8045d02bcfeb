// What is said of timeouts that do not go together, case by case.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findHop, lintTimeouts } from '#src/path/index.js';
import type { Problem, TimeoutPath, TimeoutSettings } from '#src/path/index.js';

function pathOf(names: readonly string[], ends: Omit<TimeoutPath, 'hops'> = {}): TimeoutPath {
  const hops = names.map((name) => {
    const hop = findHop(name);
    assert.ok(hop !== undefined, name);
    return hop;
  });
  return { hops, ...ends };
}

const lint = (names: readonly string[], have: TimeoutSettings, ends?: Omit<TimeoutPath, 'hops'>): Problem[] =>
  lintTimeouts(pathOf(names, ends), have);

const summary = (problems: readonly Problem[]): string[] => problems.map(({ level, id }) => `${level} ${id}`);

describe('lint', () => {
  test('finds a server that closes before the balancer: 502', () => {
    const [problem, ...rest] = lint(['aws-alb'], { serverIdleMs: 5_000 });
    assert.deepEqual(rest, []);
    assert.deepEqual(
      [problem?.level, problem?.id, problem?.who, problem?.haveMs, problem?.wantedMs, problem?.ground],
      ['bad', 'server-closes-first', 'server', 5_000, 65_000, 'verified'],
    );
    assert.match(problem?.happens ?? '', /60 s, the server for 5 s[^]*502/);
    assert.match(problem?.change ?? '', /at least 65 s\. Or shorten idle_timeout\.timeout_seconds/);
    assert.deepEqual(problem?.sources, [findHop('aws-alb')?.source]);
  });

  test('tells a tie from a narrow escape and from a safe distance', () => {
    assert.deepEqual(summary(lint(['aws-alb'], { serverIdleMs: 60_000 })), ['bad server-closes-first']);
    assert.deepEqual(summary(lint(['aws-alb'], { serverIdleMs: 60_001 })), ['warn too-close']);
    assert.deepEqual(summary(lint(['aws-alb'], { serverIdleMs: 64_999 })), ['warn too-close']);
    assert.deepEqual(summary(lint(['aws-alb'], { serverIdleMs: 65_000 })), []);
  });

  test('finds the race of a client that keeps connections as long as the server, without any hop', () => {
    const problems = lint([], { serverIdleMs: 5_000, clientIdleMs: 60_000 });
    assert.deepEqual(summary(problems), ['bad reuse-race']);
    assert.match(problems[0]?.happens ?? '', /ECONNRESET/);
    assert.deepEqual(summary(lint([], { serverIdleMs: 5_000, clientIdleMs: 5_000 })), ['bad reuse-race']);
    assert.deepEqual(summary(lint([], { serverIdleMs: 5_000, clientIdleMs: 4_500 })), ['warn too-close']);
    assert.deepEqual(summary(lint([], { serverIdleMs: 5_000, clientIdleMs: 4_000 })), []);
  });

  test('does not let the client race the server behind a proxy: they share no connection', () => {
    assert.deepEqual(summary(lint(['aws-alb'], { serverIdleMs: 65_000, clientIdleMs: 55_000 })), []);
    assert.deepEqual(summary(lint(['aws-alb'], { serverIdleMs: 600_000, clientIdleMs: 61_000 })), ['bad reuse-race']);
  });

  test('finds the black hole of a client that outlasts the NAT', () => {
    const [problem] = lint(['aws-nat-gateway'], { clientIdleMs: 400_000 });
    assert.deepEqual([problem?.level, problem?.id, problem?.wantedMs], ['bad', 'black-hole', 345_000]);
    assert.match(problem?.happens ?? '', /forgets an idle connection after 350 s/);
    assert.deepEqual(summary(lint(['aws-nat-gateway'], { clientIdleMs: 347_000 })), ['warn too-close']);
  });

  test('lets probes keep a NAT awake, where they count and come in time', () => {
    const lintProbed = (name: string, tcpKeepAliveMs: number): string[] =>
      summary(lint([name], { clientIdleMs: 4_000_000, tcpKeepAliveMs }));
    assert.deepEqual(lintProbed('aws-nat-gateway', 60_000), []);
    assert.deepEqual(lintProbed('aws-nat-gateway', 400_000), ['bad black-hole', 'warn probes-too-rare']);
    assert.deepEqual(lintProbed('aws-nat-gateway', 300_000), ['bad black-hole', 'warn no-spare-beat']);
    // Nobody says that they count there.
    assert.deepEqual(lintProbed('gcp-cloud-nat', 60_000), ['bad black-hole']);
    // The vendor says that they do not.
    assert.deepEqual(lintProbed('aws-global-accelerator', 60_000), ['bad black-hole', 'warn probes-do-not-count']);
  });

  test('finds a server that holds what a layer 4 balancer forgot, and only there', () => {
    assert.deepEqual(summary(lint(['aws-nlb'], { serverIdleMs: 600_000 })), ['warn server-outlives-flow']);
    assert.deepEqual(summary(lint(['aws-nat-gateway', 'aws-alb'], { serverIdleMs: 600_000 })), []);
  });

  test('finds proxies that do not go together, with nothing else given', () => {
    const [problem] = lint(['cloudflare', 'nginx'], {});
    assert.deepEqual([problem?.id, problem?.who, problem?.wantedMs], ['hop-closes-first', 'nginx', 905_000]);
    const hops = [{ name: 'nginx', side: 'client', idleMs: 905_000 }] as const;
    assert.deepEqual(lint(['cloudflare', 'nginx'], { hops }), []);
  });

  test('finds a proxy that keeps what a flow behind it forgets, unless it probes', () => {
    assert.deepEqual(summary(lint(['gcp-global-alb', 'aws-nlb'], {})), ['bad black-hole']);
    // Cloudflare probes origins every 30 s.
    assert.deepEqual(summary(lint(['cloudflare', 'aws-nlb'], {})), []);
  });

  test('knows a hop as it is really set', () => {
    const hops = [{ name: 'aws-alb', side: 'both', idleMs: 120_000 }] as const;
    assert.deepEqual(summary(lint(['aws-alb'], { serverIdleMs: 65_000, hops })), ['bad server-closes-first']);
    const [problem] = lint(['aws-alb'], { serverIdleMs: 65_000, hops });
    assert.equal(problem?.wantedMs, 125_000);
  });

  test('goes by the defaults of software that is named, and says so', () => {
    const problems = lint(['aws-alb'], {}, { server: 'node', client: 'go' });
    assert.deepEqual(summary(problems), ['bad server-closes-first', 'bad reuse-race']);
    for (const { change } of problems) assert.match(change, /is the default/);
    assert.deepEqual(summary(lint(['aws-alb'], {}, { server: 'nginx', client: 'undici' })), []);
  });

  test('finds heads and requests that have less time than the idle timeout, in Node.js only', () => {
    const have = { serverIdleMs: 65_000 };
    assert.deepEqual(summary(lint(['aws-alb'], have, { server: 'node' })), ['warn head-within-idle']);
    assert.deepEqual(summary(lint(['aws-alb'], { ...have, headMs: 66_000 }, { server: 'node' })), []);
    assert.deepEqual(summary(lint(['aws-alb'], have, { server: 'nginx' })), []);
    const slow = { serverIdleMs: 620_000, headMs: 621_000 };
    assert.deepEqual(summary(lint(['gcp-global-alb'], slow, { server: 'node' })), ['warn request-within-head']);
    assert.deepEqual(summary(lint(['gcp-global-alb'], { ...slow, requestMs: 621_000 }, { server: 'node' })), []);
  });

  test('finds a hint that may make the client outlast a NAT', () => {
    const [problem] = lint(['aws-nat-gateway'], { clientIdleMs: 4_000 }, { client: 'undici' });
    assert.deepEqual([problem?.id, problem?.haveMs, problem?.wantedMs], ['hint-outlives-flow', 600_000, 345_000]);
    assert.deepEqual(lint(['aws-nat-gateway'], { clientIdleMs: 4_000, hintCapMs: 345_000 }, { client: 'undici' }), []);
  });

  test('finds signs of life that are too rare, that may not be lost, or that do not count', () => {
    assert.deepEqual(summary(lint(['aws-alb'], { heartbeatMs: 60_000 })), ['bad heartbeat-too-rare']);
    assert.deepEqual(summary(lint(['aws-alb'], { heartbeatMs: 40_000 })), ['warn no-spare-beat']);
    assert.deepEqual(summary(lint(['aws-alb'], { heartbeatMs: 30_000 })), []);
    assert.deepEqual(summary(lint(['aws-alb'], { http2PingMs: 10_000 })), ['warn ping-does-not-count']);
    assert.deepEqual(summary(lint(['aws-alb'], { tcpKeepAliveMs: 10_000 })), ['warn probes-do-not-count']);
    assert.deepEqual(summary(lint(['aws-alb'], { tcpKeepAliveMs: 10_000, heartbeatMs: 30_000 })), []);
    assert.deepEqual(summary(lint(['azure-nat-gateway'], { http2PingMs: 200_000 })), ['warn ping-too-rare']);
  });

  test('warns of a server that keeps less than the vendor advises', () => {
    assert.deepEqual(summary(lint(['render'], { serverIdleMs: 65_000 })), ['warn below-vendor-advice']);
    assert.equal(lint(['render'], { serverIdleMs: 65_000 })[0]?.ground, 'hint');
  });

  test('says nothing of what is not known', () => {
    assert.deepEqual(lint(['fastly'], { serverIdleMs: 1_000, clientIdleMs: 1_000_000 }), []);
    assert.deepEqual(lint([], { serverIdleMs: 1_000 }), []);
  });

  test('puts what loses requests before what only may', () => {
    const levels = lint(['aws-nat-gateway', 'aws-alb'], { serverIdleMs: 62_000, clientIdleMs: 400_000 }).map(
      ({ level }) => level,
    );
    assert.deepEqual(levels, ['bad', 'bad', 'warn']);
  });
});
