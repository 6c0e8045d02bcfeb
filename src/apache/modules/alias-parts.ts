// What mod_alias keeps for a server and for a section.
import type { AliasRule } from '../content/alias-rule.ts';
import type { StringExpression } from '../expression/index.ts';

export interface AliasServer {
  aliases: AliasRule[];
  redirects: AliasRule[];
}

/** Undefined: nothing is said here. */
export interface AliasDirectory {
  redirects: AliasRule[];
  /** `Redirect` without a path: all of the section. Without a target there is only a status. */
  scopeRedirect: { readonly status: number; readonly target: StringExpression | undefined } | undefined;
  /** `Alias` without a path. `path`: that of the section. */
  scopeAlias:
    | { readonly target: StringExpression; readonly path: string; readonly handler: string | undefined }
    | undefined;
  relative: boolean | undefined;
  preservePath: boolean | undefined;
}
