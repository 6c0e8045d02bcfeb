// A site with mod_rewrite and the least of everything else that its rules can meet: DocumentRoot, aliases, .htaccess, folders and index pages.
// It tells what a request comes to, without any bytes.
import { makeRewriteModule, rewriteTypes } from '#src/apache/modules/rewrite.js';
import type { RewriteModule } from '#src/apache/modules/rewrite.js';
import { tidyVary } from '#src/apache/answer/vary.js';
import type { VirtualHost } from '#src/apache/config/virtual-host.js';
import type { FileLookup } from '#src/apache/files/file-lookup.js';
import type { ConnectionFacts } from '#src/apache/request/connection-facts.js';
import { MatchBudget } from '#src/apache/regex/index.js';
import { ApacheRequest } from '#src/apache/request/apache-request.js';
import { FieldTable } from '#src/apache/request/field-table.js';
import type { SiteServices } from '#src/apache/request/site-services.js';
import { decodePath, parseTarget } from '#src/apache/request/url-path.js';
import { parseRewriteExpression } from '#src/apache/rewrite/expression-condition.js';
import { memoryFiles } from '../modules/support/memory-files.ts';
import type { MemoryFile } from '../modules/support/memory-files.ts';
import { compact } from './compact.ts';
import { WATCHED_VARIABLES, hostNameOf, htaccessOf, partsOf } from './rewrite-case.ts';
import type { RewriteAnswer, RewriteAsk, RewriteCase } from './rewrite-case.ts';
import { configurePlace } from './site-configuration.ts';
import type { ConfiguredPlace } from './site-configuration.ts';

/** Where the site of a table has its files. Its first segment is there, as that of a real one is. */
export const DOCUMENT_ROOT = '/srv/site';

const MAX_REDIRECTS = 10;
const TYPES: Readonly<Record<string, string>> = { html: 'text/html', css: 'text/css' };

/** See the head of the file. */
export class RewriteSite {
  readonly log: string[] = [];
  readonly #files: FileLookup;
  readonly #module: RewriteModule;
  readonly #host: VirtualHost;
  readonly #hostPlace: ConfiguredPlace;
  readonly #folders = new Map<string, ConfiguredPlace>();
  readonly #linksAllowed = new WeakMap<ApacheRequest, boolean>();
  readonly #steps: number;

