// A connection of HTTP/1.1 that checks every byte of its answers, on a bare socket: thousands of these have to be cheap.
import type { Socket } from 'node:net';
import { BODY, PATHS, PATIENCE_MS, checkContent } from './asked.ts';
import type { Asked, Caller, Outcome, Patience } from './asked.ts';

const HOST = 'Host: 127.0.0.1\r\n';

interface Waiting {
  readonly asked: Asked;
  readonly patience: Patience;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (outcome: Outcome) => void;
}

/** See the head of the file. */
export class Http1Caller implements Caller {
  readonly atOnce = 1;
  readonly #socket: Socket;
  readonly #openedAtMs = performance.now();
  #requests = 0;
  #answeredAtMs = 0;
  #text = '';
  #waiting: Waiting | undefined;
  /** Why it is of no further use. */
  #over: string | undefined;
  #lost: string | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#onData(text));
    socket.on('end', () => this.#onOver('ended by the server'));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#onOver(error.code ?? error.message));
    socket.on('close', () => this.#onOver('closed'));
  }

  get usable(): boolean {
    return this.#over === undefined;
  }

  get lost(): string | undefined {
    return this.#lost;
  }

  get story(): string {
    const nowMs = performance.now();
    const idle =
      this.#answeredAtMs === 0 ? 'nothing answered' : `last answer ${seconds(nowMs - this.#answeredAtMs)} ago`;
    return `request ${this.#requests}, ${seconds(nowMs - this.#openedAtMs)} old, ${idle}, port ${this.#socket.localPort}, ${this.#over ?? 'open'}`;
  }

  ask(asked: Asked, patience: Patience): Promise<Outcome> {
    this.#requests += 1;
    if (this.#over !== undefined) return Promise.resolve<Outcome>(`!${this.#over} while idle`);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle('!no answer'), PATIENCE_MS);
      this.#waiting = { asked, patience, timer, resolve };
      this.#text = '';
      this.#socket.write(encode(asked, patience), 'latin1');
      if (patience === 'atOnce' || (patience === 'midway' && asked === 'body')) setImmediate(() => this.#takeBack());
    });
  }

  leave(): void {
    this.#over ??= 'left';
    this.#socket.end();
    // Half closed: what has to come is the other FIN.
    setTimeout(() => this.#socket.destroy(), PATIENCE_MS).unref();
  }

  drop(): void {
    this.#over ??= 'dropped';
    this.#socket.destroy();
  }

  #onData(text: string): void {
    const waiting = this.#waiting;
    if (waiting === undefined) {
      if (this.#over === undefined) this.#onOver(`told ${JSON.stringify(text.slice(0, 40))} unasked`);
      return;
    }
    this.#text += text;
    if (waiting.patience === 'midway') {
      this.#takeBack();
      return;
    }
    const end = this.#text.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#text.slice(0, end + 2).toLowerCase();
    const isChunked = head.includes('\r\ntransfer-encoding: chunked\r\n');
    if (isChunked ? this.#text.endsWith('\r\n0\r\n\r\n') : this.#text.length >= end + 4 + lengthOf(head))
      this.#settle(this.#judge(waiting.asked, head, isChunked, this.#text.slice(end + 4)));
  }

  #judge(asked: Asked, head: string, isChunked: boolean, body: string): Outcome {
    if (!head.startsWith('http/1.1 200 ok\r\n')) return `!${head.slice(0, head.indexOf('\r\n'))}`;
    const wrong = checkContent(asked, isChunked ? joinChunks(body) : body);
    if (wrong !== undefined) return `!${wrong}`;
    if (!head.includes('\r\nconnection: close\r\n')) return asked === 'events' ? '!events without the end' : 'whole';
    // Only streams of events may end connections here.
    if (asked !== 'events') return '!told to close';
    this.leave();
    return 'last';
  }

  /** By FIN, or where that is possible by RST. */
  #takeBack(): void {
    this.#over ??= 'taken back';
    if (this.#waiting?.asked === 'stream' && !('encrypted' in this.#socket)) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
    this.#settle('takenBack');
  }

  #onOver(how: string): void {
    if (this.#over === undefined) this.#lost = how;
    this.#over ??= how;
    if (this.#waiting !== undefined) this.#settle(`!${how} after ${this.#text === '' ? 'nothing' : 'a part'}`);
    this.#socket.destroy();
  }

  #settle(outcome: Outcome): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    clearTimeout(waiting.timer);
    this.#text = '';
    if (!outcome.startsWith('!')) this.#answeredAtMs = performance.now();
    waiting.resolve(outcome);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function encode(asked: Asked, patience: Patience): string {
  if (asked !== 'body') return `GET ${PATHS[asked]} HTTP/1.1\r\n${HOST}\r\n`;
  const body = patience === 'midway' ? BODY.slice(0, BODY.length / 2) : BODY;
  return `POST ${PATHS[asked]} HTTP/1.1\r\n${HOST}Content-Length: ${BODY.length}\r\n\r\n${body}`;
}

function lengthOf(head: string): number {
  return Number(/\r\ncontent-length: (\d+)\r\n/.exec(head)?.[1] ?? 0);
}

/** RFC 9112 §7.1, without trailers and extensions: there are none here. */
function joinChunks(text: string): string {
  let content = '';
  let at = 0;
  while (at < text.length) {
    const line = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, line), 16);
    content += text.slice(line + 2, line + 2 + size);
    at = line + 4 + size;
  }
  return content;
}
