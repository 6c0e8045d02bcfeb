// The recommended settings in the HTML report, each with its reason.
import type { InspectionReport } from '../inspection-report.ts';
import { formatProse } from './html-prose.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { listRecommended } from './summary-words.ts';
import type { RecommendedSetting } from './summary-words.ts';

const TITLES: Readonly<Record<RecommendedSetting['of'], string>> = {
  client: 'Clients of this server',
  server: 'The server itself',
};

const LABELS: Readonly<Record<string, string>> = {
  idleTimeoutMs: 'Reuse an idle connection for at most',
  maxRequestsPerConnection: 'Requests on one connection, at most',
  pipelining: 'Requests under way on one connection',
  keepAliveTimeoutMs: 'Keep an idle connection for',
  maxKeepAliveRequests: 'Requests on one connection',
  headerTimeoutMs: 'Wait for a request head for',
};

/** See the head of the file. */
export function formatAdvice(report: InspectionReport): Markup {
  const recommended = listRecommended(report);
  if (recommended.length === 0) return markup`<p>Nothing follows from what was measured.</p>`;
  return markup`${formatTable('client', recommended)}${formatTable('server', recommended)}`;
}

function formatTable(side: RecommendedSetting['of'], recommended: readonly RecommendedSetting[]): Markup | undefined {
  const rows = recommended
    .filter((setting) => setting.of === side)
    .map(({ name, value, reason }) => {
      const label = LABELS[name] ?? name;
      return markup`<tr><th scope="row">${label} <code>${name}</code></th><td class="value">${value}</td><td>${formatProse(reason)}</td></tr>
`;
    });
  if (rows.length === 0) return undefined;
  return markup`<table class="advice"><caption>${TITLES[side]}</caption>
<thead><tr><th scope="col">Setting</th><th scope="col">Value</th><th scope="col">Why</th></tr></thead>
<tbody>${rows}</tbody></table>
`;
}
