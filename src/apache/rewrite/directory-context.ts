// Rules of a folder: applied when the file is known, to what is left of its path behind the folder. What they come to is a URL, or a path
// that is asked for within the server from the start: whatever .htaccess says, the path goes through all walks and checks again.
import type { HookResult } from '../module/hooks.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { readScheme } from './absolute-url.ts';
import { answerRedirect, refusesQuery } from './answer-redirect.ts';
import { PROXY } from './apply-rule.ts';
import { PASS_THROUGH, applyRules } from './engine.ts';
import type { RewriteSteps } from './look-ahead.ts';
import { replacePrefix } from './path-prefix.ts';
import { hasEnded } from './request-memory.ts';
import type { DirectoryRewriting, ServerRewriting } from './rewrite-configuration.ts';
import { createRewriteContext } from './rewrite-context.ts';
import type { RewriteSurroundings } from './surroundings.ts';

/** The handler that takes a request to another path within the server, and what stands in front of that path in the file name. */
export const REDIRECT_HANDLER = 'redirect-handler';
const REDIRECT_PREFIX = 'redirect:';

/** Tells the redirect within the server to take the Vary field along. */
const KEEPS_VARY_NOTE = 'redirect-keeps-vary';

/** Whether there is anything to do. */
export function rewritesDirectory(request: ApacheRequest, config: DirectoryRewriting): boolean {
  const { directory } = config;
  if (config.enabled !== true || directory === undefined || hasEnded(request)) return false;
  // Asked for without its slash, the folder is mod_dir's: it sends the client there.
  return config.has('allownoslash') || request.filename !== directory.slice(0, -1);
}

/** The first of the fixups. */
export function* rewriteDirectory(
  request: ApacheRequest,
  config: DirectoryRewriting,
  server: ServerRewriting,
  surroundings: RewriteSurroundings,
): RewriteSteps<HookResult> {
  if (!surroundings.mayFollowLinks(request)) {
    request.services.log(
      request,
      'error',
      'rewrite',
      `AH00670: Options FollowSymLinks and SymLinksIfOwnerMatch are both off, so the RewriteRule directive is also forbidden due to its similar ability to circumvent directory restrictions : ${request.filename ?? ''}`,
    );
    return 403;
  }
  const { filename: fileBefore, query: queryBefore } = request;
  request.filename ??= request.path;
  const context = createRewriteContext(request, surroundings, server.maps, config);
  const outcome = yield* applyRules(config.rules, context);
  if (outcome.kind === 'unchanged') {
    request.filename = fileBefore;
    return undefined;
  }
  if (outcome.kind === 'status') {
    // What this request was to be answered for is forgotten.
    request.status = 200;
    return outcome.status;
  }
  const scheme = readScheme(request.filename);
  if (refusesQuery(request, scheme !== undefined && !outcome.noEscape, 'AH10411')) return 403;
  if (request.filename.startsWith(PROXY)) {
    request.services.log(
      request,
      'error',
      'rewrite',
      `AH10160: attempt to make remote request from mod_rewrite without proxy enabled: ${request.filename}`,
    );
    return 403;
  }
  if (scheme !== undefined) {
    request.filename = rebaseUrl(request.filename, scheme.length, config);
    return answerRedirect(request, scheme.length, outcome.noEscape, queryBefore);
  }
  return redirectWithin(request, fileBefore, config, surroundings);
}

/** A relative target of a redirect has the folder's path in its URL: RewriteBase takes its place. */
function rebaseUrl(url: string, schemeLength: number, { directory, base }: DirectoryRewriting): string {
  const slash = url.indexOf('/', schemeLength);
  if (base === undefined || directory === undefined || slash === -1 || slash === url.length - 1) return url;
  const path = replacePrefix(url.slice(slash), directory, base);
  return path === undefined ? url : url.slice(0, slash) + path;
}

function redirectWithin(
  request: ApacheRequest,
  fileBefore: string | undefined,
  config: DirectoryRewriting,
  surroundings: RewriteSurroundings,
): HookResult {
  let target = request.filename ?? '';
  if (target.startsWith(PASS_THROUGH)) target = target.slice(PASS_THROUGH.length);
  request.filename = target;
  if (!target.startsWith('/')) return 400;
  // The rules came to what was there already: asking for it again would never end.
  if (target === fileBefore) return 'ok';
  // What conditions looked at decides about what comes next, too.
  request.notes.set(KEEPS_VARY_NOTE, '');
  request.filename = `${REDIRECT_PREFIX}${findUrlPath(target, request, config, surroundings)}`;
  request.handler = REDIRECT_HANDLER;
  // What comes is no folder: where [H] takes the request away from the redirect, nothing says that it is.
  if (request.contentType === 'httpd/unix-directory') request.contentType = undefined;
  return 'ok';
}

/** The URL path of a file in the folder. A target that is one already stays as it is. */
function findUrlPath(
  target: string,
  request: ApacheRequest,
  config: DirectoryRewriting,
  surroundings: RewriteSurroundings,
): string {
  const root = surroundings.documentRootOf(request);
  const found =
    config.base === undefined
      ? replacePrefix(target, root, '/')
      : replacePrefix(target, config.directory ?? '', config.base);
  if (found !== undefined) return found;
  if (config.has('ignorecontextinfo')) return target;
  // A folder that an Alias leads to: its prefix is the URL.
  return replacePrefix(target, request.contextDocumentRoot ?? root, request.contextPrefix ?? '') ?? target;
}

/** The handler: `ok` when the request has been answered elsewhere. */
export async function redirectToTarget(request: ApacheRequest): Promise<HookResult> {
  if (request.handler !== REDIRECT_HANDLER || request.filename?.startsWith(REDIRECT_PREFIX) !== true) return undefined;
  const path = request.filename.slice(REDIRECT_PREFIX.length);
  await request.services.redirectInternally(request.query === undefined ? path : `${path}?${request.query}`, request);
  return 'ok';
}
