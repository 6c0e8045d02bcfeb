// The .htaccess files of folders: found, read, applied, and kept as long as the file is the same. No watcher: the file is looked at each time.
import type { FileLookup, FileStats } from '../files/file-lookup.ts';
import { isSameFile } from '../files/same-file.ts';
import type { ErrorLogLevel } from '../log/error-log-level.ts';
import type { ConfigVector } from '../module/config-vector.ts';
import type { OverrideGrant } from '../module/override-grant.ts';
import { ConfigurationError, ConfigurationRefused } from '../syntax/configuration-error.ts';
import { BoundedCache } from './bounded-cache.ts';
import type { ConfigurationNote } from './process-configuration.ts';
import type { VirtualHost } from './virtual-host.ts';

/** A file as it was found. */
export interface AccessFileSource {
  readonly text: string;
  readonly file: string;
  /** Its folder with the closing slash. */
  readonly path: string;
  readonly host: VirtualHost;
  readonly grant: OverrideGrant;
}

/**
 * Makes a folder's configuration of the text of its file, and tells what is doubtful there.
 *
 * @throws ConfigurationError, ConfigurationRefused
 */
export type ReadAccessFile = (source: AccessFileSource) => {
  readonly directory: ConfigVector;
  readonly warnings: readonly string[];
  /** Ours, which are told once for what was read. Default: none. */
  readonly ownWarnings?: string[];
  /** Those of modules, which are about the server. Default: none. */
  readonly moduleWarnings?: readonly ConfigurationNote[];
};

/** Limits on what files of visitors' reach may cost. */
export interface AccessFileLimits {
  /** Of one file. Apache has none (only one for a line); the largest known, of lists of redirects, are below 200 KiB. */
  readonly fileBytes: number;
  /** The same where `<IfFile>` stands in it: such a file is read anew for every request, which takes a third of a second for each MiB. */
  readonly conditionalFileBytes: number;
  /** How many files are kept. */
  readonly keptFiles: number;
  /** Of the text of all files that are kept. */
  readonly keptBytes: number;
}

export const DEFAULT_ACCESS_FILE_LIMITS: AccessFileLimits = {
  fileBytes: 1_048_576,
  conditionalFileBytes: 65_536,
  keptFiles: 4096,
  keptBytes: 16 * 1_048_576,
};

/** What the folder's file comes to. `none`: there is no such file. */
export type AccessFileOutcome =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'config';
      readonly config: ConfigVector;
      readonly warnings: readonly string[];
      /** Whoever tells them takes them out. */
      readonly ownWarnings: string[];
      readonly moduleWarnings: readonly ConfigurationNote[];
    }
  | { readonly kind: 'failed'; readonly status: 403 | 500; readonly lines: readonly AccessFileLine[] };

/** A line for the error log. */
export interface AccessFileLine {
  readonly level: ErrorLogLevel;
  readonly message: string;
  /** Whose line it is, where it is a module's own. */
  readonly module?: string;
}

const NO_FILE: AccessFileOutcome = { kind: 'none' };

/** How long after its last change a file may change again without another time: 2 s in FAT, a tick of the kernel elsewhere. */
const TIME_STEP_MS = 2000;

/** A file that was read. Stays the same object while the text does. */
interface KeptFile {
  stats: FileStats;
  /** Whether it was read when its time could not be that of a later change any more. */
  isSettled: boolean;
  readonly text: string;
  readonly asksForFiles: boolean;
  /** What it came to, by host and grant. */
  readonly outcomes: Map<VirtualHost, Map<string, AccessFileOutcome>>;
}

/** The same text for grants that are the same. */
function keyOfGrant(grant: OverrideGrant): string {
  const parts = [grant.classes, grant.list, grant.options, grant.nonfatal];
  return parts.map((part) => (part === undefined ? '*' : [...part].toSorted().join(','))).join(';');
}

/** `<IfFile>` asks for other files, so that nothing can be kept of what it comes to. */
const ASKS_FOR_FILES = '<iffile';

/** See the head of the file. One for each loaded configuration. */
export class AccessFiles {
  readonly #files: FileLookup;
  readonly #readText: ReadAccessFile;
  readonly #wallMs: () => number;
  readonly #limits: AccessFileLimits;
  readonly #kept: BoundedCache<KeptFile>;
  readonly #grantKeys = new WeakMap<OverrideGrant, string>();

  constructor(
    files: FileLookup,
    readText: ReadAccessFile,
    wallMs: () => number,
    limits: AccessFileLimits = DEFAULT_ACCESS_FILE_LIMITS,
  ) {
    this.#files = files;
    this.#readText = readText;
    this.#wallMs = wallMs;
    this.#limits = limits;
    this.#kept = new BoundedCache(limits.keptFiles, limits.keptBytes);
  }

