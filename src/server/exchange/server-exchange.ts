// One request on the server: what arrived, who answers it, and how far the answer is.
import type { RequestHead } from '../../wire/index.ts';
import type { Exchange } from '../../wire/index.ts';
import type { RequestClient } from '../request/client-view.ts';
import type { ChunkSource } from '../answer/chunk-source.ts';
import type { ExchangeWatcher } from './exchange-life.ts';
import type { ExchangeAccount } from './exchange-account.ts';
import type { HeldInformational } from './informational.ts';
import type { RequestBody } from '../request/request-body.ts';
import type { LazyRequest } from '../request/request.ts';

/** Facts of one exchange; replaced with it, never reset. */
export class ServerExchange {
  readonly wire: Exchange;
  /** 1 for the first request on the connection. */
  readonly number: number;
  /** Undefined where the head could not be read. */
  readonly head: RequestHead | undefined;
  readonly request: LazyRequest | undefined;
  readonly body: RequestBody | undefined;
  /** Wall clock; 0 where nobody traces. */
  readonly startedAtMs: number;
  readonly startedMonotonicMs: number;
  /** What the handler returned, from then until it is sent. */
  answer: unknown = undefined;
  /** What the peer is told for having broken the request, unless an answer was begun before. */
  refusal: unknown = undefined;
  /** `waiting` → `answered` (an answer is at hand) → `sending` → `done`. */
  progress: 'waiting' | 'answered' | 'sending' | 'done' = 'waiting';
  status = 0;
  bodyBytes = 0;
  persistent = false;
  /** Whether nobody is told of it: a health check. */
  untold = false;
  /** Whether `100 Continue` was sent, or is not needed because the body is coming. */
  continued = false;
  /** Whether its answer waited for the end of the turn, to know what becomes of the request's body. */
  deferred = false;
  /** The request offers another protocol: what comes behind it is not read while it is open. */
  asksUpgrade = false;
  /** Its handler took the connection over. */
  upgraded = false;
  /** Interim responses that wait for its turn. */
  heldInformational: HeldInformational[] | undefined = undefined;
  /** Who asks; made where proxies are trusted, or when a handler asks for it. */
  client: RequestClient | undefined = undefined;
  /** Whoever asked to be told of its end. */
  watcher: ExchangeWatcher | undefined = undefined;
  /** What it took to the byte, where somebody wants to know. */
  account: ExchangeAccount | undefined = undefined;
  /** The body that is being sent in pieces. */
  source: ChunkSource | undefined = undefined;
  next: ServerExchange | undefined = undefined;

  constructor(
    wire: Exchange,
    number: number,
    head: RequestHead | undefined,
    request: LazyRequest | undefined,
    body: RequestBody | undefined,
    startedAtMs: number,
    startedMonotonicMs: number,
  ) {
    this.wire = wire;
    this.number = number;
    this.head = head;
    this.request = request;
    this.body = body;
    this.startedAtMs = startedAtMs;
    this.startedMonotonicMs = startedMonotonicMs;
  }

  /** The client holds its body back until it is told to continue (RFC 9110 §10.1.1), and was not; in HTTP/1.0 it does not. */
  get awaitsContinue(): boolean {
    if (this.continued || this.body?.receivedBytes !== 0) return false;
    return this.wire.minorVersion > 0 && this.head?.fields.expect?.toLowerCase() === '100-continue';
  }
}
