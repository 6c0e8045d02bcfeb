// The running server as its owner sees it. Types only; serve.ts makes one.
import type { CertificateFacts } from '../io/index.ts';
import type { ConnectionInfo } from '../trace.ts';
import type { PressureState } from './admission/pressure-plan.ts';
import type { TlsOptions } from './options/tls.ts';
import type { DerivedValue } from './derived-value.ts';
import type { ServerWarning } from './warning.ts';

/** `accepting`, then `lameDuck` (answers, but tells everyone to leave), then `draining` (no longer listens), then `closed`. */
export type ServerState = 'accepting' | 'lameDuck' | 'draining' | 'closed';

/** Options of {@link Server.close}. What is left out is what the option `drain` of serve() says, or was derived from `behind`. */
export interface CloseOptions {
  /** How long shutting down may take in all before what is left is destroyed. Default 30,000. */
  readonly drainMs?: number;
  /** How long to go on accepting connections at the least, so that a balancer can notice. Default 0. */
  readonly lameDuckMs?: number;
  /** Longest time that an idle connection is kept for the sake of what was advertised to it. Default Infinity: as advertised. */
  readonly idleGraceMs?: number;
  /**
   * Whether to stop accepting at once instead of at the end of the lame duck: where others accept in its place, as the new workers of a
   * reload do on the same port. Everything else stays as it is. Default false.
   */
  readonly stopListeningFirst?: boolean;
}

/** What one phase of a shutdown came to. */
export interface PhaseReport {
  readonly durationMs: number;
  /** Connections that were open when it began. */
  readonly open: number;
  /** Connections that came in meanwhile. */
  readonly opened: number;
  /** Connections that ended meanwhile. */
  readonly closed: number;
  /** Requests that began meanwhile. */
  readonly requests: number;
}

/** What a shutdown came to. */
export interface CloseReport {
  /** Accepting still, every answer says that the connection ends. */
  readonly lameDuck: PhaseReport;
  /** No longer listening, waiting for the last ones. All 0 where it was cut short before. */
  readonly draining: PhaseReport;
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
  /** About certificates that clients refuse, or soon will. Told to `onWarning` as well. */
  readonly warnings: readonly ServerWarning[];
}

/** A server that listens. */
export interface Server {
  /** `http://host:port/` or `https://host:port/`, with the port that was really taken. */
  readonly url: string;
  readonly port: number;
  readonly hostname: string;
  readonly state: ServerState;
  /** Undefined without TLS. */
  readonly tls: TlsState | undefined;
  /**
   * Replaces certificates, and whatever else is given: new connections get them, those that are open live on. Session tickets stay good
   * unless other `ticketKeys` are given.
   *
   * @throws OptionError where something is wrong with them; then everything stays as it was. MisuseError on a server without TLS.
   */
  updateTls(options: TlsOptions): TlsState;
  /** What contradicts itself, or rests on something that is not verified. Told to `onWarning` as well. */
  readonly warnings: readonly ServerWarning[];
  /** Timeouts that were derived from `behind`, with their reasons. */
  readonly derived: readonly DerivedValue[];
  /** How scarce connections, descriptors and memory are, as of the last look: once a second while there are connections. */
  readonly pressure: PressureState;
  /** A snapshot of every open connection. */
  connections(): ConnectionInfo[];
  /** Shuts down without losing a request. Calling it again returns the same promise. */
  close(options?: CloseOptions): Promise<CloseReport>;
  /** Ends everything at once. */
  destroy(): void;
  [Symbol.asyncDispose](): Promise<void>;
}
