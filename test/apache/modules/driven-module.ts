// Drives one module without a server: configures it from lines as they stand in a file, makes requests, runs its filters.
import { ApacheRequest, type RequestFacts } from '#src/apache/request/apache-request.js';
import { FieldTable } from '#src/apache/request/field-table.js';
import { MatchBudget } from '#src/apache/regex/index.js';
import { cutArguments } from '#src/apache/syntax/directive-arguments.js';
import type { ApacheModule } from '#src/apache/module/module.js';
import type { ConfigVector } from '#src/apache/module/config-vector.js';
import type { ProcessConfiguration } from '#src/apache/config/process-configuration.js';
import type { SiteServices } from '#src/apache/request/site-services.js';
import type { VirtualHost } from '#src/apache/config/virtual-host.js';

/** What a place is configured to, and what was said meanwhile. */
export interface Configured {
  readonly server: ConfigVector;
  readonly directory: ConfigVector;
  readonly warnings: readonly string[];
}

/** Applies lines. `path`: of the section that they stand in; without it they stand outside of all sections. */
export function configure(
  module: ApacheModule,
  lines: string,
  place: {
    readonly path?: string;
    readonly environment?: Record<string, string>;
    /** As LoadModule names them. */
    readonly loaded?: readonly string[];
  } = {},
): Configured {
  const { definition } = module;
  const server: ConfigVector = [];
  const directory: ConfigVector = [];
  const warnings: string[] = [];
  const process = {
    environment: place.environment,
    modules: new Set(place.loaded),
  } as unknown as ProcessConfiguration;
  for (const line of lines.split('\n').filter((text) => text.trim() !== '')) {
    const [, name, text] = /^\s*(\S+)\s*(.*?)\s*$/.exec(line)!;
    const found = definition.directives.find((known) => known.name.toLowerCase() === name!.toLowerCase());
    if (found === undefined || found.kind !== 'directive') throw new Error(`there is no ${name}`);
    for (const { words, on } of cutArguments(found.arguments, found.name, text!, found.usage)) {
      found.apply({
        name: name!,
        words,
        on,
        place: { file: 'test.conf', line: 1 },
        server: module.ownServer(server),
        directory: module.ownDirectory(directory, place.path),
        scope: {
          path: place.path,
          htaccess: undefined,
          process,
          warn: (message: string) => void warnings.push(message),
        } as never,
      });
    }
  }
  return { server, directory, warnings };
}

/** What holds in an inner place. */
export function mergeOver(module: ApacheModule, outer: Configured, inner: Configured): Configured {
  const { definition, index } = module;
  const server: ConfigVector = [];
  const directory: ConfigVector = [];
  server[index] = definition.mergeServer(module.ofServer(outer.server), module.ofServer(inner.server));
  directory[index] = definition.mergeDirectory(
    module.ofDirectory(outer.directory),
    module.ofDirectory(inner.directory),
  );
  return { server, directory, warnings: [...outer.warnings, ...inner.warnings] };
}

/** What a request is made of. */
export interface RequestParts extends Partial<Omit<RequestFacts, 'startedAtMs'>> {
  readonly path?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly startedAtMs?: number;
  readonly nowMs?: number;
  readonly services?: Partial<SiteServices<ApacheRequest>>;
}

/** A request that has arrived at its folder. */
export function makeRequest(configured: readonly Configured[], parts: RequestParts = {}): ApacheRequest {
  const server: ConfigVector = [];
  const directory: ConfigVector = [];
  for (const { server: hosts, directory: folders } of configured) {
    hosts.forEach((part, index) => (server[index] = part));
    folders.forEach((part, index) => (directory[index] = part));
  }
  const headersIn = new FieldTable();
  for (const [name, value] of parts.headers ?? []) headersIn.add(name, value);
  const request = new ApacheRequest(
    {
      requestLine: 'GET / HTTP/1.1',
      method: parts.method ?? 'GET',
      target: parts.target ?? '/f.txt',
      version: parts.version ?? 1001,
      startedAtMs: parts.startedAtMs ?? 1_800_000_000_000,
    },
    headersIn,
    {
      id: 'c1',
      localAddress: '127.0.0.1',
      localPort: 80,
      remoteAddress: '192.0.2.7',
      remotePort: 1024,
      tls: false,
      keepAlives: 0,
    },
    {
      wallMs: () => parts.nowMs ?? parts.startedAtMs ?? 1_800_000_000_000,
      log: () => {},
      ...parts.services,
    } as SiteServices<ApacheRequest>,
    { server, directory } as unknown as VirtualHost,
    new MatchBudget(),
  );
  request.path = parts.path ?? '/f.txt';
  request.contentType = 'text/plain';
  return request;
}

/** Runs what modules have put between the content and the client. */
export async function runFilters(request: ApacheRequest): Promise<void> {
  const filters = request.outputFilters.map((filter, place) => ({ filter, place }));
  filters.sort((a, b) => a.filter.order - b.filter.order || a.place - b.place);
  for (const { filter } of filters) await filter.run(request);
}

/** Field lines. */
export function linesOf(table: FieldTable): string[] {
  return [...table].map(([name, value]) => `${name}: ${value}`);
}
