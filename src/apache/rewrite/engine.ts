// Applies a list of rules to a request, in Apache's order. What becomes of the result depends on where the rules stand:
// server-context.ts and directory-context.ts.
import type { ApacheRequest } from '../request/apache-request.ts';
import { applyRule } from './apply-rule.ts';
import type { RewriteSteps } from './look-ahead.ts';
import { markEnd } from './request-memory.ts';
import type { RewriteContext } from './rewrite-context.ts';
import type { RewriteRule } from './rule.ts';

/** What the rules came to. `request.filename`, `request.query` and `request.status` have been changed by then. */
export type RewriteOutcome =
  | { readonly kind: 'unchanged' }
  /** `lastRule`: the last that matched and substitutes. */
  | { readonly kind: 'changed'; readonly noEscape: boolean; readonly lastRule: RewriteRule | undefined }
  /** The request ends with it. */
  | { readonly kind: 'status'; readonly status: number };

const UNCHANGED: RewriteOutcome = { kind: 'unchanged' };

/** In front of a file name: the path behind it is to be translated by the other modules. */
export const PASS_THROUGH = 'passthrough:';

/** See the head of the file. */
export function* applyRules(rules: readonly RewriteRule[], context: RewriteContext): RewriteSteps<RewriteOutcome> {
  const { request } = context;
  let changed = false;
  let noEscape = false;
  let lastRule: RewriteRule | undefined;
  let round = 1;
  for (let at = 0; at < rules.length; at += 1) {
    const rule = rules[at]!;
    const { flags } = rule;
    if (request.isSubrequest && (flags.noSubrequest || flags.redirect)) continue;
    const applied = yield* applyRule(rule, context);
    if (applied === 'noMatch') {
      while (at < rules.length && rules[at]!.flags.chain) at += 1;
      continue;
    }
    if (rule.substitutes) lastRule = rule;
    if (isTooLong(rule, context)) return { kind: 'status', status: 500 };
    if (applied === 'refused') return { kind: 'status', status: 403 };
    if (flags.statusOnly) return { kind: 'status', status: flags.status };
    if (applied === 'substituted') {
      changed = true;
      ({ noEscape } = flags);
    }
    if (flags.passThrough) {
      request.filename = `${PASS_THROUGH}${request.filename ?? ''}`;
      return { kind: 'changed', noEscape: false, lastRule };
    }
    if (flags.end) {
      markEnd(request);
      break;
    }
    if (flags.last || flags.proxy) break;
    if (flags.next) {
      round += 1;
      if (round >= flags.maxRounds) {
        tellRounds(rule, context);
        return { kind: 'status', status: 500 };
      }
      at = -1;
    } else if (flags.skip > 0) {
      at += flags.skip;
    }
  }
  return changed ? { kind: 'changed', noEscape, lastRule } : UNCHANGED;
}

function logError(request: ApacheRequest, message: string): void {
  request.services.log(request, 'error', 'rewrite', message);
}

/** A path that grows with every round. */
function isTooLong(rule: RewriteRule, { request, surroundings }: RewriteContext): boolean {
  const limit = 2 * surroundings.requestLineLimitOf(request);
  if ((request.filename ?? '').length <= limit) return false;
  logError(
    request,
    `RewriteRule '${rule.pattern.source}' and URI '${request.path}' exceeded maximum length (${limit})`,
  );
  return true;
}

function tellRounds({ pattern, flags }: RewriteRule, { request }: RewriteContext): void {
  logError(
    request,
    `AH02596: RewriteRule '${pattern.source}' and URI '${request.path}' exceeded maximum number of rounds (${flags.maxRounds}) via the [N] flag`,
  );
}
