// Plots as a site of the suite, in its Markdown: what is run is what can be read, and a small one can be kept in `sites/`.
import { PLOT } from './plot.ts';
import type { CutPlot, DirectiveNode, PlannedRequest } from './plot.ts';

export interface NamedPlot {
  /** Letters and digits: a folder, a host and the logs are named after it. */
  readonly name: string;
  readonly cut: CutPlot;
}

/** A line of the configuration, and the directive that it comes from. */
export interface ConfigurationLine {
  readonly text: string;
  readonly node: DirectiveNode | undefined;
  /** The name of the plot. */
  readonly plot: string | undefined;
}

const LOG_FORMAT = String.raw`LogFormat "%v %u \"%r\" %s %>s %f %q %m %H %{A}e %{X-A}i %{X-A}o %{Location}o" plot`;

function formatNodes(nodes: readonly DirectiveNode[], { name, cut }: NamedPlot, indent: string): ConfigurationLine[] {
  const own = (text: string, node: DirectiveNode): ConfigurationLine => ({
    text: `${indent}${text.replaceAll(PLOT, name)}`,
    node,
    plot: name,
  });
  return nodes.flatMap((node) => {
    if (cut.removed.has(node)) return [];
    if (node.kind === 'line') return [own(node.text, node)];
    if (cut.opened.has(node)) return formatNodes(node.body, { name, cut }, indent);
    const argument = node.argument === '' ? '' : ` ${node.argument}`;
    const body = formatNodes(node.body, { name, cut }, `${indent}  `);
    return [own(`<${node.name}${argument}>`, node), ...body, own(`</${node.name}>`, node)];
  });
}

function formatHost(named: NamedPlot): ConfigurationLine[] {
  const { name, cut } = named;
  const fixed = (text: string): ConfigurationLine => ({ text, node: undefined, plot: name });
  return [
    ...formatNodes(cut.plot.outside, named, ''),
    fixed(`<VirtualHost *:\${${cut.plot.port}}>`),
    fixed(`  ServerName ${name}.test`),
    fixed(`  DocumentRoot "\${SITE}/${name}/www"`),
    fixed(`  ErrorLog "\${LOGS}/${name}.error"`),
    fixed(`  CustomLog "\${LOGS}/${name}.access" plot`),
    ...formatNodes(cut.plot.inside, named, '  '),
    fixed('</VirtualHost>'),
  ];
}

/** httpd.conf: what all share, then a virtual host for each plot. */
export function formatConfigurationLines(plots: readonly NamedPlot[]): ConfigurationLine[] {
  const shared = [
    'Listen 127.0.0.1:${PORT}',
    'Listen 127.0.0.1:${OTHER_PORT}',
    'ServerName example.test',
    'DocumentRoot "${SITE}"',
    LOG_FORMAT,
    // Whoever asks for a host that is not there gets these.
    '<VirtualHost *:${PORT}>',
    '  ServerName example.test',
    '</VirtualHost>',
    '<VirtualHost *:${OTHER_PORT}>',
    '  ServerName example.test',
    '</VirtualHost>',
  ];
  return [...shared.map((text) => ({ text, node: undefined, plot: undefined })), ...plots.flatMap(formatHost)];
}

function formatFence(info: string, lines: readonly string[]): string {
  return `\`\`\`${info}\n${lines.map((text) => `${text}\n`).join('')}\`\`\`\n`;
}

function formatFiles({ name, cut }: NamedPlot): string {
  const files = cut.plot.files.filter((file) => !cut.removed.has(file));
  const accessFiles = cut.plot.accessFiles.filter((file) => !cut.removed.has(file));
  return [
    `## folder ${name}/www\n`,
    ...files.map(
      (file) => `## file ${name}/${file.path}\n\n${formatFence('bytes', [file.bytes.replaceAll(PLOT, name)])}`,
    ),
    ...accessFiles.map((file) => {
      const lines = formatNodes(file.body, { name, cut }, '').map(({ text }) => text);
      return `## file ${name}/${file.path}\n\n${formatFence('apache', lines)}`;
    }),
  ].join('\n');
}

function fieldLines(request: PlannedRequest, { name, cut }: NamedPlot): string[] {
  return request.fields.filter((field) => !cut.removed.has(field)).map((field) => field.line.replaceAll(PLOT, name));
}

/** In the short notation, or as it is where it has a body; both go on where a connection is over. */
function formatRequest(request: PlannedRequest, named: NamedPlot): string {
  const { name } = named;
  const start = request.start.replaceAll(PLOT, name);
  const fields = fieldLines(request, named);
  if (request.body === undefined) return formatFence('requests', [`${start} ${fields.join(' | ')}`.trimEnd()]);
  const lines = [`${start} HTTP/1.1`, `Host: ${name}.test`, ...fields, '', `${request.body}\\`];
  return formatFence('http reopens=yes', lines);
}

function formatRequests(named: NamedPlot): string {
  const { name, cut } = named;
  const left = cut.plot.requests.filter((request) => !cut.removed.has(request));
  if (left.length === 0) return '';
  const port = cut.plot.port === 'OTHER_PORT' ? '- port: OTHER_PORT\n' : '';
  const blocks = left.map((request) => formatRequest(request, named));
  return `## ask ${name}\n\n- host: ${name}.test\n${port}\n${blocks.join('\n')}`;
}

/** The whole site, as one of `sites/` is written. */
export function formatSite(title: string, plots: readonly NamedPlot[]): string {
  const logs = (kind: string): string => plots.map(({ name }) => `${name}.${kind}`).join(', ');
  return [
    `# ${title}\n`,
    `- access logs: ${logs('access')}\n- error logs: ${logs('error')}\n- error log: all\n- at once: 8\n`,
    '## file httpd.conf\n',
    formatFence(
      'apache',
      formatConfigurationLines(plots).map(({ text }) => text),
    ),
    ...plots.map(formatFiles),
    ...plots.map(formatRequests),
  ].join('\n');
}
