// One connection to the inspected server over HTTP/2 (RFC 9113), driven by hand: one request, a PING, and the end of the connection.
// It does only what it must by itself: acknowledge SETTINGS and PING. GOAWAY does not make it close, as the end is what is watched.
import type { Transport, TransportSink } from '../../io/index.ts';
import { giveUpAfter } from './give-up.ts';
import { encodeFields, readStatus } from '../http2/field-block.ts';
import type { Field } from '../http2/field-block.ts';
import { formatFrame } from '../http2/format-frame.ts';
import {
  ACK,
  CONNECTION_PREFACE,
  END_HEADERS,
  END_STREAM,
  beginsWithSettings,
  contentOf,
  encodeFrame,
  encodeNumbers,
  readFrame,
} from '../http2/frames.ts';
import type { Frame, FrameType } from '../http2/frames.ts';
import { encodeSettings, parseSettings } from '../http2/settings.ts';
import type { Http2Settings } from '../http2/settings.ts';
import type { PeerOwner } from './peer.ts';
import { roundMs } from '../round-ms.ts';
import { CANCEL, NO_ERROR, nameHttp2Error, redactField } from '../../http/index.ts';
import type { StoryRecorder } from './story-recorder.ts';

/** More of one body is not worth reading. */
const WINDOW_BYTES = 16 * 1024 * 1024;

/** What a window is without a word (RFC 9113 §6.9.2). */
const DEFAULT_WINDOW_BYTES = 65_535;

/** Nobody needs more acknowledgements than this: what asks for them is a flood. */
const MOST_ACKNOWLEDGEMENTS = 1_000;

/** Longest block of fields that is read. */
const MOST_FIELD_BYTES = 262_144;

/** Behind GOAWAY the end is waited for so long. */
const CLOSING_MS = 10_000;

const REQUEST_STREAM = 1;

/** What came of the one request. Times in milliseconds since the inspection began. */
export interface Http2Answer {
  /** Undefined where it could not be read. */
  readonly status: number | undefined;
  readonly bodyBytes: number;
  readonly sentMs: number;
  readonly endMs: number;
}

/** How an idle connection ended. */
export interface Http2Ending {
  readonly how: 'fin' | 'rst' | 'tls' | 'none';
  /** The name of its error code, where GOAWAY came. */
  readonly goaway: string | undefined;
  /** Until nothing could be asked any more: to GOAWAY, or to the end where none came. */
  readonly afterMs: number;
}

/** See the head of the file. */
export class Http2Peer implements TransportSink {
  readonly story: StoryRecorder;
  readonly #owner: PeerOwner;
  readonly #transport: Transport;
  #unread: Buffer = Buffer.alloc(0);
  #speaksHttp2: boolean | undefined;
  /** What came that no peer may send. */
  #fault: string | undefined;
  #settings: Http2Settings | undefined;
  #acknowledgements = 0;
  #block: Buffer[] | undefined;
  #blockBytes = 0;
  #status: number | undefined;
  #bodyBytes = 0;
  #answerEndMs: number | undefined;
  #isStreamOver = false;
  #pingAckMs: number | undefined;
  #goaway: { readonly atMs: number; readonly code: number } | undefined;
  #lastByteMs: number;
  #end: { readonly how: 'fin' | 'rst' | 'tls'; readonly atMs: number } | undefined;
  #closed = false;
  /** Looks again whether what is waited for has happened. */
  #look: () => void = () => {};

  constructor(owner: PeerOwner, transport: Transport, story: StoryRecorder) {
    this.#owner = owner;
    this.#transport = transport;
    this.story = story;
    this.#lastByteMs = owner.nowMs();
    transport.attach(this);
  }

  /** Those that the server has sent. */
  get settings(): Http2Settings {
    return this.#settings ?? {};
  }

