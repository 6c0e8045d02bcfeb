// Who takes part in an exchange — the request of a caller, the connection it goes out on, the origin they belong to — as they know
// each other. Interfaces only, so that none of the three has to import another.
import type { LossKind } from '../errors.ts';
import type { CloseReason } from '../http/close-reason.ts';
import type { KeepAliveHint } from '../http/keep-alive-field.ts';
import type { Origin, OriginParts } from '../http/origin.ts';
import type { ClientConnectionInfo, ConnectionState } from '../trace.ts';
import type { ResponseHead } from '../wire/index.ts';
import type { ReuseDecision } from './policy/idle-policy.ts';
import type { LearnedTimeouts } from './policy/learned-timeouts.ts';
import type { HoldBack } from './options.ts';
import type { OutgoingRequest } from './request/outgoing-request.ts';
import type { ResponseBody } from './response/response-body.ts';

/** What the connection knows at the moment at which it is lost to a request. */
export interface Loss {
  readonly kind: LossKind;
  readonly connection: ExchangeConnection;
  /** Whether the connection had served a request before. */
  readonly reused: boolean;
  readonly idleMs: number;
  readonly bytesSent: number;
  /** The kernel took no byte of it. */
  readonly nothingAccepted: boolean;
  /** All of it was given to the kernel. */
  readonly requestComplete: boolean;
  readonly responseBytes: number;
  /** Another request without answer was ahead of it. */
  readonly pipelinedBehind: boolean;
  /** The response that ended it had `Connection: close`. */
  readonly saysClose: boolean;
  /** A piece was taken from the source of its body. */
  readonly bodyTaken: boolean;
  readonly error: unknown;
}

/** The request of a caller. */
export interface ExchangeRequest {
  readonly outgoing: OutgoingRequest;
  /** Only a connection that was never used will do. */
  readonly needsNew: boolean;
  /** Whether a connection that ends under it costs a repetition and no more. */
  readonly repeatable: boolean;
  /** Whether the caller has its answer or its error. */
  readonly settled: boolean;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  /** Looks for a connection, or for another one. */
  start(): void;
  /** It must wait for a connection. */
  onQueued(): void;
  /** No connection could be opened for it. */
  onConnectFailed(error: Error): void;
  /** It goes out on this connection now. */
  onSent(connection: ExchangeConnection): void;
  onInterim(head: ResponseHead): void;
  /** The response begins. */
  onHead(connection: ExchangeConnection, head: ResponseHead, body: ResponseBody): void;
  /** Its response is complete. */
  onComplete(): void;
  /** A connection failed it before its response began. */
  onLost(loss: Loss): void;
  /** Its connection ended within the body of its response. */
  onTruncated(loss: Loss, body: ResponseBody): void;
  /** Nobody has read its body for long. */
  onLeaked(connection: ExchangeConnection): void;
  /** Whether a 408 that answers it is no answer to it, so that it is sent again (RFC 9110 §15.5.9). */
  resendsAfter408(loss: Loss): boolean;
  /** What of it waits until the connection has shown that it is alive. */
  holdBackOn(connection: ExchangeConnection): Exclude<HoldBack, 'auto'>;
  /** For how long the connection may be silent before a second attempt starts beside it; Infinity: for ever. */
  hedgeDelayMs(connection: ExchangeConnection): number;
  /** The connection has been silent for that long. */
  hedge(connection: ExchangeConnection): void;
  /** The caller gets this error, unless it has its answer already. */
  fail(error: unknown): void;
}

/** Why an idle connection is asked for a sign of life before its time: the machine slept, or another one to the origin is lost. */
export type DoubtCause = 'slept' | 'doubted';

