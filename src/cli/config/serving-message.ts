// What `perdura serve --config FILE` says once it listens.
import type { LoadedConfiguration, VirtualHost } from '../../apache/index.ts';
import { formatDuration } from '../../text/index.ts';
import type { Server } from '../../server/index.ts';
import { formatLabelRows } from '../label-rows.ts';
import { paletteFor, wrapWidth } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

/** Who has no name is known by where it answers; the main server, where nobody else does. */
function nameOf({ name, isMain, addresses }: VirtualHost): string {
  if (name !== undefined) return name;
  if (isMain) return 'the main server';
  return addresses.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port || '*'}`).join(' ');
}

/** With a line end. The first line has the first URL, for people and scripts alike. */
export function formatServing(
  file: string,
  servers: readonly Server[],
  configuration: LoadedConfiguration,
  drainMs: number,
  terminal: Terminal,
): string {
  const palette = paletteFor(terminal, terminal.stdout);
  const [main, ...hosts] = configuration.hosts;
  const names = [main!, ...hosts].map(nameOf);
  const urls = servers.map(({ url }) => url);
  const rows = [
    { label: 'Configuration', lines: [file] },
    { label: 'Listens', lines: urls.map((url) => ({ verbatim: url })) },
    { label: 'Hosts', lines: [names.join(', ')] },
    {
      label: 'Reload it',
      lines: ['SIGHUP reads the configuration anew, and keeps the old one where the new one is wrong'],
    },
    { label: 'Stop it', lines: [`Ctrl-C; requests under way get up to ${formatDuration(drainMs)} to end`] },
  ];
  return `${palette.bold('perdura serves')} ${palette.cyan(urls[0] ?? '')}\n${formatLabelRows(rows, wrapWidth(terminal.stdout), palette.dim)}`;
}
