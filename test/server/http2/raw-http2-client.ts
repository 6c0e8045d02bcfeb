// A client of HTTP/2 for tests, frame by frame on a plain socket of loopback (RFC 9113). It does by itself what a peer must, unless told
// otherwise: acknowledge SETTINGS and PING. Everything else, right or wrong, is what a test says. No wait is without a deadline.
import { once } from 'node:events';
import net from 'node:net';
import type { Socket } from 'node:net';
import { nameHttp2Error } from '#src/http/http2-errors.js';
import {
  ACK,
  CONNECTION_PREFACE,
  END_HEADERS,
  END_STREAM,
  contentOf,
  encodeFrame,
  encodeNumbers,
  readFrame,
} from '#src/inspect/http2/frames.js';
import type { Frame, FrameType } from '#src/inspect/http2/frames.js';
import { encodeSettings, formatSettings } from '#src/inspect/http2/settings.js';
import { FieldDecoder, encodeFields } from './hpack.ts';
import type { Field } from './hpack.ts';

/** How a connection ended, seen from the client; `open` where it has not. */
export type Http2Ending = 'fin' | 'reset' | 'open';

/** One frame from the server. */
export interface HeardFrame extends Frame {
  /** Of HEADERS. */
  readonly fields: readonly Field[];
  /** What the line of the timeline says. */
  readonly text: string;
}

export interface RawHttp2Options {
  /** Longest time that one wait may take. Default 5,000. */
  readonly timeoutMs?: number;
  /** Whether the preface and empty SETTINGS are sent at once. Default true. */
  readonly hello?: boolean;
  /** SETTINGS of the hello, by titles. */
  readonly settings?: Readonly<Record<string, number>>;
  /** Default true. */
  readonly acknowledges?: boolean;
  /** Instead of a new socket, e.g. one of TLS. */
  readonly socket?: Socket;
}

/** RFC 9113 §4.1 without any care: any type, any length in the head. */
export function rawFrame(
  typeCode: number,
  flags: number,
  stream: number,
  payload: Uint8Array = Buffer.alloc(0),
  length: number = payload.length,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length, 0, 3);
  head[3] = typeCode;
  head[4] = flags;
  head.writeUInt32BE(stream >>> 0, 5);
  return Buffer.concat([head, payload]);
}

export function settingsFrame(values: Readonly<Record<string, number>> = {}): Buffer {
  return encodeFrame('SETTINGS', 0, 0, encodeSettings(values));
}

export function pingFrame(text = 'anybody?'): Buffer {
  return encodeFrame('PING', 0, 0, Buffer.from(text, 'latin1'));
}

export function resetFrame(stream: number, code: number): Buffer {
  return encodeFrame('RST_STREAM', 0, stream, encodeNumbers(code));
}

export function windowFrame(stream: number, bytes: number): Buffer {
  return encodeFrame('WINDOW_UPDATE', 0, stream, encodeNumbers(bytes));
}

/** The fields that every request needs (RFC 9113 §8.3.1). */
export function requestFields(method = 'GET', path = '/', more: readonly Field[] = []): Field[] {
  return [[':method', method], [':scheme', 'http'], [':path', path], [':authority', 'a'], ...more];
}

/** A request in one HEADERS frame; without END_STREAM where a body is to follow. */
export function requestFrame(
  stream: number,
  { method = 'GET', path = '/', more = [], end = true }: RequestOptions = {},
): Buffer {
  const flags = END_HEADERS | (end ? END_STREAM : 0);
  return encodeFrame('HEADERS', flags, stream, encodeFields(requestFields(method, path, more)));
}

export interface RequestOptions {
  readonly method?: string;
  readonly path?: string;
  readonly more?: readonly Field[];
  readonly end?: boolean;
}

export function dataFrame(stream: number, text: string | Buffer, end = false): Buffer {
  return encodeFrame('DATA', end ? END_STREAM : 0, stream, Buffer.from(text));
}

/** An answer as far as it came. */
export interface HeardAnswer {
  readonly status: number;
  readonly fields: readonly Field[];
  readonly body: string;
}

/** See the head of the file. */
export class RawHttp2Client {
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  readonly #acknowledges: boolean;
  readonly #decoder = new FieldDecoder();
  readonly frames: HeardFrame[] = [];
  /** `> …` what was sent, `< …` what came, in the order of both. */
  readonly timeline: string[] = [];
  #unread: Buffer = Buffer.alloc(0);
  #block: Buffer[] = [];
  #blockOf: Frame | undefined;
  #ending: Http2Ending = 'open';
  #fault: Error | undefined;
  /** Bytes that are no HTTP/2: as text. */
  #text = '';
  #isHttp2 = true;
  #look: () => void = () => {};
  #heard = 0;

