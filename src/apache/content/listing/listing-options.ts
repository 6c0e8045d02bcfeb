// IndexOptions: which there are, how lines and sections add up. Pure.
import { ConfigurationError } from '../../syntax/configuration-error.ts';

/** In lower case, as they are compared. Each is a bit. */
const FLAGS = [
  'fancyindexing',
  'iconsarelinks',
  'scanhtmltitles',
  'suppressicon',
  'suppresslastmodified',
  'suppresssize',
  'suppressdescription',
  'suppresshtmlpreamble',
  'suppresscolumnsorting',
  'suppressrules',
  'foldersfirst',
  'versionsort',
  'trackmodified',
  'xhtml',
  'htmltable',
  'ignorecase',
  'ignoreclient',
  'showforbidden',
  'addaltclass',
  'useolddateformat',
] as const;

/** The names in lower case. */
export type ListingFlag = (typeof FLAGS)[number];

const BITS: ReadonlyMap<string, number> = new Map(FLAGS.map((flag, at) => [flag, 1 << at]));

/** Undefined: nothing is said. */
export interface ListingOptions {
  readonly flags: number;
  /** None: nothing is inherited. */
  readonly none: boolean;
  readonly added: number;
  readonly removed: number;
  /** `*`: as wide as the widest. */
  readonly nameWidth: number | '*' | undefined;
  readonly descriptionWidth: number | '*' | undefined;
  /** 0: none. */
  readonly iconWidth: number | undefined;
  readonly iconHeight: number | undefined;
  readonly type: string | undefined;
  readonly charset: string | undefined;
}

export const NO_LISTING_OPTIONS: ListingOptions = {
  flags: 0,
  none: false,
  added: 0,
  removed: 0,
  nameWidth: undefined,
  descriptionWidth: undefined,
  iconWidth: undefined,
  iconHeight: undefined,
  type: undefined,
  charset: undefined,
};

export const DEFAULT_NAME_WIDTH = 23;
export const DEFAULT_DESCRIPTION_WIDTH = 23;
const DEFAULT_ICON_WIDTH = 20;
const DEFAULT_ICON_HEIGHT = 22;

/** The narrowest columns that Apache lets be configured. */
const MIN_WIDTHS = { NameWidth: 5, DescriptionWidth: 12 } as const;

/** One line on top of the lines before it in the same section. @throws ConfigurationError in Apache's words */
export function parseListingOptions(words: readonly string[], before: ListingOptions): ListingOptions {
  let options = before;
  for (const word of words) {
    const action = word.startsWith('+') || word.startsWith('-') ? word[0]! : '';
    options = applyWord(options, action, action === '' ? word : word.slice(1));
  }
  // Apache counts all keywords but this one.
  if (options.none && (options.flags & ~BITS.get('useolddateformat')!) !== 0) {
    throw new ConfigurationError("Cannot combine other IndexOptions keywords with 'None'");
  }
  return options;
}

function applyWord(options: ListingOptions, action: string, word: string): ListingOptions {
  const lower = word.toLowerCase();
  const equals = word.indexOf('=');
  if (lower === 'none') {
    if (action !== '') throw new ConfigurationError("Cannot combine '+' or '-' with 'None' keyword");
    return { ...options, flags: 0, none: true, added: 0, removed: 0 };
  }
  const bit = BITS.get(lower);
  if (bit !== undefined) return applyFlag(options, action, bit);
  const changed = applyValue(
    options,
    action,
    equals === -1 ? lower : lower.slice(0, equals + 1),
    word.slice(equals + 1),
  );
  if (changed === undefined) throw new ConfigurationError('Invalid directory indexing option');
  return applyFlag(changed, action, 0);
}

/** A word without a sign makes an end of the additions before it. */
function applyFlag(options: ListingOptions, action: string, flag: number): ListingOptions {
  const { flags, added, removed } = options;
  if (action === '+') return { ...options, added: added | flag, removed: removed & ~flag };
  if (action === '-') return { ...options, removed: removed | flag, added: added & ~flag };
  return { ...options, flags: flags | flag, added: 0, removed: 0 };
}

