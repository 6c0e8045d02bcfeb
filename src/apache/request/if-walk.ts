// <If>, <ElseIf> and <Else>, in the order of Apache: those of the main server and the host, of folders, of .htaccess, of files, of locations.
import { evaluate, EvaluationError } from '../expression/index.ts';
import type { ExpressionScope } from '../expression/index.ts';
import type { HookResult } from '../module/hooks.ts';
import type { ConfigVector } from '../module/config-vector.ts';
import { coreConditions } from '../modules/core-conditions.ts';
import type { Condition } from '../modules/core-conditions.ts';
import { MatchLimitError } from '../regex/index.ts';
import type { ApacheRequest } from './apache-request.ts';
import { closeAtMatchLimit, isAtMatchLimit } from './close-at-match-limit.ts';
import { expressionScope } from './expression-scope.ts';

/** Changes `directoryConfig`. Conditions within conditions are asked after all of those around them, level by level. */
export function walkIf(request: ApacheRequest): HookResult {
  let { list } = coreConditions.ofDirectory(request.directoryConfig);
  if (list.length === 0) return 'ok';
  const { merger } = request.services;
  const scope = expressionScope(request);
  while (list.length > 0) {
    const merged = mergeHolding(list, request, scope);
    if (isAtMatchLimit(request)) {
      return closeAtMatchLimit(new MatchLimitError('steps', 'no steps are left for <If>'), request);
    }
    if (merged === undefined) break;
    request.directoryConfig = merger.merge(request.directoryConfig, merged);
    ({ list } = coreConditions.ofDirectory(merged));
  }
  return 'ok';
}

/** What those come to whose expression holds; undefined: none does. */
function mergeHolding(
  list: readonly Condition[],
  request: ApacheRequest,
  scope: ExpressionScope,
): ConfigVector | undefined {
  let merged: ConfigVector | undefined;
  let hasHeld = false;
  for (const { expression, otherwise, config } of list) {
    if (otherwise && hasHeld) continue;
    if (expression !== undefined) {
      hasHeld = holds(() => evaluate(expression, scope), request);
      if (!hasHeld) continue;
    }
    merged = request.services.merger.join(merged, config);
  }
  return merged;
}

/** An expression that cannot be evaluated does not hold. */
function holds(ask: () => boolean, request: ApacheRequest): boolean {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    request.services.log(request, 'error', 'core', `AH00039: Failed to evaluate <If > condition: ${error.message}`);
    return false;
  }
}
