// One rule: its pattern, its conditions, and what it does to the request where they hold.
import { qualify, readScheme, reduceToPath } from './absolute-url.ts';
import { planCookie } from './cookie.ts';
import { escapePath } from '../request/escape-path.ts';
import { evaluateCondition } from './evaluate-condition.ts';
import { expand, expandTarget } from './expand.ts';
import { forceType } from './forced-type.ts';
import type { RewriteSteps } from './look-ahead.ts';
import { splitQuery } from './query-string.ts';
import { rememberCookie } from './request-memory.ts';
import { lookAhead } from './resolve-look-aheads.ts';
import type { RewriteContext } from './rewrite-context.ts';
import type { RewriteRule } from './rule.ts';
import { RULE_STEPS, spend } from './work-budget.ts';

/** `kept`: it matched, and the path is what it was. `refused`: it would let a client do what it must not, which was logged. */
export type RuleEffect = 'noMatch' | 'kept' | 'substituted' | 'refused';

/** What patterns are matched against: with the path info, without the folder. */
function subjectOf({ request, directory }: RewriteContext): string {
  const path = request.filename ?? '';
  if (directory === undefined) return path;
  const whole = path + request.pathInfo;
  return whole.startsWith(directory) ? whole.slice(directory.length) : whole;
}

/** In front of a URL that another server is to be asked for. */
export const PROXY = 'proxy:';

/** See the head of the file. */
export function* applyRule(rule: RewriteRule, context: RewriteContext): RewriteSteps<RuleEffect> {
  const { request } = context;
  context.subject = subjectOf(context);
  context.fieldsSeen = [];
  spend(request, RULE_STEPS);
  const match = rule.pattern.match(context.subject, request.budget);
  if ((match !== undefined) === rule.negated) return 'noMatch';
  context.ruleGroups = match;
  context.conditionGroups = undefined;
  const fields = yield* checkConditions(rule, context);
  if (fields === undefined) return 'noMatch';
  if (fields.length > 0) request.headersOut.merge('Vary', fields.join(', '));
  let target: string | undefined;
  if (rule.substitutes) {
    yield* lookAhead(rule.target, context);
    const { text, firstMark, lastMark } = expandTarget(rule.target, context, rule.flags.escaping);
    target = text;
    // Where the query begins is for the rule to say, not for the client.
    if (!rule.flags.unsafeAllow3F && (rule.flags.queryLast ? lastMark : firstMark) === 'filledIn') {
      request.services.log(
        request,
        'error',
        'rewrite',
        'AH10508: Unsafe URL with %3f URL rewritten without UnsafeAllow3F',
      );
      return 'refused';
    }
  }
  yield* setVariables(rule, context);
  yield* setCookies(rule, context);
  if (target === undefined) {
    if (!rule.flags.statusOnly) yield* forceType(rule, context);
    return 'kept';
  }
  return yield* substitute(rule, target, context);
}

/** The fields that the answer depends on; undefined where a condition does not hold. */
function* checkConditions(rule: RewriteRule, context: RewriteContext): RewriteSteps<string[] | undefined> {
  const { conditions } = rule;
  const fields: string[] = [];
  for (let at = 0; at < conditions.length; at += 1) {
    const condition = conditions[at]!;
    context.fieldsSeen = [];
    const holds = yield* evaluateCondition(condition, context);
    if (!holds && !condition.orNext) return undefined;
    if (!holds) continue;
    fields.push(...context.fieldsSeen);
    // One of them was enough.
    while (at < conditions.length && conditions[at]!.orNext) at += 1;
  }
  return fields;
}

function* setVariables(rule: RewriteRule, context: RewriteContext): RewriteSteps<void> {
  for (const template of rule.flags.env) {
    yield* lookAhead(template, context);
    const text = expand(template, context);
    const { env } = context.request;
    if (text.startsWith('!')) {
      env.unset(text.slice(1));
      continue;
    }
    const colon = text.indexOf(':');
    if (colon === -1) env.set(text, '');
    else env.set(text.slice(0, colon), text.slice(colon + 1));
  }
}

function* setCookies(rule: RewriteRule, context: RewriteContext): RewriteSteps<void> {
  for (const template of rule.flags.cookies) {
    yield* lookAhead(template, context);
    const cookie = planCookie(expand(template, context), context.request.facts.startedAtMs);
    if (cookie !== undefined) rememberCookie(context.request, cookie);
  }
}

function* substitute(rule: RewriteRule, target: string, context: RewriteContext): RewriteSteps<RuleEffect> {
  const { request, directory } = context;
  const { flags } = rule;
  if (directory !== undefined && flags.discardPathInfo) request.pathInfo = '';
  const { path, query } = splitQuery(target, request.query, flags);
  request.query = query;
  // A relative path belongs to the folder, or to the root of the server.
  const isRelative = !path.startsWith('/') && readScheme(path) === undefined;
  request.filename = isRelative ? `${directory ?? '/'}${path}` : path;
  if (flags.proxy) {
    const escaped = directory !== undefined && !flags.noEscape ? escapePath(request.filename) : request.filename;
    request.filename = `${PROXY}${qualify(escaped, request)}`;
    return 'substituted';
  }
  if (flags.redirect) {
    request.filename = qualify(request.filename, request);
    request.status = flags.status;
    return 'substituted';
  }
  const reduced = reduceToPath(request.filename, request);
  if (reduced !== undefined) {
    request.filename = reduced;
    context.reduced = true;
  }
  if (readScheme(request.filename) !== undefined) {
    request.status = flags.status;
    return 'substituted';
  }
  // Slashes that a client brought must not make another thing of `/$1`.
  if (!rule.target.source.startsWith('//')) request.filename = request.filename.replace(/^\/+/, '/');
  yield* forceType(rule, context);
  return 'substituted';
}
