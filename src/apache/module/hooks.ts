// The steps of a request at which modules act, in the order of Apache. Which module goes first at a step is in request/hook-order.ts.
import type { ProcessConfiguration } from '../config/process-configuration.ts';
import type { FileLookup } from '../files/file-lookup.ts';
import type { ApacheRequest } from '../request/apache-request.ts';

/** Undefined: not mine, the next module may. `ok`: done. A number: the request ends with this status (DONE, HTTP_FORBIDDEN …). */
export type HookResult = 'ok' | number | undefined;

/** See the head of the file. A module without a method does nothing at that step. */
export interface Hooks {
  /**
   * The configuration is read, hosts are merged with the main server: files that directives named are looked at, once, before
   * anything listens. @throws ConfigurationError in Apache's words
   */
  postConfig?(process: ProcessConfiguration, files: FileLookup): void;
  /** The same for what `-t` checks when all has been read. @throws ConfigurationError in Apache's words */
  checkConfig?(process: ProcessConfiguration, files: FileLookup): void;
  /** The head is read and the virtual host is known. */
  postReadRequest?(request: ApacheRequest): HookResult;
  /** From URL path to file name: the first module that says `ok` has found it. */
  translateName?(request: ApacheRequest): HookResult | Promise<HookResult>;
  /** The configuration of the folder holds from here on: the walks are made. Not for sub-requests. */
  headerParser?(request: ApacheRequest): HookResult;
  /** Who may come in, by address: all modules are asked. */
  accessChecker?(request: ApacheRequest): HookResult;
  /** Whether both ways in must be open, or one is enough (Satisfy). Undefined: both. */
  satisfies?(request: ApacheRequest): 'all' | 'any' | undefined;
  /** May anybody come in, whoever they are? Undefined: that depends on who it is. */
  userlessChecker?(request: ApacheRequest): HookResult;
  /** Who is it: the first module that knows. */
  checkUser?(request: ApacheRequest): HookResult | Promise<HookResult>;
  /** May they: the first module that knows. */
  authChecker?(request: ApacheRequest): HookResult;
  typeChecker?(request: ApacheRequest): HookResult;
  /** Last changes before the answer is made. A module that redirects within the server awaits that, and says `ok`. */
  fixups?(request: ApacheRequest): HookResult | Promise<HookResult>;
  /** Adds to `request.outputFilters`. */
  insertFilter?(request: ApacheRequest): void;
  /** The same for answers to errors, where the usual filters are gone. */
  insertErrorFilter?(request: ApacheRequest): void;
  /** Makes the content: sets `request.content` and fields, and says `ok`; the first module that knows. */
  handler?(request: ApacheRequest): HookResult | Promise<HookResult>;
}
