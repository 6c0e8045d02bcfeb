// docs/operations.md holds what it says: its numbers agree with the code and with each other, its commands start, and the programs that
// its configurations are for accept them.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { parseDuration } from '#src/cli/duration.js';
import { findHop } from '#src/path/index.js';
import { DEFAULT_SERVE_OPTIONS, deriveFromPath } from '#src/server/index.js';
import { PerduraProcess } from './cli/perdura-process.ts';
import { runProgram } from './integration/run-program.ts';
import { externalProgram } from './support/external-program.ts';

// Compiled, this file is build/test/operations.test.js.
const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/operations.md'), 'utf8');
const folder = mkdtempSync(path.join(tmpdir(), 'perdura-operations-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The only block in a language. */
function snippet(language: string): string {
  const found = Array.from(
    page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm')),
    ([, text]) => text ?? '',
  );
  assert.equal(found.length, 1, language);
  return found[0] ?? '';
}

function find(text: string, pattern: RegExp): string {
  const [, found] = pattern.exec(text) ?? [];
  assert.ok(found !== undefined, String(pattern));
  return found;
}

/** What follows a flag of `perdura serve`, in milliseconds. */
function durationOf(command: readonly string[], flag: string): number {
  return parseDuration(command[command.indexOf(flag) + 1] ?? '');
}

const yaml = snippet('yaml');
const unit = snippet('ini');
const dockerfile = snippet('dockerfile');
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  Kubernetes: find(yaml, /args: \[(.*)\]/)
    .split(', ')
    .map((argument) => argument.replaceAll("'", '')),
  systemd: find(unit, /^ExecStart=\S+ (.*)$/m).split(' '),
  Docker: (JSON.parse(find(dockerfile, /^ENTRYPOINT (\[.*\])$/m)) as string[]).slice(1),
};

/** The status on a path. */
function ask(url: URL, target: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(new URL(target, url), { agent: false }, (response) => resolve(response.resume().statusCode)).on(
      'error',
      reject,
    );
  });
}

describe('docs/operations.md', () => {
  for (const [name, command] of Object.entries(COMMANDS)) {
    test(
      `${name}: the command starts without a warning and answers the checks that it names`,
      { timeout: 60_000 },
      async () => {
        const site = path.join(folder, name);
        mkdirSync(site);
        const here: Readonly<Record<string, string>> = {
          '/site': site,
          '/srv/site': site,
          '8080': '0',
          '0.0.0.0': '127.0.0.1',
          '/var/log/perdura/access.log': path.join(folder, 'access.log'),
        };
        await using server = new PerduraProcess(command.map((argument) => here[argument] ?? argument));
        const url = await server.url();
        for (const flag of ['--readiness', '--liveness']) {
          const target = command[command.indexOf(flag) + 1];
          // oxlint-disable-next-line no-await-in-loop
          if (command.includes(flag)) assert.equal(await ask(url, target ?? ''), 200);
        }
        assert.equal(server.stderr, '');
      },
    );
  }

  test('Kubernetes: it waits for the drain, the drain for the lame duck, and that for the readiness probe', () => {
    const command = COMMANDS['Kubernetes'] ?? [];
    const patienceMs = Number(find(yaml, /terminationGracePeriodSeconds: (\d+)/)) * 1_000;
    const [drainMs, lameDuckMs] = [durationOf(command, '--drain-timeout'), durationOf(command, '--lame-duck')];
    const probe = find(yaml, /readinessProbe:\n([^]*?)livenessProbe/);
    const noticeMs =
      Number(find(probe, /periodSeconds: (\d+)/)) * Number(find(probe, /failureThreshold: (\d+)/)) * 1_000;
    assert.ok(patienceMs >= drainMs + 5_000);
    assert.ok(drainMs >= lameDuckMs + 30_000);
    assert.ok(lameDuckMs > noticeMs);
    assert.equal(find(probe, /path: (\S+)/), command[command.indexOf('--readiness') + 1]);
    assert.equal(find(yaml, /livenessProbe:\n *httpGet:\n *path: (\S+)/), command[command.indexOf('--liveness') + 1]);
    // In YAML the nesting is the meaning: two spaces a level, and no tabs.
    for (const line of yaml.split('\n')) assert.match(line, /^(?: {2})*(?:- )?(?:[\w./-]+:(?: \S.*)?)?$/);
  });

  test('systemd: it waits for the drain, and allows enough files', () => {
    const patienceMs = parseDuration(find(unit, /^TimeoutStopSec=(\d+)$/m));
    assert.ok(patienceMs >= durationOf(COMMANDS['systemd'] ?? [], '--drain-timeout') + 5_000);
    assert.ok(Number(find(unit, /^LimitNOFILE=(\d+)$/m)) >= 2 * DEFAULT_SERVE_OPTIONS.limits.connections);
    assert.ok(page.includes(`is ${DEFAULT_SERVE_OPTIONS.limits.connections.toLocaleString('en')} by default`));
  });

  const analyze = '/usr/bin/systemd-analyze';
  if (existsSync(analyze)) {
    test('systemd: systemd-analyze has nothing to say against the unit', async () => {
      const file = path.join(folder, 'perdura.service');
      writeFileSync(file, unit.replace('/usr/bin/perdura', process.execPath));
      const { stdout, stderr } = await runProgram(analyze, ['verify', '--man=no', file]);
      const about = `${stdout.toString()}${stderr}`.split('\n').filter((line) => line.includes('perdura'));
      assert.deepEqual(about, []);
    });
  }

  test('Docker: the drain ends before `docker stop` kills', () => {
    assert.ok(durationOf(COMMANDS['Docker'] ?? [], '--drain-timeout') <= 8_000);
    assert.match(dockerfile, /^STOPSIGNAL SIGTERM$/m);
  });

  test('HAProxy: the lines are those of the example', () => {
    const example = readFileSync(path.join(root, 'examples/scale-out/haproxy.cfg'), 'utf8');
    for (const line of snippet('haproxy').trimEnd().split('\n')) assert.ok(example.includes(`${line}\n`), line);
  });

  const nginx = externalProgram('nginx');
  test('nginx: it accepts the configuration, whose timeout is the one that the server outlives', nginx, async () => {
    const snippetText = snippet('nginx');
    const file = path.join(folder, 'nginx.conf');
    writeFileSync(
      file,
      `pid ${folder}/nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${snippetText}}\n`,
    );
    const { code, stderr } = await runProgram(nginx.path, ['-t', '-q', '-p', folder, '-c', file]);
    assert.equal(code, 0, stderr);
    assert.equal(parseDuration(find(snippetText, /keepalive_timeout (\w+);/)), findHop('nginx')?.serverIdleMs);
    assert.equal(DEFAULT_SERVE_OPTIONS.keepAliveTimeoutMs, 65_000);
  });

  test('AWS: the numbers are those that are derived', () => {
    const options = { behind: 'aws-alb', health: { readiness: '/readyz' } };
    const { keepAliveTimeoutMs, lameDuckMs, drainMs, warnings } = deriveFromPath(options);
    assert.deepEqual([keepAliveTimeoutMs, lameDuckMs, drainMs, warnings], [65_000, 65_000, 95_000, []]);
    assert.match(page, /it notices within 60 s: the lame duck is 65 s, the drain 95 s in all/);
  });
});
