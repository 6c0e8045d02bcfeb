// What was measured, in the HTML report: one table for each subject, in words.
import type { InspectionReport } from '../inspection-report.ts';
import { boundText } from './escape-html.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { groupMeasurements } from './measurement-groups.ts';
import type { MeasurementGroup } from './measurement-groups.ts';

/** A row holds what a server sent, such as a field: a part is enough. */
const MOST_ROW_CHARACTERS = 600;

/** See the head of the file. */
export function formatMeasurements(report: InspectionReport): Markup {
  const groups = groupMeasurements(report);
  if (groups.length === 0) return markup`<p>Nothing could be measured.</p>`;
  return markup`<div class="subjects">${groups.map(formatGroup)}</div>`;
}

function formatGroup({ title, rows }: MeasurementGroup): Markup {
  const lines = rows.map(
    ({ label, text }) =>
      markup`<tr><th scope="row">${label}</th><td><bdi>${boundText(text, MOST_ROW_CHARACTERS)}</bdi></td></tr>`,
  );
  return markup`<table class="facts"><caption>${title}</caption><tbody>${lines}</tbody></table>
`;
}
