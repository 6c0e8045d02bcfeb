// One request from its head to the answer: the steps, redirects within the server, and what becomes of errors.
import { isThenable } from '../../thenable.ts';
import { makeErrorAnswer } from '../answer/error-answer.ts';
import { dropsConnection, isHeadOnly, isKnownStatus } from '../answer/status-lines.ts';
import { errorDocumentOf } from '../modules/core-error-document.ts';
import { coreOptions } from '../modules/core-options.ts';
import type { FolderEntry } from '../files/file-lookup.ts';
import { ApacheRequest } from './apache-request.ts';
import { checkAccess } from './check-access.ts';
import { escapePath } from './escape-path.ts';
import { mapRequest } from './map-request.ts';
import type { Mapped } from './map-request.ts';
import { isRecursionExceeded } from './recursion-limit.ts';
import type { HookResult } from '../module/hooks.ts';
import type { Steps } from './steps.ts';
import { hasBadEscape, parseTarget } from './url-path.ts';

/** See the head of the file. One for each loaded configuration. */
export class RequestProcessor {
  readonly #steps: Steps;

  constructor(steps: Steps) {
    this.#steps = steps;
  }

  /** Answers a request that the client sent. The result is the last of the requests that came of it: the one whose answer counts. */
  async answer(request: ApacheRequest): Promise<ApacheRequest> {
    const early = this.#steps.runAll('postReadRequest', request);
    if (early === 'ok') await this.#answerFrom(request, 200);
    else await this.fail(early, request, 200);
    return answeringRequest(request);
  }

  /** Ends a request with a status; the client gets the page for it. `before`: the error that is being answered already, or 200. */
  async fail(status: number, request: ApacheRequest, before: number): Promise<void> {
    const type = isKnownStatus(status) ? status : 500;
    request.status = type;
    if (dropsConnection(type)) request.closes = true;
    if (before !== 200) {
      this.#failAgain(request, before);
      return;
    }
    // Of a connection that is kept, the body is read before the error is told; it may bring a worse one.
    const body = request.closes || isHeadOnly(type) ? 'ok' : await request.discardBody();
    const document = errorDocumentOf(request, type);
    if (body !== 'ok' && document?.kind !== 'path') {
      request.status = body;
      request.closes = true;
      request.hidesLength = true;
      request.errorHeadersOut.clear();
      makeErrorAnswer(request, type);
      this.#steps.insertErrorFilters(request);
      return;
    }
    if (document?.kind === 'url') {
      request.status = 302;
      request.headersOut.set('Location', document.value);
    } else if (document?.kind === 'path') {
      request.noLocalCopy = true;
      request.env.set('REQUEST_METHOD', request.method);
      const notes = request.notes.get('error-notes');
      if (notes !== undefined) request.env.set('ERROR_NOTES', notes);
      const { method } = request;
      request.method = 'GET';
      await this.redirectInternally(document.value, request);
      request.method = method;
      return;
    }
    makeErrorAnswer(request, undefined);
    this.#steps.insertErrorFilters(request);
  }

