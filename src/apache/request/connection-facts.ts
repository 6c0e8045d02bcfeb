// What is known of the connection that a request came on, and what the site counts on it.
import type { ConnectionTls } from '../../server/index.ts';

/** One for each connection. */
export interface ConnectionFacts {
  readonly id: string;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly tls: boolean;
  /** What the handshake of TLS agreed on. */
  readonly handshake?: ConnectionTls | undefined;
  /** Answers so far that left the connection open; Apache's `keepalives`. It decides about MaxKeepAliveRequests, and is %k. */
  keepAlives: number;
  /** Which of its requests was the last that began to be answered, counted from 1; undefined: none. */
  answeredNumber?: number;
}
