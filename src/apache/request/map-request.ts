// From the path of a URL to a file and the configuration that holds for it.
import { isThenable } from '../../thenable.ts';
import type { HookResult } from '../module/hooks.ts';
import { coreRequest } from '../modules/core-request.ts';
import { answerTrace } from '../modules/core-trace.ts';
import { coreServer } from '../modules/core-server.ts';
import type { ApacheRequest } from './apache-request.ts';
import { findBelowRoot } from './below-root.ts';
import { walkDirectories } from './directory-walk.ts';
import { walkFiles } from './file-walk.ts';
import { walkIf } from './if-walk.ts';
import { walkLocations } from './location-walk.ts';
import type { Steps } from './steps.ts';
import { decodePath, readFaultyPath } from './url-path.ts';

/** `ok`, `done` where the answer is made already, or the status that the request ends with. */
export type Mapped = 'ok' | 'done' | number;

/** See the head of the file. A promise only where a module takes its time. */
export function mapRequest(steps: Steps, request: ApacheRequest): Mapped | Promise<Mapped> {
  // A file that somebody asks for by its path has no URL that would have to be translated.
  if (request.isSubrequest && request.filename !== undefined) return walkFile(request);
  const decoded = decode(request);
  if (decoded !== 'ok') return decoded;
  request.directoryConfig = request.host.directory;
  const before = walkUrl(request);
  if (before !== 'ok') return before;
  const found = steps.runFirst('translateName', request);
  return isThenable(found) ? found.then((late) => mapTranslated(late, request)) : mapTranslated(found, request);
}

/** `found`: what the modules say that know where a path leads. */
function mapTranslated(found: HookResult, request: ApacheRequest): Mapped {
  const translated = found ?? mapToDocumentRoot(request);
  if (translated !== 'ok') return translated;
  request.directoryConfig = request.host.directory;
  const traced = answerTrace(request);
  if (traced !== undefined) return traced === 'ok' ? 'done' : traced;
  // RFC 9110 §9.3.7: a question to the server as a whole.
  if (request.method === 'OPTIONS' && request.path === '*') return 'done';
  return walkFile(request);
}

/** From the name of a file to what holds for it. */
function walkFile(request: ApacheRequest): 'ok' | number {
  const stored = walkDirectories(request);
  if (typeof stored === 'number') return stored;
  const file = walkFiles(request);
  if (typeof file === 'number') return file;
  return request.path === '' ? 'ok' : walkUrl(request);
}

function walkUrl(request: ApacheRequest): 'ok' | number {
  const location = walkLocations(request);
  if (typeof location === 'number') return location;
  const condition = walkIf(request);
  return typeof condition === 'number' ? condition : 'ok';
}

function decode(request: ApacheRequest): 'ok' | number {
  const { services } = request;
  if (request.path === '*' || request.path === '') return 'ok';
  const { allowEncodedSlashes = 'off', mergeSlashes = true } = coreRequest.ofServer(request.host.server);
  const result = request.path.startsWith('/')
    ? decodePath(request.path, allowEncodedSlashes, mergeSlashes)
    : 'badEscape';
  if (typeof result === 'object') {
    request.path = result.path;
    return 'ok';
  }
  request.path = readFaultyPath(request.path, allowEncodedSlashes, mergeSlashes);
  if (result !== 'forbiddenEscape') {
    services.log(request, 'error', 'core', `AH10244: invalid URI path (${request.unparsedPath})`);
    return 400;
  }
  if (allowEncodedSlashes === 'off') {
    services.log(
      request,
      'info',
      'core',
      `AH00026: found %2f (encoded '/') in URI path (${request.unparsedPath}), returning 404`,
    );
  }
  return 404;
}

/** Where no module knows better, a path stands for a file below DocumentRoot. */
function mapToDocumentRoot(request: ApacheRequest): 'ok' | number {
  if (request.path === '*') {
    request.filename = `${coreServer.ofServer(request.host.server).documentRoot ?? ''}/*`;
    return 'ok';
  }
  if (!request.path.startsWith('/')) {
    const { path, facts, services } = request;
    services.log(request, 'error', 'core', `AH00126: Invalid URI in request '${path}' '${facts.requestLine}'`);
    return 400;
  }
  const root = coreServer.ofServer(request.host.server).documentRoot ?? request.services.serverRoot;
  const found = findBelowRoot(root, request.path, request);
  if (found === undefined) return 403;
  request.filename = found;
  return 'ok';
}
