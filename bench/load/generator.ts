// The generator behind own-load.ts, a process of its own. All answers of a server must have the same length: it measures the
// first one and from then on only counts bytes.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { answerParent } from '../process/answer-parent.ts';
import type { GeneratorQuestion } from './own-load.ts';

/** One connection that always has `depth` requests under way. */
class LoadConnection {
  readonly #socket: Socket;
  readonly #head: string;
  #first = '';
  #answerBytes = 0;
  #receivedBytes = 0;
  answers = 0;

  constructor(question: GeneratorQuestion, onFailure: (error: Error) => void) {
    this.#head = question.head;
    this.#socket = connect({ port: question.port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('connect', () => this.#ask(question.depth));
    this.#socket.on('data', (bytes) => {
      try {
        this.#take(bytes);
      } catch (error) {
        onFailure(error as Error);
      }
    });
    this.#socket.on('error', onFailure);
    this.#socket.on('end', () => onFailure(new Error('the server closed a connection')));
  }

  stop(): void {
    this.#socket.removeAllListeners('end');
    this.#socket.destroy();
  }

  #ask(count: number): void {
    this.#socket.write(count === 1 ? this.#head : this.#head.repeat(count), 'latin1');
  }

  #take(bytes: Buffer): void {
    this.#receivedBytes += bytes.length;
    if (this.#answerBytes === 0) {
      this.#first += bytes.toString('latin1');
      this.#answerBytes = measureAnswer(this.#first) ?? 0;
      if (this.#answerBytes === 0) return;
    }
    const complete = Math.floor(this.#receivedBytes / this.#answerBytes);
    if (complete === 0) return;
    this.#receivedBytes -= complete * this.#answerBytes;
    this.answers += complete;
    this.#ask(complete);
  }
}

/** Bytes of the answer that `text` begins with; undefined while its head is incomplete. */
function measureAnswer(text: string): number | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const head = text.slice(0, headEnd + 4);
  const length = /^content-length: *(\d+)\r$/im.exec(head)?.[1];
  if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) throw new Error(`unusable answer: ${head}`);
  return head.length + Number(length);
}

function generate(question: GeneratorQuestion): Promise<number> {
  return new Promise((resolve, reject) => {
    const connections = Array.from({ length: question.connections }, () => new LoadConnection(question, reject));
    const startedAtMs = performance.now();
    setTimeout(() => {
      const seconds = (performance.now() - startedAtMs) / 1000;
      let answers = 0;
      for (const connection of connections) {
        answers += connection.answers;
        connection.stop();
      }
      resolve(answers / seconds);
    }, question.milliseconds);
  });
}

answerParent(0, { generate });
