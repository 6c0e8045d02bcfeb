// Expressions of Apache: read once, evaluated for each request through a scope.
export { Captures, evaluate, evaluateString } from './evaluate.ts';
export { EvaluationError, ExpressionError } from './expression-error.ts';
export type { ExpressionPlace } from './expression-builder.ts';
export { FIELD_VARIABLES, FILE_TESTS, VARIABLES } from './names.ts';
export type { FileTest, ScopeFunction, VariableName } from './names.ts';
export { parseExpression, parseStringExpression } from './parse-expression.ts';
export type { Expression, StringExpression } from './parse-expression.ts';
export type { ExpressionScope } from './scope.ts';
export { describeSubnetFault, isInSubnet, parseSubnet } from './subnet.ts';
export type { Subnet, SubnetFault } from './subnet.ts';
export { matchesWildcards } from './wildcard-match.ts';
export type { WildcardOptions } from './wildcard-match.ts';
