// A dialogue on one connection, without the connection: bytes in, what is to be done out. Pure but for what it remembers.
import { formatBytes } from '../../../http/visible-bytes.ts';
import type { Conversation, ConversationEvent } from '../connection/conversation.ts';
import type { Dialogue, Reply, Turn } from './dialogue.ts';

const NOTHING = Buffer.alloc(0);

/** See the head of the file. */
export class DialogueRun implements Conversation {
  readonly protocol: string;
  readonly farewell: string | undefined;
  readonly #dialogue: Dialogue;
  readonly #maxReplyBytes: number;
  /** The turn that waits for its reply. */
  #turn: Turn | undefined;
  #isReady = false;
  #isOver = false;
  #signals = 0;
  #received: Buffer = NOTHING;
  #events: ConversationEvent[] = [];

  /** `maxReplyBytes`: longest reply, which is kept until it is complete. */
  constructor(dialogue: Dialogue, maxReplyBytes: number) {
    this.#dialogue = dialogue;
    this.protocol = dialogue.protocol;
    this.farewell = dialogue.farewell;
    this.#maxReplyBytes = maxReplyBytes;
  }

  /** The connection is open. */
  begin(): readonly ConversationEvent[] {
    this.#goOn(this.#dialogue.opening);
    return this.#takeEvents();
  }

  /** Sends the next signal; once the run is ready, and the one before is acknowledged. */
  ask(): readonly ConversationEvent[] {
    this.#signals += 1;
    this.#startTurn(this.#dialogue.signal(this.#signals));
    return this.#takeEvents();
  }

  receive(bytes: Buffer): readonly ConversationEvent[] {
    if (this.#isOver) return [];
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    while (this.#received.length > 0 && !this.#isOver && this.#step());
    if (!this.#isOver && this.#received.length > this.#maxReplyBytes) {
      this.#end('refused', `a reply of more than ${this.#maxReplyBytes} bytes (maxReplyBytes)`);
    }
    return this.#takeEvents();
  }

  /** Reads one reply, or one piece that nobody asked for; false where more bytes are needed. */
  #step(): boolean {
    const turn = this.#turn;
    const reply = turn === undefined ? this.#readUnasked() : turn.read(this.#received);
    if (reply === undefined) return false;
    if (reply.kind !== 'accepted') {
      this.#end(reply.kind, reply.reason);
      return false;
    }
    this.#received = this.#received.subarray(reply.lengthBytes);
    if (turn !== undefined) this.#accept(reply);
    else if (reply.lengthBytes > 0) this.#events.push({ kind: 'unasked' });
    return turn !== undefined || reply.lengthBytes > 0;
  }

  #accept({ detail, next }: Reply & { kind: 'accepted' }): void {
    this.#turn = undefined;
    if (this.#isReady) {
      this.#events.push({ kind: 'acknowledged', detail });
      return;
    }
    this.#goOn(next);
  }

  /** With the next turn of the opening, or to its end. */
  #goOn(turn: Turn | undefined): void {
    if (turn !== undefined) return this.#startTurn(turn);
    this.#isReady = true;
    this.#events.push({ kind: 'ready' });
  }

  #startTurn(turn: Turn): void {
    if (turn.send !== undefined) {
      // What came before the question is no answer to it.
      while (this.#received.length > 0 && !this.#isOver && this.#step());
      if (this.#isOver) return;
      if (this.#received.length > 0 && this.#dialogue.skipsUnasked !== true)
        return this.#end('closing', this.#outOfStep());
      this.#events.push({ kind: 'write', data: turn.send });
    }
    this.#turn = turn;
  }

  #readUnasked(): Reply | undefined {
    const { readUnasked } = this.#dialogue;
    return readUnasked === undefined ? { kind: 'closing', reason: this.#outOfStep() } : readUnasked(this.#received);
  }

  #outOfStep(): string {
    return `the peer said what nobody asked for: ${formatBytes(this.#received.subarray(0, 80))}`;
  }

  #end(kind: 'closing' | 'refused', reason: string): void {
    this.#isOver = true;
    this.#turn = undefined;
    this.#received = NOTHING;
    this.#events.push({ kind, reason });
  }

  #takeEvents(): readonly ConversationEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
