// The life of `perdura advise`: from what was typed to what is printed and the exit code.
import {
  HOPS,
  adviseTimeouts,
  lintTimeouts,
  searchHops,
  suggestNames,
  withHopIdle,
  writeConfiguration,
  hopNames,
} from '../../path/index.ts';
import type { ClientName, Hop, ServerName, TimeoutPath } from '../../path/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { paletteFor, wrapWidth } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { formatHopMarkdown, formatHopTable } from './hop-list.ts';
import { readSettings } from './read-settings.ts';
import { formatAdviceJson, formatAdviceMarkdown, formatAdviceText } from './report.ts';
import type { AdviceReport } from './report.ts';

/** What commander makes of the command line. */
export interface AdviseFlags {
  readonly list?: string | true;
  readonly behind: readonly Hop[];
  readonly nat: readonly Hop[];
  readonly server?: ServerName;
  readonly client?: ClientName;
  readonly have?: string;
  readonly format: 'text' | 'json' | 'markdown';
}

const HOW_TO_GO_ON = `
Name what is in front of your server, and the server:
  perdura advise --behind aws-alb --server node
`;

/** Returns the exit code. */
export function runAdvise(flags: AdviseFlags, terminal: Terminal): number {
  const { behind, nat, server, client, have, list } = flags;
  const isPath = behind.length + nat.length > 0 || server !== undefined || client !== undefined || have !== undefined;
  if (list !== undefined || !isPath) {
    if (list !== undefined && isPath) {
      throw new CommandError(
        EXIT_CODES.usage,
        '--list shows the known hops and nothing else: leave it out, or the other options.',
      );
    }
    return printList(list === undefined || list === true ? '' : list, flags, terminal);
  }
  const named = [...nat, ...behind];
  const settings = have === undefined ? undefined : readSettings(have, named);
  const path: TimeoutPath = {
    // As they are really set, so that the report shows them so.
    hops: (settings?.hops ?? []).reduce<readonly Hop[]>(withHopIdle, named),
    ...(server === undefined ? {} : { server }),
    ...(client === undefined ? {} : { client }),
  };
  const advice = adviseTimeouts(path);
  const configuration = writeConfiguration(path, advice);
  const lint = settings === undefined ? {} : { lint: { have: settings, problems: lintTimeouts(path, settings) } };
  const report: AdviceReport = { path, advice, configuration, ...lint };
  terminal.stdout.write(formatReport(report, flags, terminal));
  return report.lint === undefined || report.lint.problems.length === 0 ? EXIT_CODES.good : EXIT_CODES.finding;
}

function formatReport(report: AdviceReport, { format }: AdviseFlags, terminal: Terminal): string {
  const { stdout } = terminal;
  if (format === 'json') return formatAdviceJson(report);
  if (format === 'markdown') return formatAdviceMarkdown(report);
  return formatAdviceText(report, wrapWidth(stdout), paletteFor(terminal, stdout));
}

function printList(text: string, { format, list }: AdviseFlags, terminal: Terminal): number {
  const { stdout, stderr } = terminal;
  const hops = text === '' ? HOPS : searchHops(text);
  if (hops.length === 0) {
    const suggested = suggestNames(text, hopNames());
    const meant = suggested.length === 0 ? '' : ` Did you mean ${suggested.join(', ')}?`;
    stderr.write(`No known hop has '${text}' in its name.${meant}\n`);
    return EXIT_CODES.finding;
  }
  if (format === 'json') stdout.write(`${JSON.stringify(hops, undefined, 2)}\n`);
  else if (format === 'markdown') stdout.write(`${formatHopMarkdown(hops)}\n`);
  else {
    stdout.write(formatHopTable(hops, text !== '', wrapWidth(stdout), paletteFor(terminal, stdout)));
    if (list === undefined) stdout.write(HOW_TO_GO_ON);
  }
  return EXIT_CODES.good;
}
