// Every option of staticFiles(): what it means, its unit, its default and why that default.
import { OptionError } from '../../errors.ts';
import { systemClock, type Clock } from '../../io/clock.ts';
import { resolvePath } from './resolve-path.ts';

/** Bounds of the files that are kept in memory. */
export interface StaticMemoryOptions {
  /** Files of which something is kept. Default 1,024. */
  readonly entries?: number;
  /** Bytes of contents and of what is known of the files. Default 16 MiB: 256 files of the default `smallFileBytes`. */
  readonly bytes?: number;
  /**
   * How long a file is answered from memory before it is looked at again, counted from before it was read.
   * Default 1,000: an edit shows after a second at the latest, and a busy file costs one reading a second instead of thousands.
   */
  readonly maxAgeMs?: number;
}

/** Options of {@link staticFiles}. */
export interface StaticOptions {
  /** Names that answer for a folder, the first that exists. `false`: none. Default `index.html`. A folder without one is 404, never a listing. */
  readonly index?: string | readonly string[] | false;
  /** A file below the root, `404.html`, that is sent with status 404. Default: one line of text. Where it is missing, the same. */
  readonly notFound?: string;
  /** Whether `x.css.br` and `x.css.gz` may be sent for `x.css`, as Accept-Encoding asks. Default true. */
  readonly precompressed?: boolean;
  /** Up to this size a file is read at once, so that head and body leave in one write. Default 65,536. */
  readonly smallFileBytes?: number;
  /**
   * How much of a larger file is in memory at a time, per answer. Default 65,536: one core reads more than 1 GB/s with it.
   * 262,144 reads twice as fast and takes four times the memory for each answer that is being sent.
   */
  readonly chunkBytes?: number;
  /**
   * Cache-Control of files and of 304, or what tells it for a path such as `/docs/index.html`; asked when a file is looked at.
   * Default: none; caches then go by Last-Modified (RFC 9111 §4.2.2).
   */
  readonly cacheControl?: string | ((path: string) => string | undefined);
  /** Further fields of every answer. Fields that the handler decides itself win over them. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Files kept in memory; `false`: every request goes to the disk. On by default, because an answer from memory takes 1 µs
   * of a core, one from the disk 100 to 200 (five calls through the thread pool), and one from memory that asked for the
   * file's time before would still take 30 (measured on Node.js 20).
   */
  readonly memory?: StaticMemoryOptions | false;
  /**
   * Told what went wrong unforeseen (an I/O error), where the peer only sees a 500.
   * Default: the error is thrown, so that the server tells its own `onError` and answers 500.
   */
  readonly onError?: (error: unknown, request: Request) => void;
  /** For tests. Default: the machine's clock. */
  readonly clock?: Clock;
}

/** StaticOptions with every default filled in. */
export interface ResolvedStaticOptions {
  readonly index: readonly string[];
  /** With a slash at its front. */
  readonly notFound: string | undefined;
  readonly precompressed: boolean;
  readonly smallFileBytes: number;
  readonly chunkBytes: number;
  readonly cacheControl: (path: string) => string | undefined;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly memory: Required<StaticMemoryOptions> | undefined;
  readonly onError: ((error: unknown, request: Request) => void) | undefined;
  readonly clock: Clock;
}

/** The defaults of everything that has a constant one. */
export const DEFAULT_STATIC_OPTIONS: {
  readonly index: readonly string[];
  readonly precompressed: boolean;
  readonly smallFileBytes: number;
  readonly chunkBytes: number;
  readonly memory: Required<StaticMemoryOptions>;
} = {
  index: ['index.html'],
  precompressed: true,
  smallFileBytes: 65_536,
  chunkBytes: 65_536,
  memory: { entries: 1_024, bytes: 16_777_216, maxAgeMs: 1_000 },
};

/** Fills in the defaults; throws an OptionError for what cannot be. */
export function resolveStaticOptions(options: StaticOptions): ResolvedStaticOptions {
  const defaults = DEFAULT_STATIC_OPTIONS;
  const index = options.index === false ? [] : [options.index ?? defaults.index].flat();
  for (const name of index) {
    if (name.includes('/') || !isServedPath(name))
      throw new OptionError('index', `'${name}' is not the name of a file`);
  }
  if (options.notFound !== undefined && !isServedPath(options.notFound)) {
    throw new OptionError('notFound', `'${options.notFound}' is not a file below the root, such as '404.html'`);
  }
  const { cacheControl } = options;
  if (typeof cacheControl === 'string') checkField('cacheControl', 'cache-control', cacheControl);
  const memory = options.memory === false ? undefined : { ...defaults.memory, ...options.memory };
  return {
    index,
    notFound: options.notFound === undefined ? undefined : `/${options.notFound}`,
    precompressed: options.precompressed ?? defaults.precompressed,
    smallFileBytes: checkNumber('smallFileBytes', options.smallFileBytes ?? defaults.smallFileBytes, 0, ONE_READ_BYTES),
    chunkBytes: checkNumber('chunkBytes', options.chunkBytes ?? defaults.chunkBytes, 1, ONE_READ_BYTES),
    cacheControl: typeof cacheControl === 'function' ? cacheControl : () => cacheControl,
    headers: checkHeaders(options.headers ?? {}),
    memory: memory && {
      entries: checkNumber('memory.entries', memory.entries, 0),
      bytes: checkNumber('memory.bytes', memory.bytes, 0),
      maxAgeMs: checkNumber('memory.maxAgeMs', memory.maxAgeMs, 0),
    },
    onError: options.onError,
    clock: options.clock ?? systemClock,
  };
}

/** What the rules for requests would refuse could never be reached; `encodeURI` leaves `..` and slashes as they are. */
function isServedPath(path: string): boolean {
  try {
    return resolvePath(`/${encodeURI(path)}`).kind === 'file';
  } catch {
    return false;
  }
}

/** What Node.js takes in one read at most is twice this. */
const ONE_READ_BYTES = 2 ** 30;

function checkNumber(option: string, value: number, least: number, most = Infinity): number {
  if (value >= least && value <= most && (Number.isSafeInteger(value) || value === Infinity)) return value;
  throw new OptionError(option, `${value} is not a whole number from ${least} to ${most}`);
}

function checkHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      checkField('headers', name, value);
      return [name.toLowerCase(), value];
    }),
  );
}

/** RFC 9110 §5.1, §5.5. Found at the start rather than in every answer. */
function checkField(option: string, name: string, value: string): void {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) throw new OptionError(option, `'${name}' is not a field name`);
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new OptionError(option, `the value of ${name} has a character that no field may have`);
  }
}
