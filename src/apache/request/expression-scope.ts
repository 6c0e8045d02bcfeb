// placeholder
import type { ExpressionScope } from '../expression/index.ts';
import type { ApacheRequest } from './apache-request.ts';
export function expressionScope(_: ApacheRequest): ExpressionScope {
  return {};
}
