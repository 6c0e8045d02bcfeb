// `perdura check URL`: what can be typed. What becomes of it is in check/plan.ts and check/run.ts.
import { Option } from 'commander';
import type { Command } from 'commander';
import { DEFAULT_INSPECT_OPTIONS, listChecks } from '../../inspect/index.ts';
import { formatCheckTable } from '../check/check-table.ts';
import { makeCheckPlan, makeInspectOptions } from '../check/plan.ts';
import type { CheckFlags } from '../check/plan.ts';
import { REPORT_FORMATS } from '../check/report-format.ts';
import { runCheck } from '../check/run.ts';
import { inWordsOfCommand } from '../check/tell-failure.ts';
import { collect } from '../collect.ts';
import { parseDeadline } from '../duration.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { parseRequestField } from '../request-field.ts';
import { parseRequestUrl } from '../request-url.ts';
import { paletteFor, wrapWidth } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { parseCount } from '../whole-number.ts';

const EXAMPLES = `
Durations take ms, s, m, h; a bare number is seconds. Without http:// or https:// a URL is http.
Only ask servers that are yours, or whose owner knows of it. All waits run at the same time.

Examples:
  perdura check http://localhost:8080/                 what does this server do with persistent connections?
  perdura check https://example.com/ --behind aws-alb  does it fit the load balancer in front?
  perdura check localhost:8080 --max-wait 10s --only idle-timeout,request-limit
                                                       only these, and no longer than that
  perdura check localhost:8080 --expect 'idleTimeoutMs>=65s' --expect 'maxRequestsAnnounced==true'
                                                       in a build: exit code 1 where it is not so
  perdura check localhost:8080 --output report.json --output junit.xml
                                                       files for programs, the text for people

Exit codes of check:
  0  nothing bad was found, and every expectation is met
  1  a bad finding (see --fail-on), or an expectation that is not met
  2  wrong usage; nothing was sent
  3  the server cannot be reached
  130, 143 after Ctrl-C or SIGTERM; what was measured by then is reported`;

/** Adds the command to the program. */
export function addCheckCommand(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  const defaults = DEFAULT_INSPECT_OPTIONS;
  program
    .command('check')
    .description('measure how a server treats persistent connections, and judge it')
    .argument('[url]', 'the server, and what to ask it for')
    .addOption(
      new Option('--max-wait <duration>', 'longest wait for the server to close an idle connection')
        .argParser(parseDeadline)
        .default(defaults.maxWaitMs, `${defaults.maxWaitMs / 1_000}s`),
    )
    .addOption(
      new Option('--max-requests <number>', 'most requests on one connection')
        .argParser(parseCount)
        .default(defaults.maxRequests),
    )
    .addOption(listOption('--only <checks>', 'only these checks, divided by commas', 'all'))
    .addOption(listOption('--skip <checks>', 'all checks but these', 'none'))
    .option('--behind <hop>', 'what is in front of the server: a name, or when it closes an idle connection')
    .addOption(
      new Option('--expect <expectation>', "what has to be so, e.g. 'idleTimeoutMs>=65s'; may be repeated")
        .argParser(collect(String))
        .default([], 'none'),
    )
    .addOption(
      new Option('--fail-on <level>', 'mildest finding that makes the exit code 1')
        .choices(['warn', 'bad', 'never'])
        .default('bad'),
    )
    .addOption(
      new Option('--format <format>', 'default: text, or what the ending of --output means').choices(REPORT_FORMATS),
    )
    .addOption(
      new Option('--output <file>', 'write the report to a file; may be repeated; - is standard output')
        .argParser(collect(String))
        .default([], 'none'),
    )
    .option('--gentle', 'pauses between requests, at most 50 on a connection, none that is malformed')
    .option('--all-addresses', 'look at every address of the name')
    .addOption(
      new Option('-H, --header <field>', "a field to send with every request, 'Name: value'")
        .argParser(collect(parseRequestField))
        .default([], 'none'),
    )
    .option('-k, --insecure', 'accept any certificate')
    .option('--cacert <file>', 'certificates of authorities to trust, PEM')
    .addOption(
      new Option('--timeout <duration>', 'longest wait for one answer')
        .argParser(parseDeadline)
        .default(defaults.responseTimeoutMs, `${defaults.responseTimeoutMs / 1_000}s`),
    )
    .addOption(
      new Option('--connect-timeout <duration>', 'to open a connection')
        .argParser(parseDeadline)
        .default(defaults.connectTimeoutMs, `${defaults.connectTimeoutMs / 1_000}s`),
    )
    .option('--list', 'list the checks with what they cost and measure; nothing is sent')
    .option('-v, --verbose', 'tell what was said on every connection')
    .addHelpText('after', EXAMPLES)
    .action(async (url: string | undefined, flags: CheckFlags) => {
      if (flags.list === true) {
        await printList(flags, terminal);
        return;
      }
      if (url === undefined) {
        throw new CommandError(EXIT_CODES.usage, 'name the URL of the server to check, e.g. http://localhost:8080/.');
      }
      finish(await runCheck(await makeCheckPlan(parseRequestUrl(url), flags), terminal));
    });
}

function listOption(name: string, description: string, nothingGiven: string): Option {
  return new Option(name, description)
    .argParser((text: string, before: readonly string[]) => [
      ...before,
      ...text
        .split(',')
        .map((id) => id.trim())
        .filter((id) => id !== ''),
    ])
    .default([], nothingGiven);
}

async function printList(flags: CheckFlags, terminal: Terminal): Promise<void> {
  const { stdout } = terminal;
  const checks = await inWordsOfCommand(async () => listChecks(await makeInspectOptions(flags)));
  const text =
    flags.format === 'json'
      ? `${JSON.stringify(checks, null, 2)}\n`
      : formatCheckTable(checks, wrapWidth(stdout), paletteFor(terminal, stdout));
  stdout.write(text);
}
