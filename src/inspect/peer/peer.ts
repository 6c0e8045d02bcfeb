// One connection to the inspected server, driven by hand: bytes as they are out, answers and the end of the connection in.
// It keeps to no rule of persistence by itself: what a check sends is what goes out, also what no client should send.
import { Headers } from '../../http/index.ts';
import type { Transport, TransportSink } from '../../io/index.ts';
import { NO_BODY, WireConfiguration, WireConnection } from '../../wire/index.ts';
import type {
  Exchange,
  FieldLines,
  ProtocolError,
  ProtocolFault,
  RequestHead,
  ResponseHead,
  WireSink,
} from '../../wire/index.ts';
import type { Ending } from './ending.ts';
import { giveUpAfter } from './give-up.ts';
import type { Patience } from './give-up.ts';
import { FRAME_HEAD_BYTES, beginsWithSettings } from '../http2/frames.ts';
import { ReplyCollector } from './reply.ts';
import type { NoAnswer, Reply } from './reply.ts';
import { roundMs } from '../round-ms.ts';
import type { StoryRecorder } from './story-recorder.ts';

/** More of one body is not worth reading. */
const MOST_BODY_BYTES = 16 * 1024 * 1024;

/** More of what nobody asked for is not kept: its beginning says what it is. */
const MOST_UNASKED_BYTES = 4_096;

/** More of it is not even received. */
const MOST_UNASKED_RECEIVED_BYTES = 1024 * 1024;

/** Nobody is asked to wait so often before an answer. */
const MOST_INTERIM = 1_000;

/** Servers under inspection may send more than we would serve: only what could fill memory is refused. */
const CONFIGURATION = new WireConfiguration({ headerBytes: 262_144, headerFields: 1_000 });

/** What a peer needs of whoever opened it. */
export interface PeerOwner extends Patience {
  /** Milliseconds since the inspection began. */
  nowMs(): number;
  readonly responseTimeoutMs: number;
  /** Called before each request; resolves when it may go out. Throws where the budget is spent. */
  beforeRequest(): Promise<void>;
  onBytesReceived(count: number): void;
}

interface Awaited {
  readonly method: string;
  /** What the wire knows it by; undefined while the wire is at an answer that ends the connection. */
  exchange: Exchange | undefined;
  readonly collector: ReplyCollector;
  reply: Reply | undefined;
  resolve: ((reply: Reply) => void) | undefined;
}

/** See the head of the file. */
export class Peer implements TransportSink, WireSink {
  readonly story: StoryRecorder;
  readonly #owner: PeerOwner;
  readonly #transport: Transport;
  #wire: WireConnection;
  readonly #awaited: Awaited[] = [];
  /** Bytes that came while no answer was awaited. */
  #unasked = '';
  #unaskedReceived = 0;
  #beginning: Buffer = Buffer.alloc(0);
  #lastByteMs: number;
  #end: { readonly how: 'fin' | 'rst' | 'tls'; readonly atMs: number } | undefined;
  #onEnd: (() => void) | undefined;
  #closed = false;

  constructor(owner: PeerOwner, transport: Transport, story: StoryRecorder) {
    this.#owner = owner;
    this.#transport = transport;
    this.story = story;
    this.#lastByteMs = owner.nowMs();
    this.#wire = this.#newWire();
    transport.attach(this);
  }

