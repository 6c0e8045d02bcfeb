// Rules of a server or virtual host: applied to the URL path, before anybody has looked for a file. What they come to is a URL,
// a path for the other modules, or a file.
import path from 'node:path';
import type { HookResult } from '../module/hooks.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { findBelowRoot } from '../request/below-root.ts';
import { qualify, readScheme } from './absolute-url.ts';
import { answerRedirect, refusesQuery } from './answer-redirect.ts';
import { PASS_THROUGH, applyRules } from './engine.ts';
import type { RewriteOutcome } from './engine.ts';
import type { RewriteSteps } from './look-ahead.ts';
import { isFilePath } from './prefix-stat.ts';
import { hasEnded } from './request-memory.ts';
import type { DirectoryRewriting, ServerRewriting } from './rewrite-configuration.ts';
import { createRewriteContext } from './rewrite-context.ts';
import type { RewriteContext } from './rewrite-context.ts';
import type { RewriteSurroundings } from './surroundings.ts';

/** Whether there is anything to do. `directory`: what holds before any section. */
export function rewritesServer(
  request: ApacheRequest,
  server: ServerRewriting,
  directory: DirectoryRewriting,
): boolean {
  if (directory.enabled !== true || server.owner !== request.host || hasEnded(request)) return false;
  // CVE-2011-3368: rules are written for paths, and a target that is none would get around them.
  return directory.has('allowanyuri') || (request.unparsedPath !== '*' && request.path.startsWith('/'));
}

/** Apache's translate_name hook. */
export function* rewriteServer(
  request: ApacheRequest,
  server: ServerRewriting,
  surroundings: RewriteSurroundings,
): RewriteSteps<HookResult> {
  setScriptVariables(request);
  const queryBefore = request.query;
  request.filename ??= request.path;
  const context = createRewriteContext(request, surroundings, server.maps);
  const outcome = yield* applyRules(server.rules, context);
  if (outcome.kind === 'unchanged') return undefined;
  if (outcome.kind === 'status') {
    // What this request was to be answered for is forgotten.
    request.status = 200;
    return outcome.status;
  }
  const scheme = readScheme(request.filename);
  if (refusesQuery(request, scheme !== undefined && !outcome.noEscape, 'AH10410')) return 403;
  if (scheme !== undefined) return answerRedirect(request, scheme.length, outcome.noEscape, queryBefore);
  if (request.filename.startsWith(PASS_THROUGH)) {
    request.path = request.filename.slice(PASS_THROUGH.length);
    return undefined;
  }
  return findFile(request, outcome, server, context);
}

/** SCRIPT_URL and SCRIPT_URI: what was asked for at first, whatever becomes of it. */
function setScriptVariables(request: ApacheRequest): void {
  const before = request.main?.env.get('SCRIPT_URL') ?? request.env.get('REDIRECT_SCRIPT_URL');
  const url = before ?? request.path;
  request.env.set('SCRIPT_URL', url);
  request.env.set('SCRIPT_URI', qualify(url, request));
}

function findFile(
  request: ApacheRequest,
  outcome: Extract<RewriteOutcome, { kind: 'changed' }>,
  server: ServerRewriting,
  context: RewriteContext,
): HookResult {
  const target = request.filename ?? '';
  if (!target.startsWith('/')) return 400;
  const root = context.surroundings.documentRootOf(request);
  const roots = request.contextDocumentRoot === undefined ? [root] : [root, request.contextDocumentRoot];
  const isUrl = context.reduced && !server.has('legacyprefixdocroot');
  if (!isUrl && isFilePath(target, outcome.lastRule, roots, request.services.files)) {
    // Without dot segments: the sections that follow are found by this path.
    request.filename = path.posix.normalize(target);
    return target.includes('\0') ? 403 : 'ok';
  }
  const found = findBelowRoot(root, target, request);
  if (found === undefined) return 403;
  request.filename = found;
  return 'ok';
}
