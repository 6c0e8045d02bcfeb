// One request from its head to the answer: the steps, redirects within the server, and what becomes of errors.
import { makeErrorAnswer } from '../answer/error-answer.ts';
import { dropsConnection, isKnownStatus } from '../answer/status-lines.ts';
import { errorDocumentOf } from '../modules/core-error-document.ts';
import { ApacheRequest } from './apache-request.ts';
import { checkAccess } from './check-access.ts';
import { escapePath } from './escape-path.ts';
import { mapRequest } from './map-request.ts';
import type { HookResult } from '../module/hooks.ts';
import type { Steps } from './steps.ts';
import { parseTarget } from './url-path.ts';

/** LimitInternalRecursion: redirects within the server, and requests within requests. Apache's default. */
const MAX_INTERNAL_REDIRECTS = 10;

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
    return last(request);
  }

  /** Ends a request with a status; the client gets the page for it. `before`: the error that is being answered already, or 200. */
  async fail(status: number, request: ApacheRequest, before: number): Promise<void> {
    const type = isKnownStatus(status) ? status : 500;
    let subject = request;
    // What is told of the second error is the status of the first one, again.
    let additional = before === 200 ? undefined : request.status;
    // An ErrorDocument that fails itself: the first error is told, and that there was another one.
    if (before !== 200) {
      while (subject.previous !== undefined && subject.previous.status !== 200) subject = subject.previous;
      subject.next = undefined;
    }
    if (subject === request) {
      request.status = type;
      additional = undefined;
      if (dropsConnection(type)) request.closes = true;
      const document = errorDocumentOf(request, type);
      if (document?.kind === 'url') {
        request.status = 302;
        request.headersOut.set('Location', document.value);
      } else if (document?.kind === 'path') {
        request.noLocalCopy = true;
        request.env.set('REQUEST_METHOD', request.method);
        const notes = request.notes.get('error-notes');
        if (notes !== undefined) request.env.set('ERROR_NOTES', notes);
        request.method = 'GET';
        await this.redirectInternally(document.value, request);
        return;
      }
    } else if (dropsConnection(type)) {
      subject.closes = true;
    }
    makeErrorAnswer(subject, additional);
    this.#steps.insertErrorFilters(subject);
  }

  /** Of SiteServices. */
  async redirectInternally(target: string, from: ApacheRequest): Promise<void> {
    if (countOf(from) >= MAX_INTERNAL_REDIRECTS) {
      from.services.log(
        from,
        'error',
        'core',
        `AH00124: Request exceeded the limit of ${MAX_INTERNAL_REDIRECTS} internal redirects due to probable configuration error. Use 'LimitInternalRecursion' to increase the limit if necessary. Use 'LogLevel debug' to get a backtrace.`,
      );
      await this.fail(500, from, from.status);
      return;
    }
    const request = redirected(target, from);
    from.next = request;
    const early = this.#steps.runAll('postReadRequest', request);
    if (early === 'ok') await this.#answerFrom(request, request.status);
    else await this.fail(early, request, request.status);
  }

  /** Of SiteServices: what would become of a path, up to the last changes before an answer is made. Its status tells. */
  async lookUpPath(target: string, from: ApacheRequest): Promise<ApacheRequest> {
    const request = subrequest(target, from);
    if (depthOf(from) >= MAX_INTERNAL_REDIRECTS) {
      request.status = 500;
      return request;
    }
    const result = await this.#prepare(request);
    if (typeof result === 'number') request.status = result;
    return request;
  }

  /** Of SiteServices: the same for a file. */
  async lookUpFile(file: string, from: ApacheRequest): Promise<ApacheRequest> {
    const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
    const filename = file.startsWith('/') ? file : `${folderOf(from.filename ?? '')}${file}`;
    // In the same folder its URL is known, too, however the file was called.
    const isNeighbour = folderOf(filename) === folderOf(from.filename ?? '');
    const request = subrequest(
      isNeighbour ? `${folderOf(from.path)}${filename.slice(folderOf(filename).length)}` : '',
      from,
    );
    request.filename = filename;
    if (!isNeighbour) request.path = '';
    if (depthOf(from) >= MAX_INTERNAL_REDIRECTS) {
      request.status = 500;
      return request;
    }
    const result = await this.#prepare(request);
    if (typeof result === 'number') request.status = result;
    return request;
  }

  async #answerFrom(request: ApacheRequest, before: number): Promise<void> {
    let result: HookResult | 'done' = await this.#prepare(request);
    if (result === 'ok') {
      this.#steps.insertFilters(request);
      const handled = await this.#steps.runFirst('handler', request);
      result = handled ?? 500;
    }
    // What a module redirected within the server has its answer there.
    if (typeof result !== 'number' || request.next !== undefined) return;
    await this.fail(result, request, before);
  }

  async #prepare(request: ApacheRequest): Promise<'ok' | 'done' | number> {
    const mapped = await mapRequest(this.#steps, request);
    if (mapped !== 'ok') return mapped;
    if (!request.isSubrequest) {
      const parsed = this.#steps.runAll('headerParser', request);
      if (parsed !== 'ok') return parsed;
    }
    const access = await checkAccess(this.#steps, request);
    if (access !== 'ok') return access;
    const type = await this.#steps.runFirst('typeChecker', request);
    if (typeof type === 'number') return type;
    return this.#fixUp(request);
  }

  async #fixUp(request: ApacheRequest): Promise<'ok' | number> {
    const fixed = await this.#steps.runEach('fixups', request);
    if (fixed !== 'ok' || request.budget.remaining > 0) return fixed;
    // What was not matched any more may have been meant to keep somebody out: Apache would let them in.
    request.services.log(
      request,
      'error',
      'core',
      `the regular expressions of this request took more than ${request.budget.steps} steps: ${request.path}`,
    );
    return 500;
  }
}

function last(request: ApacheRequest): ApacheRequest {
  let current = request;
  while (current.next !== undefined) current = current.next;
  return current;
}

function countOf(request: ApacheRequest): number {
  let count = 0;
  for (let before = request.previous; before !== undefined; before = before.previous) count += 1;
  return count;
}

function depthOf(request: ApacheRequest): number {
  let depth = 0;
  for (let outer: ApacheRequest | undefined = request; outer !== undefined; outer = outer.main ?? outer.previous)
    depth += 1;
  return depth;
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
    from.headersIn,
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