/** The heartbeat of a connection, as its origin knows it. */
export interface ExchangeHeartbeat {
  /** Signals that were sent on it. */
  readonly sent: number;
  /** Whether a signal is under way: the connection is idle for its origin, but nothing may be sent behind the signal. */
  readonly isAwaiting: boolean;
  /** The connection is idle and doubted: sends a signal, or ends it where it cannot be asked and must not be used. */
  ask(doubt: DoubtCause): void;
  /** A request waits for the place of the connection, on which a signal is under way. */
  hurry(): void;
}

/** A connection to an origin. */
export interface ExchangeConnection {
  readonly id: number;
  /** The address that was connected to, as the resolver gave it. */
  readonly address: string;
  /** Requests that were sent on it, signals included. */
  readonly requests: number;
  /** Undefined where it is left alone while it is idle. */
  readonly heartbeat: ExchangeHeartbeat | undefined;
  readonly inFlight: number;
  readonly state: ConnectionState;
  /** How long it had been idle before the request that was sent last. */
  readonly idledMs: number;
  /** Since when the response is awaited that comes next. */
  readonly sentAtMs: number;
  /** What the server last promised on it. */
  readonly hint: KeepAliveHint | undefined;
  /** Whether it waits for somebody to read a response. */
  readonly isHeldUnread: boolean;
  /** Whether one more safe request may go out behind those in flight. */
  readonly takesPipelined: boolean;
  info(): ClientConnectionInfo;
  /** Whether a request may go out on this idle connection. */
  decideReuse(repeatable: boolean): ReuseDecision;
  /** Keeps it for a request that goes out once sockets have been looked at. */
  reserve(): void;
  /** Ends the reservation; whether the connection is still alive. */
  release(): boolean;
  send(request: ExchangeRequest): void;
  /** Nothing is in flight any more. */
  becomeFree(): void;
  /** Idle on, for the rest of the time that it may be. */
  stayIdle(): void;
  /**
   * Sends a signal on the idle connection. How is a matter of its protocol: a request that carries nothing in HTTP/1, where nothing else
   * is answered; a PING in HTTP/2 (RFC 9113 §6.7), where requests need not wait for it.
   */
  signal(): void;
  /** No further request goes out; it ends once nothing is in flight. */
  retire(reason: CloseReason): void;
  /** The caller gave the request up: nobody wants its response. */
  abandon(request: ExchangeRequest): void;
  /** Ends at once. What is in flight fails with `error`, or, where none is given, is lost and perhaps sent again. */
  destroy(reason: CloseReason, error?: Error): void;
}

/** The connections to one origin and what is known of it. */
export interface ExchangeOrigin {
  readonly parts: OriginParts;
  /** The proxy on the way to it; undefined: none. */
  readonly proxy: Origin | undefined;
  readonly learned: LearnedTimeouts;
  /** Nearest to what the path alone takes; Infinity before the first measurement. */
  readonly roundTripMs: number;
  /** Sends the request as soon as there is a connection for it. */
  acquire(request: ExchangeRequest): void;
  isWaiting(request: ExchangeRequest): boolean;
  /** The request no longer waits. */
  forget(request: ExchangeRequest): void;
  /** It failed, so that it no longer waits either. */
  onFailed(request: ExchangeRequest): void;
  /** Who has the connections that a request waits for in vain. */
  describeHolders(): string;
  /** The head of a response came so long after its request, which was the only one in flight. */
  responded(waitMs: number): void;
  /** A connection has nothing in flight. Whether it got a request, or its end, instead of becoming idle. */
  onFree(connection: ExchangeConnection): boolean;
  /** A connection may take further requests behind those in flight. */
  onPipelineRoom(connection: ExchangeConnection): void;
  /** A request met the end of a connection that had been idle for so long. */
  onStale(kind: LossKind, reason: CloseReason, idleMs: number): void;
  /** A connection ended with several requests in flight. */
  onPipelineLost(reason: CloseReason): void;
  /** The connection has ended, or takes no further request. */
  onEnded(connection: ExchangeConnection): void;
  /** The end of a connection was told, and its place is free. */
  onClosed(): void;
}
