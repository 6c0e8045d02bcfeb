// A listing as a table (IndexOptions HTMLTable). With a style sheet its parts have classes in place of alignment. Pure.
import { escapeHtml } from '../escape-html.ts';
import { fitDescription } from './fancy-listing.ts';
import {
  cutName,
  endOfEmpty,
  formatColumn,
  formatDate,
  formatIcon,
  formatSize,
  labelOf,
  linkOf,
} from './listing-cells.ts';
import type { ListingLook } from './listing-cells.ts';
import type { ListingEntry } from './listing-entry.ts';
import { hasFlag } from './listing-options.ts';

type Column = 'icon' | 'name' | 'lastmod' | 'size' | 'desc';

function columnsOf(look: ListingLook): Column[] {
  const { flags } = look.order;
  const columns: Column[] = hasFlag(flags, 'suppressicon') ? ['name'] : ['icon', 'name'];
  if (!hasFlag(flags, 'suppresslastmodified')) columns.push('lastmod');
  if (!hasFlag(flags, 'suppresssize')) columns.push('size');
  if (!hasFlag(flags, 'suppressdescription')) columns.push('desc');
  return columns;
}

export function formatTableListing(entries: readonly ListingEntry[], look: ListingLook): string {
  const columns = columnsOf(look);
  const { hasStyles } = look;
  const heads = columns.map((column) => `<th${headAttributes(column, hasStyles)}>${formatHead(column, look)}</th>`);
  const rule = hasFlag(look.order.flags, 'suppressrules')
    ? ''
    : `   <tr${hasStyles ? ' class="indexbreakrow"' : ''}><th colspan="${columns.length}"><hr${endOfEmpty(look)}</th></tr>\n`;
  const rows = entries.map((entry, at) => formatRow(entry, at, columns, look));
  return (
    `  <table${hasStyles ? ' id="indexlist"' : ''}>\n` +
    `   <tr${hasStyles ? ' class="indexhead"' : ''}>${heads.join('')}</tr>\n` +
    `${rule}${rows.join('')}${rule}</table>\n`
  );
}

function headAttributes(column: Column, hasStyles: boolean): string {
  if (hasStyles) return ` class="indexcol${column}"`;
  return column === 'icon' ? ' valign="top"' : '';
}

function formatHead(column: Column, look: ListingLook): string {
  switch (column) {
    case 'icon':
      return look.blankIcon === undefined ? '&nbsp;' : formatIcon(look, look.blankIcon, '[ICO]');
    case 'name':
      return formatColumn(look, 'Name', 'N');
    case 'lastmod':
      return formatColumn(look, 'Last modified', 'M');
    case 'size':
      return formatColumn(look, 'Size', 'S');
    case 'desc':
      return formatColumn(look, 'Description', 'D');
  }
}

function formatRow(entry: ListingEntry, at: number, columns: readonly Column[], look: ListingLook): string {
  const cells = columns.map((column) => {
    const content = formatCell(column, entry, look);
    return `<td${cellAttributes(column, content, look.hasStyles)}>${content ?? '&nbsp;'}</td>`;
  });
  if (!look.hasStyles) return `<tr>${cells.join('')}</tr>\n`;
  const parity = at % 2 === 0 ? 'even' : 'odd';
  const kind = entry.isParent ? '-parentdir' : entry.isFolder ? '-dir' : '';
  const suffix = hasFlag(look.order.flags, 'addaltclass') ? kind : '';
  return `   <tr class="${parity}${suffix}">${cells.join('')}</tr>\n`;
}

function cellAttributes(column: Column, content: string | undefined, hasStyles: boolean): string {
  if (hasStyles) return ` class="indexcol${column}"`;
  if (column === 'icon') return ' valign="top"';
  return (column === 'lastmod' && content !== undefined) || column === 'size' ? ' align="right"' : '';
}

/** Undefined: there is nothing to show. */
function formatCell(column: Column, entry: ListingEntry, look: ListingLook): string | undefined {
  const { flags } = look.order;
  const link = linkOf(entry);
  switch (column) {
    case 'icon': {
      const source = entry.icon ?? look.defaultIcon;
      const icon = source === undefined ? '&nbsp;' : formatIcon(look, source, `[${entry.alt ?? '   '}]`);
      return hasFlag(flags, 'iconsarelinks') ? `<a href="${link}">${icon}</a>` : icon;
    }
    case 'name': {
      const name = cutName(labelOf(entry), look.nameWidth);
      const padding = look.fitsNames ? '' : ' '.repeat(Math.max(look.nameWidth - name.length, 0));
      return `<a href="${link}">${escapeHtml(name)}</a>${padding}`;
    }
    case 'lastmod':
      return entry.modifiedMs === undefined
        ? undefined
        : `${formatDate(entry.modifiedMs, hasFlag(flags, 'useolddateformat'))}  `;
    case 'size':
      return formatSize(entry.sizeBytes);
    case 'desc':
      return entry.description === undefined ? undefined : fitDescription(look, entry.description);
  }
}
