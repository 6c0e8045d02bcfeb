// The default handler: files as they are, for whatever no other module answers, and what OPTIONS says of them. Fields stand in Apache's order.
import { formatDateAgain } from '../answer/date-text.ts';
import { entityTagParts, formatEntityTag, needsDigest } from '../content/entity-tag.ts';
import { takeFile } from '../content/file-content.ts';
import { FileDigests } from '../content/file-digests.ts';
import { explainUnsendable, isForeignHandler, phpRunner } from '../content/handler-names.ts';
import { decideConditions } from '../content/preconditions.ts';
import { FILE_METHODS, isKnownMethod } from '../request/methods.ts';
import type { FileStats } from '../files/file-lookup.ts';
import { OWN_SOURCE } from '../module/configuration-scope.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { HookResult } from '../module/hooks.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { NO_CONTENT } from '../request/content.ts';
import type { Content } from '../request/content.ts';
import { coreEntityTag } from './core-entity-tag.ts';
import { coreMime } from './core-mime.ts';
import { rangesAccepted } from './core-ranges.ts';
import { allowsTrace } from './core-trace.ts';

export const coreContent: ApacheModule<null, null> = defineModule<null, null>({
  name: 'core.c',
  identifier: 'core_module',
  directives: [],
  hooks: {
    postConfig: ({ modules, notes }) => {
      const runner = phpRunner((name) => modules.has(name));
      if (runner === undefined) return;
      const message = `perdura has no ${runner}: files named *.php, *.phtml and *.phar are answered with 500, never with their source, but where SetHandler default-handler says so`;
      notes.push({ level: 'warn', message, module: OWN_SOURCE });
    },
    // After all others: whatever nobody answered is a file, or it is not there.
    handler: async (request) => {
      for (const method of FILE_METHODS) {
        if (!request.allowedMethods.includes(method)) request.allowedMethods.push(method);
      }
      const discarded = await request.discardBody();
      if (discarded !== 'ok') return discarded;
      if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'POST')
        return answerFile(request);
      if (!isKnownMethod(request.method)) {
        log(request, 'error', `AH00135: Invalid method in request ${request.facts.requestLine}`);
        return 501;
      }
      return request.method === 'OPTIONS' ? answerOptions(request) : 405;
    },
  },
});

function log(request: ApacheRequest, level: 'error' | 'info', message: string): void {
  request.services.log(request, level, 'core', message);
}

function answerOptions(request: ApacheRequest): 'ok' {
  const methods = allowsTrace(request) ? [...request.allowedMethods, 'TRACE'] : request.allowedMethods;
  request.headersOut.set('Allow', methods.join(','));
  request.content = NO_CONTENT;
  return 'ok';
}

function answerFile(request: ApacheRequest): HookResult | Promise<HookResult> {
  const { fileStats, filename, pathInfo, services } = request;
  const path = filename ?? '';
  // Programs and templates are nobody's to read, whether ScriptAlias, a handler or a media type tells them.
  const isLoaded = (name: string): boolean => services.hasModule(name);
  const unsendable = explainUnsendable(request.handler, request.contentType, path, isLoaded);
  // Where only the name speaks, what is not there stays not found.
  if (unsendable !== undefined && (fileStats?.kind === 'file' || isForeignHandler(request.handler, isLoaded))) {
    log(request, 'error', `${unsendable}: ${path}`);
    return 500;
  }
  if (fileStats === undefined) {
    log(request, 'info', `AH00128: File does not exist: ${path}${pathInfo}`);
    return 404;
  }
  if (fileStats.kind === 'folder') {
    log(request, 'info', `AH00129: Attempt to serve directory: ${path}`);
    return 404;
  }
  if (pathInfo !== '' && coreMime.ofDirectory(request.directoryConfig).pathInfo !== 'on') {
    log(request, 'info', `AH00130: File does not exist: ${path}${pathInfo}`);
    return 404;
  }
  // Apache would wait for a pipe or a device for ever.
  const content = fileStats.kind === 'file' ? takeFile(services, path, fileStats, !request.headerOnly) : undefined;
  if (content === undefined) {
    const why = services.files.explain(path);
    log(
      request,
      'error',
      `${why === undefined ? '' : `${why.words}: `}AH00132: file permissions deny server access: ${path}`,
    );
    return 403;
  }
  const digesting = digestFor(request, path, fileStats);
  return digesting === undefined
    ? sendFile(request, fileStats, content)
    : digesting.then((digest) => sendFile(request, fileStats, content, digest));
}

function sendFile(request: ApacheRequest, stats: FileStats, content: Content, digest?: string): HookResult {
  setFields(request, stats, digest);
  const status = checkConditions(request);
  if (status === 200) {
    request.content = content;
    return 'ok';
  }
  request.status = status;
  request.content = NO_CONTENT;
  if (!request.headerOnly) request.headersOut.set('Content-Length', '0');
  return 'ok';
}

function setFields(request: ApacheRequest, stats: FileStats, digest: string | undefined): void {
  setValidators(request, stats, digest);
  request.headersOut.set('Accept-Ranges', rangesAccepted(request) ? 'bytes' : 'none');
  request.headersOut.set('Content-Length', String(stats.sizeBytes));
}

/** What `FileETag Digest` asks for; undefined: nothing asks. */
function digestFor(request: ApacheRequest, path: string, stats: FileStats): Promise<string | undefined> | undefined {
  const { services } = request;
  const parts = entityTagParts(coreEntityTag.ofDirectory(request.directoryConfig).rule);
  return parts !== undefined && needsDigest(parts)
    ? (services.fileDigests ?? new FileDigests()).digest(services.files, path, stats, services.wallMs())
    : undefined;
}

/** Last-Modified and ETag. `digest`: the tag, where the content makes it. */
export function setValidators(request: ApacheRequest, stats: FileStats, digest?: string): void {
  const { headersOut, facts, services } = request;
  request.modifiedMs = Math.max(request.modifiedMs, stats.modifiedUs / 1000);
  headersOut.set('Last-Modified', formatDateAgain(Math.min(request.modifiedMs, services.wallMs())));
  const parts = entityTagParts(coreEntityTag.ofDirectory(request.directoryConfig).rule);
  if (parts !== undefined) {
    headersOut.set(
      'ETag',
      digest === undefined ? formatEntityTag(parts, stats, facts.startedAtMs * 1000) : `"${digest}"`,
    );
  }
}

/** Only what would be a success is conditional. */
function checkConditions(request: ApacheRequest): 200 | 304 | 412 {
  const { headersIn, headersOut } = request;
  if (request.status !== 200 || request.noLocalCopy) return 200;
  const ifMatch = headersIn.getAll('If-Match');
  const ifNoneMatch = headersIn.getAll('If-None-Match');
  const ifModifiedSince = headersIn.get('If-Modified-Since');
  const ifUnmodifiedSince = headersIn.get('If-Unmodified-Since');
  if ((ifMatch ?? ifNoneMatch ?? ifModifiedSince ?? ifUnmodifiedSince) === undefined) return 200;
  return decideConditions({
    isGet: request.method === 'GET' || request.method === 'HEAD',
    entityTag: headersOut.get('ETag'),
    // Apache takes the first second of 1970 for no time at all, and the present for that.
    modifiedS: Math.floor(Math.min(request.modifiedMs || Infinity, request.services.wallMs()) / 1000),
    requestS: Math.floor(request.facts.startedAtMs / 1000),
    ifMatch,
    ifNoneMatch,
    ifModifiedSince,
    ifUnmodifiedSince,
    hasRange: headersIn.has('Range'),
    hasIfRange: headersIn.has('If-Range'),
  }).status;
}
