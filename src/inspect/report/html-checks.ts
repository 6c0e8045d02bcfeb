// What was tried and what it cost, in the HTML report: first what could not be measured and why, then everything.
import { formatDuration } from '../format-duration.ts';
import type { CheckOutcome, InspectionReport } from '../inspection-report.ts';
import { boundText } from './escape-html.ts';
import { formatProse } from './html-prose.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { countOf } from './measurement-row.ts';

const OUTCOME_WORDS: Readonly<Record<CheckOutcome['outcome'], string>> = {
  measured: 'measured',
  skipped: 'skipped',
  failed: 'could not be found out',
  cutShort: 'cut short',
};

/** All checks with what became of them. */
export function formatChecks({ checks }: Pick<InspectionReport, 'checks'>): Markup {
  const missing = checks.filter(({ outcome }) => outcome !== 'measured');
  const made = checks.length - missing.length;
  const rest =
    missing.length === 0
      ? undefined
      : markup`<table class="missing"><caption>Not measured</caption>
<thead><tr><th scope="col">Check</th><th scope="col">Outcome</th><th scope="col">Why</th></tr></thead>
<tbody>${missing.map(
          ({ title, outcome, reason }) =>
            markup`<tr><th scope="row">${title}</th><td>${OUTCOME_WORDS[outcome]}</td><td>${formatProse(reason)}</td></tr>`,
        )}</tbody></table>
`;
  return markup`<p>${missing.length === 0 ? `All checks gave a result: ${made}.` : `${countOf(made, 'check')} of ${checks.length} gave a result.`}</p>
${rest}<details class="all"><summary>All checks, with their times</summary>
<table class="times"><caption class="unseen">All checks</caption><thead><tr><th scope="col">Check</th><th scope="col">Outcome</th><th scope="col">Begun at</th><th scope="col">Took</th><th scope="col">Connections</th></tr></thead>
<tbody>${checks.map(formatCheck)}</tbody></table></details>
`;
}

/** What it cost the server. */
export function formatCost({ cost }: Pick<InspectionReport, 'cost'>): Markup {
  const { connections, requests, bytesReceived } = cost;
  return markup`<h3>What it cost the server</h3>
<p>${countOf(connections, 'connection')}, ${countOf(requests, 'request')}, and ${countOf(bytesReceived, 'byte')} that it sent.</p>
`;
}

/** How it was asked: who wants to measure the same has to ask the same. */
export function formatAsked({ asked }: Pick<InspectionReport, 'asked'>): Markup {
  const { maxWaitMs, maxRequests, behind, gentle } = asked;
  const parts = [
    `waits of at most ${formatDuration(maxWaitMs)}`,
    `at most ${countOf(maxRequests, 'request')} on one connection`,
    behind === null ? 'no hop in front of the server' : `behind ${boundText(behind, 100)}`,
    gentle ? 'gently' : '',
  ];
  return markup`<h3>How it was asked</h3>
<p>With ${parts.filter((part) => part !== '').join(', ')}.</p>
`;
}

function formatCheck({ title, outcome, startedMs, durationMs, connections }: CheckOutcome): Markup {
  return markup`<tr><th scope="row">${title}</th><td>${OUTCOME_WORDS[outcome]}</td><td>${formatDuration(startedMs)}</td><td>${formatDuration(durationMs)}</td><td>${connections.length.toLocaleString('en')}</td></tr>
`;
}