  /** An ErrorDocument that fails itself: the first error is told, and that there was another one. */
  #failAgain(request: ApacheRequest, before: number): void {
    let first = request;
    while (first.previous !== undefined && first.previous.status !== 200) first = first.previous;
    first.closes ||= request.closes;
    first.answersInstead = true;
    makeErrorAnswer(first, before);
    this.#steps.insertErrorFilters(first);
  }

  /** Of SiteServices. */
  async redirectInternally(target: string, from: ApacheRequest): Promise<void> {
    if (isRecursionExceeded(from)) {
      await this.fail(500, from, from.status);
      return;
    }
    const request = redirected(target, from);
    from.next = request;
    const early = this.#steps.runAll('postReadRequest', request);
    if (early === 'ok') await this.#answerFrom(request, undefined);
    else await this.fail(early, request, request.status);
  }

  /** Of SiteServices: what would become of a path, up to the last changes before an answer is made. Its status tells. */
  lookUpPath(target: string, from: ApacheRequest): ApacheRequest | Promise<ApacheRequest> {
    return this.#lookUp(subrequest(target, from), from);
  }

  /** Of SiteServices: the same for a file. */
  lookUpFile(file: string, from: ApacheRequest): ApacheRequest | Promise<ApacheRequest> {
    const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
    const filename = file.startsWith('/') ? file : `${folderOf(from.filename ?? '')}${file}`;
    // In the same folder its URL is known, too, however the file was called.
    const isNeighbour = folderOf(filename) === folderOf(from.filename ?? '');
    const request = subrequest('', from);
    request.filename = filename;
    // A path, not a URL: nothing in it is an escape or a query.
    request.path = isNeighbour ? `${folderOf(from.path)}${filename.slice(folderOf(filename).length)}` : '';
    request.unparsedPath = isNeighbour
      ? `${escapePath(folderOf(from.path))}${filename.slice(folderOf(filename).length)}`
      : filename;
    // Nothing is unescaped, but Apache looks for escapes nevertheless.
    if (hasBadEscape(request.unparsedPath)) {
      from.services.log(request, 'error', 'core', `AH10244: invalid URI path (${request.unparsedPath})`);
      request.status = 400;
      return Promise.resolve(request);
    }
    return this.#lookUp(request, from);
  }

  /** Of SiteServices: no module translates the name, and folders have their slash. */
  lookUpEntry({ name, kind }: FolderEntry, from: ApacheRequest): ApacheRequest | Promise<ApacheRequest> {
    const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
    const request = subrequest('', from);
    const file = `${folderOf(from.filename ?? '')}${name}`;
    const isFolder = kind === 'folder' || (kind === 'link' && leadsToFolder(file, from));
    const place = isFolder ? `${name}/` : name;
    request.filename = isFolder ? `${file}/` : file;
    request.path = `${folderOf(from.path)}${place}`;
    request.unparsedPath = `${escapePath(folderOf(from.path))}${place}`;
    return this.#lookUp(request, from);
  }

  #lookUp(request: ApacheRequest, from: ApacheRequest): ApacheRequest | Promise<ApacheRequest> {
    const result = isRecursionExceeded(from) ? 500 : this.#prepare(request);
    return isThenable(result) ? result.then((late) => withStatus(request, late)) : withStatus(request, result);
  }

  /** `before`: undefined where the request's own status tells at the end, which modules may have changed. */
  async #answerFrom(request: ApacheRequest, before: number | undefined): Promise<void> {
    const preparing = this.#prepare(request);
    let result: HookResult | 'done' = isThenable(preparing) ? await preparing : preparing;
    if (result === 'ok') {
      this.#steps.insertFilters(request);
      const handled = this.#steps.runFirst('handler', request);
      result = (isThenable(handled) ? await handled : handled) ?? 500;
      if (typeof result !== 'number') request.invokedHandler = invokedHandlerOf(request);
    }
    // What a module redirected within the server has its answer there.
    if (typeof result !== 'number' || request.next !== undefined) return;
    await this.fail(result, request, before ?? request.status);
  }

  /** Up to the last changes before an answer is made. A promise only where a step takes its time. */
  #prepare(request: ApacheRequest): Mapped | Promise<Mapped> {
    const mapped = mapRequest(this.#steps, request);
    return isThenable(mapped) ? mapped.then((late) => this.#check(late, request)) : this.#check(mapped, request);
  }

  #check(mapped: Mapped, request: ApacheRequest): Mapped | Promise<Mapped> {
    if (mapped !== 'ok') return mapped;
    if (!request.isSubrequest) {
      const parsed = this.#steps.runAll('headerParser', request);
      if (parsed !== 'ok') return parsed;
    }
    const access = checkAccess(this.#steps, request);
    return isThenable(access) ? access.then((late) => this.#finish(late, request)) : this.#finish(access, request);
  }

  #finish(access: 'ok' | number, request: ApacheRequest): 'ok' | number | Promise<'ok' | number> {
    if (access !== 'ok') return access;
    const type = this.#steps.runFirstNow('typeChecker', request);
    return typeof type === 'number' ? type : this.#steps.runEach('fixups', request);
  }
}

