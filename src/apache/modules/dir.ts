// mod_dir: the slash at the end of a folder's URL, its index files, and what stands in for files that are not there.
import { defineDirective } from '../module/directive.ts';
import type { HookResult } from '../module/hooks.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import { absoluteUrl } from '../request/absolute-url.ts';
import { adoptFields, adoptLookup } from '../request/adopt-lookup.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { escapePath } from '../request/escape-path.ts';
import { runLookUps } from '../request/look-up-steps.ts';
import type { LookUpSteps, LookUpWish } from '../request/look-up-steps.ts';
import { spend } from '../request/work-budget.ts';
import { MatchLimitError } from '../regex/index.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { splitWords } from '../syntax/words.ts';

/** Undefined: nothing is said here. */
interface Dir {
  /** Empty: there is no index. */
  indexNames: string[] | undefined;
  slash: boolean | undefined;
  /** The status of a redirect to the index; 0: none, it is sent in place. */
  indexRedirect: number | undefined;
  checkHandler: boolean | undefined;
  /** `disabled`: none. */
  fallback: string | undefined;
}

/** Apache's default. */
const DEFAULT_INDEX_NAMES: readonly string[] = ['index.html'];

/** Steps for a look at what may stand in for a folder, which takes about a tenth of a millisecond: a request has more than a hundred. */
const LOOK_UP_STEPS = 2_000;

/** Of mod_autoindex: folders that nobody answers otherwise. */
const FOLDER_HANDLER = 'httpd/unix-directory';

const IN_INDEXES = { contexts: ['server', 'directory', 'htaccess'], override: ['Indexes'] } as const;

const REDIRECT_WORDS: Readonly<Record<string, number>> = { on: 302, off: 0, permanent: 301, temp: 302, seeother: 303 };

export const dir: ApacheModule<null, Dir> = defineModule<null, Dir>({
  name: 'mod_dir.c',
  identifier: 'dir_module',
  createDirectory: () => ({
    indexNames: undefined,
    slash: undefined,
    indexRedirect: undefined,
    checkHandler: undefined,
    fallback: undefined,
  }),
  mergeDirectory: (base, over) => ({
    indexNames: over.indexNames ?? base.indexNames,
    slash: over.slash ?? base.slash,
    indexRedirect: over.indexRedirect ?? base.indexRedirect,
    checkHandler: over.checkHandler ?? base.checkHandler,
    fallback: over.fallback ?? base.fallback,
  }),
  directives: [
    defineDirective({
      ...IN_INDEXES,
      name: 'DirectoryIndex',
      tier: 1,
      arguments: 'raw',
      usage: 'a list of file names',
      summary:
        'the files that are a folder, the first that is there; lines add up within one section; `disabled`: none',
      apply: ({ words, directory }) => addIndexNames(directory, splitWords(words[0] ?? '')),
    }),
    defineDirective({
      ...IN_INDEXES,
      name: 'DirectorySlash',
      tier: 1,
      arguments: 'flag',
      usage: 'On or Off',
      summary: 'whether the URL of a folder without its slash is redirected',
      apply: ({ on, directory }) => {
        directory.slash = on;
      },
    }),
    defineDirective({
      ...IN_INDEXES,
      name: 'DirectoryIndexRedirect',
      tier: 2,
      arguments: 'one',
      usage: 'On, Off, or a 3xx status code.',
      summary: 'whether an index file is redirected to rather than sent in place of the folder',
      apply: ({ words, directory }) => {
        directory.indexRedirect = parseIndexRedirect(words[0]!);
      },
    }),
    defineDirective({
      ...IN_INDEXES,
      name: 'DirectoryCheckHandler',
      tier: 3,
      arguments: 'flag',
      usage: 'On or Off',
      summary: 'whether folders with a handler of their own have no index',
      apply: ({ on, directory }) => {
        directory.checkHandler = on;
      },
    }),
    defineDirective({
      ...IN_INDEXES,
      name: 'FallbackResource',
      tier: 1,
      arguments: 'one',
      usage: 'Set a default handler',
      summary: 'the path that answers for whatever is not there; `disabled`: none',
      apply: ({ words, directory }) => {
        directory.fallback = words[0]!;
      },
    }),
  ],
  hooks: {
    fixups: (request) => {
      if (request.fileStats?.kind === 'folder') {
        request.handler ??= FOLDER_HANDLER;
        return runLookUps(withinBudget(fixFolder(request), request), request);
      }
      if (request.fileStats !== undefined || request.handler !== undefined) return undefined;
      return runLookUps(withinBudget(fallBack(request), request), request);
    },
  },
});