  constructor(site: RewriteCase, index: number, steps = 2_000_000) {
    this.#steps = steps;
    this.#files = withModes(memoryFiles(filesOf(site)));
    this.#module = makeRewriteModule({
      parseExpression: parseRewriteExpression,
      documentRootOf: () => DOCUMENT_ROOT,
      mayFollowLinks: (request) => this.#linksAllowed.get(request) ?? true,
      requestLineLimitOf: () => 8190,
    });
    this.#host = makeHost(site, index);
    this.#hostPlace = configurePlace(this.#module, inSite(site.host ?? ''), this.#host, this.#files);
    for (const [below, lines] of Object.entries(htaccessOf(site))) {
      const folder = below === '' ? `${DOCUMENT_ROOT}/` : `${DOCUMENT_ROOT}/${below}/`;
      this.#folders.set(folder, configurePlace(this.#module, inSite(lines), this.#host, this.#files, folder));
    }
  }

  async ask(ask: RewriteAsk): Promise<RewriteAnswer> {
    const { method, target, fields } = partsOf(ask);
    const headersIn = new FieldTable();
    for (const [name, value] of Object.entries({ Host: this.#host.name!, ...fields, Connection: 'close' }))
      headersIn.set(name, value);
    const request = this.#request(target, headersIn, { line: `${method} ${target} HTTP/1.1`, method });
    request.hostName = (headersIn.get('Host') ?? '').toLowerCase();
    await this.#answer(request);
    return this.#describe(request);
  }

  #request(
    target: string,
    headersIn: FieldTable,
    from: { line: string; method: string } | { main: ApacheRequest } | { previous: ApacheRequest },
  ): ApacheRequest {
    const outer = 'main' in from ? from.main : 'previous' in from ? from.previous : undefined;
    const facts = outer?.facts ?? {
      requestLine: 'line' in from ? from.line : '',
      method: 'method' in from ? from.method : '',
      target,
      version: 1001,
      startedAtMs: 0,
    };
    const connection: ConnectionFacts = outer?.connection ?? { ...CONNECTION };
    const services = outer?.services ?? this.#services();
    const origin = 'main' in from || 'previous' in from ? from : {};
    const request = new ApacheRequest(
      facts,
      headersIn,
      connection,
      services,
      this.#host,
      outer?.budget ?? new MatchBudget(this.#steps),
      origin,
    );
    const { path, query } = parseTarget(target);
    request.path = path;
    request.query = query;
    request.unparsedPath = target;
    if (outer !== undefined) request.hostName = outer.hostName;
    return request;
  }

  async #answer(request: ApacheRequest): Promise<void> {
    const prepared = await this.#prepare(request);
    if (prepared !== 'ok') {
      request.status = prepared;
      return;
    }
    const handled = await this.#module.definition.hooks!.handler!(request);
    if (handled === 'ok') return;
    if (request.fileStats?.kind !== 'file' || request.pathInfo !== '') request.status = 404;
    else if (request.method !== 'GET' && request.method !== 'HEAD' && request.method !== 'POST') request.status = 405;
  }

  /** Everything but the answer: what sub-requests do, too. */
  async #prepare(request: ApacheRequest): Promise<'ok' | number> {
    const decoded = decodePath(request.path, 'off', this.#hostPlace.mergesSlashes);
    if (typeof decoded === 'string') return decoded === 'forbiddenEscape' ? 404 : 400;
    request.path = decoded.path;
    const hooks = this.#module.definition.hooks!;
    const translated = (await hooks.translateName!(request)) ?? this.#mapPath(request);
    if (translated !== 'ok') return translated;
    this.#findFile(request);
    this.#configure(request);
    const fixed = (await hooks.fixups!(request)) ?? 'ok';
    if (fixed !== 'ok') return fixed;
    const folder = await this.#fixFolder(request);
    if (folder !== 'ok') return folder;
    request.contentType = TYPES[/\.(\w+)$/.exec(request.filename ?? '')?.[1] ?? ''];
    await rewriteTypes.definition.hooks!.fixups!(request);
    return 'ok';
  }

  #mapPath(request: ApacheRequest): 'ok' | number {
    for (const [prefix, folder] of this.#hostPlace.aliases) {
      if (request.path !== prefix && !request.path.startsWith(`${prefix}/`)) continue;
      request.contextPrefix = prefix;
      request.contextDocumentRoot = folder;
      request.filename = folder + request.path.slice(prefix.length);
      return 'ok';
    }
    if (!request.path.startsWith('/')) return 400;
    request.filename = DOCUMENT_ROOT + request.path.replace(/\/\/+/g, '/');
    return 'ok';
  }

  /** Cuts the path where the file is. */
  #findFile(request: ApacheRequest): void {
    const path = request.filename!;
    for (let end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
      const part = end === -1 ? path : path.slice(0, end);
      const stats = this.#files.stat(part);
      if (stats === undefined || stats === 'denied' || stats.kind === 'file' || end === -1) {
        request.fileStats = stats === 'denied' ? undefined : stats;
        request.filename = part;
        request.pathInfo = path.slice(part.length);
        return;
      }
    }
  }

  #configure(request: ApacheRequest): void {
    let config = this.#module.ofDirectory(this.#host.directory);
    let links = true;
    const path = request.fileStats?.kind === 'folder' ? `${request.filename!}/` : request.filename!;
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      const place = this.#folders.get(path.slice(0, slash + 1));
      if (place === undefined) continue;
      links = place.followsLinks ?? links;
      if (place.directory[this.#module.index] === undefined) continue;
      config = this.#module.definition.mergeDirectory(config, this.#module.ofDirectory(place.directory));
    }
    request.directoryConfig = [];
    request.directoryConfig[this.#module.index] = config;
    this.#linksAllowed.set(request, links);
  }

  /** The least of mod_dir: a slash at the end, and index.html. */
  async #fixFolder(request: ApacheRequest): Promise<'ok' | number> {
    if (request.fileStats?.kind !== 'folder' || request.handler !== undefined) return 'ok';
    if (!request.path.endsWith('/')) {
      const query = request.query === undefined ? '' : `?${request.query}`;
      request.headersOut.set('Location', `http://${request.hostName!}${request.path}/${query}`);
      return 301;
    }
    const query = request.query === undefined ? '' : `?${request.query}`;
    const index = await request.services.lookUpPath(`${request.path}index.html${query}`, request);
    if (index.status !== 200 || index.fileStats?.kind !== 'file')
      return index.status >= 300 && index.status < 400 ? index.status : 'ok';
    Object.assign(request, {
      path: index.path,
      filename: index.filename,
      fileStats: index.fileStats,
      query: index.query,
      handler: index.handler,
      directoryConfig: index.directoryConfig,
    });
    for (const name of WATCHED_VARIABLES) {
      const value = index.env.get(name);
      if (value !== undefined) request.env.set(name, value);
    }
    return 'ok';
  }

  #services(): SiteServices<ApacheRequest> {
    const services: Partial<SiteServices<ApacheRequest>> = {
      files: this.#files,
      serverRoot: '/',
      wallMs: () => 0,
      serverNameOf: (request) => request.hostName ?? this.#host.name!,
      serverPortOf: () => 80,
      log: (_request, level, module, message) => void this.log.push(`[${module}:${level}] ${message}`),
      lookUpPath: (path, from) => this.#lookUp(this.#request(path, from.headersIn, { main: from }), from),
      lookUpFile: (file, from) => this.#lookUpFile(file, from),
      redirectInternally: (path, from) => this.#redirect(path, from),
    };
    return services as SiteServices<ApacheRequest>;
  }

  async #lookUp(request: ApacheRequest, from: ApacheRequest): Promise<ApacheRequest> {
    request.method = 'GET';
    for (const [name, value] of from.env) request.env.set(name, value);
    if (countOf(from) >= MAX_REDIRECTS) request.status = 500;
    else {
      const prepared = await this.#prepare(request);
      if (prepared !== 'ok') request.status = prepared;
    }
    return request;
  }

  async #lookUpFile(file: string, from: ApacheRequest): Promise<ApacheRequest> {
    const request = this.#request(from.path, from.headersIn, { main: from });
    request.filename = file;
    this.#findFile(request);
    this.#configure(request);
    let fixed = (await this.#module.definition.hooks!.fixups!(request)) ?? 'ok';
    if (fixed === 'ok') fixed = await this.#fixFolder(request);
    if (fixed !== 'ok') request.status = fixed;
    return request;
  }

  async #redirect(path: string, from: ApacheRequest): Promise<void> {
    if (countOf(from) >= MAX_REDIRECTS) {
      from.status = 500;
      return;
    }
    const request = this.#request(path, from.headersIn, { previous: from });
    request.method = from.method;
    request.status = from.status;
    for (const [name, value] of from.env) request.env.set(`REDIRECT_${name}`, value);
    for (const [name, value] of from.errorHeadersOut) request.errorHeadersOut.add(name, value);
    const vary = from.headersOut.get('Vary');
    if (vary !== undefined && from.notes.has('redirect-keeps-vary')) request.headersOut.set('Vary', vary);
    from.next = request;
    await this.#answer(request);
  }

  #describe(first: ApacheRequest): RewriteAnswer {
    let request = first;
    while (request.next !== undefined) request = request.next;
    tidyVary(request.headersOut);
    const { status, headersOut } = request;
    const env: Record<string, string> = {};
    for (const name of WATCHED_VARIABLES) {
      const value = request.env.get(name);
      if (value !== undefined) env[name] = outOfSite(value);
    }
    const cookies = [...request.errorHeadersOut].filter(([name]) => name === 'Set-Cookie').map(([, value]) => value);
    const served =
      status === 200
        ? {
            file: outOfSite(escape(request.filename!)),
            query: escape(request.query ?? ''),
            type: request.contentType ?? '',
          }
        : {};
    const location = headersOut.get('Location');
    return compact({
      status,
      location: location === undefined ? undefined : outOfSite(location),
      vary: status === 200 ? headersOut.get('Vary') : undefined,
      cookies,
      ...served,
      env,
    });
  }
}

