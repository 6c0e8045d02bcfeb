// Makes the story of a race comparable: everything that client, handler and server see, in one ordered log.
import { DrivenServer } from '../server/driven-server.ts';
import type { DrivenClient, DrivenOptions } from '../server/driven-server.ts';
import type { TransportPairOptions } from '#src/testing/index.js';

/** One server with one client, whose deliveries the test makes one by one, and the log of what happened. */
export class Race {
  readonly log: string[] = [];
  readonly server: DrivenServer;
  readonly client: DrivenClient;

  constructor(options: DrivenOptions, transport: TransportPairOptions = {}) {
    this.server = new DrivenServer(options);
    this.client = this.server.connect(transport);
    const { core } = this.server;
    core.onClosed = (_connection, reason) => this.note(`server: closed (${reason})`);
    const { client } = this;
    client.onRead = (bytes) => this.note(`client: reads ${describe(bytes)}`);
    client.onFin = () => this.note('client: FIN');
    client.onOver = (error) => {
      // An orderly end says nothing beyond the two FINs, and which side is told first means nothing.
      if (error !== undefined) this.note(`client: closed (${error.message})`);
    };
    client.hold();
  }

  note(what: string): void {
    this.log.push(what);
  }

  /** Writes a step of the story into the log and does it. */
  step(what: string, action: () => void): void {
    this.note(`-- ${what}`);
    action();
  }

  /** Lets handlers and promises go on, without any delivery. */
  async settle(): Promise<void> {
    await this.server.run();
  }

  /** Delivers everything that is in flight, to both sides. */
  async deliver(): Promise<void> {
    await this.client.release();
    this.client.hold();
  }
}

/** What a client makes of some bytes: statuses, whether the connection was announced to end, bodies where they are short. */
function describe(bytes: string): string {
  const heads = [...bytes.matchAll(/HTTP\/1\.1 (\d{3})[^\r]*\r\n((?:[^\r\n]+\r\n)*)\r\n/g)];
  if (heads.length === 0) return `${bytes.length} bytes`;
  return heads
    .map(([, status, fields]) => `${status}${/^connection: close\r$/im.test(fields!) ? ' close' : ''}`)
    .join(', ');
}
