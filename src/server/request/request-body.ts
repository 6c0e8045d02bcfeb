// The body of a request on its way to the handler: what the server adds to the queue that both sides of a connection use.
import { BodyQueue } from '../../http/body-queue.ts';

/** What the body asks of its connection. */
export interface RequestBodyOwner {
  /** The handler wants the body: `100 Continue` is due, where the client waits for one. */
  bodyWanted(): void;
  pauseBody(): void;
  resumeBody(): void;
}

/** The bytes of one request body, in order, each one delivered once. */
export class RequestBody extends BodyQueue {
  constructor(owner: RequestBodyOwner) {
    super(owner, 'request');
  }

  /** Whether a consumer has begun and not given up, so that it may be left to it to read the rest. */
  get beingRead(): boolean {
    return this.used && this.state !== 'discarded';
  }

  /** All of it. */
  async bytes(): Promise<Buffer> {
    this.claim();
    return await this.readWhole();
  }
}
