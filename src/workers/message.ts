// What the primary process and its workers say to each other. A reload may start workers of a newer version of perdura than the primary
// is of, so whatever is not understood is left alone: things may be added here, never changed.
import type { CloseOptions, CloseReport } from '../server/index.ts';
import type { ConnectionInfo } from '../trace.ts';

/** From a worker. */
export type WorkerMessage =
  | { readonly type: 'ready'; readonly port: number; readonly url: string }
  | { readonly type: 'failed'; readonly message: string; readonly exitCode: number }
  /** It was asked by somebody else to go (SIGTERM), and wants to be replaced. */
  | { readonly type: 'retire' }
  | { readonly type: 'connections'; readonly question: number; readonly connections: readonly ConnectionInfo[] }
  | { readonly type: 'drained'; readonly report: CloseReport };

/** To a worker. */
export type PrimaryMessage =
  | { readonly type: 'connections'; readonly question: number }
  | { readonly type: 'drain'; readonly options: CloseOptions }
  /** SIGHUP: log files were renamed. */
  | { readonly type: 'hangUp' };

/** Tells our messages from those that the program sends itself. */
const MARK = 'perdura.workers';

/** Longest time that JSON and a timer of Node.js can take, 24 days: no limit, for all that it matters. */
const LONGEST_MS = 2 ** 31 - 1;

type Fields = Readonly<Record<string, unknown>>;

/** The message as it goes through the channel, which is JSON: `Infinity` would arrive as null. */
export function encodeMessage(message: WorkerMessage | PrimaryMessage): object {
  return { mark: MARK, ...(message.type === 'drain' ? { type: 'drain', options: finite(message.options) } : message) };
}

function finite(options: CloseOptions): object {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]: [string, unknown]) => [name, value === Infinity ? LONGEST_MS : value]),
  );
}

/** What a worker said; undefined where it is no message of ours, or none that is understood. */
export function readWorkerMessage(value: unknown): WorkerMessage | undefined {
  const fields = ourFields(value);
  switch (fields?.['type']) {
    case 'ready': {
      const { port, url } = fields;
      return isCount(port) && typeof url === 'string' ? { type: 'ready', port, url } : undefined;
    }
    case 'failed': {
      const { message, exitCode } = fields;
      return typeof message === 'string' && isCount(exitCode) ? { type: 'failed', message, exitCode } : undefined;
    }
    case 'retire':
      return { type: 'retire' };
    case 'connections': {
      const { question, connections } = fields;
      return isCount(question) && isConnections(connections)
        ? { type: 'connections', question, connections }
        : undefined;
    }
    case 'drained':
      return isReport(fields['report']) ? { type: 'drained', report: fields['report'] } : undefined;
    default:
      return undefined;
  }
}

/** What the primary said; undefined as for {@link readWorkerMessage}. */
export function readPrimaryMessage(value: unknown): PrimaryMessage | undefined {
  const fields = ourFields(value);
  switch (fields?.['type']) {
    case 'connections':
      return isCount(fields['question']) ? { type: 'connections', question: fields['question'] } : undefined;
    case 'drain':
      return isObject(fields['options']) ? { type: 'drain', options: readCloseOptions(fields['options']) } : undefined;
    case 'hangUp':
      return { type: 'hangUp' };
    default:
      return undefined;
  }
}

function readCloseOptions(options: Fields): CloseOptions {
  const { drainMs, lameDuckMs, idleGraceMs, stopListeningFirst } = options;
  return {
    ...(isDuration(drainMs) ? { drainMs } : {}),
    ...(isDuration(lameDuckMs) ? { lameDuckMs } : {}),
    ...(isDuration(idleGraceMs) ? { idleGraceMs } : {}),
    ...(typeof stopListeningFirst === 'boolean' ? { stopListeningFirst } : {}),
  };
}

function ourFields(value: unknown): Fields | undefined {
  return isObject(value) && value['mark'] === MARK ? value : undefined;
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const isDuration = (value: unknown): value is number => typeof value === 'number' && value >= 0;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The fields that somebody reads; a newer worker may add more. */
function isConnections(value: unknown): value is ConnectionInfo[] {
  return (
    Array.isArray(value) &&
    value.every(
      (connection) =>
        isObject(connection) &&
        ['state', 'protocol', 'remote'].every((name) => typeof connection[name] === 'string') &&
        ['id', 'requests', 'ageMs', 'idleMs'].every((name) => isDuration(connection[name])),
    )
  );
}

function isReport(value: unknown): value is CloseReport {
  return (
    isObject(value) && isDuration(value['durationMs']) && isCount(value['closed']) && isConnections(value['destroyed'])
  );
}
