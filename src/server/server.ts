// The running server as its owner sees it. Types only; serve.ts makes one.
import type { CertificateFacts } from '../io/index.ts';
import type { ConnectionInfo } from '../trace.ts';
import type { TlsOptions } from './options/tls.ts';

/** Options of {@link Server.close}. */
export interface CloseOptions {
  /** How long shutting down may take in all before what is left is destroyed. Default 30,000. */
  readonly drainMs?: number;
  /** How long to go on accepting connections at the least, so that a balancer can notice. Default 0. */
  readonly lameDuckMs?: number;
  /** Longest time that an idle connection is kept for the sake of what was advertised to it. Default Infinity: as advertised. */
  readonly idleGraceMs?: number;
}

/** What a shutdown came to. */
export interface CloseReport {
  readonly durationMs: number;
  /** Connections that ended by themselves or in an orderly way. */
  readonly closed: number;
  /** Those that held on until the deadline and were destroyed. */
  readonly destroyed: readonly ConnectionInfo[];
}

/** The certificates that a server uses for new connections. */
export interface TlsState {
  /** The default one first. */
  readonly certificates: readonly CertificateFacts[];
  /** Sentences about certificates that clients will refuse, now or soon. */
  readonly warnings: readonly string[];
}

/** A server that listens. */
export interface Server {
  /** `http://host:port/` or `https://host:port/`, with the port that was really taken. */
  readonly url: string;
  readonly port: number;
  readonly hostname: string;
  /** `accepting`, then `lameDuck` (answers, but tells everyone to leave), then `draining` (no longer listens), then `closed`. */
  readonly state: 'accepting' | 'lameDuck' | 'draining' | 'closed';
  /** Undefined without TLS. */
  readonly tls: TlsState | undefined;
  /**
   * Replaces certificates, and whatever else is given: new connections get them, those that are open live on. Session tickets stay good
   * unless other `ticketKeys` are given.
   *
   * @throws OptionError where something is wrong with them; then everything stays as it was. MisuseError on a server without TLS.
   */
  updateTls(options: TlsOptions): TlsState;
  /** A snapshot of every open connection. */
  connections(): ConnectionInfo[];
  /** Shuts down without losing a request. Calling it again returns the same promise. */
  close(options?: CloseOptions): Promise<CloseReport>;
  /** Ends everything at once. */
  destroy(): void;
  [Symbol.asyncDispose](): Promise<void>;
}