  /** Says hello, and tells whether the server answers in HTTP/2. */
  async begin(atMostMs: number): Promise<boolean> {
    const bytes = CONNECTION_PREFACE.length;
    this.story.add({ atMs: this.#owner.nowMs(), kind: 'sent', text: 'the preface of HTTP/2', bytes });
    // In one piece: who takes it for HTTP/1 answers and closes, and what is still unread then becomes a reset.
    this.#transport.write(
      Buffer.concat([
        Buffer.from(CONNECTION_PREFACE),
        this.#encode('SETTINGS', 0, 0, encodeSettings({ ENABLE_PUSH: 0, INITIAL_WINDOW_SIZE: WINDOW_BYTES })),
        // Given once, so that nothing needs to be said while the connection is idle.
        this.#encode('WINDOW_UPDATE', 0, 0, encodeNumbers(WINDOW_BYTES - DEFAULT_WINDOW_BYTES)),
      ]),
    );
    await this.#until(() => this.#speaksHttp2 === false || this.#settings !== undefined, atMostMs);
    if (this.#speaksHttp2 === undefined && !this.#isDead())
      this.#note(`nothing came within ${Math.round(atMostMs)} ms`);
    return this.#settings !== undefined;
  }

  /** Sends the one request of this connection, without a body. Undefined where no complete answer came. */
  async exchange(fields: readonly Field[]): Promise<Http2Answer | undefined> {
    const sentMs = this.#owner.nowMs();
    this.#lastByteMs = sentMs;
    this.#sendRequest(fields);
    await this.#until(() => this.#isStreamOver, this.#owner.responseTimeoutMs);
    if (!this.#isStreamOver) {
      this.#note('no complete answer came in time');
      this.#isStreamOver = true;
      this.#send('RST_STREAM', 0, REQUEST_STREAM, encodeNumbers(CANCEL));
    }
    if (this.#answerEndMs === undefined) return undefined;
    return { status: this.#status, bodyBytes: this.#bodyBytes, sentMs, endMs: this.#answerEndMs };
  }

  /** Milliseconds from a PING to its acknowledgement; undefined where none came in time (RFC 9113 §6.7). */
  async ping(atMostMs: number): Promise<number | undefined> {
    const sentMs = this.#owner.nowMs();
    this.#send('PING', 0, 0, Buffer.from('perdura?'));
    await this.#until(() => this.#pingAckMs !== undefined, atMostMs);
    if (this.#pingAckMs !== undefined) return roundMs(this.#pingAckMs - sentMs);
    if (!this.#isDead()) this.#note(`the PING was not acknowledged within ${Math.round(atMostMs)} ms`);
    return undefined;
  }

  /** Waits for the server to end it, at most so long since the exchange. Of GOAWAY alone only a while, as it has then said its word. */
  async ending(atMostMs: number): Promise<Http2Ending> {
    const fromMs = this.#lastByteMs;
    const leftMs = fromMs + atMostMs - this.#owner.nowMs();
    await this.#until(() => this.#goaway !== undefined, leftMs);
    if (this.#goaway !== undefined) await this.#until(() => false, CLOSING_MS);
    const endMs = this.#goaway?.atMs ?? this.#end?.atMs ?? this.#owner.nowMs();
    return {
      how: this.#end?.how ?? 'none',
      goaway: this.#goaway === undefined ? undefined : nameHttp2Error(this.#goaway.code),
      afterMs: roundMs(Math.max(0, endMs - fromMs)),
    };
  }

  /** Ends it, with GOAWAY where the other side speaks HTTP/2. Harmless where it has ended already. */
  close(): void {
    if (this.#closed) return;
    if (this.#settings !== undefined && this.#end === undefined) this.#send('GOAWAY', 0, 0, encodeNumbers(0, NO_ERROR));
    this.#closed = true;
    const atMs = this.#owner.nowMs();
    if (this.#end === undefined) this.story.add({ atMs, kind: 'weClosed', text: '' });
    this.story.ended(atMs, 'weClosed');
    this.#transport.destroy();
    this.#look();
  }

  onTransportData(bytes: Buffer): void {
    this.#owner.onBytesReceived(bytes.length);
    if (this.#speaksHttp2 === false || this.#fault !== undefined) return;
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    this.#speaksHttp2 ??= beginsWithSettings(this.#unread);
    if (this.#speaksHttp2 === true) this.#readFrames();
    if (this.#speaksHttp2 === false) {
      this.story.received(this.#owner.nowMs(), this.#unread);
      this.#note('that is not HTTP/2');
    }
    this.#look();
  }

  onTransportEnd(): void {
    this.#ended(this.#transport.closeNotified === true ? 'tls' : 'fin');
  }

  onTransportDrain(): void {}

  onTransportClosed(error: Error | undefined): void {
    this.#ended(error === undefined ? 'fin' : 'rst');
  }

  #readFrames(): void {
    for (let read = readFrame(this.#unread); read !== undefined; read = readFrame(this.#unread)) {
      if ('fault' in read) {
        this.#fail(read.fault);
        return;
      }
      this.#unread = this.#unread.subarray(read.bytes);
      const { bytes } = read;
      this.story.add({ atMs: this.#owner.nowMs(), kind: 'received', text: formatFrame(read), bytes });
      this.#take(read);
      if (this.#fault !== undefined) return;
    }
  }

  #take(frame: Frame): void {
    const isAck = (frame.flags & ACK) !== 0;
    const isOurs = frame.stream === REQUEST_STREAM;
    switch (frame.type) {
      case 'SETTINGS':
        if (isAck) return;
        this.#settings = { ...this.#settings, ...parseSettings(frame.payload) };
        this.#acknowledge('SETTINGS', frame.payload.subarray(0, 0));
        return;
      case 'PING':
        if (isAck) this.#pingAckMs ??= this.#owner.nowMs();
        else this.#acknowledge('PING', frame.payload);
        return;
      case 'GOAWAY':
        this.#takeGoaway(frame.payload);
        return;
      case 'RST_STREAM':
        if (isOurs) this.#isStreamOver = true;
        return;
      case 'HEADERS':
      case 'CONTINUATION':
        this.#takeFields(frame);
        break;
      case 'DATA':
        if (isOurs) this.#bodyBytes += contentOf(frame).length;
        break;
      default:
        return;
    }
    const isEnd = frame.type !== 'CONTINUATION' && (frame.flags & END_STREAM) !== 0;
    if (!isOurs || !isEnd || this.#isStreamOver) return;
    this.#isStreamOver = true;
    this.#answerEndMs = this.#owner.nowMs();
    this.#lastByteMs = this.#answerEndMs;
  }

  #takeGoaway(payload: Buffer): void {
    // A graceful server may send two (RFC 9113 §6.8): the first one says it.
    this.#goaway ??= { atMs: this.#owner.nowMs(), code: payload.readUInt32BE(4) };
    // What is above is not served any more.
    if ((payload.readUInt32BE(0) & 0x7f_ff_ff_ff) < REQUEST_STREAM) this.#isStreamOver = true;
  }

  /** Only the status, and of a 1xx the one behind it. */
  #takeFields(frame: Frame): void {
    if (frame.type === 'HEADERS') this.#block = [];
    if (this.#block === undefined) {
      this.#fail('CONTINUATION without HEADERS');
      return;
    }
    this.#block.push(frame.type === 'HEADERS' ? contentOf(frame) : frame.payload);
    this.#blockBytes += frame.payload.length;
    if (this.#blockBytes > MOST_FIELD_BYTES) this.#fail(`fields of more than ${MOST_FIELD_BYTES} bytes`);
    if ((frame.flags & END_HEADERS) === 0) return;
    const status = readStatus(Buffer.concat(this.#block));
    this.#block = undefined;
    // Behind a final status there are only trailers.
    if (this.#status === undefined || this.#status < 200) this.#status = status;
  }

  #acknowledge(type: 'SETTINGS' | 'PING', payload: Buffer): void {
    this.#acknowledgements += 1;
    if (this.#acknowledgements > MOST_ACKNOWLEDGEMENTS) this.#fail('a flood of frames that ask for acknowledgement');
    else this.#send(type, ACK, 0, payload);
  }

  #sendRequest(fields: readonly Field[]): void {
    const block = encodeFields(fields);
    const lines = fields.map(([name, value]) => `${name}: ${redactField(name, value)}`);
    this.#send('HEADERS', END_STREAM | END_HEADERS, REQUEST_STREAM, block, `\n${lines.join('\n')}`);
  }

  #send(type: FrameType, flags: number, stream: number, payload: Buffer, more = ''): void {
    if (this.#closed || this.#end?.how === 'rst') return;
    this.#transport.write(this.#encode(type, flags, stream, payload, more));
  }

  /** The bytes of a frame that goes out now. */
  #encode(type: FrameType, flags: number, stream: number, payload: Buffer, more = ''): Buffer {
    const bytes = encodeFrame(type, flags, stream, payload);
    const text = formatFrame({ type, typeCode: 0, flags, stream, payload }) + more;
    this.story.add({ atMs: this.#owner.nowMs(), kind: 'sent', text, bytes: bytes.length });
    return bytes;
  }

  #note(text: string): void {
    this.story.add({ atMs: this.#owner.nowMs(), kind: 'note', text });
  }

  #fail(fault: string): void {
    this.#fault = fault;
    this.#note(`malformed: ${fault}`);
  }

  #ended(how: 'fin' | 'rst' | 'tls'): void {
    if (this.#end !== undefined || this.#closed) return;
    const atMs = this.#owner.nowMs();
    this.#end = { how, atMs };
    const kind = ({ fin: 'peerFin', rst: 'peerReset', tls: 'peerCloseNotify' } as const)[how];
    this.story.add({ atMs, kind, text: '' });
    this.story.ended(atMs, kind);
    this.#look();
  }

  /** Nothing will come any more. */
  #isDead(): boolean {
    return this.#end !== undefined || this.#fault !== undefined || this.#closed;
  }

  async #until(condition: () => boolean, atMostMs: number): Promise<void> {
    if (condition() || this.#isDead() || atMostMs <= 0) return;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        stop();
        this.#look = () => {};
        resolve();
      };
      const stop = giveUpAfter(this.#owner, atMostMs, finish);
      this.#look = () => {
        if (condition() || this.#isDead()) finish();
      };
    });
  }
}
