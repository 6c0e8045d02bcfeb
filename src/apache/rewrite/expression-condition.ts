// `RewriteCond expr "…"`: an expression of the server, with what its regular expressions matched as `%1`.
import { Captures, EvaluationError, evaluate, parseExpression } from '../expression/index.ts';
import type { ExpressionPlace, ExpressionScope } from '../expression/index.ts';
import { expressionScope } from '../request/expression-scope.ts';
import type { RewriteExpression } from './surroundings.ts';

/** @throws ExpressionError */
export function parseRewriteExpression(
  text: string,
  { varies, ...place }: ExpressionPlace & { readonly varies: boolean },
): RewriteExpression {
  const expression = parseExpression(text, place);
  return {
    evaluate(request) {
      const scope = expressionScope(request);
      const captures = new Captures();
      try {
        const value = evaluate(expression, varies ? scope : withoutVary(scope), captures);
        return { value, groups: captures.match };
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        // Apache tells it at a level that nobody sees by default, and goes on.
        const message = `RewriteCond: expr='${text}' evaluation failed: ${error.message}`;
        request.services.log(request, 'debug', 'rewrite', message);
        return { value: false, groups: undefined };
      }
    },
  };
}

function withoutVary(scope: ExpressionScope): ExpressionScope {
  return {
    budget: scope.budget,
    clientAddress: scope.clientAddress,
    variable: (name) => scope.variable(name),
    functionCall: (name, argument) => scope.functionCall(name, argument),
    fileTest: (test, path) => scope.fileTest(test, path),
    matchLimit: (message) => scope.matchLimit?.(message),
  };
}
