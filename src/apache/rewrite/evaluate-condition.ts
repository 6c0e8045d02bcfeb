// Whether a RewriteCond holds.
import type { FileStats } from '../files/file-lookup.ts';
import { lowerAscii } from '../syntax/ascii-case.ts';
import { leadingInteger } from './condition.ts';
import type { Comparison, ConditionTest, FileTest, RewriteCondition } from './condition.ts';
import { expand } from './expand.ts';
import { mayLookAhead } from './look-ahead.ts';
import type { RewriteSteps } from './look-ahead.ts';
import { lookAhead } from './resolve-look-aheads.ts';
import type { RewriteContext } from './rewrite-context.ts';
import { FILE_STEPS, LOOK_UP_STEPS, RULE_STEPS, spend } from './work-budget.ts';

/** Bits of a mode that let its owner run a file. */
const OWNER_MAY_RUN = 0o100;

/** Groups of a pattern that matches and is not negated stay for `%1`. */
export function* evaluateCondition(condition: RewriteCondition, context: RewriteContext): RewriteSteps<boolean> {
  const { test } = condition;
  spend(context.request, RULE_STEPS);
  if (test.kind === 'expression') return evaluateExpression(condition, test, context);
  yield* lookAhead(condition.input, context);
  const input = expand(condition.input, context);
  if (condition.noVary) context.fieldsSeen = [];
  const holds =
    test.kind === 'lookUp' ? yield* isAnswered(test.by, input, context) : compare(condition, test, input, context);
  return holds !== condition.negated;
}

type PlainTest = Exclude<ConditionTest, { kind: 'expression' | 'lookUp' }>;

function compare(condition: RewriteCondition, test: PlainTest, input: string, context: RewriteContext): boolean {
  switch (test.kind) {
    case 'pattern': {
      const match = test.pattern.match(input, context.request.budget);
      if (match !== undefined && !condition.negated) context.conditionGroups = match;
      return match !== undefined;
    }
    case 'file':
      return isKindOfFile(test.is, input, context);
    case 'text': {
      if (!condition.noCase) return comesOut(test.comparison, compareTexts(input, test.operand));
      return comesOut(test.comparison, compareAlphabetically(lowerAscii(input), lowerAscii(test.operand)));
    }
    case 'number':
      return comesOut(test.comparison, leadingInteger(input) - test.operand);
  }
}

/** A shorter text is the lesser one, whatever is in it: Apache's order. */
function compareTexts(left: string, right: string): number {
  if (left.length !== right.length) return left.length - right.length;
  return left === right ? 0 : left < right ? -1 : 1;
}

/** With [NC] the order is another one: that of strcasecmp(3). */
function compareAlphabetically(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}

function comesOut(comparison: Comparison, difference: number): boolean {
  switch (comparison) {
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '=':
      return difference === 0;
    case '>=':
      return difference >= 0;
    case '>':
      return difference > 0;
  }
}

function isKindOfFile(is: FileTest, path: string, { request }: RewriteContext): boolean {
  spend(request, FILE_STEPS);
  const { files } = request.services;
  // Most conditions ask for the file that the walk of the folders has just found.
  const known = is !== 'link' && path === request.fileStatsPath ? request.fileStats : undefined;
  const stats = known ?? (is === 'link' ? files.linkStat(path) : files.stat(path));
  return stats !== undefined && stats !== 'denied' && fits(is, stats);
}

function fits(is: FileTest, stats: FileStats): boolean {
  switch (is) {
    case 'file':
      return stats.kind === 'file';
    case 'notEmpty':
      return stats.kind === 'file' && stats.sizeBytes > 0;
    case 'folder':
      return stats.kind === 'folder';
    case 'executable':
      return (stats.mode & OWNER_MAY_RUN) !== 0;
    case 'link':
      return stats.kind === 'link';
  }
}

function* isAnswered(by: 'path' | 'file', target: string, { request }: RewriteContext): RewriteSteps<boolean> {
  if (target === '' || !mayLookAhead(request)) return false;
  spend(request, LOOK_UP_STEPS);
  const found = yield { by, target };
  if (by === 'path') return found.status < 400;
  // 200 is what a request begins with: the file has to be there, too.
  if (found.status >= 300 || found.filename === undefined) return false;
  const stats = request.services.files.stat(found.filename);
  return stats !== undefined && stats !== 'denied';
}

function evaluateExpression(
  condition: RewriteCondition,
  test: Extract<ConditionTest, { kind: 'expression' }>,
  context: RewriteContext,
): boolean {
  const { value, groups } = test.expression.evaluate(context.request);
  // Expressions take a pattern that was given up for one that does not match.
  if (context.request.budget.remaining === 0) spend(context.request, 1);
  if (value && !condition.negated) context.conditionGroups = groups;
  return value !== condition.negated;
}
