// RewriteRule: pattern, target and flags. Read once; engine.ts applies it.
import { compilePattern } from '../regex/index.ts';
import type { Pattern } from '../regex/index.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { parseArgumentLine } from './argument-line.ts';
import type { RewriteCondition } from './condition.ts';
import { parseFlags } from './flag-list.ts';
import { readRuleFlags } from './rule-flags.ts';
import type { KnowsStatus, RuleFlags } from './rule-flags.ts';
import { parseTemplate } from './template.ts';
import type { Template } from './template.ts';

/** See the head of the file. */
export interface RewriteRule {
  readonly pattern: Pattern;
  readonly negated: boolean;
  readonly target: Template;
  /** `-`, or a status that decides by itself: the request is left as it is. */
  readonly substitutes: boolean;
  readonly flags: RuleFlags;
  readonly conditions: readonly RewriteCondition[];
}

function compile(source: string, ignoreCase: boolean): Pattern {
  try {
    return compilePattern(source, { ignoreCase });
  } catch {
    throw new ConfigurationError(`RewriteRule: cannot compile regular expression '${source}'`);
  }
}

/**
 * Reads the text behind `RewriteRule`. `conditions`: those that stood before it.
 *
 * @throws ConfigurationError in Apache's words.
 */
export function parseRule(text: string, conditions: readonly RewriteCondition[], isKnown: KnowsStatus): RewriteRule {
  const words = parseArgumentLine(text);
  if (words === undefined) throw new ConfigurationError(`RewriteRule: bad argument line '${text}'`);
  const flags = readRuleFlags(words.third === undefined ? [] : parseFlags(words.third, 'RewriteRule'), isKnown);
  const negated = words.first.startsWith('!');
  const source = negated ? words.first.slice(1) : words.first;
  const pattern = compile(source, flags.noCase);
  let target = words.second;
  if (target.endsWith('?')) {
    // The question mark has done its work: what a group brings must not become a query instead.
    target = target.slice(0, -1);
    if (!flags.queryAppend) flags.queryDiscard = true;
  }
  const substitutes = words.second !== '-' && !flags.statusOnly;
  return { pattern, negated, target: parseTemplate(target), substitutes, flags, conditions };
}
