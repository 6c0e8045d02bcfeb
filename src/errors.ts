// Every error of perdura, in one place: a stable code, a message that names the option, limit or peer and what to do.

/** The stable names of everything that can go wrong. Switch on these, never on messages. */
export type PerduraErrorCode =
  | 'ERR_PERDURA_OPTION'
  | 'ERR_PERDURA_PROTOCOL'
  | 'ERR_PERDURA_MISUSE'
  | 'ERR_PERDURA_BODY'
  | 'ERR_PERDURA_LISTEN'
  | 'ERR_PERDURA_ABORTED'
  | 'ERR_PERDURA_CONNECT'
  | 'ERR_PERDURA_CONNECTION_LOST'
  | 'ERR_PERDURA_TIMEOUT'
  | 'ERR_PERDURA_POOL'
  | 'ERR_PERDURA_REDIRECT'
  | 'ERR_PERDURA_EVENT_STREAM'
  | 'ERR_PERDURA_WORKERS';

/** Base of every error that perdura throws or rejects with. */
export class PerduraError extends Error {
  readonly code: PerduraErrorCode;

  constructor(code: PerduraErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** An option has a value that it cannot have. The message names the option, the value and what is allowed. */
export class OptionError extends PerduraError {
  readonly option: string;

  constructor(option: string, message: string) {
    super('ERR_PERDURA_OPTION', `${option}: ${message}`);
    this.option = option;
  }
}

/** Something was called at a time or in an order that makes no sense: a defect of the caller, never of the peer. */
export class MisuseError extends PerduraError {
  constructor(message: string) {
    super('ERR_PERDURA_MISUSE', message);
  }
}

/** A body ended early, was too large, or was read twice. */
export class BodyError extends PerduraError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('ERR_PERDURA_BODY', message, options);
  }
}

/** The work was given up: the peer went away, or the caller aborted. */
export class AbortedError extends PerduraError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('ERR_PERDURA_ABORTED', message, options);
  }
}

/** The server could not listen: the port is taken, the address is not ours, or permission is missing. */
export class ListenError extends PerduraError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('ERR_PERDURA_LISTEN', message, options);
  }
}

/** No connection could be opened: the name does not resolve, nobody listens, TLS failed, or it took too long. Nothing was sent. */
export class ConnectError extends PerduraError {
  /** Where to, e.g. `https://api.example.com`. */
  readonly origin: string;
  /** What a proxy answered instead of opening a tunnel, e.g. 407; undefined where it was something else. */
  readonly status: number | undefined;

  constructor(origin: string, message: string, options?: { cause?: unknown; status?: number }) {
    super('ERR_PERDURA_CONNECT', message, options);
    this.origin = origin;
    this.status = options?.status;
  }
}

/** How a connection ended under a request. */
export type LossKind = 'fin' | 'reset' | 'writeFailed' | 'timeout' | 'protocolError' | 'requestTimeout';

/** What is known of a request whose connection was lost: enough to decide whether it may be sent again. */
export interface LossEvidence {
  readonly kind: LossKind;
  readonly method: string;
  /** Identifies the connection in the trace. */
  readonly connectionId: number;
  /** Whether the connection had served a request before. */
  readonly reused: boolean;
  /** How long it had been idle when the request was sent; 0 where it was not reused. */
  readonly idleMs: number;
  /** Bytes of the request that the kernel took. */
  readonly bytesSent: number;
  /** Whether all of the request was given to the kernel. */
  readonly requestComplete: boolean;
  /** Bytes of the response that had arrived. */
  readonly responseBytes: number;
  /** What the server last promised in `Keep-Alive` on that connection; undefined where it promised nothing. */
  readonly serverAdvertised: { readonly timeoutMs?: number; readonly max?: number } | undefined;
  /** Whether the server cannot have executed the request, or executing it twice does no harm. */
  readonly safeToRetry: boolean;
  /** How often it was sent, this time included. */
  readonly attempts: number;
}

/** A connection ended while a request was under way, and sending it again was not allowed or did not help. */
export class ConnectionLostError extends PerduraError {
  readonly evidence: LossEvidence;

  constructor(message: string, evidence: LossEvidence, options?: { cause?: unknown }) {
    super('ERR_PERDURA_CONNECTION_LOST', message, options);
    this.evidence = evidence;
  }

  get safeToRetry(): boolean {
    return this.evidence.safeToRetry;
  }
}

/** The phases of a request that have a deadline. */
export type TimeoutPhase = 'acquire' | 'connect' | 'headers' | 'body';

/** A phase of a request took longer than its option allows. */
export class TimeoutError extends PerduraError {
  readonly phase: TimeoutPhase;
  readonly timeoutMs: number;
  /** Undefined where no connection was involved yet. */
  readonly evidence: LossEvidence | undefined;

  constructor(phase: TimeoutPhase, timeoutMs: number, message: string, evidence?: LossEvidence) {
    super('ERR_PERDURA_TIMEOUT', message);
    this.phase = phase;
    this.timeoutMs = timeoutMs;
    this.evidence = evidence;
  }

  /** Whether the request may be made again: where nothing was sent, and where a repetition does no harm. */
  get safeToRetry(): boolean {
    return this.evidence?.safeToRetry ?? true;
  }
}

/** The pool has no place for the request: its queue is full, or the session is closed. */
export class PoolError extends PerduraError {
  constructor(message: string) {
    super('ERR_PERDURA_POOL', message);
  }
}

/** A redirect that cannot be followed: too many, not allowed, or its body cannot be sent again. */
export class RedirectError extends PerduraError {
  constructor(message: string) {
    super('ERR_PERDURA_REDIRECT', message);
  }
}

/** A stream of events cannot be had, or not be gone on with: the server answers something else, or too many attempts failed. */
export class EventStreamError extends PerduraError {
  /** What the server answered; undefined where that is not what is wrong. */
  readonly status: number | undefined;

  constructor(message: string, options?: { cause?: unknown; status?: number }) {
    super('ERR_PERDURA_EVENT_STREAM', message, options);
    this.status = options?.status;
  }
}

/** No worker could be started, so it was given up. The message is the worker's own where it had one. */
export class WorkersError extends PerduraError {
  /** For a command that ends because of it. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super('ERR_PERDURA_WORKERS', message);
    this.exitCode = exitCode;
  }
}
