// What is advised for a path, and what is said of timeouts that somebody has: the two must agree, whatever the path.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  CLIENT_SOFTWARE,
  HOPS,
  SERVER_SOFTWARE,
  adviseTimeouts,
  describeHop,
  findHop,
  lintTimeouts,
  writeConfiguration,
} from '#src/path/index.js';
import type { Advice, Hop, HopIdle, TimeoutPath, TimeoutSettings } from '#src/path/index.js';

function hops(...names: string[]): Hop[] {
  return names.map((name) => {
    const hop = findHop(name);
    assert.ok(hop !== undefined, name);
    return hop;
  });
}

const valueOf = (advice: readonly Advice[], id: Advice['id']): number | undefined =>
  advice.find((entry) => entry.id === id)?.valueMs ?? undefined;

/** The advice as somebody would set it. */
function obey(advice: readonly Advice[]): TimeoutSettings {
  const values: [keyof TimeoutSettings, number | undefined][] = [
    ['serverIdleMs', valueOf(advice, 'server-idle')],
    ['headMs', valueOf(advice, 'server-head')],
    ['requestMs', valueOf(advice, 'server-request')],
    ['clientIdleMs', valueOf(advice, 'client-idle')],
    ['hintCapMs', valueOf(advice, 'client-hint-cap')],
    ['tcpKeepAliveMs', valueOf(advice, 'client-tcp-keepalive')],
    ['heartbeatMs', valueOf(advice, 'heartbeat')],
  ];
  const ofHops = advice.flatMap(({ id, who, valueMs }): HopIdle[] =>
    (id === 'hop-client-idle' || id === 'hop-server-idle') && valueMs !== null
      ? [{ name: who, side: id === 'hop-client-idle' ? 'client' : 'server', idleMs: valueMs }]
      : [],
  );
  return { ...Object.fromEntries(values.filter(([, value]) => value !== undefined)), hops: ofHops };
}

const anyServer = fc.constantFrom(undefined, ...SERVER_SOFTWARE.map(({ name }) => name));
const anyClient = fc.constantFrom(undefined, ...CLIENT_SOFTWARE.map(({ name }) => name));
const anyFlow = fc.oneof(
  fc.constantFrom(...HOPS.filter(({ kind }) => kind === 'flow')),
  fc.integer({ min: 2, max: 100_000 }).map((seconds) => describeHop('flow', seconds * 1_000, `${seconds} s`)),
);
const anyProxy = fc.oneof(
  fc.constantFrom(...HOPS.filter(({ kind }) => kind === 'proxy')),
  fc.integer({ min: 1, max: 100_000 }).map((seconds) => describeHop('proxy', seconds * 1_000, `${seconds} s`)),
);

function toPath(list: readonly Hop[], server: TimeoutPath['server'], client: TimeoutPath['client']): TimeoutPath {
  return { hops: list, ...(server === undefined ? {} : { server }), ...(client === undefined ? {} : { client }) };
}

/** Flows in front, and proxies of which no two are the same hop: the same hop cannot be set in two ways. */
const anyPath = fc
  .tuple(
    fc.array(anyFlow, { maxLength: 2 }),
    fc.uniqueArray(anyProxy, { maxLength: 3, selector: ({ name }) => name }),
    anyServer,
    anyClient,
  )
  .map(([flows, proxies, server, client]) => toPath([...flows, ...proxies], server, client));

/** With flows between the proxies as well. */
const anyMixedPath = fc
  .tuple(fc.array(fc.oneof(anyFlow, anyProxy), { maxLength: 5 }), anyServer, anyClient)
  .map(([list, server, client]) => toPath(list, server, client));

