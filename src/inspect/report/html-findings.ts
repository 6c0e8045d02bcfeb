// The findings in the HTML report: the worst first and in full; what is only good to know can be opened.
import type { Finding, InspectionReport } from '../inspection-report.ts';
import { formatLevel } from './html-level.ts';
import { formatProse } from './html-prose.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** More links would bury the rest. */
const MOST_LINKS = 12;

/** See the head of the file. */
export function formatFindings({ findings, connections }: InspectionReport): Markup {
  if (findings.length === 0) return markup`<p>There is nothing to say against this server.</p>`;
  const known = new Set(connections.map(({ id }) => id));
  const remarks = findings.filter(({ level }) => level === 'info');
  const faults = findings.filter(({ level }) => level !== 'info');
  return markup`${faults.map((finding) => formatFault(finding, known))}${remarks.map((finding) => formatRemark(finding, known))}`;
}

function formatFault(finding: Finding, known: ReadonlySet<number>): Markup {
  const { id, level, title, detail } = finding;
  const name = `finding-${id}`;
  return markup`<article class="finding ${level}" id="${name}" aria-labelledby="${name}-title">
<p class="tags">${formatLevel(level)}</p>
<h3 id="${name}-title">${formatProse(title)}</h3>
<p class="detail">${formatProse(detail)}</p>
${formatMeaning(finding, known)}
</article>
`;
}

function formatRemark(finding: Finding, known: ReadonlySet<number>): Markup {
  const { id, level, title, detail } = finding;
  return markup`<details class="finding ${level}" id="finding-${id}">
<summary>${formatLevel(level)} <span class="title">${formatProse(title)}</span> <span class="detail">${formatProse(detail)}</span></summary>
${formatMeaning(finding, known)}
</details>
`;
}

function formatMeaning(finding: Finding, known: ReadonlySet<number>): Markup {
  const { id, explanation, remedy, rfc } = finding;
  const clause = rfc === '' ? undefined : markup`<li>${linkClauses(rfc)}</li>`;
  return markup`<div class="meaning"><div class="words"><p>${formatProse(explanation)}</p>
<p><strong class="run-in">What to do.</strong> ${formatProse(remedy)}</p>
<ul class="sources"><li><code>${id}</code></li>${clause}${formatEvidence(finding, known)}</ul></div>
${formatSettings(finding)}</div>`;
}

function formatSettings({ settings, title }: Finding): Markup {
  if (settings.length === 0) return markup``;
  const rows = settings.map(
    ({ software, setting }) => markup`<tr><th scope="row">${software}</th><td><code>${setting}</code></td></tr>`,
  );
  return markup`<table class="settings"><caption>Settings<span class="unseen"> for: ${title}</span></caption>
<thead class="unseen"><tr><th scope="col">Software</th><th scope="col">Setting</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

function formatEvidence({ connections }: Finding, known: ReadonlySet<number>): Markup | undefined {
  const shown = connections.filter((id) => known.has(id));
  if (shown.length === 0) return undefined;
  const links = shown
    .slice(0, MOST_LINKS)
    .map((id, index) => markup`${index === 0 ? '' : ', '}<a href="#connection-${id}">${id}</a>`);
  const more = shown.length > MOST_LINKS ? ` and ${shown.length - MOST_LINKS} more` : '';
  return markup`<li>Seen on connection ${links}${more}</li>`;
}

/** Each clause of an RFC leads to its text. Only what is exactly a clause becomes a link, and the place is always the same. */
function linkClauses(rfc: string): Markup {
  const pieces = rfc.split(/(RFC \d{1,5} §\d+(?:\.\d+)*)/).map((piece) => {
    const [, number, section] = /^RFC (\d{1,5}) §([\d.]+)$/.exec(piece) ?? [];
    if (number === undefined || section === undefined) return markup`${piece}`;
    return markup`<a href="https://www.rfc-editor.org/rfc/rfc${number}#section-${section}" rel="noreferrer">${piece}</a>`;
  });
  return markup`${pieces}`;
}
