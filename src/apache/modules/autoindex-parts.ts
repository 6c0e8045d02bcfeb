// What mod_autoindex keeps for a section.
import type { IgnoredName, ListingDescription, ListingItem } from '../content/listing/listing-items.ts';
import { NO_LISTING_OPTIONS, mergeListingOptions } from '../content/listing/listing-options.ts';
import type { ListingOptions } from '../content/listing/listing-options.ts';
import type { SortColumn, SortDirection } from '../content/listing/listing-query.ts';

/** Undefined: nothing is said here. Of lists the inner section's words come first. */
export interface Autoindex {
  options: ListingOptions;
  icons: ListingItem[];
  alts: ListingItem[];
  descriptions: ListingDescription[];
  ignored: IgnoredName[];
  /** IndexIgnoreReset: what lies further out is not ignored any more. */
  ignoreReset: boolean;
  column: SortColumn | undefined;
  direction: SortDirection | undefined;
  defaultIcon: string | undefined;
  headerName: string | undefined;
  readmeName: string | undefined;
  styleSheet: string | undefined;
  headInsert: string | undefined;
}

export function createAutoindex(): Autoindex {
  return {
    options: NO_LISTING_OPTIONS,
    icons: [],
    alts: [],
    descriptions: [],
    ignored: [],
    ignoreReset: false,
    column: undefined,
    direction: undefined,
    defaultIcon: undefined,
    headerName: undefined,
    readmeName: undefined,
    styleSheet: undefined,
    headInsert: undefined,
  };
}

export function mergeAutoindex(base: Autoindex, over: Autoindex): Autoindex {
  return {
    options: mergeListingOptions(base.options, over.options),
    icons: [...over.icons, ...base.icons],
    alts: [...over.alts, ...base.alts],
    descriptions: [...over.descriptions, ...base.descriptions],
    ignored: over.ignoreReset ? over.ignored : [...over.ignored, ...base.ignored],
    ignoreReset: over.ignoreReset,
    column: over.column ?? base.column,
    direction: over.direction ?? base.direction,
    defaultIcon: over.defaultIcon ?? base.defaultIcon,
    headerName: over.headerName ?? base.headerName,
    readmeName: over.readmeName ?? base.readmeName,
    styleSheet: over.styleSheet ?? base.styleSheet,
    headInsert: over.headInsert ?? base.headInsert,
  };
}