const CONNECTION: ConnectionFacts = {
  id: '1',
  localAddress: '127.0.0.1',
  localPort: 80,
  remoteAddress: '127.0.0.1',
  remotePort: 1024,
  tls: false,
  keepAlives: 0,
};

const inSite = (text: string): string => text.replaceAll('@DOC@', DOCUMENT_ROOT);
const outOfSite = (text: string): string => text.replaceAll(DOCUMENT_ROOT, '@DOC@');

/** As `%{escape:…}` of httpd. */
function escape(text: string): string {
  return text.replace(
    /[^A-Za-z0-9$\-_.+!*'(),:;@&=/~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** Folders are to be entered by their owner. */
function withModes(files: FileLookup): FileLookup {
  return {
    ...files,
    stat(path) {
      const stats = files.stat(path);
      return stats !== undefined && stats !== 'denied' && stats.kind === 'folder' ? { ...stats, mode: 0o40755 } : stats;
    },
  };
}

function countOf(request: ApacheRequest): number {
  let count = 0;
  for (let outer = request.main ?? request.previous; outer !== undefined; outer = outer.main ?? outer.previous)
    count += 1;
  return count;
}

function filesOf(site: RewriteCase): Record<string, MemoryFile> {
  const files: Record<string, MemoryFile> = {
    '/': {},
    '/etc': {},
    '/etc/hostname': { text: 'x' },
    '/srv': {},
    [DOCUMENT_ROOT]: {},
  };
  const add = (path: string, text: string | undefined): void => {
    const plain = path.endsWith('/') ? path.slice(0, -1) : path;
    for (let end = plain.lastIndexOf('/'); end > 0; end = plain.lastIndexOf('/', end - 1))
      files[plain.slice(0, end)] ??= {};
    files[plain] = text === undefined ? {} : { text };
  };
  for (const entry of site.files) {
    const [name, text] = typeof entry === 'string' ? [entry, entry] : entry;
    add(`${DOCUMENT_ROOT}/${name}`, name.endsWith('/') ? undefined : text);
  }
  for (const [below, text] of Object.entries(htaccessOf(site)))
    add(`${DOCUMENT_ROOT}/${below === '' ? '' : `${below}/`}.htaccess`, text);
  return files;
}

function makeHost(site: RewriteCase, index: number): VirtualHost {
  return {
    isMain: false,
    place: undefined,
    addresses: [{ host: '*', port: 8080 }],
    name: hostNameOf(index),
    namePort: site.ownPort === true ? 80 : 0,
    nameScheme: undefined,
    aliases: [`alias${index}.test`, `www.c${index}.test`],
    wildAliases: [`*.wild${index}.test`],
    admin: undefined,
    server: [],
    directory: [],
  };
}
