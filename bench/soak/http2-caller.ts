// A connection of HTTP/2 with several requests at a time, by node:http2, that checks every byte of its answers.
import { connect, constants } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { BODY, PATHS, PATIENCE_MS, checkContent } from './asked.ts';
import type { Asked, Caller, Outcome, Patience } from './asked.ts';

/** See the head of the file. */
export class Http2Caller implements Caller {
  readonly atOnce = 4;
  readonly #session: ClientHttp2Session;
  readonly #localPort: number | undefined;
  readonly #openedAtMs = performance.now();
  #requests = 0;
  #answered = 0;
  /** Why it is of no further use. */
  #over: string | undefined;
  #lost: string | undefined;

  constructor(socket: Socket, authority: string) {
    this.#localPort = socket.localPort;
    const session = connect(authority, { createConnection: () => socket });
    this.#session = session;
    session.on('goaway', (code, _last, debug) =>
      this.#onOver(`GOAWAY ${code} ${debug === undefined ? '' : Buffer.from(debug).toString('latin1')}`),
    );
    session.on('error', (error: NodeJS.ErrnoException) => this.#onOver(error.code ?? error.message));
    session.on('close', () => this.#onOver('closed'));
  }

  get usable(): boolean {
    return this.#over === undefined;
  }

  get lost(): string | undefined {
    return this.#lost;
  }

  get story(): string {
    const ageS = (performance.now() - this.#openedAtMs) / 1_000;
    return `${this.#requests} requests, ${this.#answered} answered, ${ageS.toFixed(1)} s old, port ${this.#localPort}, ${this.#over ?? 'open'}`;
  }

  ask(asked: Asked, patience: Patience): Promise<Outcome> {
    this.#requests += 1;
    if (this.#over !== undefined) return Promise.resolve<Outcome>(`!${this.#over} while idle`);
    const isBody = asked === 'body';
    const stream = this.#session.request(
      { ':method': isBody ? 'POST' : 'GET', ':path': PATHS[asked] },
      { endStream: !isBody },
    );
    if (isBody && patience !== 'midway') stream.end(BODY);
    else if (isBody) stream.write(BODY.slice(0, BODY.length / 2));
    if (patience === 'atOnce') setImmediate(() => stream.close(constants.NGHTTP2_CANCEL));
    else if (patience === 'midway' && isBody) setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), 100);
    return this.#watch(stream, asked, patience);
  }

  leave(): void {
    this.#over ??= 'left';
    this.#session.close();
  }

  drop(): void {
    this.#over ??= 'dropped';
    this.#session.destroy();
  }

  #onOver(how: string): void {
    if (this.#over === undefined) this.#lost = how;
    this.#over ??= how;
  }

  #watch(stream: ClientHttp2Stream, asked: Asked, patience: Patience): Promise<Outcome> {
    return new Promise((resolve) => {
      let [status, text, ended] = [0, '', false];
      let error: NodeJS.ErrnoException | undefined;
      const timer = setTimeout(() => {
        resolve('!no answer');
        stream.close(constants.NGHTTP2_CANCEL);
      }, PATIENCE_MS);
      stream.setEncoding('latin1');
      stream.on('response', (headers) => (status = Number(headers[':status'])));
      stream.on('data', (piece: string) => {
        text += piece;
        if (patience === 'midway') stream.close(constants.NGHTTP2_CANCEL);
      });
      stream.on('end', () => (ended = true));
      stream.on('error', (failure: NodeJS.ErrnoException) => (error = failure));
      stream.on('close', () => {
        clearTimeout(timer);
        if (patience !== 'whole')
          resolve(stream.rstCode === constants.NGHTTP2_CANCEL || ended ? 'takenBack' : broken());
        else if (status !== 200 || !ended || stream.rstCode !== 0 || error !== undefined) resolve(broken());
        else resolve(judge());
      });
      const broken = (): Outcome =>
        `!status ${status}, ${ended ? 'ended' : `not ended after ${text === '' ? 'nothing' : 'a part'}`}, code ${stream.rstCode}, ${error?.code ?? 'no error'}`;
      const judge = (): Outcome => {
        const wrong = checkContent(asked, text);
        if (wrong === undefined) this.#answered += 1;
        return wrong === undefined ? 'whole' : `!${wrong}`;
      };
    });
  }
}
