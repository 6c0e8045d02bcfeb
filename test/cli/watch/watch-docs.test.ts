// The examples of docs/watch.md for Prometheus and Alertmanager: as valid as can be known without them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { WatchMetrics } from '#src/cli/watch/metrics.js';
import { externalProgram } from '../../support/external-program.ts';

const text = readFileSync(new URL('../../../../docs/watch.md', import.meta.url), 'utf8');
const blocks = Array.from(text.matchAll(/^```yaml\n# ([\w.-]+)\n([\s\S]*?)^```$/gm), ([, name = '', yaml = '']) => ({
  name,
  yaml,
}));

/** Names of samples and what they may have as labels, as they are really served. */
async function servedSamples(): Promise<Map<string, Set<string>>> {
  const metrics = new WatchMetrics(['t'], () => Promise.resolve());
  for (const type of ['ack', 'missed'] as const) {
    const event = { at: new Date(0), target: 't', missed: 0, rttMs: 1, reason: undefined, error: undefined };
    metrics.onEvent(type === 'ack' ? { type, ...event, connection: 'kept', detail: undefined } : { type, ...event });
  }
  const samples = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of (await metrics.text()).matchAll(/^([a-z_]+)(?:\{(.*)\})? /gm)) {
    const known = samples.get(name) ?? new Set<string>();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    samples.set(name, known);
  }
  return samples;
}

describe('the examples for Prometheus and Alertmanager', () => {
  test('are there', () => {
    assert.deepEqual(
      blocks.map(({ name }) => name),
      ['prometheus.yml', 'perdura-rules.yml', 'alertmanager.yml'],
    );
  });

  test('name samples and labels that are served, in expressions whose brackets match', async () => {
    const samples = await servedSamples();
    const rules = blocks.find(({ name }) => name === 'perdura-rules.yml')?.yaml ?? '';
    const expressions = Array.from(rules.matchAll(/^ {8}expr: (?:>-\n((?: {10}.*\n)+)|(.*)$)/gm), ([, folded, plain]) =>
      (folded ?? plain ?? '').replaceAll(/\s+/g, ' '),
    );
    assert.equal(expressions.length, Array.from(rules.matchAll(/- alert:/g)).length);
    for (const expression of expressions) {
      for (const [, name = '', matchers = ''] of expression.matchAll(/(perdura_\w+)(?:\{(.*?)\})?/g)) {
        const labels = samples.get(name);
        assert.ok(labels !== undefined, `${name} is not served`);
        for (const [, label = ''] of matchers.matchAll(/(\w+)=/g)) assert.ok(labels.has(label), `${name}: ${label}`);
      }
      let rest = expression;
      for (let before = ''; before !== rest;) {
        before = rest;
        rest = rest.replaceAll(/\([^()[\]{}]*\)|\[\d+m\]|\{[^()[\]{}]*\}/g, '');
      }
      assert.doesNotMatch(rest, /[()[\]{}]/, expression);
    }
  });

  test('and the table of metrics has every one that is served', async () => {
    const served = new Set(
      Array.from((await servedSamples()).keys(), (name) => name.replace(/_(?:bucket|sum|count)$/, '')),
    );
    const told = new Set(Array.from(text.matchAll(/^\| `(perdura_watch_\w+)` \|/gm), ([, name = '']) => name));
    assert.deepEqual([...told].toSorted(), [...served].toSorted());
  });

  const python = externalProgram('python3');
  const hasYaml = ((): boolean => {
    try {
      execFileSync(python.path, ['-c', 'import yaml'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();

  test('are YAML of the shape that both read', { skip: !hasYaml && 'python3 has no yaml here' }, () => {
    const parse = (yaml: string): unknown => {
      const program = 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)';
      return JSON.parse(execFileSync(python.path, ['-c', program], { input: yaml, encoding: 'utf8' }));
    };
    const [prometheus, rules, alertmanager] = blocks.map(({ yaml }) => parse(yaml)) as [
      { scrape_configs: { static_configs: { targets: string[] }[] }[]; rule_files: string[] },
      {
        groups: {
          rules: { alert: string; expr: string; for?: string; labels: { severity: string }; annotations: object }[];
        }[];
      },
      {
        route: { receiver: string; routes: { receiver: string; matchers: string[] }[] };
        receivers: { name: string }[];
      },
    ];
    assert.deepEqual(prometheus.scrape_configs[0]?.static_configs[0]?.targets, ['127.0.0.1:9464']);
    assert.deepEqual(prometheus.rule_files, ['perdura-rules.yml']);
    for (const rule of rules.groups[0]?.rules ?? []) {
      assert.ok(Object.keys(rule).every((key) => ['alert', 'expr', 'for', 'labels', 'annotations'].includes(key)));
      assert.match(rule.alert, /^[A-Z]\w+$/);
      assert.match(rule.for ?? '1m', /^\d+m$/);
    }
    const severities = new Set(rules.groups[0]?.rules.map(({ labels }) => labels.severity));
    assert.deepEqual([...severities].toSorted(), ['page', 'ticket']);
    const receivers = alertmanager.receivers.map(({ name }) => name);
    for (const { receiver } of [alertmanager.route, ...alertmanager.route.routes])
      assert.ok(receivers.includes(receiver));
    assert.deepEqual(alertmanager.route.routes[0]?.matchers, ['severity = "page"']);
  });
});
