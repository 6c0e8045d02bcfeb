// Fills in a template: variables, groups, maps. What comes from the network is never read as a template again.
import { escapeBackReference } from './escaping.ts';
import type { RewriteContext } from './rewrite-context.ts';
import type { BackReferenceEscaping } from './rule-flags.ts';
import type { Template, TemplatePart } from './template.ts';
import { readVariable } from './variables.ts';
import { spendBytes } from './work-budget.ts';

/** `escaping`: for the target of a rule with [B] or [BCTLS]; undefined elsewhere. */
export function expand(template: Template, context: RewriteContext, escaping?: BackReferenceEscaping): string {
  const { parts } = template;
  if (parts.length === 0) return '';
  let result = '';
  for (const part of parts) {
    const piece = expandPart(part, context, escaping);
    spendBytes(context.request, piece);
    result += piece;
  }
  return result;
}

/** Whose a question mark is: written in the rule, or brought by a variable, a group or a map. */
export type MarkOrigin = 'written' | 'filledIn';

/** The target of a rule. */
export interface ExpandedTarget {
  readonly text: string;
  /** Of the first question mark, and of the last; undefined without one. */
  readonly firstMark: MarkOrigin | undefined;
  readonly lastMark: MarkOrigin | undefined;
}

/** As `expand`, and tells where question marks come from. */
export function expandTarget(
  template: Template,
  context: RewriteContext,
  escaping: BackReferenceEscaping,
): ExpandedTarget {
  let text = '';
  let firstMark: MarkOrigin | undefined;
  let lastMark: MarkOrigin | undefined;
  for (const part of template.parts) {
    const piece = expandPart(part, context, escaping);
    spendBytes(context.request, piece);
    text += piece;
    if (!piece.includes('?') || (part.kind === 'text' && part.escaped === true)) continue;
    lastMark = part.kind === 'text' ? 'written' : 'filledIn';
    firstMark ??= lastMark;
  }
  return { text, firstMark, lastMark };
}

function expandPart(part: TemplatePart, context: RewriteContext, escaping: BackReferenceEscaping | undefined): string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'variable':
      return readVariable(part.name, context.request, context);
    case 'lookAhead':
      return context.lookedAhead.get(part) ?? '';
    case 'group': {
      const groups = part.of === 'rule' ? context.ruleGroups : context.conditionGroups;
      const text = groups?.group(part.number) ?? '';
      return escaping?.enabled === true ? escapeBackReference(text, escaping) : text;
    }
    case 'map': {
      const map = context.maps.get(part.map);
      const found = map?.lookUp(expand(part.key, context, escaping), context.request);
      if (found !== undefined) return found;
      return part.fallback === undefined ? '' : expand(part.fallback, context, escaping);
    }
  }
}
