// The pages of docs/findings, made from the catalogue: one for each finding, and the index of all.
import { CHECKS } from '#src/inspect/check-list.js';
import { CATALOGUE, FINDING_IDS } from '#src/inspect/index.js';
import type { CatalogueEntry, CheckId, FindingId, FindingLevel } from '#src/inspect/index.js';

const MADE_BY =
  '<!-- Made by test/docs-findings.test.ts out of `src/inspect/catalogue/`: UPDATE_DOCS=1 writes it anew. -->';

const LEVELS: Readonly<Record<FindingLevel, string>> = {
  bad: 'requests are lost, answers mixed up, or promises broken',
  warn: 'it costs something, or works by luck',
  info: 'good to know; it makes no server worse',
};

/** All files of docs/findings by their names. */
export function formatFindingPages(): ReadonlyMap<string, string> {
  const pages = new Map<string, string>([['README.md', formatIndex()]]);
  for (const id of FINDING_IDS) pages.set(`${id}.md`, formatPage(id, CATALOGUE[id]));
  return pages;
}

function formatIndex(): string {
  const tables = (Object.keys(LEVELS) as FindingLevel[]).map((level) => {
    const ids = FINDING_IDS.filter((id) => CATALOGUE[id].level === level);
    const rows = ids.map(
      (id) => `| [\`${id}\`](${id}.md) | ${CATALOGUE[id].title} | ${linkClause(CATALOGUE[id].rfc)} |`,
    );
    return `## ${level}\n\nThat is: ${LEVELS[level]}.\n\n| finding | what it says | clause |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Findings

${MADE_BY}

What \`perdura check\` can say of a server, by level. The verdict on a server is the worst level among its findings; \`info\` counts as
\`good\`. What could not be measured is never a finding: it stands in the report with the reason.

${tables.join('\n')}`;
}

function formatPage(id: FindingId, entry: CatalogueEntry): string {
  const { level, title, explanation, rfc, remedy, settings, seenBy } = entry;
  const table = settings.map(({ software, setting }) => `| ${software} | \`${setting}\` |`);
  const settingsTable = table.length === 0 ? '' : `\n| software | setting |\n|---|---|\n${table.join('\n')}\n`;
  return `# ${title}

${MADE_BY}

| finding | level | clause |
|---|---|---|
| \`${id}\` | **${level}**: ${LEVELS[level]} | ${linkClause(rfc)} |

## What it means

${explanation}

## What to do

${remedy}
${settingsTable}
## How it is measured

${seenBy.map(describeCheck).join('\n')}

\`\`\`sh
perdura check https://www.example.com/ --only ${seenBy.join(',')}${id.endsWith('-hop') ? ' --behind aws-alb' : ''}
\`\`\`

The report shows the bytes and times of the connections that this was seen on. [All findings](README.md)
`;
}

function describeCheck(id: CheckId): string {
  const title = CHECKS.find((check) => check.id === id)?.title;
  return title === undefined ? `- \`${id}\`` : `- \`${id}\`: ${title}`;
}

function linkClause(rfc: string): string {
  const [, number, section] = /^RFC (\d+) §([\d.]+)$/.exec(rfc) ?? [];
  if (number === undefined || section === undefined) return rfc === '' ? 'none' : rfc;
  return `[${rfc}](https://www.rfc-editor.org/rfc/rfc${number}#section-${section})`;
}
