// From a file name to the configuration of its folder: from the root down, <Directory> sections and .htaccess of each folder, then
// <DirectoryMatch>. Links are followed only where Options allow it. Nothing is read above the highest folder that AllowOverride opens.
import type { AccessFileLine, AccessFileOutcome } from '../config/access-files.ts';
import { matchesSection } from '../config/section-match.ts';
import type { DirectoryTable } from '../config/directory-table.ts';
import { canonicalPath } from '../files/canonical-path.ts';
import type { FileStats } from '../files/file-lookup.ts';
import { OWN_SOURCE } from '../module/configuration-scope.ts';
import type { HookResult } from '../module/hooks.ts';
import type { ConfigVector } from '../module/config-vector.ts';
import { coreOptions } from '../modules/core-options.ts';
import type { CoreOptions } from '../modules/core-options.ts';
import { coreSections } from '../modules/core-sections.ts';
import type { ApacheRequest } from './apache-request.ts';
import type { Walked } from './walked.ts';
import { closeAtMatchLimit } from './close-at-match-limit.ts';

/** What `AllowOverride Nonfatal=` forgives. */
const NONFATAL = /^AH0229[56]: /;

const FORBIDDEN = 403;
const INTERNAL_SERVER_ERROR = 500;

/** What Apache tells the client of a .htaccess that cannot be read. */
const UNREADABLE = 'Server unable to read htaccess file, denying access to be safe';

/**
 * Sets `directoryConfig`, `filename`, `pathInfo` and `fileStats`. `filename` ends where the file system ends: what stands behind it is
 * `pathInfo`. Where the walk fails, the configuration is that of the host alone, as in Apache.
 */
export function walkDirectories(request: ApacheRequest): HookResult {
  request.directoryConfig = request.host.directory;
  request.fileStats = undefined;
  request.fileStatsPath = undefined;
  if (request.filename === undefined) {
    log(request, 'error', `AH00029: Module bug?  Request filename is missing for URI ${request.path}`);
    return INTERNAL_SERVER_ERROR;
  }
  const path = canonicalPath(request.filename);
  if (path === undefined) {
    const message = `AH00030: Module bug?  Request filename path ${request.filename} is invalid or or not absolute for uri ${request.path}`;
    log(request, 'info', message);
    return 'ok';
  }
  try {
    return new DirectoryWalk(request, path).run();
  } catch (error) {
    return closeAtMatchLimit(error, request);
  }
}

function log(request: ApacheRequest, level: 'error' | 'info' | 'crit' | 'alert' | 'warn', message: string): void {
  request.services.log(request, level, 'core', message);
}

class DirectoryWalk {
  readonly #request: ApacheRequest;
  readonly #path: string;
  readonly #table: DirectoryTable;
  /** What the sections and files of the walk come to, without what holds for the host. */
  #merged: ConfigVector | undefined = undefined;
  #options: CoreOptions;
  /** What is known of the whole path: undefined where it is not a file or folder, as far as links were followed. */
  #whole: FileStats | undefined;

