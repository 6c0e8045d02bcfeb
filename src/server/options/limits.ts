// How much of everything a server takes: each limit with its default and where that comes from.
import { checkTableSize, checkWholeNumber, fillIn } from '../../option-checks.ts';

/** Upper bounds. `Infinity` means no limit. */
export interface ServerLimits {
  /** Open connections. Above it the longest idle ones are shed, then new ones are refused. Default 20,000. */
  readonly connections?: number;
  /**
   * Open connections of one client: one IPv4 address, or one /64 of IPv6. Above it new ones are refused. Default Infinity: behind a
   * balancer all come from one address, unless `trust.proxyProtocol` tells them apart.
   */
  readonly connectionsPerAddress?: number;
  /**
   * Newcomers that are kept unread while there is no room, for `timeouts.headerMs` at the most; further ones are refused. Default 511, as Apache's
   * ListenBacklog and nginx's backlog. 0 refuses at once.
   */
  readonly waitingConnections?: number;
  /**
   * Descriptors that the process may have open before no further connections are admitted. Default Infinity: what the process may have,
   * less a twentieth (at least 16) that is kept free for files and connections of handlers. Known on Linux.
   */
  readonly fileDescriptors?: number;
  /** Resident bytes of the process that count as all there is. Default Infinity: most of it is the application's, and closing connections frees little of that. */
  readonly memoryBytes?: number;
  /** Bytes of one request head: request line and all fields. Above it 431. Default 16,384, as Node.js and nginx's common set-up. */
  readonly headerBytes?: number;
  /** Field lines in one head. Above it 431. Default 100, as Apache's LimitRequestFields. */
  readonly headerFields?: number;
  /** Bytes of the request target. Above it 414. Default 8,190, as Apache's LimitRequestLine. */
  readonly targetBytes?: number;
  /**
   * Bytes of the request line, without its end. Above it 414. Default Infinity: the head as a whole is bounded. Apache's LimitRequestLine allows
   * one byte more than it says.
   */
  readonly requestLineBytes?: number;
  /** Bytes of one field line, without its end; folds count too. Above it 431. Default Infinity. Apache's LimitRequestFieldSize allows one byte more than it says. */
  readonly fieldLineBytes?: number;
  /** Empty lines before a request line. Above it 400. Default Infinity: they are thrown away as they come. Apache takes 10. */
  readonly emptyLines?: number;
  /** Bytes of one request body. Above it 413. Default Infinity: the application knows what it takes. */
  readonly bodyBytes?: number;
  /** Unread request body that is drained so that the connection can persist. Default 262,144, as Go. */
  readonly drainBytes?: number;
  /** Pipelined requests of safe methods whose handlers may run at the same time. Default 16. */
  readonly pipelinedHandlers?: number;
}

/** The defaults, each with its precedent at the option. */
export const DEFAULT_LIMITS: Required<ServerLimits> = {
  connections: 20_000,
  connectionsPerAddress: Infinity,
  waitingConnections: 511,
  fileDescriptors: Infinity,
  memoryBytes: Infinity,
  headerBytes: 16_384,
  headerFields: 100,
  targetBytes: 8_190,
  requestLineBytes: Infinity,
  fieldLineBytes: Infinity,
  emptyLines: Infinity,
  bodyBytes: Infinity,
  drainBytes: 262_144,
  pipelinedHandlers: 16,
};

/** What a server cannot work without. */
const LOWEST_LIMITS: Readonly<Record<string, number>> = {
  connections: 1,
  connectionsPerAddress: 1,
  fileDescriptors: 1,
  memoryBytes: 1,
  headerBytes: 64,
  headerFields: 1,
  targetBytes: 1,
  requestLineBytes: 16,
  fieldLineBytes: 1,
  pipelinedHandlers: 1,
};

/** Tables of these sizes are allocated. */
const TABLE_SIZES: readonly string[] = ['headerBytes', 'headerFields'];

/** Fills in the defaults. @throws OptionError with the name of the limit and what is allowed. */
export function resolveLimits(given: ServerLimits | undefined): Required<ServerLimits> {
  const limits = fillIn('limits', given, DEFAULT_LIMITS);
  for (const [name, value] of Object.entries(limits)) {
    const checkLimit = TABLE_SIZES.includes(name) ? checkTableSize : checkWholeNumber;
    checkLimit(`limits.${name}`, value, LOWEST_LIMITS[name] ?? 0);
  }
  return limits;
}
