// A listing in columns of preformatted text (IndexOptions FancyIndexing), and the plain one without columns. Pure.
import { escapeHtml } from '../escape-html.ts';
import {
  cutDescription,
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

export function formatPlainListing(entries: readonly ListingEntry[]): string {
  const lines = entries.map((entry) => `<li><a href="${linkOf(entry)}"> ${escapeHtml(labelOf(entry))}</a></li>\n`);
  return `<ul>${lines.join('')}</ul>\n`;
}

/** Columns that are left out make room for descriptions. */
function descriptionRoom(look: ListingLook): number | undefined {
  if (look.descriptionWidth === undefined) return undefined;
  const { flags } = look.order;
  return (
    look.descriptionWidth +
    (hasFlag(flags, 'suppressicon') ? 6 : 0) +
    (hasFlag(flags, 'suppresslastmodified') ? 19 : 0) +
    (hasFlag(flags, 'suppresssize') ? 7 : 0)
  );
}

/** A description as much as there is room for. */
export function fitDescription(look: ListingLook, text: string): string {
  const room = descriptionRoom(look);
  return room === undefined ? text : cutDescription(text, room);
}

export function formatFancyListing(entries: readonly ListingEntry[], look: ListingLook): string {
  const { flags } = look.order;
  const rule = hasFlag(flags, 'suppressrules') ? '' : `<hr${endOfEmpty(look)}`;
  const head = formatHead(look) + (rule === '' ? '\n' : rule);
  return `<pre>${head}${entries.map((entry) => formatLine(entry, look)).join('')}${rule}</pre>\n`;
}

function formatHead(look: ListingLook): string {
  const { flags } = look.order;
  let line = '';
  if (!hasFlag(flags, 'suppressicon')) {
    line += look.blankIcon === undefined ? '      ' : `${formatIcon(look, look.blankIcon, 'Icon ')} `;
  }
  line += `${formatColumn(look, 'Name', 'N')}${' '.repeat(Math.max(look.nameWidth - 'Name'.length, 0))} `;
  if (!hasFlag(flags, 'suppresslastmodified')) line += `${formatColumn(look, 'Last modified', 'M')}      `;
  if (!hasFlag(flags, 'suppresssize')) line += `${formatColumn(look, 'Size', 'S')}  `;
  if (!hasFlag(flags, 'suppressdescription')) line += formatColumn(look, 'Description', 'D');
  return line;
}

function formatLine(entry: ListingEntry, look: ListingLook): string {
  const { flags } = look.order;
  const link = linkOf(entry);
  let line = '';
  if (!hasFlag(flags, 'suppressicon')) {
    const source = entry.icon ?? look.defaultIcon;
    const icon = source === undefined ? '     ' : formatIcon(look, source, `[${entry.alt ?? '   '}]`);
    line += hasFlag(flags, 'iconsarelinks') ? `<a href="${link}">${icon}</a> ` : `${icon} `;
  }
  const name = cutName(labelOf(entry), look.nameWidth);
  line += `<a href="${link}">${escapeHtml(name)}</a>${' '.repeat(Math.max(look.nameWidth - name.length, 0))} `;
  if (!hasFlag(flags, 'suppresslastmodified')) {
    line +=
      entry.modifiedMs === undefined
        ? ' '.repeat(19)
        : `${formatDate(entry.modifiedMs, hasFlag(flags, 'useolddateformat'))}  `;
  }
  if (!hasFlag(flags, 'suppresssize')) line += `${formatSize(entry.sizeBytes)}  `;
  if (!hasFlag(flags, 'suppressdescription') && entry.description !== undefined) {
    line += fitDescription(look, entry.description);
  }
  return `${line}\n`;
}