  constructor(request: ApacheRequest, path: string) {
    this.#request = request;
    this.#path = path;
    this.#table = coreSections.ofServer(request.host.server).table;
    this.#options = coreOptions.ofDirectory(request.host.directory);
    const whole = request.services.files.stat(path);
    this.#whole = whole === 'denied' ? undefined : whole;
    // No file is a folder.
    if (this.#whole?.kind === 'file' && path.endsWith('/')) this.#whole = undefined;
  }

  run(): HookResult {
    if (this.#whole?.kind === 'other') return this.#refuse(this.#path, notAFile(this.#path));
    const request = this.#request;
    const before = (request.main ?? request.previous)?.walked;
    const isFamiliar = this.#whole !== undefined && request.pathInfo === '' && before?.folder === this.#towards();
    if (isFamiliar) return this.#goAgain(before);
    const found = this.#descend();
    if (typeof found === 'number') return found;
    request.filename = this.#path.slice(0, found.end);
    request.pathInfo = this.#path.slice(found.end) + request.pathInfo;
    request.fileStats = found.stats;
    request.fileStatsPath = request.filename;
    this.#addPatterns(request.filename);
    this.#finish(found.stats);
    return 'ok';
  }

  /** As the request before this one came to this very folder, all that it found holds; patterns are not held against another name. */
  #goAgain({ merged }: Walked): HookResult {
    const request = this.#request;
    const { host, services } = request;
    if (merged !== undefined) this.#options = coreOptions.ofDirectory(services.merger.merge(host.directory, merged));
    const found = this.#mayFollow() ? this.#whole : this.#lookAt(this.#path, 'AH00032');
    if (typeof found === 'number') return found;
    this.#merged = merged;
    request.filename = this.#path;
    request.fileStats = this.#whole;
    this.#finish(this.#whole);
    return 'ok';
  }

  #finish(stats: FileStats | undefined): void {
    const request = this.#request;
    const merged = this.#merged;
    if (merged !== undefined) request.directoryConfig = request.services.merger.merge(request.host.directory, merged);
    const folder = folderOf(stats, request.filename ?? '');
    request.walked = { ...request.walked, towards: this.#towards(), folder, merged };
  }

  /** What is not a file counts as a folder, also where it is nothing. */
  #towards(): string {
    if (this.#whole?.kind === 'file') return parentOf(this.#path);
    return this.#path.endsWith('/') ? this.#path : `${this.#path}/`;
  }

  /** Folder by folder. `end`: how much of the path is in the file system. */
  #descend(): { readonly end: number; readonly stats: FileStats | undefined } | number {
    const path = this.#path;
    this.#addSections(0, '/');
    let stats: FileStats | undefined;
    let end = 1;
    for (let depth = 1; ; depth += 1) {
      const failure = this.#addFolder(depth, end, stats);
      if (failure !== undefined) return failure;
      if (end >= path.length) break;
      const slash = path.indexOf('/', end);
      const segmentEnd = slash === -1 ? path.length : slash;
      if (this.#whole !== undefined && this.#mayFollow()) {
        // Everything on the way to something that is there is a folder, and no link matters: no need to look.
        stats = segmentEnd === path.length ? this.#whole : undefined;
      } else {
        const name = path.slice(0, segmentEnd);
        const found = this.#lookAt(name);
        if (typeof found === 'number') return found;
        if (found === undefined || found.kind === 'file') return { end: segmentEnd, stats: found };
        stats = found;
      }
      // The slash behind a folder belongs to it; at the end of the path there may be none.
      end = slash === -1 ? path.length : slash + 1;
      if (slash !== -1 && end === path.length) {
        const last = this.#addFolder(depth + 1, end, undefined);
        return last ?? { end, stats: this.#whole ?? stats };
      }
    }
    return { end, stats: this.#whole ?? stats };
  }

  /** The sections and .htaccess of a folder. A file counts as one where nobody has to look at it: Apache does so. */
  #addFolder(depth: number, end: number, stats: FileStats | undefined): number | undefined {
    const { grant } = this.#options;
    if (grant === undefined && !this.#table.hasDepth(depth)) return undefined;
    const upTo = this.#path.slice(0, end);
    const folder = upTo.endsWith('/') ? upTo : `${upTo}/`;
    this.#addSections(depth, folder);
    if (stats?.kind === 'file') return undefined;
    return this.#addAccessFile(folder);
  }

  #addSections(depth: number, folder: string): void {
    for (const section of this.#table.at(depth, folder)) this.#add(section.config);
  }

  #addAccessFile(folder: string): number | undefined {
    const { grant } = this.#options;
    if (grant === undefined) return undefined;
    const { host, services } = this.#request;
    const names = coreOptions.ofServer(host.server).accessFileNames;
    const outcome: AccessFileOutcome = services.accessFiles.read(folder, names, host, grant);
    if (outcome.kind === 'none') return undefined;
    if (outcome.kind === 'config') {
      for (const note of outcome.moduleWarnings) this.#tell(note);
      for (const warning of outcome.warnings) log(this.#request, NONFATAL.test(warning) ? 'info' : 'warn', warning);
      for (const warning of outcome.ownWarnings.splice(0)) services.log(this.#request, 'warn', OWN_SOURCE, warning);
      this.#add(outcome.config);
      return undefined;
    }
    for (const line of outcome.lines) this.#tell(line);
    if (outcome.status === FORBIDDEN) this.#request.notes.set('error-notes', UNREADABLE);
    // As far as the walk came: %f shows it.
    this.#request.filename = folder;
    return outcome.status;
  }

  /** What a module says of a file is about the server, and has no client. */
  #tell({ level, message, module }: AccessFileLine): void {
    const about = module === undefined ? 'client' : 'server';
    this.#request.services.log(this.#request, level, module ?? 'core', message, about);
  }

  #addPatterns(filename: string): void {
    const { budget, env } = this.#request;
    for (const section of this.#table.patterns) {
      if (matchesSection(section.match, filename, budget, env)) this.#add(section.config);
    }
  }

  #add(config: ConfigVector): void {
    const { host, services } = this.#request;
    this.#merged = services.merger.join(this.#merged, config);
    this.#options = coreOptions.ofDirectory(services.merger.merge(host.directory, this.#merged));
  }

