// `perdura advise` as it is typed: what is printed, and the exit code.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { main } from '#src/cli/main.js';
import { HOPS } from '#src/path/index.js';
import type { Advice, Hop, Problem } from '#src/path/index.js';
import { FakeTerminal } from './fake-terminal.ts';
import { runPerdura } from './perdura-process.ts';

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function advise(args: readonly string[], terminal: FakeTerminal = new FakeTerminal()): Promise<Result> {
  const code = await main(['advise', ...args], terminal);
  return { code, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
}

/** A command line as one would type it, without quotes. */
const typed = (line: string): Promise<Result> => advise(line.split(' '));

describe('perdura advise', () => {
  test('prints numbers, their reasons, lines to be pasted and links', async () => {
    const { code, stdout, stderr } = await typed(
      '--behind aws-alb --nat aws-nat-gateway --server node --client undici',
    );
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^undici[^\n]* → AWS NAT Gateway → AWS Application Load Balancer → Node\.js\n/);
    assert.match(stdout, /^ {2}at least 65 s +idle timeout of the server\n +AWS Application Load Balancer keeps idle/m);
    assert.match(stdout, /^ {2}at most 55 s +idle timeout of the client\n/m);
    assert.match(stdout, /^ {2}at most 30 s +pause between signs of life\n/m);
    assert.match(stdout, /^ {2}server\.keepAliveTimeout = 65_000;\n {2}server\.headersTimeout = 66_000;\n/m);
    assert.match(
      stdout,
      /^ {2}setGlobalDispatcher\(new Agent\(\{ keepAliveTimeout: 55_000, keepAliveMaxTimeout: 345_000 /m,
    );
    assert.match(stdout, /^ {2}https:\/\/docs\.aws\.amazon\.com\S+edit-load-balancer-attributes\.html$/m);
    assert.doesNotMatch(stdout, /hint, not verified/);
  });

  test('marks what follows from hints', async () => {
    const { code, stdout } = await typed('--behind azure-application-gateway --server nginx');
    assert.equal(code, 0);
    assert.match(stdout, /^ {2}at least 125 s +idle timeout of the server \(a hint, not verified\)$/m);
    assert.match(stdout, /keepalive_timeout 125s;/);
  });

  test('takes paths of several hops, as lists or one by one, from the client to the server', async () => {
    const listed = await typed('--behind cloudflare,nginx --server node');
    const repeated = await typed('--behind cloudflare --behind nginx --server node');
    assert.equal(listed.stdout, repeated.stdout);
    assert.match(listed.stdout, /→ Cloudflare → nginx → Node\.js/);
    assert.match(listed.stdout, /at least 905 s +idle timeout of nginx for its clients/);
    const turned = await typed('--behind nginx,cloudflare --server node');
    assert.match(turned.stdout, /at least 905 s +idle timeout of the server/);
  });

  test('takes a duration for a hop that it does not know', async () => {
    const { stdout } = await typed('--behind 90 --nat 2m --server apache --client go');
    assert.match(stdout, /net\/http of Go → the NAT \(120 s\) → the proxy \(90 s\) → Apache httpd/);
    assert.match(stdout, /KeepAliveTimeout 95\n/);
    assert.match(stdout, /IdleConnTimeout = 85 \* time\.Second/);
  });

  test('understands part of a name where only one hop can be meant', async () => {
    assert.match((await typed('--nat azure')).stdout, /Azure NAT Gateway/);
    assert.match((await typed('--nat aws')).stdout, /AWS NAT Gateway/);
    assert.match((await typed('--behind front-door')).stdout, /Azure Front Door/);
  });

  test('says in words what is wrong with timeouts that somebody has, and ends with 1', async () => {
    const { code, stdout, stderr } = await typed('--behind aws-alb --have server=5s,client=60s');
    assert.deepEqual([code, stderr], [1, '']);
    assert.match(stdout, /^2 problems$/m);
    assert.match(stdout, /bad +The server closes before AWS Application Load Balancer does\./);
    assert.match(stdout, /the client gets a 502\./);
    assert.match(stdout, /Set the idle timeout of the server to at least 65 s\./);
    assert.match(stdout, /ECONNRESET/);
  });

  test('says so where nothing is wrong, and ends with 0', async () => {
    const { code, stdout } = await typed('--behind aws-alb --have server=65s,client=55s,heartbeat=30s');
    assert.equal(code, 0);
    assert.match(stdout, /^Nothing is wrong with these timeouts/m);
  });

  test('judges what software does without configuration', async () => {
    const node = await typed('--behind aws-alb --server node --have defaults');
    assert.equal(node.code, 1);
    assert.match(node.stdout, /the server for 5 s[^]*is the default/);
    assert.equal((await typed('--behind aws-alb --server nginx --have defaults')).code, 0);
  });

  test('takes hops of the path as they are really set', async () => {
    const { code, stdout } = await typed('--behind aws-alb --have alb=120s,server=65s');
    assert.equal(code, 1);
    assert.match(stdout, /aws-alb +keeps clients for 120 s/);
    assert.match(stdout, /to at least 125 s/);
    const sides = await typed('--behind cloudflare,nginx --have nginx.client=905s,server=65s');
    assert.equal(sides.code, 0, sides.stdout);
    assert.equal((await typed('--behind cloudflare,nginx --have nginx=905s,server=65s')).code, 1);
  });

  test('--have may be given more than once', async () => {
    assert.equal((await typed('--behind aws-alb --have server=65s --have client=70s')).code, 1);
  });

  test('prints JSON with everything in milliseconds', async () => {
    const { code, stdout } = await typed('--behind aws-alb --server node --format json');
    assert.equal(code, 0);
    const report = JSON.parse(stdout) as {
      path: { hops: Hop[]; server: string; client: null };
      advice: Advice[];
      configuration: { lines: string[] }[];
    };
    assert.deepEqual(
      report.path.hops.map(({ name }) => name),
      ['aws-alb'],
    );
    assert.deepEqual([report.path.server, report.path.client], ['node', null]);
    assert.equal(report.advice.find(({ id }) => id === 'server-idle')?.valueMs, 65_000);
    assert.ok(report.configuration[0]?.lines.includes('server.keepAliveTimeout = 65_000;'));

    const judged = await typed('--behind aws-alb --have server=5s --format json');
    assert.equal(judged.code, 1);
    const { have, problems } = JSON.parse(judged.stdout) as { have: unknown; problems: Problem[] };
    assert.deepEqual(have, { serverIdleMs: 5_000 });
    assert.deepEqual(
      problems.map(({ id, wantedMs }) => [id, wantedMs]),
      [['server-closes-first', 65_000]],
    );
  });

  test('prints Markdown for a page', async () => {
    const { code, stdout } = await typed('--behind aws-alb --server node --format markdown');
    assert.equal(code, 0);
    assert.match(stdout, /^\| idle timeout of the server \| at least 65 s \| [^|]+ \|$/m);
    assert.match(stdout, /^```\nserver\.keepAliveTimeout = 65_000;$/m);
    assert.match(stdout, /^- <https:/m);
    const judged = await typed('--behind aws-alb --have server=5s --format markdown');
    assert.equal(judged.code, 1);
    assert.match(judged.stdout, /^\| bad \| The server closes before /m);
  });

  test('wraps at the width of a terminal, and keeps lines to be pasted whole', async () => {
    const { stdout } = await advise(
      ['--behind', 'aws-alb', '--server', 'node', '--client', 'undici'],
      new FakeTerminal({ isTTY: true }),
    );
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80 || /https:|Agent|→/.test(line), line);
  });
});

describe('perdura advise --list', () => {
  test('shows every hop in aligned columns, hints marked', async () => {
    const { code, stdout } = await advise(['--list']);
    assert.equal(code, 0);
    for (const { name, verified } of HOPS)
      assert.match(stdout, new RegExp(`^  ${name}${verified ? '  ' : ' \\?'}`, 'm'));
    const rows = stdout.split('\n').slice(0, HOPS.length + 1);
    const column = rows[0]?.indexOf('clients') ?? -1;
    for (const line of rows) assert.match(line.slice(column - 2, column + 1), /^ {2}\S$/, line);
  });

  test('is what the command does without options, and says how to go on', async () => {
    const { code, stdout } = await advise([]);
    assert.equal(code, 0);
    assert.ok(stdout.startsWith((await advise(['--list'])).stdout));
    assert.match(stdout, /perdura advise --behind aws-alb --server node\n$/);
  });

  test('can be narrowed down by words, and then tells more', async () => {
    const { code, stdout } = await advise(['--list', 'azure nat']);
    assert.equal(code, 0);
    assert.match(stdout, /azure-nat-gateway +Azure NAT Gateway: forgets after 240 s\..*Can be 240 s to 2 h\./);
    assert.match(stdout, /https:\/\/learn\.microsoft\.com\/en-us\/azure\/nat-gateway/);
    assert.doesNotMatch(stdout, /aws-alb/);
  });

  test('ends with 1 where nothing has such a name, and says what comes near', async () => {
    const { code, stdout, stderr } = await advise(['--list', 'clodflare']);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /'clodflare'[^]*Did you mean cloudflare\?/);
  });

  test('prints JSON and Markdown', async () => {
    const listed = JSON.parse((await typed('--list --format json')).stdout) as Hop[];
    assert.deepEqual(listed, HOPS);
    const { stdout } = await typed('--list heroku --format markdown');
    assert.match(stdout, /^\| `heroku` \| \[Heroku Router 2\.0\]\(https:[^|]+\) \| - \| 90 s \| 55 s \| FIN \|/m);
  });
});

test('every wrong usage ends with 2, nothing on standard output, and a message that helps', async () => {
  for (const [line, message] of [
    ['--behind alb', /there is no hop called 'alb'\. Did you mean aws-alb, [^]*--list, or write its idle timeout/],
    ['--behind aws-elb', /Did you mean aws-alb/],
    ['--behind ,', /there is no hop called ''/],
    ['--behind 5x', /--behind: '5x' is invalid\. Write a duration/],
    ['--behind 0', /'0' is invalid\. Write a duration of at least 1ms/],
    ['--nat aws-alb', /ends connections and opens its own; name it with --behind aws-alb/],
    ['--server iis', /'iis' is invalid\. Allowed choices are node, nginx, apache, haproxy, perdura/],
    ['--client axios', /Allowed choices are undici, node, go, perdura, requests/],
    ['--have server', /--have: 'server' is invalid\. Write it as in --have server=5s,client=60s/],
    ['--have server=', /--have: 'server=' is invalid/],
    ['--have server=soon', /--have server: 'soon' is invalid/],
    ['--have sever=5s', /there is no timeout called 'sever'\. Did you mean server\?/],
    ['--have aws-alb=60s', /no timeout called 'aws-alb'[^]*a hop has to be on the path/],
    ['--list --behind aws-alb', /--list shows the known hops and nothing else/],
    ['--format yaml', /Allowed choices are text, json, markdown/],
    ['aws-alb', /too many arguments/],
  ] as const) {
    const { code, stdout, stderr } = await typed(line);
    assert.deepEqual([code, stdout], [2, ''], `${line}\n${stderr}`);
    assert.match(stderr, message, line);
    assert.doesNotMatch(stderr, /\n\s+at /, line);
  }
});

test('the program has the command, with examples and exit codes, as a real process', async () => {
  const help = await runPerdura('advise', '--help');
  assert.deepEqual([help.code, help.stderr], [0, '']);
  for (const part of ['Examples:', 'Exit codes of advise:', '--nat <hop>', 'tcp-keepalive']) {
    assert.ok(help.stdout.includes(part), part);
  }
  assert.match((await runPerdura('--help')).stdout, /^ {2}advise \[options\] {2,}\S/m);
  const judged = await runPerdura('advise', '--behind', 'aws-alb', '--have', 'server=5s,client=60s');
  assert.deepEqual([judged.code, judged.stderr], [1, '']);
  assert.match(judged.stdout, /The server closes before/);
});

test('every example of the help is carried out', async () => {
  const { stdout } = await advise(['--help']);
  const examples = Array.from(stdout.matchAll(/^ {2}perdura advise (.+?)(?: {3,}.*)?$/gm), ([, line]) => line ?? '');
  assert.ok(examples.length >= 6, stdout);
  for (const line of examples) {
    const { code, stderr } = await typed(line);
    assert.ok(code === 0 || (code === 1 && line.includes('--have')), `${line}\n${stderr}`);
  }
});
