// A WireConnection whose events are written down as text, in the notation of test/corpus/README.md. A server answers at once.
import { CHUNKED_BODY, NO_BODY, STRICT, WireConfiguration, WireConnection, formatFieldLines } from '#src/wire/index.js';
import type {
  BodyFraming,
  Exchange,
  FieldLines,
  Leniency,
  ProtocolError,
  RequestHead,
  RequestScanning,
  ResponseHead,
  WireLimits,
  WireRole,
  WireSink,
} from '#src/wire/index.js';
import { formatEscapedBytes } from './escaped-bytes.ts';

/** A request that a client has sent before anything is read. */
export interface SentRequest {
  readonly method: string;
  /** With `Connection: close`. */
  readonly close: boolean;
  /** Its body is not complete. */
  readonly open: boolean;
}

export interface RecorderOptions {
  readonly role: WireRole;
  readonly requests?: readonly SentRequest[];
  readonly leniency?: Partial<Leniency>;
  readonly limits?: Partial<WireLimits>;
  readonly scanning?: RequestScanning;
  /** When a server answers. */
  readonly answers?: 'end' | 'head' | 'never';
  /** Called within each callback, behind everything else that the test does in it. */
  readonly onEvent?: () => void;
}

export const PLAIN_GET: SentRequest = { method: 'GET', close: false, open: false };

/** See the head of the file. */
export class WireRecorder implements WireSink {
  readonly wire: WireConnection;
  readonly #options: RecorderOptions;
  readonly #events: string[] = [];
  /** What was written, one character for each byte. */
  written = '';
  #body: Buffer[] = [];

  constructor(options: RecorderOptions) {
    this.#options = options;
    const configuration = new WireConfiguration(options.limits, { ...STRICT, ...options.leniency }, options.scanning);
    this.wire = new WireConnection(options.role, configuration, this, {
      write: (data) => {
        this.written += typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
      },
    });
    if (options.role === 'server') return;
    for (const { method, close, open } of options.requests ?? [PLAIN_GET]) {
      this.wire.sendRequest(method, '/', 'Host: a\r\n', open ? CHUNKED_BODY : NO_BODY, close);
    }
  }

  /** Everything that happened, and the state at the end. */
  text(): string {
    this.#flushBody();
    const { persistence, closeReason } = this.wire;
    return [...this.#events, `persistence ${persistence}${closeReason === undefined ? '' : ` ${closeReason}`}`].join(
      '\n',
    );
  }

  /** Reads pieces, and the end of the connection where `fin` says so. */
  read(pieces: readonly Buffer[], fin: boolean): string {
    for (const piece of pieces) this.wire.receive(piece);
    if (fin) this.wire.receiveEnd();
    return this.text();
  }

  onHead(head: RequestHead | ResponseHead, exchange: Exchange): void {
    this.#log(`head ${describeStart(head)} 1.${head.minorVersion}`);
    this.#logLines('field', head.lines);
    this.#log(`framing ${describeFraming(head.body)}`);
    if (this.#options.answers === 'head') this.#answer(exchange, 200);
    this.#options.onEvent?.();
  }

  onInterim(head: ResponseHead): void {
    this.#log(`interim ${describeStart(head)} 1.${head.minorVersion}`);
    this.#logLines('field', head.lines);
    this.#options.onEvent?.();
  }

  onBody(bytes: Buffer): void {
    // A copy, because what arrived is only lent.
    this.#body.push(Buffer.from(bytes));
    this.#options.onEvent?.();
  }

  onTrailers(lines: FieldLines): void {
    this.#logLines('trailer', lines);
    this.#options.onEvent?.();
  }

  onEnd(exchange: Exchange): void {
    this.#log('end');
    if ((this.#options.answers ?? 'end') === 'end') this.#answer(exchange, 200);
    this.#options.onEvent?.();
  }

  onError(error: ProtocolError, exchange: Exchange | undefined): void {
    this.#log(`error ${error.fault}`);
    if (exchange !== undefined && this.#options.answers !== 'never') this.#answer(exchange, error.status);
    this.#options.onEvent?.();
  }

  get role(): WireRole {
    return this.#options.role;
  }

  /** Answers the request that is next, where there is one and it was not answered. */
  answerOldest(): void {
    if (this.wire.oldest !== undefined) this.#answer(this.wire.oldest, 200);
  }

  #answer(exchange: Exchange, status: number): void {
    if (this.#options.role !== 'server' || exchange.responseState !== 'awaited') return;
    const closeReason = this.wire.decideClose(exchange, undefined, false, false);
    const lines = formatFieldLines(['content-length', '0']);
    this.wire.sendResponse(exchange, status, lines, NO_BODY, closeReason);
  }

  #logLines(what: 'field' | 'trailer', lines: FieldLines): void {
    for (let index = 0; index < lines.count; index += 1) {
      this.#log(`${what} ${formatEscapedBytes(`${lines.name(index)}: ${lines.value(index)}`)}`);
    }
  }

  #log(event: string): void {
    this.#flushBody();
    this.#events.push(event.trimEnd());
  }

  #flushBody(): void {
    if (this.#body.length === 0) return;
    const body = Buffer.concat(this.#body);
    this.#body = [];
    this.#events.push(`body ${body.length} "${formatEscapedBytes(body.toString('latin1'))}"`);
  }
}

function describeStart(head: RequestHead | ResponseHead): string {
  return formatEscapedBytes(
    head.kind === 'request' ? `${head.method} ${head.target}` : `${head.status} ${head.reason}`,
  );
}

function describeFraming(framing: BodyFraming): string {
  return framing.kind === 'length' ? `length ${framing.length}` : framing.kind;
}
