// `perdura check --list`: the checks, what they cost at most, and what they measure.
import type { ListedCheck } from '../../inspect/index.ts';
import type { Palette } from '../color.ts';
import { formatDuration } from '../../text/index.ts';
import { formatLabelRows } from '../label-rows.ts';
import { formatCost } from './budget.ts';

/** Rows for people. */
export function formatCheckTable(checks: readonly ListedCheck[], width: number, palette: Palette): string {
  const rows = checks.map(({ id, title, cost, waitMs, measures }) => ({
    label: id,
    lines: [
      title,
      `costs at most ${formatCost(cost)}${waitMs === 0 ? '' : `, waits ${formatDuration(waitMs)}`}`,
      `measures ${measures.join(', ')}`,
    ],
  }));
  return formatLabelRows(rows, width, palette.bold);
}