  /** Whether links need no look: whoever owns them. */
  #mayFollow(): boolean {
    return this.#options.has('FollowSymLinks') && !this.#options.has('SymLinksIfOwnerMatch');
  }

  /** What a name on the way is, links followed if they may be. Undefined: not there. A number: the request ends. */
  #lookAt(name: string, number = 'AH00037'): FileStats | undefined | number {
    const { files } = this.#request.services;
    const own = files.linkStat(name);
    if (own === undefined) return undefined;
    if (own === 'denied') return this.#deny(name);
    if (own.kind !== 'link') return own.kind === 'other' ? this.#refuse(name, notAFile(name)) : own;
    const target = this.#followed(name, own);
    if (target === undefined) {
      return this.#refuse(name, `${number}: Symbolic link not allowed or link target not accessible: ${name}`);
    }
    return target.kind === 'other' ? this.#refuse(name, notAFile(name)) : target;
  }

  #followed(name: string, link: FileStats): FileStats | undefined {
    const ownerMatters = this.#options.has('SymLinksIfOwnerMatch');
    if (!ownerMatters && !this.#options.has('FollowSymLinks')) return undefined;
    const target = this.#request.services.files.stat(name);
    if (target === undefined || target === 'denied') return undefined;
    return ownerMatters && target.owner !== link.owner ? undefined : target;
  }

  #deny(name: string): number {
    const why = this.#request.services.files.explain(name);
    const prefix = why === undefined ? '' : `${why.words}: `;
    if (why?.code === 'EACCES') {
      const reason = 'because search permissions are missing on a component of the path';
      return this.#refuse(
        name,
        `${prefix}AH00035: access to ${this.#request.path} denied (filesystem path '${name}') ${reason}`,
      );
    }
    return this.#refuse(name, `${prefix}AH00036: access to ${this.#request.path} failed (filesystem path '${name}')`);
  }

  #refuse(name: string, message: string): number {
    this.#request.filename = name;
    log(this.#request, 'error', message);
    return FORBIDDEN;
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** A folder as it was named, with its slash or without. */
function folderOf(stats: FileStats | undefined, filename: string): string {
  return stats?.kind === 'folder' ? filename : parentOf(filename);
}

function notAFile(name: string): string {
  return `AH00038: Forbidden: ${name} doesn't point to a file or directory`;
}
