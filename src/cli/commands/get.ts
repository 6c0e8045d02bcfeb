// `perdura get URL...`: what can be typed. What becomes of it is in get/plan.ts and get/run.ts.
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { DEFAULT_SESSION_OPTIONS, PROFILES } from '../../client/index.ts';
import { collect } from '../collect.ts';
import { parseDeadline, parseDuration } from '../duration.ts';
import { makePlan } from '../get/plan.ts';
import type { GetFlags } from '../get/plan.ts';
import { runGet } from '../get/run.ts';
import { parseRequestField } from '../request-field.ts';
import { parseRequestUrl } from '../request-url.ts';
import type { RequestUrl } from '../request-url.ts';
import type { Terminal } from '../terminal.ts';
import { parseCount, parseWholeNumber } from '../whole-number.ts';

const EXAMPLES = `
Durations take ms, s, m, h; a bare number is seconds. Without http:// or https:// a URL is http.
Bodies go to standard output as they come; what -v tells goes to standard error.

Examples:
  perdura get http://localhost:8080/ --repeat 3 -v     what a persistent connection is worth
  perdura get http://localhost:8080/ --repeat 3 --gap 7s -v
                                                       what happens to it while nobody asks
  perdura get -I https://example.com/ https://example.com/about
                                                       heads only, over one connection
  perdura get http://localhost:8080/items -d name=x -d @more.txt --idempotent
                                                       a POST that may be sent again
  perdura get http://localhost:8080/ --repeat 100 --parallel 6 --format json
                                                       for programs, one JSON object a line

Exit codes of get:
  0  every request was answered
  1  with --fail: a status of 400 or more; also: a redirect that leads nowhere, a file that cannot be written
  2  wrong usage; nothing was sent
  3  a server cannot be reached, or a connection or the time was lost before the answer was complete
  130, 143 after Ctrl-C or SIGTERM`;

/** Those that the library knows, in capitals, and any other token as it is. */
function parseMethod(text: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(text)) throw new InvalidArgumentError('Write a method such as GET or POST.');
  if (text.toUpperCase() === 'CONNECT') throw new InvalidArgumentError('CONNECT makes a tunnel, which get cannot use.');
  return text;
}

/** Adds the command to the program. */
export function addGetCommand(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  const { timeouts } = DEFAULT_SESSION_OPTIONS;
  program
    .command('get')
    .description('fetch URLs over one session, and see what each connection does')
    .argument('<url...>', 'what to fetch, one after the other', collectUrls)
    .addOption(
      new Option('-v, --verbose', 'tell what happens to connections; twice: heads of messages, too, without secrets')
        .argParser((_: unknown, before: number) => before + 1)
        .default(0, 'only what goes wrong'),
    )
    .option('-i, --include', 'print the head of each response in front of its body')
    .option('-I, --head', 'send HEAD and print heads')
    .addOption(new Option('-X, --method <method>', 'default: GET, or POST with --data').argParser(parseMethod))
    .addOption(
      new Option('-d, --data <data>', 'body: text, @file, or @- for standard input; several are joined with &')
        .argParser(collect(String))
        .default([], 'none'),
    )
    .addOption(
      new Option('-H, --header <field>', "a field, 'Name: value'; 'Name:' leaves one out that is sent by itself")
        .argParser(collect(parseRequestField))
        .default([], 'Accept, User-Agent'),
    )
    .option('-o, --output <file>', 'write bodies to a file, or to files in a folder that exists; - is standard output')
    .option('-f, --fail', 'a status of 400 or more is a failure: no body, exit code 1')
    .option(
      '--compressed',
      'ask for compressed bodies and print them decoded; without it they are printed as they come',
    )
    .option('--no-follow', 'show redirects instead of following them')
    .addOption(
      new Option('--format <format>', 'json: a line for each answer').choices(['text', 'json']).default('text'),
    )
    .addOption(new Option('-n, --repeat <number>', 'fetch everything so many times').argParser(parseCount).default(1))
    .addOption(new Option('--gap <duration>', 'pause between repetitions').argParser(parseDuration).default(0, 'none'))
    .addOption(new Option('--parallel <number>', 'requests at the same time (default: 1)').argParser(parseCount))
    .option('--no-keep-alive', 'ask the server to close after each answer (Connection: close)')
    .option('--idempotent', 'repeating a request does no harm, so it may be sent again')
    .addOption(
      new Option('--non-idempotent <policy>', 'which used connection is good enough for a POST and the like')
        .choices(['validate', 'fresh', 'reuse'])
        .default('validate'),
    )
    .option('--hold-back', 'send the last byte of such a request only once the connection has shown no end')
    .addOption(
      new Option(
        '--expect-continue',
        'send its body only once the server asks for it (Expect: 100-continue)',
      ).conflicts('holdBack'),
    )
    .addOption(
      new Option('--retries <number>', 'how often one request may be sent again')
        .argParser((text) => parseWholeNumber(text, 0, 100))
        .default(DEFAULT_SESSION_OPTIONS.maxRetries),
    )
    .addOption(
      new Option('--pipelining <number>', 'requests in flight on one connection, sent before the answer to the last')
        .argParser(parseCount)
        .default(1),
    )
    .addOption(
      new Option(
        '--connections <number>',
        'connections to one server (default: any number; 1 with --pipelining)',
      ).argParser(parseCount),
    )
    .addOption(
      new Option(
        '--idle-timeout <duration>',
        'how long we keep an idle connection (default: 60s, or that of --profile)',
      ).argParser(parseDeadline),
    )
    .addOption(new Option('--profile <name>', 'limits of a well-known client').choices(Object.keys(PROFILES)))
    .addOption(
      new Option('--connect-timeout <duration>', 'to open a connection')
        .argParser(parseDeadline)
        .default(timeouts.connectMs, `${timeouts.connectMs / 1_000}s`),
    )
    .addOption(
      new Option('--timeout <duration>', 'longest wait for an answer to begin, and longest pause within it')
        .argParser(parseDeadline)
        .default(timeouts.headersMs, `${timeouts.headersMs / 1_000}s`),
    )
    .addOption(
      new Option('-m, --max-time <duration>', 'for one URL from beginning to end')
        .argParser(parseDeadline)
        .default(Infinity, 'no limit'),
    )
    .option('--unix-socket <path>', 'connect through a unix socket')
    .option('-k, --insecure', 'accept any certificate')
    .option('--cacert <file>', 'certificates of authorities to trust, PEM')
    .addHelpText('after', EXAMPLES)
    .action(async (urls: readonly RequestUrl[], flags: GetFlags) =>
      finish(await runGet(await makePlan(urls, flags, terminal), terminal)),
    );
}

function collectUrls(text: string, before: readonly RequestUrl[] | undefined): readonly RequestUrl[] {
  return [...(before ?? []), parseRequestUrl(text)];
}
