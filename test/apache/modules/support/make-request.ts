// One request for the hooks of a module, with files in memory and everything else still.
import type { ConfigVector } from '#src/apache/module/config-vector.js';
import { MatchBudget } from '#src/apache/regex/match-budget.js';
import { ApacheRequest } from '#src/apache/request/apache-request.js';
import { AccessFiles } from '#src/apache/config/access-files.js';
import { SectionMerger } from '#src/apache/config/section-merger.js';
import { FieldTable } from '#src/apache/request/field-table.js';
import type { SiteServices } from '#src/apache/request/site-services.js';
import { makeHost } from './apply-lines.js';
import { memoryFiles } from './memory-files.js';
import type { MemoryFile } from './memory-files.js';

/** When the request arrives: Sun, 22 Nov 2026 13:00:00 GMT. */
export const NOW_MS = 1_795_352_400_000;

/** What a test says of its request; the rest is usual. */
export interface RequestWishes {
  readonly method?: string;
  readonly target?: string;
  readonly host?: string;
  readonly fields?: ReadonlyArray<readonly [string, string]>;
  readonly server?: ConfigVector;
  readonly directory?: ConfigVector;
  readonly files?: Readonly<Record<string, MemoryFile>>;
  readonly services?: Partial<SiteServices<ApacheRequest>>;
  readonly logged?: string[];
}

/** Its file is what the target names below `/site`. */
export function makeRequest(wishes: RequestWishes = {}): ApacheRequest {
  const { method = 'GET', target = '/a.html', fields = [] } = wishes;
  const files = memoryFiles(wishes.files ?? {});
  const stillServices: Partial<SiteServices<ApacheRequest>> = {
    files,
    merger: new SectionMerger((_, over) => over),
    accessFiles: new AccessFiles(
      files,
      () => ({ directory: [], warnings: [] }),
      () => NOW_MS,
    ),
    defaultServerName: undefined,
    serverRoot: '/etc/site',
    hasModule: () => false,
    isDefined: () => false,
    wallMs: () => NOW_MS,
    lookUpEntry: () => Promise.reject(new Error('no folder is listed here')),
    lookUpFile: () => Promise.reject(new Error('no file is looked up here')),
    lookUpPath: () => Promise.reject(new Error('no path is looked up here')),
    signatureOf: () => 'off',
    serverNameOf: () => wishes.host ?? 'site.example',
    serverPortOf: () => 80,
    log: (_request, level, module, message) => void wishes.logged?.push(`[${module}:${level}] ${message}`),
    redirectInternally: () => Promise.reject(new Error('nothing is redirected here')),
    ...wishes.services,
  };
  // Walks are not made here: the configuration of the folder is what the test says.
  const services = stillServices as SiteServices<ApacheRequest>;
  const headersIn = new FieldTable();
  for (const [name, value] of fields) headersIn.add(name, value);
  const request = new ApacheRequest(
    { requestLine: `${method} ${target} HTTP/1.1`, method, target, version: 1001, startedAtMs: NOW_MS },
    headersIn,
    {
      id: 'c',
      localAddress: '127.0.0.1',
      localPort: 80,
      remoteAddress: '127.0.0.1',
      remotePort: 5,
      tls: false,
      keepAlives: 0,
    },
    services,
    makeHost(wishes.server, wishes.directory),
    new MatchBudget(1_000_000),
  );
  request.headerOnly = method === 'HEAD';
  const question = target.indexOf('?');
  request.path = question === -1 ? target : target.slice(0, question);
  request.query = question === -1 ? undefined : target.slice(question + 1);
  request.unparsedPath = target;
  request.filename = `/site${request.path}`;
  const stats = files.stat(request.filename);
  request.fileStats = stats === 'denied' ? undefined : stats;
  return request;
}
