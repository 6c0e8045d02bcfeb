// The table of hops as text, Markdown or JSON.
import { formatTimeout } from '../../path/index.ts';
import type { Hop } from '../../path/index.ts';
import type { Palette } from '../color.ts';
import { formatLabelRows } from '../label-rows.ts';

export const HINT_MARK = '?';

const idle = (durationMs: number): string => formatTimeout(durationMs);

/** The value, or the range of what is said of it. */
function describeIdle({ otherIdleMs = [] }: Hop, durationMs: number): string {
  const all = [durationMs, ...otherIdleMs];
  return otherIdleMs.length === 0 ? idle(durationMs) : `${idle(Math.min(...all))} to ${idle(Math.max(...all))}`;
}

/** The values of a hop in words, e.g. `60 s for clients, 60 s to the server`. */
export function describeTimeouts(hop: Hop): string {
  const { clientIdleMs, serverIdleMs, responseIdleMs, kind } = hop;
  const parts =
    kind === 'flow'
      ? clientIdleMs === null
        ? []
        : [`forgets after ${describeIdle(hop, clientIdleMs)}`]
      : [
          ...(clientIdleMs === null ? [] : [`keeps clients for ${describeIdle(hop, clientIdleMs)}`]),
          ...(serverIdleMs === null ? [] : [`keeps the server for ${describeIdle(hop, serverIdleMs)}`]),
        ];
  if (responseIdleMs !== undefined) parts.push(`waits ${idle(responseIdleMs)} for bytes of an answer`);
  return parts.length === 0 ? 'no timeout is known' : parts.join(', ');
}

/** More of a hop, one sentence each. */
function describeDetails(hop: Hop): string[] {
  const { rangeMs, setting, serverSetting, responseSetting, maxAgeMs, maxRequests, advisedServerIdleMs } = hop;
  const { unhealthyAfterMs, killsAfterMs } = hop;
  const settings = [setting, serverSetting, responseSetting].filter((name) => name !== undefined);
  return [
    `${hop.title}: ${describeTimeouts(hop)}.`,
    ...(settings.length === 0 ? [] : [`Set by ${settings.join('; ')}.`]),
    ...(rangeMs === undefined ? [] : [`Can be ${formatTimeout(rangeMs[0])} to ${formatTimeout(rangeMs[1])}.`]),
    ...(maxAgeMs === undefined ? [] : [`Ends connections after ${formatTimeout(maxAgeMs)}, idle or not.`]),
    ...(maxRequests === undefined ? [] : [`Ends connections after ${maxRequests} requests.`]),
    ...(advisedServerIdleMs === undefined
      ? []
      : [`Its vendor advises servers to have ${formatTimeout(advisedServerIdleMs)}.`]),
    ...(unhealthyAfterMs === undefined
      ? []
      : [
          `Sends requests to a server that fails its checks for up to ${formatTimeout(unhealthyAfterMs)}, as they are by default.`,
        ]),
    ...(killsAfterMs === undefined
      ? []
      : [`Kills a process ${formatTimeout(killsAfterMs)} after it was told to stop.`]),
    ...(hop.tcpKeepAliveCounts === undefined
      ? []
      : [`TCP keepalive ${hop.tcpKeepAliveCounts ? 'counts' : 'does not count'}.`]),
    ...(hop.note === '' ? [] : [hop.note]),
    ...(hop.verified ? [] : ['A hint: nobody official says so, or not as one.']),
  ];
}

const ENDS: Readonly<Record<Hop['close'], string>> = { fin: 'FIN', rst: 'RST', silent: 'silent', unknown: '-' };

/** One row: name, idle timeouts of both sides, for bytes of an answer, how it ends. */
function cellsOf(hop: Hop): string[] {
  const { clientIdleMs, serverIdleMs, responseIdleMs } = hop;
  return [
    hop.verified ? hop.name : `${hop.name} ${HINT_MARK}`,
    clientIdleMs === null ? '-' : describeIdle(hop, clientIdleMs),
    serverIdleMs === null ? '-' : describeIdle(hop, serverIdleMs),
    responseIdleMs === undefined ? '-' : idle(responseIdleMs),
    ENDS[hop.close],
  ];
}

const HEAD = ['hop', 'clients', 'server', 'answer', 'ends'];

const LEGEND =
  'How long an idle connection is kept: one of a client, one to the server; how long an answer may pause; how it ends.\n' +
  `"${HINT_MARK}" marks hints: nobody official says so, or not as one. "-": not known, or there is none.`;

/** Aligned columns; with details of each hop where there are few of them. */
export function formatHopTable(hops: readonly Hop[], isDetailed: boolean, width: number, paint: Palette): string {
  const rows = [HEAD, ...hops.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells, index) => {
    const line = cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
    return `  ${index === 0 ? paint.bold(line) : line}`;
  });
  const table = `${lines.join('\n')}\n\n${LEGEND}\n`;
  if (!isDetailed) return table;
  const details = hops.map((hop) => ({
    label: hop.name,
    lines: [describeDetails(hop).join(' '), ...(hop.source === '' ? [] : [{ verbatim: hop.source }])],
  }));
  return `${table}\n${formatLabelRows(details, width, paint.cyan)}`;
}

/** A table with links. */
export function formatHopMarkdown(hops: readonly Hop[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const escape = (text: string): string => text.replaceAll('|', String.raw`\|`);
  const rows = hops.map((hop) => {
    const title = escape(hop.title);
    const [, ...cells] = cellsOf(hop);
    return row([
      hop.verified ? `\`${hop.name}\`` : `\`${hop.name}\` ${HINT_MARK}`,
      hop.source === '' ? title : `[${title}](${hop.source})`,
      ...cells,
      escape(hop.note),
    ]);
  });
  const head = ['hop', 'what it is', ...HEAD.slice(1), 'note'];
  return [row(head), row(head.map(() => '---')), ...rows].join('\n');
}
