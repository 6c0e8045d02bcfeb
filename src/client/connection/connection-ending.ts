// How a connection ends, in order or not: what becomes of its requests, of its socket and of its place, and what is told of it.
import type { LossKind } from '../../errors.ts';
import type { CloseReason } from '../../http/close-reason.ts';
import type { Transport } from '../../io/index.ts';
import type { ExchangeConnection, ExchangeOrigin } from '../exchange-parties.ts';
import type { ConnectionHeartbeat } from '../heartbeat/connection-heartbeat.ts';
import type { SessionCore } from '../session-core.ts';
import type { ConnectionTimer } from './connection-timer.ts';
import type { IdleTrust } from './idle-trust.ts';
import type { LossCircumstances, RequestSender } from './request-sender.ts';
import type { ResponseReader } from './response-reader.ts';

/** Of what came unasked, enough to recognise it. */
const EVIDENCE_BYTES = 64;

/** What ends together. */
export interface EndingParts {
  readonly core: SessionCore;
  readonly origin: ExchangeOrigin;
  readonly connection: ExchangeConnection;
  readonly transport: Transport;
  readonly sender: RequestSender;
  readonly reader: ResponseReader;
  readonly timer: ConnectionTimer;
  readonly trust: IdleTrust;
  readonly heartbeat: ConnectionHeartbeat | undefined;
}

/** See the head of the file. */
export class ConnectionEnding {
  readonly #parts: EndingParts;
  isOpen = true;

  constructor(parts: EndingParts) {
    this.#parts = parts;
  }

  circumstances(kind: LossKind, error: unknown, saysClose: boolean): LossCircumstances {
    const { connection, reader } = this.#parts;
    return { kind, connection, responseBytes: reader.responseBytes, saysClose, error };
  }

  /** The end while a request is in flight. */
  lose(reason: CloseReason, kind: LossKind, error?: unknown, saysClose = false): void {
    if (!this.isOpen) return;
    const { connection, origin, sender, reader, timer, transport } = this.#parts;
    if (sender.inFlight > 1) origin.onPipelineLost(reason);
    if (connection.idledMs > 0 && !reader.hasBody) origin.onStale(kind, reason, connection.idledMs);
    const losses = sender.lose(this.circumstances(kind, error, saysClose));
    const body = reader.stop(reason);
    timer.clear();
    transport.destroy();
    this.#tellClosed(reason);
    for (const [index, { request, loss }] of losses.entries()) {
      if (index === 0 && body !== undefined) request.onTruncated(loss, body);
      else request.onLost(loss);
    }
  }

  /** The end of an idle connection that we did not ask for. Bytes that come unasked are evidence and nothing else. */
  loseIdle(reason: CloseReason, unsolicited?: Buffer): void {
    const { connection, core, origin, reader, timer, transport, trust } = this.#parts;
    const nowMs = core.clock.nowMs();
    const isCloseNotice = unsolicited === undefined || unsolicited.toString('latin1', 8, 12) === ' 408';
    if (connection.requests > 0 && isCloseNotice) origin.learned.peerClosedIdle(trust.idleMsAt(nowMs), nowMs);
    reader.stop(reason);
    timer.clear();
    transport.destroy();
    this.#tellClosed(reason, unsolicited?.toString('latin1', 0, EVIDENCE_BYTES));
  }

  /** The orderly end of a connection with nothing in flight, or with a signal that nobody waits for. */
  close(reason: CloseReason): void {
    const { reader, sender, timer, transport } = this.#parts;
    if (sender.inFlight > 0) sender.forget();
    reader.stop(reason);
    sender.output.flush();
    transport.end();
    timer.closing();
    this.#tellClosed(reason);
  }

  #tellClosed(reason: CloseReason, unsolicited?: string): void {
    const { connection, core, heartbeat, origin } = this.#parts;
    this.isOpen = false;
    core.connectionClosed(reason);
    heartbeat?.ended(reason);
    origin.onEnded(connection);
    const info = connection.info();
    core.trace?.({ type: 'closed', connection: info, reason, ...(unsolicited !== undefined && { unsolicited }) });
    origin.onClosed();
  }
}
