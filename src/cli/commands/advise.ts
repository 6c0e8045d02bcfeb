// `perdura advise`: what can be typed. What becomes of it is in advise/run.ts.
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { CLIENT_SOFTWARE, SERVER_SOFTWARE } from '../../path/index.ts';
import type { Hop } from '../../path/index.ts';
import { readHops } from '../advise/read-hops.ts';
import { SETTING_KEYS } from '../advise/read-settings.ts';
import { runAdvise } from '../advise/run.ts';
import type { AdviseFlags } from '../advise/run.ts';
import type { Terminal } from '../terminal.ts';

const KEYS = Object.entries(SETTING_KEYS)
  .map(([name, { means }]) => `  ${name.padEnd(15)}${means}`)
  .join('\n');

const HELP = `
A path is given from the client's side to the server's: --nat first, then --behind. Both may be repeated or be lists.
Durations take ms, s, m, h; a bare number is seconds. Nothing is connected to: this is what is documented.
With no options the known hops are listed.

What --have knows ("defaults", or what is left out, is what --server and --client do by themselves):
${KEYS}
  NAME           idle timeout of a hop on the path; NAME.client or NAME.server for one side

Examples:
  perdura advise --behind aws-alb --server node       exact numbers, and why
  perdura advise --behind cloudflare,nginx --nat azure --server node --client undici
                                                      several hops
  perdura advise --behind 90s --server apache         a proxy of which you know the timeout
  perdura advise --behind aws-alb --have server=5s,client=60s
                                                      what is wrong with timeouts that you have
  perdura advise --behind aws-alb --server node --have defaults
                                                      what is wrong without configuration
  perdura advise --list azure                         what is known, with links

Exit codes of advise:
  0  said what was asked for; with --have: nothing is wrong
  1  with --have: requests can get lost; with --list: nothing has such a name
  2  wrong usage`;

function collectHops(option: '--behind' | '--nat'): (text: string, before: readonly Hop[]) => readonly Hop[] {
  return (text, before) => [...before, ...readHops(option, text)];
}

/** Adds the command to the program. */
export function addAdviseCommand(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  program
    .command('advise')
    .description('exact timeouts for what lies between client and server, and what is wrong with those you have')
    .addOption(new Option('--list [text]', 'show the known hops, or those with these words in their names'))
    .addOption(
      new Option('--behind <hop>', 'what is in front of the server: a name of the list, or its idle timeout')
        .argParser(collectHops('--behind'))
        .default([], 'nothing'),
    )
    .addOption(
      new Option('--nat <hop>', "what forgets connections on the client's side: a name of the list, or after how long")
        .argParser(collectHops('--nat'))
        .default([], 'nothing'),
    )
    .addOption(new Option('--server <software>', 'what answers').choices(SERVER_SOFTWARE.map(({ name }) => name)))
    .addOption(new Option('--client <software>', 'what asks').choices(CLIENT_SOFTWARE.map(({ name }) => name)))
    .addOption(new Option('--have <settings>', 'timeouts to judge, e.g. server=5s,client=60s').argParser(parseHave))
    .addOption(new Option('--format <format>').choices(['text', 'json', 'markdown']).default('text'))
    .addHelpText('after', HELP)
    .action((flags: AdviseFlags) => finish(runAdvise(flags, terminal)));
}

/** What it means depends on the path, which may stand behind it. */
function parseHave(text: string, before: string | undefined): string {
  if (text.trim() === '') throw new InvalidArgumentError('Write settings such as server=5s,client=60s, or defaults.');
  return before === undefined ? text : `${before},${text}`;
}
