// `perdura watch TARGET...`: what can be typed. What becomes of it is in watch/plan.ts and watch/run.ts.
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { DEFAULT_HEARTBEAT_OPTIONS, PROBE_SCHEMES } from '../../heartbeat/index.ts';
import type { Hop } from '../../path/index.ts';
import { readHops } from '../advise/read-hops.ts';
import { collect } from '../collect.ts';
import { parseDeadline, parseDuration } from '../duration.ts';
import { parseRequestField } from '../request-field.ts';
import type { Terminal } from '../terminal.ts';
import { parseExpectStatus } from '../watch/expect-status.ts';
import { parseMetricsAddress } from '../watch/metrics-endpoint.ts';
import { makeWatchPlan } from '../watch/plan.ts';
import type { WatchFlags } from '../watch/plan.ts';
import { runWatch } from '../watch/run.ts';
import { parseSilenceRange } from '../watch/silence-range.ts';
import { parseCount } from '../whole-number.ts';

const SCHEMES = Object.entries(PROBE_SCHEMES)
  .map(([scheme, does]) => `  ${`${scheme}://`.padEnd(15)}${does}`)
  .join('\n');

const HELP = `
Durations take ms, s, m, h; a bare number is seconds. A target without a scheme is http.
On a terminal a table shows every target; on a pipe there is a line for each change. Ctrl-C ends it with a summary.

What a signal is:
${SCHEMES}

Whoever ends the connection acknowledges: of an https target that speaks HTTP/2 a balancer answers the PING by itself, and a 502 is an
answer. To see the application behind it, say what it has to answer: --expect-status 2xx asks by a request, over HTTP/1.1.

Examples:
  perdura watch https://example.com/ redis://127.0.0.1 tcp://db.internal:5432
                                                       a table until Ctrl-C
  perdura watch https://example.com/ --count 5         as ping does: the exit code tells
  perdura watch https://example.com/health --expect-status 2xx
                                                       the application, not the balancer in front of it
  perdura watch --file targets.txt --on-change ./page-somebody --webhook https://hooks.example/watch
                                                       many targets, and who is told
  perdura watch --file targets.txt --metrics :9464     for Prometheus, on this machine
  perdura watch wss://example.com/feed --behind aws-alb --nat azure
                                                       as often as the path needs it
  perdura watch wss://example.com/feed --adaptive      how long may this path be silent?
  perdura watch https://example.com/ --format json | jq 'select(.event == "down")'
                                                       for programs, one event a line

Exit codes of watch:
  0  everything answered
  1  something was down at some time, also if it came back; or never reached; or --count or --for ended it with its last signal missed
  2  wrong usage; nothing was sent
  3  no target was ever reached, or the metrics cannot be served
  130, 143 where Ctrl-C or SIGTERM broke off what --count or --for would have ended`;

/** Adds the command to the program. */
export function addWatchCommand(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  const defaults = DEFAULT_HEARTBEAT_OPTIONS;
  program
    .command('watch')
    .description('send keepalive signals to targets, and tell when one no longer answers')
    .argument('[target...]', 'what to watch, as URLs')
    .addOption(
      new Option('--file <file>', 'targets, one a line, # begins a comment; - is standard input; may be repeated')
        .argParser(collect(String))
        .default([], 'none'),
    )
    .addOption(
      new Option(
        '--interval <duration>',
        `silence after which a signal goes out (default: ${defaults.intervalMs / 1_000}s, or what --behind and --nat ask for)`,
      ).argParser(parseDeadline),
    )
    .addOption(
      new Option('--timeout <duration>', 'how long an acknowledgement may take')
        .argParser(parseDeadline)
        .default(defaults.timeoutMs, `${defaults.timeoutMs / 1_000}s`),
    )
    .addOption(
      new Option('--tolerance <number>', 'misses in a row that mean down')
        .argParser(parseCount)
        .default(defaults.tolerance),
    )
    .addOption(
      new Option('--jitter <share>', 'by what share an interval may be shorter, by chance')
        .argParser(parseShare)
        .default(defaults.jitter, `${defaults.jitter * 100}%`),
    )
    .option('--adaptive', 'find the longest interval that each path survives, and hold it')
    .addOption(
      new Option(
        '--adaptive-range <from..to>',
        'the same between two silences, such as 200ms..10m (default: 1s..2h)',
      ).argParser(parseSilenceRange),
    )
    .addOption(
      new Option(
        '--behind <hop>',
        'what is in front of the targets: a name of perdura advise --list, or its idle timeout',
      )
        .argParser(collectHops('--behind'))
        .default([], 'nothing'),
    )
    .addOption(
      new Option('--nat <hop>', 'what forgets connections on our side: a name of that list, or after how long')
        .argParser(collectHops('--nat'))
        .default([], 'nothing'),
    )
    .addOption(
      new Option('--count <number>', 'end after so many signals to each target')
        .argParser(parseCount)
        .default(Infinity, 'no end'),
    )
    .addOption(
      new Option('--for <duration>', 'end after this time').argParser(parseDeadline).default(Infinity, 'no end'),
    )
    .addOption(new Option('--format <format>', 'json: a line for each event').choices(['text', 'json']).default('text'))
    .option('-v, --verbose', 'tell every signal, not changes alone')
    .addOption(
      new Option('--on-change <command>', 'run for each change, with the event in the environment; may be repeated')
        .argParser(collect(parseCommand))
        .default([], 'none'),
    )
    .addOption(
      new Option('--webhook <url>', 'POST each change to, as JSON; may be repeated')
        .argParser(collect(String))
        .default([], 'none'),
    )
    .option('--bell', 'ring the bell of the terminal')
    .addOption(
      new Option(
        '--metrics <address>',
        'serve /metrics for Prometheus; :9464 on this machine, 0.0.0.0:9464 for others',
      ).argParser(parseMetricsAddress),
    )
    .addOption(
      new Option(
        '--ramp <duration>',
        'spread the first signals over this time at most (default: one interval)',
      ).argParser(parseDuration),
    )
    .addOption(
      new Option('--concurrency <number>', 'targets at a time that wait for their first answer')
        .argParser(parseCount)
        .default(256),
    )
    .addOption(new Option('-X, --method <method>', 'of requests to http and https targets').argParser(parseMethod))
    .addOption(
      new Option(
        '--expect-status <statuses>',
        'answers of http and https targets that are a sign of life, such as 2xx,304 (default: any)',
      ).argParser(parseExpectStatus),
    )
    .addOption(
      new Option('-H, --header <field>', "a field to send with http, https, ws and wss, 'Name: value'; may be repeated")
        .argParser(collect(parseRequestField))
        .default([], 'none'),
    )
    .option('-k, --insecure', 'accept any certificate')
    .option('--cacert <file>', 'certificates of authorities to trust, PEM')
    .addHelpText('after', HELP)
    .action(async (targets: readonly string[], flags: WatchFlags) =>
      finish(await runWatch(await makeWatchPlan(targets, flags, terminal), terminal)),
    );
}

function collectHops(option: '--behind' | '--nat'): (text: string, before: readonly Hop[]) => readonly Hop[] {
  return (text, before) => [...before, ...readHops(option, text)];
}

/** `10%` or `0.1`. */
function parseShare(text: string): number {
  const [, digits, percent] = /^(\d+(?:\.\d+)?|\.\d+)\s*(%)?$/.exec(text.trim()) ?? [];
  const share = percent === undefined ? Number(digits) : Number(digits) / 100;
  if (share <= 1) return share;
  throw new InvalidArgumentError('Write a share from 0% to 100%, such as 10% or 0.1.');
}

function parseCommand(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Write a command of the shell.');
  return text;
}

function parseMethod(text: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(text)) throw new InvalidArgumentError('Write a method such as HEAD or OPTIONS.');
  return text;
}
