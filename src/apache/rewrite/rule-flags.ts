// The flags of RewriteRule: what they are called, and what they say.
import { ConfigurationError } from '../syntax/configuration-error.ts';
import type { Flag } from './flag-list.ts';
import { parseTemplate } from './template.ts';
import type { Template } from './template.ts';

/** How often [N] starts the rules anew before the request fails, unless `N=` says another number. Apache's. */
const DEFAULT_MAX_ROUNDS = 32_000;

/** How back references are escaped: B, BNE, BNP and BCTLS. */
export interface BackReferenceEscaping {
  enabled: boolean;
  /** Only these; undefined: all but letters, digits and `_`. */
  only: string | undefined;
  except: string | undefined;
  plusForSpace: boolean;
  /** Control characters and spaces. */
  controls: boolean;
}

/** See the head of the file. Names as in the manual, spelt out. */
export interface RuleFlags {
  readonly escaping: BackReferenceEscaping;
  chain: boolean;
  /** CO, in order. */
  readonly cookies: Template[];
  discardPathInfo: boolean;
  /** E, in order. */
  readonly env: Template[];
  end: boolean;
  last: boolean;
  next: boolean;
  maxRounds: number;
  noCase: boolean;
  noEscape: boolean;
  noSubrequest: boolean;
  proxy: boolean;
  passThrough: boolean;
  queryAppend: boolean;
  queryDiscard: boolean;
  queryLast: boolean;
  redirect: boolean;
  /** The status decides, nothing is substituted: F, G, and R with what is no redirect. */
  statusOnly: boolean;
  status: number;
  skip: number;
  type: Template | undefined;
  handler: Template | undefined;
  unsafeAllow3F: boolean;
  unsafePrefixStat: boolean;
}

export function noRuleFlags(): RuleFlags {
  return {
    escaping: { enabled: false, only: undefined, except: undefined, plusForSpace: true, controls: false },
    chain: false,
    cookies: [],
    discardPathInfo: false,
    env: [],
    end: false,
    last: false,
    next: false,
    maxRounds: DEFAULT_MAX_ROUNDS,
    noCase: false,
    noEscape: false,
    noSubrequest: false,
    proxy: false,
    passThrough: false,
    queryAppend: false,
    queryDiscard: false,
    queryLast: false,
    redirect: false,
    statusOnly: false,
    status: 302,
    skip: 0,
    type: undefined,
    handler: undefined,
    unsafeAllow3F: false,
    unsafePrefixStat: false,
  };
}

/** Which statuses there are: Apache refuses others where a rule names them. */
export type KnowsStatus = (status: number) => boolean;

type ApplyFlag = (flags: RuleFlags, value: string, isKnown: KnowsStatus) => void;

const NAMED_STATUS: Readonly<Record<string, number>> = { permanent: 301, temp: 302, seeother: 303 };

/** Apache takes the whole class for redirects, 300 and 304 too. */
export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

/** As atoi does: what is no number is 0. */
function leadingInteger(text: string): number {
  const number = Number.parseInt(text, 10);
  return Number.isNaN(number) ? 0 : number;
}

function applyRedirect(flags: RuleFlags, value: string, isKnown: KnowsStatus): void {
  flags.redirect = true;
  if (value === '') return;
  // A word that is no status leaves the answer to be 302.
  flags.status = NAMED_STATUS[value.toLowerCase()] ?? 0;
  if (!/^\d/.test(value)) return;
  flags.status = leadingInteger(value);
  if (!isKnown(flags.status)) {
    throw new ConfigurationError(`RewriteRule: invalid HTTP response code '${value}' for flag 'R'`);
  }
  if (!isRedirect(flags.status)) flags.statusOnly = true;
}

function endWith(status: number): ApplyFlag {
  return (flags) => {
    flags.statusOnly = true;
    flags.status = status;
  };
}

const set =
  <Name extends keyof RuleFlags>(name: Name, to: RuleFlags[Name]): ApplyFlag =>
  (flags) => {
    flags[name] = to;
  };

/** Every name in lower case: Apache ignores the case. */
const FLAGS = new Map<string, ApplyFlag>();

function declare(names: readonly string[], apply: ApplyFlag): void {
  for (const name of names) FLAGS.set(name, apply);
}

declare(['b', 'backrefescaping'], ({ escaping }, value) => {
  escaping.enabled = true;
  if (value !== '') escaping.only = value;
});
declare(['bne'], ({ escaping }, value) => {
  if (value === '') {
    throw new ConfigurationError("RewriteRule: flag 'BNE' wants a list of characters (i.e. [BNE=...])");
  }
  escaping.except = value;
});
declare(['bnp', 'backrefernoplus'], ({ escaping }) => {
  escaping.plusForSpace = false;
});
declare(['bctls'], ({ escaping }) => {
  escaping.enabled = true;
  escaping.controls = true;
});
declare(['c', 'chain'], set('chain', true));
declare(['co', 'cookie'], (flags, value) => {
  flags.cookies.push(parseTemplate(value));
});
declare(['d', 'dpi', 'discardpath'], set('discardPathInfo', true));
declare(['e', 'env'], (flags, value) => {
  flags.env.push(parseTemplate(value));
});
declare(['end'], set('end', true));
declare(['f', 'forbidden'], endWith(403));
declare(['g', 'gone'], endWith(410));
declare(['h', 'handler'], (flags, value) => {
  flags.handler = parseTemplate(value);
});
declare(['l', 'last'], set('last', true));
declare(['n', 'next'], (flags, value) => {
  flags.next = true;
  if (value !== '') flags.maxRounds = leadingInteger(value);
});
declare(['nc', 'nocase'], set('noCase', true));
declare(['ne', 'noescape'], set('noEscape', true));
declare(['ns', 'nosubreq'], set('noSubrequest', true));
declare(['p', 'proxy'], set('proxy', true));
declare(['pt', 'passthrough'], set('passThrough', true));
declare(['qsa', 'qsappend'], set('queryAppend', true));
declare(['qsd', 'qsdiscard'], set('queryDiscard', true));
declare(['qsl', 'qslast'], set('queryLast', true));
declare(['r', 'redirect'], applyRedirect);
declare(['s', 'skip'], (flags, value) => {
  flags.skip = leadingInteger(value);
});
declare(['t', 'type'], (flags, value) => {
  flags.type = parseTemplate(value);
});
declare(['unsafeallow3f'], set('unsafeAllow3F', true));
declare(['unsafeprefixstat'], set('unsafePrefixStat', true));
// Paths of Windows that begin with two slashes: there are none here.
declare(['unc'], () => undefined);

/** @throws ConfigurationError in Apache's words. */
export function readRuleFlags(flags: readonly Flag[], isKnown: KnowsStatus): RuleFlags {
  const result = noRuleFlags();
  for (const { name, value } of flags) {
    const apply = FLAGS.get(name.toLowerCase());
    // Apache takes every word that begins with this letter, and does nothing for those that it does not know.
    if (apply === undefined && /^d/i.test(name)) continue;
    if (apply === undefined) throw new ConfigurationError(`RewriteRule: unknown flag '${name}'`);
    apply(result, value, isKnown);
  }
  return result;
}
