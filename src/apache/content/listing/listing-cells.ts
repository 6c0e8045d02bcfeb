// The parts of a line of a listing: names, sizes, dates, descriptions and icons, as wide as Apache makes them. Pure.
import { escapeHtml } from '../escape-html.ts';
import { escapePath } from '../../request/escape-path.ts';
import { hasFlag } from './listing-options.ts';
import type { ListingEntry } from './listing-entry.ts';
import type { ListingOrder, SortColumn } from './listing-query.ts';

/** What all lines of a listing have in common. */
export interface ListingLook {
  readonly order: ListingOrder;
  readonly nameWidth: number;
  /** As wide as the widest: a table needs no spaces then. */
  readonly fitsNames: boolean;
  /** Undefined: descriptions are not cut. */
  readonly descriptionWidth: number | undefined;
  readonly iconWidth: number;
  readonly iconHeight: number;
  readonly defaultIcon: string | undefined;
  /** The icon of the column of icons. */
  readonly blankIcon: string | undefined;
  /** With a style sheet the parts of a table have classes. */
  readonly hasStyles: boolean;
}

/** The link of an entry: a colon in its first segment must not look like a scheme. */
export function linkOf(entry: ListingEntry): string {
  const escaped = escapePath(entry.name);
  const isSchemed = !entry.isParent && /^[^/]*:/.test(entry.name);
  return escapeHtml(isSchemed ? `./${escaped}` : escaped);
}

export function labelOf(entry: ListingEntry): string {
  return entry.isParent ? 'Parent Directory' : entry.name;
}

/** Cut with `..>` where it is too long. */
export function cutName(name: string, width: number): string {
  return name.length > width ? `${name.slice(0, width - 3)}..>` : name;
}

const UNITS = 'KMGTPE';

/** Four characters. */
export function formatSize(sizeBytes: number | undefined): string {
  if (sizeBytes === undefined) return '  - ';
  if (sizeBytes < 973) return `${String(sizeBytes).padStart(3)} `;
  let size = sizeBytes;
  for (const unit of UNITS) {
    const rest = size % 1024;
    size = Math.floor(size / 1024);
    if (size >= 973) continue;
    if (size < 9 || (size === 9 && rest < 973)) {
      const tenths = Math.floor((rest * 5 + 256) / 512);
      return tenths >= 10 ? `${size + 1}.0${unit}` : `${size}.${tenths}${unit}`;
    }
    return `${String(rest >= 512 ? size + 1 : size).padStart(3)}${unit}`;
  }
  return '****';
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Local time, as Apache's. */
export function formatDate(ms: number, oldFormat: boolean): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  const day = two(date.getDate());
  if (oldFormat) return `${day}-${MONTHS[date.getMonth()]!}-${date.getFullYear()} ${time}`;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${day} ${time}`;
}

/** Tags take no room and entities that of one character. What is cut ends in `>`. */
export function cutDescription(text: string, width: number): string {
  let room = width;
  let at = 0;
  while (at < text.length && (room > 0 || text[at] === '<')) {
    if (text[at] === '<' || text[at] === '&') {
      const end = text.indexOf(text[at] === '<' ? '>' : ';', at);
      if (end === -1) return text;
      if (text[at] === '&') room -= 1;
      at = end + 1;
    } else {
      room -= 1;
      at += 1;
    }
  }
  return room === 0 && at < text.length ? `${text.slice(0, at - 1)}>` : text;
}

/** `end`: of an empty element. */
export function formatIcon(look: ListingLook, source: string, alt: string): string {
  const width = look.iconWidth === 0 ? '' : ` width="${look.iconWidth}"`;
  const height = look.iconHeight === 0 ? '' : ` height="${look.iconHeight}"`;
  return `<img src="${escapeHtml(source)}" alt="${alt}"${width}${height}${endOfEmpty(look)}`;
}

export function endOfEmpty(look: ListingLook): string {
  return hasFlag(look.order.flags, 'xhtml') ? ' />' : '>';
}

/** The head of a column, a link to the listing in its order. */
export function formatColumn(look: ListingLook, label: string, column: SortColumn): string {
  const { order } = look;
  if (hasFlag(order.flags, 'suppresscolumnsorting') || hasFlag(order.flags, 'ignoreclient')) return label;
  const direction = order.column === column && order.direction === 'A' ? 'D' : 'A';
  return `<a href="?C=${column};O=${direction}${order.linkArguments}">${label}</a>`;
}
