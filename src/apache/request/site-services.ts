// What modules may ask of the site while a request is answered.
import type { FileLookup } from '../files/file-lookup.ts';
import type { ErrorLogLevel } from '../log/error-log-level.ts';

/** One for each loaded configuration. */
export interface SiteServices<Request> {
  readonly files: FileLookup;
  readonly serverRoot: string;
  /** Whether `<IfModule>` of .htaccess sees a module. */
  hasModule(name: string): boolean;
  isDefined(name: string): boolean;
  wallMs(): number;
  /** What would become of a URL path, without an answer: DirectoryIndex, `-U`, `-F`, ErrorDocument look there. */
  lookUpPath(path: string, from: Request): Promise<Request>;
  /** ServerSignature at the place of a request. */
  signatureOf(request: Request): 'off' | 'on' | 'email';
  /** The name and port of links to the server itself: of the Host field or of ServerName (UseCanonicalName). */
  serverNameOf(request: Request): string;
  serverPortOf(request: Request): number;
  /** A line of the error log. `code`: AH00036 and its kin, undefined where Apache has none. */
  log(request: Request | undefined, level: ErrorLogLevel, module: string, message: string): void;
  /**
   * Goes on with another path within the server, as Apache's internal redirect: everything is asked again; `request.next` is what
   * came of it. The step that calls this returns `ok` for what it redirected.
   */
  redirectInternally(path: string, from: Request): Promise<void>;
}
