// What modules may ask of the site, for one loaded configuration.
import { MODULES } from '../catalogue.ts';
import { AccessFiles } from '../config/access-files.ts';
import { mergeVectors } from '../config/merge-vectors.ts';
import { SectionMerger } from '../config/section-merger.ts';
import type { AddressHosts, VirtualHostTable } from '../config/virtual-host-table.ts';
import type { LoadedConfiguration } from '../config/read-configuration.ts';
import { FileDigests } from '../content/file-digests.ts';
import { SmallFiles } from '../content/small-files.ts';
import type { FileLookup, FolderEntry } from '../files/file-lookup.ts';
import { formatErrorLine } from '../log/format-error-line.ts';
import type { ErrorLogLevel } from '../log/error-log-level.ts';
import { isTold } from '../log/log-levels.ts';
import { coreErrorLog, logLevelsOf } from '../modules/core-error-log.ts';
import { coreServer } from '../modules/core-server.ts';
import { serverCertificateOf, ssl } from '../modules/ssl.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import type { ConnectionFacts } from '../request/connection-facts.ts';
import type { RequestProcessor } from '../request/process-request.ts';
import { serverName, serverPort } from '../request/server-name.ts';
import type { SiteServices } from '../request/site-services.ts';
import { readTlsVariable } from '../ssl/tls-variables.ts';
import type { SiteEnvironment } from './site-environment.ts';

/** See the head of the file. */
export class Services implements SiteServices<ApacheRequest> {
  readonly files: FileLookup;
  readonly smallFiles: SmallFiles = new SmallFiles();
  readonly fileDigests: FileDigests = new FileDigests();
  readonly serverRoot: string;
  readonly defaultServerName: string | undefined;
  readonly merger: SectionMerger;
  readonly accessFiles: AccessFiles;
  readonly configuration: LoadedConfiguration;
  readonly #environment: SiteEnvironment;
  readonly #hosts: VirtualHostTable;
  readonly #processor: () => RequestProcessor;

  constructor(
    configuration: LoadedConfiguration,
    environment: SiteEnvironment,
    hosts: VirtualHostTable,
    processor: () => RequestProcessor,
  ) {
    this.configuration = configuration;
    this.files = environment.files;
    this.serverRoot = configuration.serverRoot;
    this.defaultServerName = environment.machineName;
    this.merger = new SectionMerger((base, over) => mergeVectors(base, over, MODULES));
    this.accessFiles = new AccessFiles(
      environment.files,
      (source) => configuration.htaccess.read(source),
      () => environment.wallMs(),
    );
    this.#environment = environment;
    this.#hosts = hosts;
    this.#processor = processor;
  }

  hasModule(name: string): boolean {
    return this.configuration.modules.has(name);
  }

  isDefined(name: string): boolean {
    return this.configuration.defines.has(name);
  }

  osVariable(name: string): string | undefined {
    return this.configuration.environment?.[name];
  }

  wallMs(): number {
    return this.#environment.wallMs();
  }

  async nextTurn(): Promise<void> {
    await this.#environment.nextTurn?.();
  }

  hostsAt({ localAddress, localPort }: ConnectionFacts): AddressHosts {
    return this.#hosts.at(localAddress, localPort);
  }

  tlsVariable(request: ApacheRequest, name: string): string | undefined {
    return this.hasModule(ssl.name) ? readTlsVariable(request, name, serverCertificateOf) : undefined;
  }

  lookUpPath(path: string, from: ApacheRequest): ApacheRequest | Promise<ApacheRequest> {
    return this.#processor().lookUpPath(path, from);
  }

  lookUpFile(file: string, from: ApacheRequest): ApacheRequest | Promise<ApacheRequest> {
    return this.#processor().lookUpFile(file, from);
  }

  lookUpEntry(entry: FolderEntry, from: ApacheRequest): ApacheRequest | Promise<ApacheRequest> {
    return this.#processor().lookUpEntry(entry, from);
  }

  redirectInternally(path: string, from: ApacheRequest): Promise<void> {
    return this.#processor().redirectInternally(path, from);
  }

  signatureOf(request: ApacheRequest): 'off' | 'on' | 'email' {
    return coreServer.ofDirectory(request.directoryConfig).serverSignature ?? 'off';
  }

  serverNameOf(request: ApacheRequest): string {
    return serverName(request);
  }

  serverPortOf(request: ApacheRequest): number {
    return serverPort(request);
  }

  log(
    request: ApacheRequest | undefined,
    level: ErrorLogLevel,
    module: string,
    message: string,
    about: 'client' | 'server' = 'client',
  ): void {
    if (request?.initial.isRepeated === true) return;
    const host = request?.host ?? this.configuration.hosts[0]!;
    const config = coreErrorLog.ofServer(host.server);
    const levels = request === undefined ? config.levels : logLevelsOf(request);
    if (!isTold(levels, level, module)) return;
    const { connection, headersIn } = about === 'client' ? (request ?? {}) : {};
    this.#environment.writeError(
      config.file,
      formatErrorLine({
        atMs: this.#environment.wallMs(),
        level,
        module,
        processId: this.#environment.processId,
        client: connection === undefined ? undefined : `${connection.remoteAddress}:${connection.remotePort}`,
        message,
        referer: headersIn?.get('Referer') || undefined,
      }),
    );
  }
}
