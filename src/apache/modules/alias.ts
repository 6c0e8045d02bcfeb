// mod_alias: folders elsewhere, and redirects, for a whole server and for what is in a section.
import { belowServerRoot } from '../config/server-root-path.ts';
import { findAlias } from '../content/alias-rule.ts';
import type { AliasOutcome, AliasRule } from '../content/alias-rule.ts';
import { escapeUrl, isUrl } from '../content/escape-url.ts';
import { matchPrefix } from '../content/alias-prefix.ts';
import { EvaluationError, evaluateString } from '../expression/index.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import { MatchLimitError } from '../regex/index.ts';
import { absoluteUrl } from '../request/absolute-url.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { expressionScope } from '../request/expression-scope.ts';
import { ALIAS_DIRECTIVES } from './alias-directives.ts';
import type { AliasDirectory, AliasServer } from './alias-parts.ts';

export const alias: ApacheModule<AliasServer, AliasDirectory> = defineModule<AliasServer, AliasDirectory>({
  name: 'mod_alias.c',
  identifier: 'alias_module',
  createServer: () => ({ aliases: [], redirects: [] }),
  // A host's own come first.
  mergeServer: (base, over) => ({
    aliases: [...over.aliases, ...base.aliases],
    redirects: [...over.redirects, ...base.redirects],
  }),
  createDirectory: () => ({
    redirects: [],
    scopeRedirect: undefined,
    scopeAlias: undefined,
    relative: undefined,
    preservePath: undefined,
  }),
  mergeDirectory: (base, over) => ({
    redirects: [...over.redirects, ...base.redirects],
    scopeRedirect: over.scopeRedirect ?? base.scopeRedirect,
    scopeAlias: over.scopeAlias ?? base.scopeAlias,
    relative: over.relative ?? base.relative,
    preservePath: over.preservePath ?? base.preservePath,
  }),
  directives: ALIAS_DIRECTIVES,
  hooks: {
    translateName: (request) => {
      if (!request.path.startsWith('/') && request.path !== '') return undefined;
      const { aliases, redirects } = alias.ofServer(request.host.server);
      const status = redirect(request, redirects, 'AH00674');
      // Apache takes 0 for success, and finds that there is no file.
      if (status !== undefined) return status === 0 ? 404 : status;
      const found = findFile(request, aliases);
      if (found === undefined) return undefined;
      if (typeof found === 'number') return found;
      request.filename = found;
      return 'ok';
    },
    fixups: (request) => {
      const status = redirect(request, alias.ofDirectory(request.directoryConfig).redirects, 'AH00675');
      return status === 0 ? undefined : status;
    },
  },
});

function log(request: ApacheRequest, level: 'error' | 'warn', message: string): void {
  request.services.log(request, level, 'alias', message);
}

/** The status of a redirect; undefined: there is none. The section's own stands before those with a path. */
function redirect(request: ApacheRequest, rules: readonly AliasRule[], code: string): number | undefined {
  const { scopeRedirect, relative } = alias.ofDirectory(request.directoryConfig);
  let status: number;
  let target: string;
  if (scopeRedirect !== undefined) {
    ({ status } = scopeRedirect);
    const text = scopeRedirect.target === undefined ? '' : evaluate(request, scopeRedirect.target);
    if (typeof text === 'number') return text;
    target = text === '' ? '' : escapeUrl(text);
  } else {
    const found = find(request, rules);
    if (found === undefined || typeof found === 'number') return found;
    ({ status } = found.rule);
    ({ target } = found);
  }
  if (status < 300 || status > 399) return status;
  if (target.startsWith('/') && relative !== true) target = absoluteUrl(request, target);
  if (!isUrl(target) && !(relative === true && target.startsWith('/'))) {
    log(
      request,
      'error',
      `${code}: cannot redirect '${request.path}' to '${target}'; target is not a valid absoluteURI or abs_path`,
    );
    return 500;
  }
  const query = request.query === undefined || target.includes('?') ? '' : `?${request.query}`;
  request.headersOut.set('Location', target + query);
  return status;
}

/** The file of an alias, or a status. */
function findFile(request: ApacheRequest, rules: readonly AliasRule[]): string | number | undefined {
  const { scopeAlias, preservePath } = alias.ofDirectory(request.directoryConfig);
  if (scopeAlias !== undefined) {
    const text = evaluate(request, scopeAlias.target);
    if (typeof text === 'number') return text;
    if (scopeAlias.handler !== undefined) request.handler = scopeAlias.handler;
    const taken = preservePath === true ? matchPrefix(request.path, scopeAlias.path) : 0;
    return belowServerRoot(taken === 0 ? text : text + request.path.slice(taken), request.services.serverRoot);
  }
  const found = find(request, rules);
  if (found === undefined || typeof found === 'number') return found;
  if (found.rule.handler !== undefined) request.handler = found.rule.handler;
  return belowServerRoot(found.target, request.services.serverRoot);
}

function evaluate(
  request: ApacheRequest,
  expression: NonNullable<AliasDirectory['scopeAlias']>['target'],
): string | number {
  try {
    return evaluateString(expression, expressionScope(request));
  } catch (error) {
    if (!(error instanceof EvaluationError) && !(error instanceof MatchLimitError)) throw error;
    log(request, 'error', `AH02826: Can't evaluate redirect expression: ${error.message}`);
    return 500;
  }
}

function find(request: ApacheRequest, rules: readonly AliasRule[]): AliasOutcome | number | undefined {
  if (rules.length === 0) return undefined;
  try {
    const found = findAlias(rules, request.path, request.budget);
    // What has no pattern says which folder stands for which path, whether it is a folder or the target of a redirect.
    if (found?.rule.prefix !== undefined) {
      request.contextPrefix = found.rule.prefix;
      if (found.rule.target !== '') request.contextDocumentRoot = found.rule.target;
    }
    return found;
  } catch (error) {
    if (!(error instanceof MatchLimitError)) throw error;
    log(request, 'error', `AH00672: ${error.message}`);
    return 500;
  }
}