/** What sections say of links comes too late for this: Apache asks the host. */
function leadsToFolder(link: string, { host, services }: ApacheRequest): boolean {
  if (!coreOptions.ofDirectory(host.directory).has('FollowSymLinks')) return false;
  const stats = services.files.stat(link);
  return typeof stats === 'object' && stats.kind === 'folder';
}

function withStatus(request: ApacheRequest, result: Mapped): ApacheRequest {
  if (typeof result === 'number') request.status = result;
  return request;
}

/** Media types name handlers where nothing else does, without their parameters. The answer to OPTIONS is sent when that is over. */
function invokedHandlerOf({ contentType, method }: ApacheRequest): string | undefined {
  if (contentType === undefined || method === 'OPTIONS') return undefined;
  const semicolon = contentType.indexOf(';');
  return semicolon === -1 ? contentType : contentType.slice(0, semicolon).trimEnd();
}

/** Of all requests that came of one, that whose answer counts: the last, unless what failed for an error is answered by that error itself. */
export function answeringRequest(request: ApacheRequest): ApacheRequest {
  let current = request;
  while (current.next !== undefined && !current.answersInstead) current = current.next;
  return current;
}

/** The last of all requests that came of one, whatever became of it. */
export function lastRequest(request: ApacheRequest): ApacheRequest {
  let current = request;
  while (current.next !== undefined) current = current.next;
  return current;
}

function redirected(target: string, from: ApacheRequest): ApacheRequest {
  const request = new ApacheRequest(
    from.facts,
    from.headersIn,
    from.connection,
    from.services,
    from.host,
    from.budget,
    {
      previous: from,
    },
  );
  setTarget(request, target);
  request.method = from.method;
  request.version = from.version;
  request.headerOnly = from.headerOnly;
  request.hostName = from.hostName;
  request.hostPort = from.hostPort;
  request.status = from.status;
  request.noCache = from.noCache;
  request.noLocalCopy = from.noLocalCopy;
  request.expectsContinue = from.expectsContinue;
  request.bodyDiscarder = from.bodyDiscarder;
  request.closes = from.closes;
  request.endsUnannounced = from.endsUnannounced;
  request.allowedMethods = from.allowedMethods;
  if (from.status >= 300 && from.status < 400) {
    const location = from.headersOut.get('Location');
    if (location !== undefined) request.headersOut.set('Location', location);
  }
  // What decided about the redirect decides about the answer.
  const vary = from.headersOut.get('Vary');
  if (vary !== undefined && from.notes.has('redirect-keeps-vary')) request.headersOut.set('Vary', vary);
  for (const [name, value] of from.errorHeadersOut) request.errorHeadersOut.add(name, value);
  for (const [name, value] of from.env) request.env.set(`REDIRECT_${name}`, value);
  request.env.set('REDIRECT_STATUS', String(from.status));
  return request;
}

function subrequest(target: string, from: ApacheRequest): ApacheRequest {
  const request = new ApacheRequest(
    from.facts,
    from.headersIn.copy(),
    from.connection,
    from.services,
    from.host,
    from.budget,
    { main: from },
  );
  // The path of a request is decoded already: a `%` or `?` in it must not be taken for an escape or a query.
  const folder = target.startsWith('/') ? '' : escapePath(from.path.slice(0, from.path.lastIndexOf('/') + 1));
  setTarget(request, `${folder}${target}`);
  request.method = 'GET';
  request.version = from.version;
  request.hostName = from.hostName;
  request.hostPort = from.hostPort;
  request.expectsContinue = from.expectsContinue;
  request.noLocalCopy = from.noLocalCopy;
  for (const [name, value] of from.env) request.env.add(name, value);
  return request;
}

/** Takes a path with its query apart. */
export function setTarget(request: ApacheRequest, target: string): void {
  const { path, query } = parseTarget(target);
  request.unparsedPath = target;
  request.path = path;
  request.query = query;
}
