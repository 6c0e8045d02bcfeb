// Applies rules of mod_setenvif to the variables of a request, in their order.
import { Captures, evaluate, EvaluationError } from '../expression/index.ts';
import type { Expression } from '../expression/index.ts';
import { substitute } from '../regex/index.ts';
import type { Match } from '../regex/index.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { expressionScope } from '../request/expression-scope.ts';
import type { RuleSubject, SubjectTest, VariableRule } from './variable-rule.ts';

/** Where there was none so far. */
const NO_MATCH: Match = {
  subject: '',
  index: 0,
  end: 0,
  groups: 0,
  group: () => undefined,
  start: () => -1,
  endOf: () => -1,
};

/** See the head of the file. */
export function applyVariableRules(rules: readonly VariableRule[], request: ApacheRequest): void {
  let value = '';
  /** Back references of an expression that matches nothing itself are those of the rule before it. */
  const captures = new Captures();
  for (const rule of rules) {
    let found: 'no' | 'text' | 'match' = 'no';
    if (rule.kind === 'expression') {
      const before = captures.match;
      found = holds(rule.expression, request, captures) ? 'match' : 'no';
      // Apache keeps what a pattern with groups looked at where the value is that the next rule need not look up again.
      if (captures.match !== before) value = captures.match?.subject ?? '';
    } else {
      if (!rule.sameSubject) value = readSubject(rule.subject, request);
      const result = test(rule.test, value, request);
      if (typeof result === 'object') captures.match = result;
      if (result !== undefined) found = typeof result === 'object' ? 'match' : 'text';
    }
    if (found === 'no') continue;
    for (const change of rule.changes) {
      if (change.value === undefined) request.env.unset(change.name);
      else
        request.env.set(
          change.name,
          found === 'text' ? change.value : substitute(change.value, captures.match ?? NO_MATCH),
        );
    }
  }
}

function holds(expression: Expression, request: ApacheRequest, captures: Captures): boolean {
  try {
    return evaluate(expression, expressionScope(request), captures);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    request.services.log(request, 'error', 'setenvif', `Evaluation of expression failed: ${error.message}`);
    return false;
  }
}

function test(how: SubjectTest, value: string, request: ApacheRequest): Match | 'text' | undefined {
  if (how.kind === 'pattern') return how.pattern.match(value, request.budget);
  return (how.ignoreCase ? value.toLowerCase() : value).includes(how.text) ? 'text' : undefined;
}

/** What is not there is as good as empty, so that `^$` finds it. */
function readSubject(subject: RuleSubject, request: ApacheRequest): string {
  switch (subject.kind) {
    case 'remoteAddress':
      return request.connection.remoteAddress;
    case 'serverAddress':
      return request.connection.localAddress;
    case 'path':
      return request.path;
    case 'method':
      return request.method;
    case 'protocol':
      return `HTTP/${Math.floor(request.facts.version / 1000)}.${request.facts.version % 1000}`;
    case 'named':
      return request.headersIn.get(subject.name) ?? request.env.get(subject.name) ?? '';
    case 'fields': {
      let last = '';
      for (const [name, value] of request.headersIn) {
        if (subject.pattern.test(name, request.budget)) last = value;
      }
      return last;
    }
  }
}
