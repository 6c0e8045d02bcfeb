// A client with one connection that asks for one thing after the other.
import { RawConnection } from '../support/raw-client.ts';
import { AnswerReader } from './read-answers.ts';
import type { ReceivedAnswer } from './read-answers.ts';

/** See the head of the file. */
export class SiteClient {
  readonly #connection: RawConnection;
  readonly #reader = new AnswerReader();

  private constructor(connection: RawConnection) {
    this.#connection = connection;
  }

  static async connect(port: number): Promise<SiteClient> {
    return new SiteClient(await RawConnection.open(port, { timeoutMs: 20_000 }));
  }

  /** `target` is sent as it is. Rejects where the server ends the connection first. */
  async ask(method: string, target: string, fields: Readonly<Record<string, string>> = {}): Promise<ReceivedAnswer> {
    const lines = Object.entries({ Host: '127.0.0.1', ...fields }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#connection.write(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`);
    for (;;) {
      const answer = this.#reader.next(method === 'HEAD', this.#connection.ending !== undefined);
      if (answer !== undefined) return answer;
      // Whatever comes next, at least one byte of it.
      this.#reader.push(await this.#connection.readUntil(/[^]+/));
    }
  }

  [Symbol.dispose](): void {
    this.#connection.destroy();
  }
}
