// A site for the walks alone: a configuration read from text, with a directive of its own that leaves marks in the order of the merges.
import { AccessFiles, type AccessFileLimits } from '#src/apache/config/access-files.js';
import { readConfiguration } from '#src/apache/config/read-configuration.js';
import { SectionMerger } from '#src/apache/config/section-merger.js';
import type { VirtualHost } from '#src/apache/config/virtual-host.js';
import type { FileLookup } from '#src/apache/files/file-lookup.js';
import { MODULES } from '#src/apache/catalogue.js';
import { defineDirective } from '#src/apache/module/directive.js';
import { mergeVectors } from '#src/apache/config/merge-vectors.js';
import { type ApacheModule, defineModule } from '#src/apache/module/module.js';
import { MatchBudget } from '#src/apache/regex/index.js';
import { ApacheRequest } from '#src/apache/request/apache-request.js';
import { walkDirectories } from '#src/apache/request/directory-walk.js';
import { FieldTable } from '#src/apache/request/field-table.js';
import { walkFiles } from '#src/apache/request/file-walk.js';
import { walkIf } from '#src/apache/request/if-walk.js';
import { walkLocations } from '#src/apache/request/location-walk.js';
import type { SiteServices } from '#src/apache/request/site-services.js';
import { MemoryFileLookup } from '../../support/memory-file-lookup.js';

/** `Mark word`: what was said on the way, the outermost first. */
export const marks: ApacheModule<string[], string[]> = defineModule({
  name: 'core.c',
  identifier: 'core_module',
  createServer: () => [],
  mergeServer: (base, over) => [...base, ...over],
  createDirectory: () => [],
  mergeDirectory: (base, over) => [...base, ...over],
  directives: [
    defineDirective<string[], string[]>({
      name: 'Mark',
      contexts: ['server', 'directory', 'htaccess'],
      override: ['FileInfo'],
      arguments: 'one',
      tier: 3,
      usage: '',
      summary: '',
      apply: ({ words, directory }) => {
        directory.push(words[0]!);
      },
    }),
  ],
});

/** What became of one request. */
export interface Walked {
  readonly status: 'ok' | number;
  readonly marks: string;
  readonly filename: string | undefined;
  readonly pathInfo: string;
  readonly kind: string | undefined;
  readonly env: Readonly<Record<string, string>>;
}

/** As distributions begin: where nothing says AllowOverride, .htaccess files are read. */
const CLOSED = '<Directory />\nAllowOverride None\n</Directory>\n';

/** See the head of the file. */
export class WalkSite {
  readonly files: FileLookup;
  readonly hosts: readonly VirtualHost[];
  readonly warnings: readonly string[];
  /** Level and message of the error log, since the last request. */
  log: string[] = [];
  /** How often two configurations were merged. */
  merges = 0;
  wallMs = 1_700_000_000_000;
  readonly #services: SiteServices<ApacheRequest>;

  constructor(config: string, files: FileLookup, accessLimits?: AccessFileLimits, maxMerges?: number) {
    this.files = files;
    const modules: readonly ApacheModule[] = [...MODULES, marks];
    const sources = new MemoryFileLookup({ '/conf/httpd.conf': `${CLOSED}${config}` });
    const loaded = readConfiguration({ file: '/conf/httpd.conf', files: sources, modules });
    this.hosts = loaded.hosts;
    this.warnings = loaded.notes.filter(({ level }) => level === 'warn').map(({ message }) => message);
    const merge = (base: unknown[], over: unknown[]): unknown[] => {
      this.merges += 1;
      return mergeVectors(base, over, modules);
    };
    const services: Partial<SiteServices<ApacheRequest>> = {
      files,
      merger: new SectionMerger(merge, maxMerges),
      accessFiles: new AccessFiles(
        files,
        (source) => loaded.htaccess.read(source),
        () => this.wallMs,
        accessLimits,
      ),
      log: (_request, level, _module, message) => {
        this.log.push(`${level} ${message}`);
      },
    };
    this.#services = services as SiteServices<ApacheRequest>;
  }

  request(filename: string | undefined, path: string, host = this.hosts[0]!): ApacheRequest {
    const facts = { requestLine: `GET ${path} HTTP/1.1`, method: 'GET', target: path, version: 1001, startedAtMs: 0 };
    const connection = {
      id: '1',
      localAddress: '127.0.0.1',
      localPort: 80,
      remoteAddress: '127.0.0.1',
      remotePort: 1,
      tls: false,
      keepAlives: 0,
    };
    const budget = new MatchBudget();
    const request = new ApacheRequest(facts, new FieldTable(), connection, this.#services, host, budget);
    request.path = path;
    request.filename = filename;
    this.log = [];
    return request;
  }

  /** All walks, as between translateName and headerParser; the document root is /www. */
  walk(path: string, host = this.hosts[0]!, filename: string | undefined = `/www${path}`): Walked {
    const request = this.request(filename, path, host);
    let status: 'ok' | number = 'ok';
    for (const step of [walkDirectories, walkFiles, walkLocations, walkIf]) {
      const result = step(request);
      if (typeof result === 'number') {
        status = result;
        break;
      }
    }
    return {
      status,
      marks: marks.ofDirectory(request.directoryConfig).join(' '),
      filename: request.filename,
      pathInfo: request.pathInfo,
      kind: request.fileStats?.kind,
      env: Object.fromEntries(request.env),
    };
  }
}
