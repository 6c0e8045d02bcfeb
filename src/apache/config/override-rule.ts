// What AllowOverride and AllowOverrideList say, and what they grant together.
import type { OverrideClass, OverrideGrant } from '../module/override-grant.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { parseGrantedOptions } from './option-set.ts';

/** What one or several lines of AllowOverride say. */
export interface OverrideRule {
  readonly classes: ReadonlySet<OverrideClass>;
  /** Undefined: all. */
  readonly options: ReadonlySet<string> | undefined;
  readonly nonfatal: ReadonlySet<'override' | 'unknown'>;
}

const CLASSES: ReadonlyMap<string, OverrideClass> = new Map([
  ['authconfig', 'AuthConfig'],
  ['fileinfo', 'FileInfo'],
  ['indexes', 'Indexes'],
  ['limit', 'Limit'],
  ['options', 'Options'],
]);

const EVERY_CLASS: ReadonlySet<OverrideClass> = new Set(CLASSES.values());

const NONE: OverrideRule = { classes: new Set(), options: undefined, nonfatal: new Set() };

function readNonfatal(word: string, value: string | undefined): readonly ('override' | 'unknown')[] {
  if (value === undefined) {
    throw new ConfigurationError(`=Override, =Unknown or =All expected after ${word}`);
  }
  switch (value.toLowerCase()) {
    case 'override':
      return ['override'];
    case 'unknown':
      return ['unknown'];
    case 'all':
      return ['override', 'unknown'];
    // Apache takes any other word, and makes nothing of it.
    default:
      return [];
  }
}

/**
 * The words of one AllowOverride.
 * @param earlier What another line of the same place said: of it only the list of options stays.
 * @throws ConfigurationError in Apache's words.
 */
export function parseOverrideRule(words: readonly string[], earlier: OverrideRule | undefined): OverrideRule {
  let classes = new Set<OverrideClass>();
  let nonfatal = new Set<'override' | 'unknown'>();
  let options = earlier?.options;
  for (const text of words) {
    const equals = text.indexOf('=');
    const word = equals === -1 ? text : text.slice(0, equals);
    const value = equals === -1 ? undefined : text.slice(equals + 1);
    const lower = word.toLowerCase();
    const found = CLASSES.get(lower);
    if (found !== undefined) {
      classes.add(found);
      // Without a list these are the options that `Options All` stands for.
      if (found === 'Options') options = parseGrantedOptions(value ?? 'All');
    } else if (lower === 'nonfatal') {
      for (const kind of readNonfatal(word, value)) nonfatal.add(kind);
    } else if (lower === 'none') {
      classes = new Set();
      nonfatal = new Set();
    } else if (lower === 'all') {
      classes = new Set(EVERY_CLASS);
      nonfatal = new Set();
    } else {
      throw new ConfigurationError(`Illegal override option ${word}`);
    }
  }
  return { classes, options, nonfatal };
}

/**
 * The names of one AllowOverrideList, in lower case.
 * @param isUsable says and warns what is to be left out
 * @throws ConfigurationError in Apache's words.
 */
export function parseOverrideList(words: readonly string[], isUsable: (name: string) => boolean): ReadonlySet<string> {
  const list = new Set<string>();
  for (const word of words) {
    if (word.toLowerCase() === 'none') {
      if (words.length > 1) {
        throw new ConfigurationError("'None' not allowed with other directives in AllowOverrideList");
      }
    } else if (isUsable(word)) {
      list.add(word.toLowerCase());
    }
  }
  return list;
}

/** What both grant together; undefined where `.htaccess` is not even looked for. Where nothing is said it is, and may say nothing. */
export function grantOverrides(
  rule: OverrideRule | undefined,
  list: ReadonlySet<string> | undefined,
): OverrideGrant | undefined {
  const { classes, options, nonfatal } = rule ?? NONE;
  const isNone = classes.size === 0 && nonfatal.size === 0 && (list === undefined || list.size === 0);
  if (rule !== undefined && isNone) return undefined;
  return { classes, list, options, nonfatal };
}