/** `disabled` counts only alone. */
function addIndexNames(directory: Dir, names: readonly string[]): void {
  directory.indexNames ??= [];
  if (names.length === 1 && names[0]!.toLowerCase() === 'disabled') directory.indexNames = [];
  else directory.indexNames.push(...names);
}

function parseIndexRedirect(word: string): number {
  const named = REDIRECT_WORDS[word.toLowerCase()];
  if (named !== undefined) return named;
  if (!/^\d/.test(word)) {
    throw new ConfigurationError('DirectoryIndexRedirect ON|OFF|permanent|temp|seeother|3xx');
  }
  const status = Number.parseInt(word, 10);
  if (isRedirect(status)) return status;
  throw new ConfigurationError('DirectoryIndexRedirect only accepts values between 300 and 399');
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

function* fixFolder(request: ApacheRequest): LookUpSteps<HookResult> {
  const { indexNames, slash, indexRedirect, checkHandler } = dir.ofDirectory(request.directoryConfig);
  if (!request.path.endsWith('/')) {
    if (slash === false) return undefined;
    const isGet = request.method === 'GET' || request.method === 'HEAD';
    if (!isGet && request.env.has('redirect-carefully')) return undefined;
    const query = request.query === undefined ? '' : `?${request.query}`;
    request.headersOut.set('Location', absoluteUrl(request, `${escapePath(request.path)}/${query}`));
    return 301;
  }
  // mod_rewrite is about to redirect within the server.
  if (request.handler === 'redirect-handler') return undefined;
  if (checkHandler === true && request.handler !== FOLDER_HANDLER) return undefined;
  const names = indexNames ?? DEFAULT_INDEX_NAMES;
  let failure: number | undefined;
  for (const [at, name] of names.entries()) {
    const found = yield wishFor(request, name);
    if (isFile(found)) {
      if (indexRedirect !== undefined && indexRedirect !== 0) {
        request.headersOut.set('Location', absoluteUrl(request, found.path));
        return indexRedirect;
      }
      adoptLookup(request, found);
      return 'ok';
    }
    const isLast = at === names.length - 1;
    if (isRedirect(found.status) || (isLast && (found.status === 406 || found.status === 401))) {
      adoptFields(request, found);
      return found.status;
    }
    // A listing must not show what an index would have hidden.
    if (found.status !== 404 && found.status !== 200) failure = found.status;
  }
  if (failure !== undefined) return failure;
  if (names.length > 0) {
    const fallen = yield* fallBack(request);
    if (fallen !== undefined) return fallen;
  }
  request.notes.set('dir-index-names', names.join(','));
  return undefined;
}

/** What FallbackResource names, in the place of the request. */
function* fallBack(request: ApacheRequest): LookUpSteps<HookResult> {
  const { fallback } = dir.ofDirectory(request.directoryConfig);
  if (fallback === undefined || fallback.toLowerCase() === 'disabled') return undefined;
  const found = yield wishFor(request, fallback);
  if (isFile(found)) {
    adoptLookup(request, found);
    return 'ok';
  }
  if (isRedirect(found.status)) {
    adoptFields(request, found);
    return found.status;
  }
  return found.status === 404 || found.status === 200 ? undefined : found.status;
}

/** 500 and a line of the error log where there are more names than a request may look for. */
function* withinBudget(fixing: LookUpSteps<HookResult>, request: ApacheRequest): LookUpSteps<HookResult> {
  try {
    return yield* fixing;
  } catch (error) {
    if (!(error instanceof MatchLimitError)) throw error;
    request.services.log(request, 'error', 'dir', `the index of ${request.path} was given up: ${error.message}`);
    return 500;
  }
}

/** Names are URLs, so they are escaped already; the folder that they stand in is not. */
function wishFor(request: ApacheRequest, name: string): LookUpWish {
  spend(request, LOOK_UP_STEPS);
  const folder = name.startsWith('/') ? '' : escapePath(request.path.slice(0, request.path.lastIndexOf('/') + 1));
  const query = request.query === undefined ? '' : `?${request.query}`;
  return { by: 'path', target: `${folder}${name}${query}` };
}

function isFile(found: ApacheRequest): boolean {
  return found.status === 200 && found.fileStats?.kind === 'file';
}
