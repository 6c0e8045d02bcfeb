// What a site needs of the process that it runs in. The command gives it; tests give theirs.
import type { FileLookup } from '../files/file-lookup.ts';

/** What a `RunningSite` needs of its process: files, time, and where lines of logs go. Nothing of it may throw. */
export interface SiteEnvironment {
  readonly files: FileLookup;
  readonly processId: number;
  /** What a host without ServerName is called; undefined where nobody knows. */
  readonly machineName: string | undefined;
  /** Connections open at the same time, of each listener; undefined: as many as serve() takes without being told. */
  readonly openConnections?: number;
  /** Milliseconds since 1970, with fractions. */
  wallMs(): number;
  /** Resolves when other connections have had their turn, for what takes long; without it nobody waits. */
  nextTurn?(): Promise<void>;
  /** One line for a file of the access log, without its end. */
  writeAccess(file: string, line: string): void;
  /** One line of the error log; without a file to wherever the process tells its troubles. */
  writeError(file: string | undefined, line: string): void;
}
