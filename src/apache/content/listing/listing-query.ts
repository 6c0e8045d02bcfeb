// What a client may ask of a listing: `C=M;O=D;F=1;V=1;P=*.txt`. Pure.
import { escapePath } from '../../request/escape-path.ts';
import { withFlag } from './listing-options.ts';

/** Name, date, size or description. */
export type SortColumn = 'N' | 'M' | 'S' | 'D';
export type SortDirection = 'A' | 'D';

/** What holds for one listing. */
export interface ListingOrder {
  readonly column: SortColumn;
  readonly direction: SortDirection;
  readonly flags: number;
  /** Undefined: all names. */
  readonly pattern: string | undefined;
  /** What links to other orders repeat. */
  readonly linkArguments: string;
}

/** What is not understood ends the reading, and what came before holds. */
export function readListingQuery(query: string, defaults: ListingOrder): ListingOrder {
  let { column, direction, flags, pattern } = defaults;
  let format = '';
  let version = '';
  let filter = '';
  let rest = query;
  while (rest !== '') {
    const option = /^(?:C=([NMSD])|O=([AD])|F=([012])|V=([01]))(?:[&;]|$)/.exec(rest);
    if (option === null) {
      const asked = /^P=([^&;]*)[&;]?/.exec(rest);
      if (asked === null) break;
      rest = rest.slice(asked[0].length);
      pattern = asked[1] === '' ? undefined : unescapePattern(asked[1]!);
      if (pattern !== undefined) filter = `;P=${escapePath(pattern)}`;
      continue;
    }
    rest = rest.slice(option[0].length);
    const [, columnAsked, directionAsked, formatAsked, versionAsked] = option;
    if (columnAsked !== undefined) column = columnAsked as SortColumn;
    if (directionAsked !== undefined) direction = directionAsked as SortDirection;
    if (formatAsked !== undefined) {
      format = `;F=${formatAsked}`;
      flags = withFlag(flags, 'fancyindexing', formatAsked !== '0');
      flags = withFlag(flags, 'htmltable', formatAsked === '2');
    }
    if (versionAsked !== undefined) {
      version = `;V=${versionAsked}`;
      flags = withFlag(flags, 'versionsort', versionAsked === '1');
    }
  }
  return { column, direction, flags, pattern, linkArguments: `${format}${version}${filter}` };
}

/** Undefined: there is an escape in it that is none, a zero byte or a slash. */
function unescapePattern(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})|%(?:00|2[Ff])/.test(text)) return undefined;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
