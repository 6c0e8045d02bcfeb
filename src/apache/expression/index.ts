// placeholder
export type Expression = { readonly text: string };
export interface ExpressionScope {
  [x: string]: unknown;
}
export function parseExpression(text: string): Expression {
  return { text };
}
export function evaluate(_: Expression, _s: ExpressionScope): boolean {
  return true;
}
export class ExpressionError extends Error {}
export type StringExpression = { readonly text: string };
export function parseStringExpression(text: string): StringExpression {
  return { text };
}
export function evaluateString(e: StringExpression, _s: ExpressionScope): string {
  return e.text;
}
export function evaluateWithMatch(_: Expression, _s: ExpressionScope): { value: boolean; match: undefined } {
  return { value: true, match: undefined };
}