  private constructor(socket: Socket, options: RawHttp2Options) {
    this.#socket = socket;
    this.#timeoutMs = options.timeoutMs ?? 5_000;
    this.#acknowledges = options.acknowledges ?? true;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.on('end', () => this.#over('fin'));
    socket.on('error', () => this.#over('reset'));
    socket.on('close', () => this.#over('reset'));
  }

  /** Connects to a server on loopback and says hello. */
  static async open(port: number, options: RawHttp2Options = {}): Promise<RawHttp2Client> {
    let { socket } = options;
    if (socket === undefined) {
      socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      await once(socket, 'connect', { signal: AbortSignal.timeout(options.timeoutMs ?? 5_000) });
    }
    const client = new RawHttp2Client(socket, options);
    if (options.hello !== false) client.write(CONNECTION_PREFACE, settingsFrame(options.settings));
    return client;
  }

  get ending(): Http2Ending {
    return this.#ending;
  }

  /** What came instead of HTTP/2. */
  get text(): string {
    return this.#text;
  }

  get localPort(): number {
    return this.#socket.localPort ?? 0;
  }

  /** Everything that came and went, for the message of an assertion. */
  get story(): string {
    return this.timeline.join('\n');
  }

  /** Sends the pieces in one write. */
  write(...pieces: readonly (Uint8Array | string)[]): void {
    const bytes = Buffer.concat(
      pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)),
    );
    if (pieces.length <= 8) for (const piece of pieces) this.timeline.push(`> ${describePiece(piece)}`);
    else this.timeline.push(`> ${pieces.length} frames, the first ${describePiece(pieces[0]!)}`);
    if (this.#ending !== 'reset') this.#socket.write(bytes);
  }

  /** Whatever comes is HTTP/1: kept as text. */
  expectText(): void {
    this.#isHttp2 = false;
  }

  request(stream: number, options: RequestOptions = {}): void {
    this.write(requestFrame(stream, options));
  }

  /** Sends a request and waits for its answer. */
  async fetch(stream: number, options: RequestOptions = {}): Promise<HeardAnswer> {
    this.request(stream, options);
    return await this.answer(stream);
  }

  /** Waits for the end of a stream. */
  async answer(stream: number): Promise<HeardAnswer> {
    await this.until(`the end of stream ${stream}`, () =>
      this.frames.some((frame) => frame.stream === stream && (frame.type === 'RST_STREAM' || endsStream(frame))),
    );
    return this.answerOf(stream);
  }

  /** What came on a stream so far. */
  answerOf(stream: number): HeardAnswer {
    const own = this.frames.filter((frame) => frame.stream === stream);
    const reset = own.find(({ type }) => type === 'RST_STREAM');
    if (reset !== undefined && !own.some(endsStream)) throw new Error(`stream ${stream}: ${reset.text}\n${this.story}`);
    const head = own.findLast(({ fields }) => fields[0]?.[0] === ':status');
    const body = Buffer.concat(own.filter(({ type }) => type === 'DATA').map((frame) => contentOf(frame)));
    return { status: Number(head?.fields[0]?.[1]), fields: head?.fields.slice(1) ?? [], body: body.toString('latin1') };
  }

  /** The first frame that matches and was not yet waited for by this method, or comes from now on. */
  async next(type: FrameType, matches: (frame: HeardFrame) => boolean = () => true): Promise<HeardFrame> {
    let found = -1;
    await this.until(type, () => {
      found = this.frames.findIndex((frame, index) => index >= this.#heard && frame.type === type && matches(frame));
      return found !== -1;
    });
    this.#heard = found + 1;
    return this.frames[found]!;
  }

  /** Waits until the server ends the connection, and says how. */
  async ended(): Promise<Http2Ending> {
    await this.until('the end of the connection', () => this.#ending !== 'open', true);
    return this.#ending;
  }

  /**
   * A PING and its acknowledgement: what the server said to everything that was sent before has come. False where the connection
   * ended instead.
   */
  async settled(): Promise<boolean> {
    const mark = `mark${String(this.frames.length).padStart(4, '0')}`;
    this.write(pingFrame(mark));
    const isAck = (frame: HeardFrame): boolean =>
      frame.type === 'PING' && (frame.flags & ACK) !== 0 && frame.payload.toString('latin1') === mark;
    await this.until('the acknowledgement of a PING', () => this.#ending !== 'open' || this.frames.some(isAck), true);
    return this.#ending === 'open';
  }

  /** As {@link settled}, but a GOAWAY that tells of an error is enough: behind it nothing may be answered, nor ended. */
  async settledOrRefused(): Promise<void> {
    const mark = `mark${String(this.frames.length).padStart(4, '0')}`;
    this.write(pingFrame(mark));
    await this.until(
      'the acknowledgement of a PING, or GOAWAY',
      () =>
        this.#ending !== 'open' ||
        this.frames.some(({ type, payload }) => type === 'PING' && payload.toString('latin1') === mark) ||
        this.goaways.some(({ code }) => code !== 'NO_ERROR'),
      true,
    );
  }

  /** The codes of all GOAWAY frames so far, with their last streams. */
  get goaways(): { readonly code: string; readonly lastStream: number; readonly debug: string }[] {
    return this.frames
      .filter(({ type }) => type === 'GOAWAY')
      .map(({ payload }) => ({
        code: nameHttp2Error(payload.readUInt32BE(4)),
        lastStream: payload.readUInt32BE(0) & 0x7f_ff_ff_ff,
        debug: payload.subarray(8).toString('latin1'),
      }));
  }

  /** The code with which the server has reset a stream. */
  resetOf(stream: number): string | undefined {
    const reset = this.frames.find((frame) => frame.type === 'RST_STREAM' && frame.stream === stream);
    return reset === undefined ? undefined : nameHttp2Error(reset.payload.readUInt32BE(0));
  }

  /** Waits for a condition on what has come. Rejects with the timeline where the connection ends first, or nothing comes in time. */
  async until(what: string, condition: () => boolean, mayEnd = false): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`waiting for ${what}: ${why}\n${this.story}`));
      const timer = setTimeout(() => fail(`nothing within ${this.#timeoutMs} ms`), this.#timeoutMs);
      this.#look = () => {
        if (condition()) resolve();
        else if (this.#fault !== undefined) fail(this.#fault.message);
        else if (this.#ending !== 'open' && !mayEnd) fail(`the connection ended (${this.#ending})`);
        else return;
        clearTimeout(timer);
        this.#look = () => {};
      };
      this.#look();
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Sends FIN. */
  end(): void {
    this.timeline.push('> FIN');
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    if (!this.#isHttp2) {
      this.#text += bytes.toString('latin1');
      this.#look();
      return;
    }
    this.#unread = Buffer.concat([this.#unread, bytes]);
    try {
      for (;;) {
        const frame = readFrame(this.#unread);
        if (frame === undefined) break;
        if ('fault' in frame)
          throw new Error(`the server sent ${frame.fault}: ${this.#unread.subarray(0, 64).toString('latin1')}`);
        this.#unread = this.#unread.subarray(frame.bytes);
        this.#hear(frame);
      }
    } catch (error) {
      this.#fault = error as Error;
    }
    this.#look();
  }

  #hear(frame: Frame): void {
    if (frame.type === 'HEADERS' || frame.type === 'CONTINUATION') {
      this.#blockOf ??= frame;
      this.#block.push(contentOf(frame));
      if ((frame.flags & END_HEADERS) === 0) return;
      const fields = this.#decoder.decode(Buffer.concat(this.#block));
      const head = this.#blockOf;
      this.#block = [];
      this.#blockOf = undefined;
      this.#note({
        ...head,
        fields,
        text: `${describeFrame(head)} ${fields.find(([name]) => name === ':status')?.[1] ?? ''}`.trimEnd(),
      });
      return;
    }
    this.#note({ ...frame, fields: [], text: describeFrame(frame) });
    if (!this.#acknowledges || (frame.flags & ACK) !== 0) return;
    if (frame.type === 'SETTINGS') this.write(encodeFrame('SETTINGS', ACK, 0, Buffer.alloc(0)));
    else if (frame.type === 'PING') this.write(encodeFrame('PING', ACK, 0, frame.payload));
  }

  #note(frame: HeardFrame): void {
    this.frames.push(frame);
    this.timeline.push(`< ${frame.text}`);
  }

  #over(ending: 'fin' | 'reset'): void {
    if (this.#ending !== 'open') return;
    this.#ending = ending;
    this.timeline.push(`< ${ending}`);
    this.#look();
  }
}

function endsStream({ type, flags }: Frame): boolean {
  return (type === 'HEADERS' || type === 'DATA') && (flags & END_STREAM) !== 0;
}

function describePiece(piece: Uint8Array | string): string {
  if (typeof piece === 'string') return JSON.stringify(piece.slice(0, 40));
  const frame = piece.length > 16_393 ? undefined : readFrame(Buffer.from(piece));
  return frame === undefined || 'fault' in frame ? `${piece.length} bytes` : describeFrame(frame);
}

/** One frame in a line, e.g. `GOAWAY NO_ERROR 2147483647`, `DATA 1 END_STREAM (2)`. */
export function describeFrame(frame: Frame): string {
  const { type, typeCode, flags, stream, payload } = frame;
  const ack = (flags & ACK) === 0 ? '' : ' ACK';
  switch (type) {
    case 'SETTINGS':
      return `SETTINGS${ack} ${formatSettings(payload)}`.trimEnd();
    case 'PING':
      return `PING${ack}`;
    case 'GOAWAY': {
      const debug = payload.subarray(8).toString('latin1');
      const said = debug === '' ? '' : ` '${debug}'`;
      return `GOAWAY ${nameHttp2Error(payload.readUInt32BE(4))} ${payload.readUInt32BE(0) & 0x7f_ff_ff_ff}${said}`;
    }
    case 'RST_STREAM':
      return `RST_STREAM ${stream} ${nameHttp2Error(payload.readUInt32BE(0))}`;
    case 'WINDOW_UPDATE':
      return `WINDOW_UPDATE ${stream} ${payload.readUInt32BE(0)}`;
    default: {
      const end = endsStream(frame) ? ' END_STREAM' : '';
      return `${type ?? `type ${typeCode}`} ${stream}${end} (${payload.length})`;
    }
  }
}