  /** What the first of the names that is there comes to. `folder` ends with a slash. */
  read(folder: string, names: readonly string[], host: VirtualHost, grant: OverrideGrant): AccessFileOutcome {
    for (const name of names) {
      const path = folder + name;
      const stats = this.#files.stat(path);
      if (stats === undefined) continue;
      if (stats === 'denied') return this.#unusable(path, folder);
      if (stats.kind !== 'file') return notRegular(path, folder);
      return this.#outcomeOf(path, stats, folder, host, grant);
    }
    return NO_FILE;
  }

  #outcomeOf(
    path: string,
    stats: FileStats,
    folder: string,
    host: VirtualHost,
    grant: OverrideGrant,
  ): AccessFileOutcome {
    let kept = this.#kept.get(path);
    if (kept === undefined || !kept.isSettled || !isSameFile(kept.stats, stats)) {
      const fresh = this.#load(path, stats, kept);
      if (fresh === 'too large') return tooLarge(path, this.#limits.fileBytes);
      if (fresh === undefined) return this.#unusable(path, folder);
      kept = fresh;
    }
    const key = this.#keyOf(grant);
    const found = kept.outcomes.get(host)?.get(key);
    if (found !== undefined) return found;
    const { conditionalFileBytes } = this.#limits;
    if (kept.asksForFiles && kept.text.length > conditionalFileBytes) return tooConditional(path, conditionalFileBytes);
    const outcome = this.#applied(kept.text, path, folder, host, grant);
    if (!kept.asksForFiles) {
      const ofHost = kept.outcomes.get(host);
      if (ofHost === undefined) kept.outcomes.set(host, new Map([[key, outcome]]));
      else ofHost.set(key, outcome);
    }
    return outcome;
  }

  /** Reads the file, and stays with what is known where its text is the same. */
  #load(path: string, stats: FileStats, known: KeptFile | undefined): KeptFile | undefined | 'too large' {
    const isSettled = this.#wallMs() - Math.max(stats.modifiedUs, stats.changedUs ?? 0) / 1000 > TIME_STEP_MS;
    let text: string | undefined;
    try {
      text = this.#files.readSmall(path, this.#limits.fileBytes);
    } catch (error) {
      if (error instanceof RangeError) return 'too large';
      throw error;
    }
    if (text === undefined) return undefined;
    if (known !== undefined && known.text === text) {
      known.stats = stats;
      known.isSettled = isSettled;
      return known;
    }
    const fresh: KeptFile = {
      stats,
      isSettled,
      text,
      asksForFiles: text.toLowerCase().includes(ASKS_FOR_FILES),
      outcomes: new Map(),
    };
    this.#kept.set(path, fresh, text.length);
    return fresh;
  }

  #applied(text: string, file: string, folder: string, host: VirtualHost, grant: OverrideGrant): AccessFileOutcome {
    try {
      const source = { text, file, path: folder, host, grant };
      const { directory, warnings, ownWarnings = [], moduleWarnings = [] } = this.#readText(source);
      return { kind: 'config', config: directory, warnings, ownWarnings, moduleWarnings };
    } catch (error) {
      if (!(error instanceof ConfigurationError) && !(error instanceof ConfigurationRefused)) throw error;
      const before = error instanceof ConfigurationRefused ? error.notes : [];
      return {
        kind: 'failed',
        status: 500,
        lines: [...before, { level: 'alert', message: `${file}: ${error.message}` }],
      };
    }
  }

  #keyOf(grant: OverrideGrant): string {
    let key = this.#grantKeys.get(grant);
    if (key === undefined) {
      key = keyOfGrant(grant);
      this.#grantKeys.set(grant, key);
    }
    return key;
  }

  /** It is there, but what it says is not known: the folder is closed, to be safe. */
  #unusable(path: string, folder: string): AccessFileOutcome {
    const why = this.#files.explain(path);
    // Gone between two looks.
    if (why?.code === 'ENOENT' || why?.code === 'ENOTDIR') return NO_FILE;
    return { kind: 'failed', status: 403, lines: [uncheckable(path, folder, why?.words)] };
  }
}

function uncheckable(path: string, folder: string, why: string | undefined): AccessFileLine {
  const message = `AH00529: ${path} pcfg_openfile: unable to check htaccess file, ensure it is readable and that '${folder}' is executable`;
  return { level: 'crit', message: why === undefined ? message : `${why}: ${message}` };
}

function notRegular(path: string, folder: string): AccessFileOutcome {
  return {
    kind: 'failed',
    status: 403,
    lines: [
      { level: 'error', message: `AH00554: Access to file ${path} denied by server: not a regular file` },
      uncheckable(path, folder, '(9)Bad file descriptor'),
    ],
  };
}

function tooLarge(path: string, limitBytes: number): AccessFileOutcome {
  const message = `${path}: the file is larger than the limit of ${limitBytes} bytes (accessFileBytes)`;
  return { kind: 'failed', status: 500, lines: [{ level: 'alert', message }] };
}

function tooConditional(path: string, limitBytes: number): AccessFileOutcome {
  const message = `${path}: a file with <IfFile> may not be larger than ${limitBytes} bytes (accessConditionalFileBytes): it is read anew for every request`;
  return { kind: 'failed', status: 500, lines: [{ level: 'alert', message }] };
}