function applyValue(options: ListingOptions, action: string, key: string, value: string): ListingOptions | undefined {
  switch (key) {
    case 'iconwidth':
      return { ...options, iconWidth: action === '-' ? 0 : DEFAULT_ICON_WIDTH };
    case 'iconheight':
      return { ...options, iconHeight: action === '-' ? 0 : DEFAULT_ICON_HEIGHT };
    case 'iconwidth=':
      return { ...options, iconWidth: readIconSize('IconWidth', action, value) };
    case 'iconheight=':
      return { ...options, iconHeight: readIconSize('IconHeight', action, value) };
    case 'namewidth':
      return { ...options, nameWidth: resetWidth('NameWidth', action, DEFAULT_NAME_WIDTH) };
    case 'namewidth=':
      return { ...options, nameWidth: readWidth('NameWidth', action, value, DEFAULT_NAME_WIDTH) };
    case 'descriptionwidth':
      return { ...options, descriptionWidth: resetWidth('DescriptionWidth', action, DEFAULT_DESCRIPTION_WIDTH) };
    case 'descriptionwidth=':
      return {
        ...options,
        descriptionWidth: readWidth('DescriptionWidth', action, value, DEFAULT_DESCRIPTION_WIDTH),
      };
    case 'type=':
      return { ...options, type: value };
    case 'charset=':
      return { ...options, charset: value };
    default:
      return undefined;
  }
}

function readIconSize(name: string, action: string, value: string): number {
  if (action === '-') throw new ConfigurationError(`Cannot combine '-' with ${name}=n`);
  return Number.parseInt(value, 10) || 0;
}

function resetWidth(name: string, action: string, width: number): number {
  if (action !== '-') throw new ConfigurationError(`${name} with no value may only appear as '-${name}'`);
  return width;
}

/** What is no number is 0, and at a width of 0 Apache dies: the default then. */
function readWidth(name: keyof typeof MIN_WIDTHS, action: string, value: string, width: number): number | '*' {
  if (action === '-') throw new ConfigurationError(`Cannot combine '-' with ${name}=n`);
  if (value.startsWith('*')) return '*';
  const given = Number.parseInt(value, 10) || 0;
  if (given === 0) return width;
  if (given < MIN_WIDTHS[name]) {
    throw new ConfigurationError(`${name} value must be greater than ${MIN_WIDTHS[name]}`);
  }
  return given;
}

/** The inner section's over the outer one's: a list replaces all, additions alone go on from it. */
export function mergeListingOptions(base: ListingOptions, over: ListingOptions): ListingOptions {
  const values = {
    nameWidth: over.nameWidth ?? base.nameWidth,
    descriptionWidth: over.descriptionWidth ?? base.descriptionWidth,
    iconWidth: over.iconWidth ?? base.iconWidth,
    iconHeight: over.iconHeight ?? base.iconHeight,
    type: over.type ?? base.type,
    charset: over.charset ?? base.charset,
  };
  if (over.none || over.flags !== 0) {
    return { ...values, flags: over.flags, none: over.none, added: 0, removed: 0 };
  }
  const added = (base.added | over.added) & ~over.removed;
  const removed = base.removed | over.removed;
  return { ...values, flags: (base.flags | added) & ~removed, none: false, added, removed };
}

/** What holds where nothing lies further out: Apache merges with an empty section then. */
export function effectiveFlags(options: ListingOptions): number {
  return mergeListingOptions(NO_LISTING_OPTIONS, options).flags;
}

export function hasFlag(flags: number, flag: ListingFlag): boolean {
  return (flags & BITS.get(flag)!) !== 0;
}

export function withFlag(flags: number, flag: ListingFlag, on: boolean): number {
  const bit = BITS.get(flag)!;
  return on ? flags | bit : flags & ~bit;
}
