// The recommended settings in the HTML report, each with its reason.
import { formatDuration } from '../format-duration.ts';
import type { Advice, ClientAdvice, ServerAdvice } from '../inspection-report.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

const LABELS: Readonly<Record<string, string>> = {
  idleTimeoutMs: 'Reuse an idle connection for at most',
  maxRequestsPerConnection: 'Requests on one connection, at most',
  pipelining: 'Requests under way on one connection',
  keepAliveTimeoutMs: 'Keep an idle connection for',
  maxKeepAliveRequests: 'Requests on one connection',
  headerTimeoutMs: 'Wait for a request head for',
};

/** See the head of the file. */
export function formatAdvice({ client, server }: Advice): Markup {
  const tables = [formatTable('Clients of this server', client), formatTable('The server itself', server)];
  const known = tables.filter((table) => table !== undefined);
  return known.length === 0 ? markup`<p>Nothing follows from what was measured.</p>` : markup`${known}`;
}

function formatTable(title: string, advice: ClientAdvice | ServerAdvice): Markup | undefined {
  const { reasons, ...settings } = advice;
  const rows = Object.entries(settings).map(([name, value]) => {
    const label = LABELS[name] ?? name;
    return markup`<tr><th scope="row">${label} <code>${name}</code></th><td class="value">${formatValue(name, value)}</td><td>${reasons[name]}</td></tr>
`;
  });
  if (rows.length === 0) return undefined;
  return markup`<table class="advice"><caption>${title}</caption>
<thead><tr><th scope="col">Setting</th><th scope="col">Value</th><th scope="col">Why</th></tr></thead>
<tbody>${rows}</tbody></table>
`;
}

function formatValue(name: string, value: unknown): string {
  if (typeof value !== 'number') return String(value);
  if (value === Infinity) return 'no limit';
  return name.endsWith('Ms') ? formatDuration(value) : value.toLocaleString('en');
}