  /** Whether the server has ended it. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** What came while no answer was awaited; a 408 is how servers say that they have waited for long enough. */
  get unasked(): Ending['before'] {
    if (this.#unasked === '') return 'nothing';
    return isRequestTimeout(this.#unasked) ? '408' : 'bytes';
  }

  /** The same as a person can read it, without secrets. */
  get unaskedText(): string {
    return this.story.show(this.#unasked);
  }

  /** Bytes that came while no answer was awaited, one character each. */
  get unaskedBytes(): string {
    return this.#unasked;
  }

  /** Whether what came first is a SETTINGS frame of HTTP/2: the first that such a server sends (RFC 9113 §3.4). */
  get beganWithHttp2(): boolean {
    return beginsWithSettings(this.#beginning) === true;
  }

  /** Sends bytes as they are, one for each character. */
  send(text: string): void {
    if (this.#closed || this.#end?.how === 'rst') return;
    this.story.sent(this.#owner.nowMs(), text);
    this.#transport.write(text);
  }

  /**
   * Sends one request and waits for its answer, at most for the timeout of a response, or less. `method` decides whether the answer has a
   * body.
   */
  async exchange(requestText: string, method = 'GET', atMostMs: number = Infinity): Promise<Reply> {
    await this.#owner.beforeRequest();
    this.await(method);
    this.send(requestText);
    return this.reply(Math.min(atMostMs, this.#owner.responseTimeoutMs));
  }

  /** Sends requests in one write, then waits for the answers, in order, each at most for the timeout of a response. */
  async pipeline(requests: readonly { readonly text: string; readonly method: string }[]): Promise<Reply[]> {
    for (const { method } of requests) {
      await this.#owner.beforeRequest();
      this.await(method);
    }
    this.send(requests.map(({ text }) => text).join(''));
    const replies: Reply[] = [];
    for (const _ of requests) replies.push(await this.reply());
    return replies;
  }

  /** Says that an answer to a request of this method comes next, behind those that are awaited already. */
  await(method: string): void {
    const collector = new ReplyCollector(this.#owner.nowMs());
    const awaited: Awaited = { method, exchange: undefined, collector, reply: undefined, resolve: undefined };
    // What was given up on before anything of it came is awaited no longer: this request decides how the next answer is framed.
    const isOver =
      !this.#isWithinAnswer && (this.#wire.persistence !== 'persistent' || this.#wire.oldest !== undefined);
    if (this.#openReply() === undefined && isOver) this.#wire = this.#newWire();
    this.#awaited.push(awaited);
    announce(this.#wire, awaited);
    if (this.#wire.paused) this.#wire.resume();
    if (this.#closed) this.#failAll('closedByUs');
    else if (this.#end !== undefined) this.#failAll(this.#end.how === 'rst' ? 'reset' : 'fin');
  }

  /** The next answer that is awaited. Never rejects. */
  async reply(atMostMs: number = this.#owner.responseTimeoutMs): Promise<Reply> {
    const awaited = this.#awaited[0];
    if (awaited === undefined) throw new Error('no answer is awaited');
    const reply = awaited.reply ?? (await this.#waitFor(awaited, atMostMs));
    this.#awaited.shift();
    return reply;
  }

  /**
   * Waits for the server to end the connection, at most so long. Times count from the last byte in either direction that belongs to an
   * exchange: what comes unasked is a part of the end.
   */
  async ending(atMostMs: number): Promise<Ending> {
    const fromMs = this.#lastByteMs;
    const leftMs = fromMs + this.#owner.boundMs(atMostMs) - this.#owner.nowMs();
    if (this.#end === undefined && leftMs > 0) await this.#waitForEnd(leftMs);
    const { how, atMs } = this.#end ?? { how: 'none' as const, atMs: this.#owner.nowMs() };
    return { how, afterMs: roundMs(Math.max(0, atMs - fromMs)), before: this.unasked };
  }

  /** Says that times of {@link ending} count from now on. */
  markTime(): void {
    this.#lastByteMs = this.#owner.nowMs();
  }

  /** Closes our side; reading goes on. */
  finish(): void {
    if (this.#closed) return;
    this.story.add({ atMs: this.#owner.nowMs(), kind: 'weFin', text: '' });
    this.#transport.end();
  }

  /** Ends it. Harmless where it has ended already. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const atMs = this.#owner.nowMs();
    if (this.#end === undefined) this.story.add({ atMs, kind: 'weClosed', text: '' });
    this.story.ended(atMs, 'weClosed');
    this.#failAll('closedByUs');
    this.#transport.destroy();
    this.#onEnd?.();
  }

  onTransportData(bytes: Buffer): void {
    const atMs = this.#owner.nowMs();
    this.story.received(atMs, bytes);
    if (this.#beginning.length < FRAME_HEAD_BYTES) {
      this.#beginning = Buffer.concat([this.#beginning, bytes.subarray(0, FRAME_HEAD_BYTES)]);
    }
    this.#owner.onBytesReceived(bytes.length);
    let unread = bytes;
    // A 1xx or an answer in parts: all of it belongs to the exchange that waits, or to one that was given up on within its answer.
    while (unread.length > 0 && (this.#openReply() !== undefined || this.#isWithinAnswer)) {
      this.#lastByteMs = atMs;
      const wire = this.#wire;
      wire.receive(unread);
      if (!wire.paused) return;
      unread = unread.subarray(unread.length - wire.unreadBytes);
      // An answer that ends the connection stops the wire; what a server says behind it is of interest all the same.
      if (unread.length > 0 || this.#openReply() !== undefined) this.#wire = this.#newWire();
    }
    // What is left over belongs to nobody.
    this.#unasked += unread.subarray(0, MOST_UNASKED_BYTES - this.#unasked.length).toString('latin1');
    this.#unaskedReceived += unread.length;
    if (this.#unaskedReceived > MOST_UNASKED_RECEIVED_BYTES) this.close();
  }

  onTransportEnd(): void {
    const isNotified = this.#transport.closeNotified === true;
    this.#ended(isNotified ? 'tls' : 'fin');
    this.#wire.receiveEnd();
    this.#failAll('fin');
  }

  onTransportDrain(): void {}

  onTransportClosed(error: Error | undefined): void {
    if (error === undefined) this.#ended('fin');
    else this.#ended('rst');
    this.#failAll(error === undefined ? 'fin' : 'reset');
  }

  onHead(head: RequestHead | ResponseHead, exchange: Exchange): void {
    if (head.kind === 'request') return;
    this.#awaitedBy(exchange)?.collector.onHead(head, Headers.fromList(head.lines.loadFields()), this.#owner.nowMs());
  }

  onInterim(head: ResponseHead, exchange: Exchange): void {
    const awaited = this.#awaitedBy(exchange);
    if (awaited === undefined) return;
    awaited.collector.interim.push(head.status);
    if (awaited.collector.interim.length < MOST_INTERIM) return;
    this.#settle(awaited, awaited.collector.noAnswer('tooLarge', this.#owner.nowMs(), true));
    this.close();
  }

  onBody(bytes: Buffer, exchange: Exchange): void {
    const awaited = this.#awaitedBy(exchange);
    if (awaited === undefined) return;
    awaited.collector.onBody(bytes);
    if (awaited.collector.bodyBytes <= MOST_BODY_BYTES) return;
    this.#settle(awaited, awaited.collector.noAnswer('tooLarge', this.#owner.nowMs(), true));
    this.close();
  }

  onTrailers(_lines: FieldLines, exchange: Exchange): void {
    this.#awaitedBy(exchange)?.collector.onTrailers();
  }

  onEnd(exchange: Exchange): void {
    const awaited = this.#awaitedBy(exchange);
    if (awaited !== undefined) this.#settle(awaited, awaited.collector.answer(this.#owner.nowMs()));
    if (this.#openReply() === undefined || this.#wire.persistence !== 'persistent') this.#wire.pause();
  }

  onError(error: ProtocolError, exchange: Exchange | undefined): void {
    const awaited = this.#awaitedBy(exchange);
    // The end of the connection within a message is told as what it is.
    const why = error.fault === 'unexpectedEnd' ? 'fin' : 'malformed';
    if (awaited !== undefined) {
      this.#settle(awaited, awaited.collector.noAnswer(why, this.#owner.nowMs(), true, error.fault));
    }
    // Nobody can tell where the next answer would begin.
    this.#failAll(why, error.fault);
  }

  /** A wire that knows what is awaited. */
  #newWire(): WireConnection {
    // Requests are sent as text: what the wire would write is thrown away.
    const wire = new WireConnection('client', CONFIGURATION, this, { write: () => true });
    for (const awaited of this.#awaited) if (awaited.reply === undefined) announce(wire, awaited);
    return wire;
  }

  /** Whether a part of an answer has come, also of one that nobody waits for any longer. */
  get #isWithinAnswer(): boolean {
    return this.#wire.reading !== undefined || this.#wire.headBegun;
  }

  /** Undefined where it was given up on. */
  #awaitedBy(exchange: Exchange | undefined): Awaited | undefined {
    return this.#awaited.find((awaited) => awaited.exchange === exchange && awaited.reply === undefined);
  }

  /** The answer that is being read: the first that is not complete. */
  #openReply(): Awaited | undefined {
    return this.#awaited.find(({ reply }) => reply === undefined);
  }

  #settle(awaited: Awaited, reply: Reply): void {
    awaited.reply = reply;
    awaited.resolve?.(reply);
  }

  #failAll(why: NoAnswer['why'], fault?: ProtocolFault): void {
    const nowMs = this.#owner.nowMs();
    // Only the first of them can have begun.
    let isBegun = this.#wire.headBegun;
    for (const awaited of this.#awaited) {
      if (awaited.reply !== undefined) continue;
      this.#settle(awaited, awaited.collector.noAnswer(why, nowMs, isBegun, fault));
      isBegun = false;
    }
  }

  #ended(how: 'fin' | 'rst' | 'tls'): void {
    if (this.#end !== undefined || this.#closed) return;
    const atMs = this.#owner.nowMs();
    this.#end = { how, atMs };
    const kind = ({ fin: 'peerFin', rst: 'peerReset', tls: 'peerCloseNotify' } as const)[how];
    this.story.add({ atMs, kind, text: '' });
    this.story.ended(atMs, kind);
    this.#onEnd?.();
  }

  async #waitFor(awaited: Awaited, atMostMs: number): Promise<Reply> {
    return new Promise((resolve) => {
      const stop = giveUpAfter(this.#owner, atMostMs, () =>
        this.#settle(awaited, awaited.collector.noAnswer('timeout', this.#owner.nowMs(), this.#wire.headBegun)),
      );
      awaited.resolve = (reply) => {
        stop();
        resolve(reply);
      };
    });
  }

  async #waitForEnd(atMostMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        stop();
        this.#onEnd = undefined;
        resolve();
      };
      const stop = giveUpAfter(this.#owner, atMostMs, finish);
      this.#onEnd = finish;
    });
  }
}

/** Tells the wire that an answer to this comes next; one that is at an answer that ends the connection takes nothing more. */
function announce(wire: WireConnection, awaited: Awaited): void {
  if (wire.persistence === 'persistent') awaited.exchange = wire.sendRequest(awaited.method, '/', '', NO_BODY, false);
}

function isRequestTimeout(text: string): boolean {
  return /^HTTP\/1\.[01] 408[ \r]/.test(text);
}
