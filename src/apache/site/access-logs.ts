// The access logs of a host: which there are, in which format, and what is written when an answer is out.
import type { ExactRecord } from '../../server/index.ts';
import type { VirtualHost } from '../config/virtual-host.ts';
import type { LogFormat } from '../log/log-format.ts';
import type { LogEntry } from '../log/log-items.ts';
import { keepAliveOf } from '../answer/keep-alive-settings.ts';
import { logConfig, resolveFormat } from '../modules/log-config.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { isAtMatchLimit } from '../request/close-at-match-limit.ts';
import { lastRequest } from '../request/process-request.ts';

/** One log that is ready to be written. */
interface ReadyLog {
  readonly file: string;
  readonly format: LogFormat;
  readonly condition: ((request: ApacheRequest) => boolean) | undefined;
}

/** See the head of the file. */
export class AccessLogs {
  readonly #ofHost = new Map<VirtualHost, readonly ReadyLog[]>();
  readonly #write: (file: string, line: string) => void;
  readonly #processId: number;

  /** `write` takes a line for a file, and never throws. */
  constructor(hosts: readonly VirtualHost[], write: (file: string, line: string) => void, processId: number) {
    this.#write = write;
    this.#processId = processId;
    for (const host of hosts) {
      const config = logConfig.ofServer(host.server);
      const logs = [...config.logs, ...config.globalLogs].map((log) => ({
        file: log.file,
        format: resolveFormat(config, log),
        condition: log.condition,
      }));
      this.#ofHost.set(host, logs);
    }
  }

  get files(): ReadonlySet<string> {
    return new Set([...this.#ofHost.values()].flatMap((logs) => logs.map(({ file }) => file)));
  }

  /** `answering`: whose answer it was that the record is of. */
  write(original: ApacheRequest, answering: ApacheRequest, record: ExactRecord): void {
    const logs = this.#ofHost.get(original.host) ?? [];
    if (logs.length === 0) return;
    const entry: LogEntry = {
      original,
      final: lastRequest(original),
      answering,
      bodyBytes: record.bodyBytes,
      sentBytes: record.sentBytes,
      receivedBytes: record.receivedBytes,
      startedAtMs: record.startedAtMs,
      durationMs: record.durationMs,
      aborted: record.aborted,
      persistent: (record.persistent || answering.endsUnannounced) && hasMore(original),
      processId: this.#processId,
    };
    for (const { file, format, condition } of logs) {
      if (condition === undefined || condition(original) || isAtMatchLimit(original)) this.#write(file, format(entry));
    }
  }
}

/** Whether the next answer on the connection may be followed by another one. */
function hasMore({ connection, host }: ApacheRequest): boolean {
  const { maxKeepAliveRequests } = keepAliveOf(host);
  return maxKeepAliveRequests === 0 || connection.keepAlives < maxKeepAliveRequests;
}
