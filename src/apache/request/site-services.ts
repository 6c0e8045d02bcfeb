// What modules may ask of the site while a request is answered.
import type { AccessFiles } from '../config/access-files.ts';
import type { FileDigests } from '../content/file-digests.ts';
import type { SmallFiles } from '../content/small-files.ts';
import type { AddressHosts } from '../config/virtual-host-table.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import type { SectionMerger } from '../config/section-merger.ts';
import type { FileLookup, FolderEntry } from '../files/file-lookup.ts';
import type { ErrorLogLevel } from '../log/error-log-level.ts';

/** One for each loaded configuration. */
export interface SiteServices<Request> {
  readonly files: FileLookup;
  /** Bodies of small files; without it they are read each time. */
  readonly smallFiles?: SmallFiles;
  /** What `FileETag Digest` made of files; without it they are read each time. */
  readonly fileDigests?: FileDigests;
  /** What the walks of a request merged. */
  readonly merger: SectionMerger;
  /** What .htaccess files say. */
  readonly accessFiles: AccessFiles;
  readonly serverRoot: string;
  /** What a host without ServerName is called; undefined where the machine's name is not known. */
  readonly defaultServerName: string | undefined;
  /** Whether `<IfModule>` of .htaccess sees a module. */
  hasModule(name: string): boolean;
  isDefined(name: string): boolean;
  wallMs(): number;
  /** Resolves when other connections have had their turn, for what takes long. */
  nextTurn?(): Promise<void>;
  /** A variable of the process's environment. */
  osVariable?(name: string): string | undefined;
  /** What mod_ssl knows of a request by a name such as SSL_PROTOCOL; undefined where it is not loaded, or knows nothing. */
  tlsVariable?(request: Request, name: string): string | undefined;
  /** The hosts of the address that a request came to. Without it there is only the request's own. */
  hostsAt?(connection: ConnectionFacts): AddressHosts;
  /** Of the machine, for 1, 5 and 15 minutes; without it 0. */
  loadAverages?(): readonly [number, number, number];
  /** How much of what the server can do at once it does now, 0 to 100; without it 0. */
  busyPercent?(): number;
  /**
   * What would become of a URL path, without an answer: DirectoryIndex, `-U`, `-F`, ErrorDocument look there. A promise only where it
   * takes its time, as a password does.
   */
  lookUpPath(path: string, from: Request): Request | Promise<Request>;
  /** The same for a file, by its path or its name in the folder of `from`: the walks and access checks, without a URL. */
  lookUpFile(file: string, from: Request): Request | Promise<Request>;
  /** The same for a name that a listing found in the folder of `from`. */
  lookUpEntry(entry: FolderEntry, from: Request): Request | Promise<Request>;
  /** ServerSignature at the place of a request. */
  signatureOf(request: Request): 'off' | 'on' | 'email';
  /** The name and port of links to the server itself: of the Host field or of ServerName (UseCanonicalName). */
  serverNameOf(request: Request): string;
  serverPortOf(request: Request): number;
  /** A line of the error log. `about`: `server` for what concerns the host of the request rather than its client, who is left out. */
  log(
    request: Request | undefined,
    level: ErrorLogLevel,
    module: string,
    message: string,
    about?: 'client' | 'server',
  ): void;
  /**
   * Goes on with another path within the server, as Apache's internal redirect: everything is asked again; `request.next` is what
   * came of it. The step that calls this returns `ok` for what it redirected.
   */
  redirectInternally(path: string, from: Request): Promise<void>;
}