describe('advice', () => {
  test('keeps the server 5 s longer than any proxy in front of it, whatever the server', () => {
    for (const hop of HOPS.filter(({ kind, serverIdleMs }) => kind === 'proxy' && serverIdleMs !== null)) {
      for (const { name } of SERVER_SOFTWARE) {
        const idle = adviseTimeouts({ hops: [hop], server: name }).find(({ id }) => id === 'server-idle');
        assert.ok(idle?.valueMs != null && idle.valueMs >= (hop.serverIdleMs ?? 0) + 5_000, `${hop.name} ${name}`);
        assert.equal(idle.ground, hop.verified ? 'verified' : 'hint', hop.name);
        assert.ok(idle.reason.includes(hop.title), hop.name);
      }
    }
  });

  test('is followed without a problem, whatever the path', () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        assert.deepEqual(lintTimeouts(path, obey(adviseTimeouts(path))), []);
      }),
      { numRuns: 500 },
    );
  });

  test('cannot be made worse without a problem, whatever the path', () => {
    const keys: Readonly<Partial<Record<Advice['id'], keyof TimeoutSettings>>> = {
      'server-idle': 'serverIdleMs',
      'server-head': 'headMs',
      'server-request': 'requestMs',
      'client-idle': 'clientIdleMs',
      'client-hint-cap': 'hintCapMs',
      'client-tcp-keepalive': 'tcpKeepAliveMs',
      heartbeat: 'heartbeatMs',
    };
    fc.assert(
      fc.property(anyPath, fc.nat(), fc.integer({ min: 1, max: 1_000 }), (path, choice, share) => {
        const advice = adviseTimeouts(path);
        const settable = advice.filter(({ id, valueMs }) => keys[id] !== undefined && valueMs !== null);
        const { id, bound, valueMs } = settable[choice % settable.length] ?? { id: 'heartbeat', valueMs: null };
        const key = keys[id];
        if (valueMs === null || key === undefined) return;
        // Rounding may have been in favour of safety, by less than a second.
        const worseMs =
          bound === 'at least' ? Math.max(0, valueMs - 1_000 - share) : valueMs + 1_000 + (valueMs * share) / 1_000;
        // Without probes, which make up for a client that keeps connections for too long.
        const { tcpKeepAliveMs: _, ...have } = obey(advice);
        assert.notDeepEqual(lintTimeouts(path, { ...have, [key]: worseMs }), []);
      }),
      { numRuns: 1_000 },
    );
  });

  test('lets neither side of any path wait for ever, be negative, or lack a reason', () => {
    fc.assert(
      fc.property(anyMixedPath, (path) => {
        const advice = adviseTimeouts(path);
        for (const { valueMs, reason, title, bound } of advice) {
          assert.ok(valueMs === null || (Number.isInteger(valueMs) && valueMs > 0), `${title}: ${valueMs}`);
          assert.ok(valueMs === null || valueMs < 1_000 || valueMs % 1_000 === 0, `${title}: ${valueMs}`);
          assert.match(reason, /^[A-Za-z0-9][^]*\.$/);
          assert.ok(bound === 'at least' || bound === 'at most');
        }
        for (const problem of lintTimeouts(path, obey(advice))) {
          assert.ok(problem.title.length > 0 && problem.happens.endsWith('.') && /\.\)?$/.test(problem.change));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('counts the proxy next to the server, not those in front of it', () => {
    assert.equal(valueOf(adviseTimeouts({ hops: hops('cloudflare', 'aws-alb') }), 'server-idle') !== undefined, true);
    assert.equal(valueOf(adviseTimeouts({ hops: hops('gcp-global-alb', 'nginx') }), 'server-idle'), 65_000);
    assert.equal(valueOf(adviseTimeouts({ hops: hops('cloudflare', 'caddy') }), 'server-idle'), 125_000);
  });

  test('tells a proxy to outlive the proxy in front of it', () => {
    const advice = adviseTimeouts({ hops: hops('cloudflare', 'nginx') });
    const nginx = advice.find(({ who }) => who === 'nginx');
    assert.deepEqual([nginx?.id, nginx?.bound, nginx?.valueMs], ['hop-client-idle', 'at least', 905_000]);
    assert.match(nginx?.reason ?? '', /keepalive_timeout/);
  });

  test('carries a timeout that both sides of a balancer share on to the server', () => {
    const advice = adviseTimeouts({ hops: hops('cloudflare', 'aws-alb'), server: 'node' });
    assert.equal(valueOf(advice, 'hop-client-idle'), 905_000);
    assert.equal(valueOf(advice, 'server-idle'), 910_000);
  });

  test('takes of conflicting values the one that does less harm', () => {
    const gateway = adviseTimeouts({ hops: hops('azure-application-gateway') });
    assert.equal(valueOf(gateway, 'server-idle'), 125_000);
    assert.equal(valueOf(gateway, 'client-idle'), 70_000);
    assert.equal(valueOf(adviseTimeouts({ hops: hops('home-nat') }), 'client-idle'), 290_000);
  });

  test('gives a head more time than the idle timeout, and a request no less, where Node.js answers', () => {
    const advice = adviseTimeouts({ hops: hops('gcp-global-alb'), server: 'node' });
    assert.equal(valueOf(advice, 'server-idle'), 620_000);
    assert.equal(valueOf(advice, 'server-head'), 621_000);
    assert.equal(valueOf(advice, 'server-request'), 621_000);
    assert.equal(valueOf(adviseTimeouts({ hops: hops('cloudfront'), server: 'node' }), 'server-head'), undefined);
    assert.equal(valueOf(adviseTimeouts({ hops: hops('gcp-global-alb'), server: 'nginx' }), 'server-head'), undefined);
  });

  test('says of a proxy that nobody knows that it has to be looked up', () => {
    const [idle] = adviseTimeouts({ hops: hops('fastly') });
    assert.deepEqual([idle?.id, idle?.valueMs, idle?.ground], ['server-idle', null, 'hint']);
    assert.match(idle?.reason ?? '', /not known/);
  });

  test('says where signs of life do not count', () => {
    const heartbeat = adviseTimeouts({ hops: hops('aws-alb') }).find(({ id }) => id === 'heartbeat');
    assert.equal(heartbeat?.valueMs, 30_000);
    assert.match(heartbeat?.reason ?? '', /neither TCP keepalive nor HTTP\/2 PING/);
  });

  test('advises no probes where they do not count, and calls them a hint where nobody says', () => {
    assert.equal(valueOf(adviseTimeouts({ hops: hops('aws-global-accelerator') }), 'client-tcp-keepalive'), undefined);
    const ground = (name: string): string | undefined =>
      adviseTimeouts({ hops: hops(name) }).find(({ id }) => id === 'client-tcp-keepalive')?.ground;
    assert.equal(ground('aws-nat-gateway'), 'verified');
    assert.equal(ground('gcp-cloud-nat'), 'hint');
  });

  test('goes by what the server does by default where nothing stands in between', () => {
    const [idle, ...rest] = adviseTimeouts({ hops: [], server: 'node' });
    assert.deepEqual([idle?.id, idle?.valueMs, idle?.ground, rest], ['client-idle', 4_000, 'default', []]);
    assert.deepEqual(adviseTimeouts({ hops: [] }), []);
  });
});

describe('configuration', () => {
  const write = (path: TimeoutPath): string[] =>
    writeConfiguration(path, adviseTimeouts(path)).flatMap(({ lines }) => lines);

  test('can be pasted, in the words and the unit of the software', () => {
    const alb = hops('aws-alb');
    assert.deepEqual(write({ hops: alb, server: 'node' }), [
      'server.keepAliveTimeout = 65_000;',
      'server.headersTimeout = 66_000;',
    ]);
    assert.deepEqual(write({ hops: alb, server: 'nginx' }), ['keepalive_timeout 65s;']);
    assert.deepEqual(write({ hops: alb, server: 'apache' }), ['KeepAlive On', 'KeepAliveTimeout 65']);
    assert.deepEqual(write({ hops: alb, server: 'haproxy' }), ['timeout http-keep-alive 65s']);
    assert.deepEqual(write({ hops: alb, server: 'perdura' }), ['await serve({ keepAliveTimeoutMs: 65_000, … });']);
    assert.deepEqual(write({ hops: alb, client: 'undici' }), [
      'setGlobalDispatcher(new Agent({ keepAliveTimeout: 55_000 }));',
    ]);
    assert.deepEqual(write({ hops: alb, client: 'perdura' }), ['new Session({ idleTimeoutMs: 55_000 });']);
    assert.ok(write({ hops: alb, client: 'go' }).includes('transport.IdleConnTimeout = 55 * time.Second'));
    assert.deepEqual(write({ hops: alb, client: 'requests' }), []);
  });

  test('bounds hints of the server where a NAT forgets sooner than the client would obey', () => {
    const [line] = write({ hops: hops('aws-nat-gateway', 'aws-alb'), client: 'undici' });
    assert.match(line ?? '', /keepAliveMaxTimeout: 345_000/);
    assert.doesNotMatch(write({ hops: hops('gcp-cloud-nat'), client: 'undici' }).join(''), /keepAliveMaxTimeout/);
  });

  test('sets probes only where those of the software come too late', () => {
    const short = describeHop('flow', 50_000, '50 s');
    assert.match(write({ hops: [short], client: 'undici' }).join(''), /keepAliveInitialDelay: 25_000/);
    assert.match(write({ hops: [short], client: 'go' }).join(''), /KeepAlive: 25 \* time\.Second/);
    assert.doesNotMatch(write({ hops: [short], client: 'node' }).join(''), /keepAliveMsecs/);
  });
});
