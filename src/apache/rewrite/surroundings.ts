// What rewriting asks of other modules. modules/rewrite.ts connects it with them; tests bring what they need.
import type { ExpressionPlace } from '../expression/index.ts';
import type { ApacheRequest } from '../request/apache-request.ts';

/** What groups of a match are read from. */
export interface Groups {
  group(number: number): string | undefined;
}

/** The condition of `RewriteCond expr`. */
export interface RewriteExpression {
  /** `groups`: of a regular expression in it that matched. */
  evaluate(request: ApacheRequest): { readonly value: boolean; readonly groups: Groups | undefined };
}

/** See the head of the file. */
export interface RewriteSurroundings {
  /** `varies`: whether fields of the request that it looks at are told in Vary. @throws Error with the parser's words */
  parseExpression(text: string, place: ExpressionPlace & { readonly varies: boolean }): RewriteExpression;
  documentRootOf(request: ApacheRequest): string;
  /** Options FollowSymLinks or SymLinksIfOwnerMatch: without them folders must not rewrite. */
  mayFollowLinks(request: ApacheRequest): boolean;
  /** LimitRequestLine, in bytes. */
  requestLineLimitOf(request: ApacheRequest): number;
}
