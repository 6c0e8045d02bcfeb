// A probe that leads a conversation: one connection is kept between signals, and replaced where it is lost.
import { ConnectError, MisuseError, PerduraError } from '../../../errors.ts';
import type { Acknowledgement, Probe, ProbeSink } from '../../engine/probe.ts';
import type { Conversation, ConversationEvent } from './conversation.ts';
import { repeatsPassword } from './kept-secret.ts';
import { ProbeConnection } from './probe-connection.ts';
import type { ProbeConnectionSink, ProbePeer, ProbeTools } from './probe-connection.ts';
import { SignalWait } from './signal-wait.ts';

/** A signal that waits for its acknowledgement. */
interface PendingSignal {
  readonly wait: SignalWait;
  /** Whether the connection was there before it. */
  isKept: boolean;
  sentAtMs: number;
}

/** One connection, and how far the conversation on it is. */
interface Line {
  readonly connection: ProbeConnection;
  readonly conversation: Conversation;
  /** Whether a signal was acknowledged on it after a silence. */
  isProven: boolean;
}

/** What is special about a conversation. */
export interface ConversationTraits {
  /** Whether more than one signal fits on a connection. Default true. */
  readonly keepsConnection?: boolean;
  /** What is sent and must not be told, also where the peer repeats it. */
  readonly password?: string | undefined;
}

/** See the head of the file. */
export class ConversationProbe implements Probe {
  readonly target: string;
  readonly keepsConnection: boolean;
  readonly #tools: ProbeTools;
  readonly #peer: ProbePeer;
  readonly #converse: () => Conversation;
  readonly #password: string | undefined;
  #sink: ProbeSink | undefined;
  #line: Line | undefined;
  #pending: PendingSignal | undefined;

  /** `converse` begins the conversation of a new connection. */
  constructor(tools: ProbeTools, peer: ProbePeer, converse: () => Conversation, traits: ConversationTraits = {}) {
    this.target = peer.target;
    this.keepsConnection = traits.keepsConnection ?? true;
    this.#password = traits.password;
    this.#tools = tools;
    this.#peer = peer;
    this.#converse = converse;
  }

  attach(sink: ProbeSink): void {
    this.#sink = sink;
  }

  send(signal: AbortSignal): Promise<Acknowledgement> {
    const wait = new SignalWait(signal, () => this.#giveUp());
    if (this.#pending !== undefined) wait.reject(new MisuseError('one signal at a time: the one before is under way'));
    if (wait.isSettled) return wait.promise;
    this.#pending = { wait, isKept: this.#line !== undefined, sentAtMs: 0 };
    if (this.#line === undefined) this.#open();
    else this.#ask(this.#line);
    return wait.promise;
  }

  close(): void {
    if (this.#line !== undefined) this.#leave(this.#line);
    this.#takePending()?.wait.close(this.target);
  }

  #open(): void {
    const conversation = this.#converse();
    const sink: ProbeConnectionSink = {
      onOpened: () => this.#perform(line, conversation.begin()),
      onBytes: (bytes) => this.#perform(line, conversation.receive(bytes)),
      onEnded: (error) => this.#lost(line, this.#explainEnd(line, error)),
    };
    const line: Line = {
      connection: new ProbeConnection(this.#tools, this.#peer, sink),
      conversation,
      isProven: false,
    };
    this.#line = line;
  }

  #ask(line: Line): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    line.connection.setIdle(false);
    pending.sentAtMs = this.#tools.clock.nowMs();
    this.#perform(line, line.conversation.ask());
  }

  #perform(line: Line, events: readonly ConversationEvent[]): void {
    for (const event of events) {
      // A line that was given up meanwhile has nothing more to say.
      if (line !== this.#line) return;
      switch (event.kind) {
        case 'write':
          line.connection.write(event.data);
          break;
        case 'secure':
          line.connection.secure(() => this.#perform(line, line.conversation.secured?.() ?? []));
          break;
        case 'later':
          void event.events.then((then) => this.#perform(line, then));
          break;
        case 'ready':
          this.#ask(line);
          break;
        case 'acknowledged':
          this.#acknowledge(line, event.detail);
          break;
        case 'unasked':
          this.#sink?.onReceived();
          break;
        case 'closing':
          line.connection.end();
          this.#lost(line, this.#error(line, event.reason), true);
          break;
        case 'refused':
          this.#leave(line);
          this.#fail(this.#error(line, event.reason));
          break;
      }
    }
  }

  #acknowledge(line: Line, detail: string | undefined): void {
    const pending = this.#takePending();
    line.connection.setIdle(true);
    line.isProven = pending?.isKept === true;
    pending?.wait.resolve({
      rttMs: this.#tools.clock.nowMs() - pending.sentAtMs,
      connection: pending.isKept ? 'kept' : 'new',
      ...(detail === undefined || repeatsPassword(detail, this.#password) ? {} : { detail }),
    });
  }

  /** The connection is no more, or soon. `isAnnounced`: the peer said so before, as the protocol provides for it. */
  #lost(line: Line, error: Error, isAnnounced = false): void {
    if (line === this.#line) this.#line = undefined;
    const pending = this.#pending;
    if (pending === undefined) {
      // Some peers end every connection after an answer or two: to ask at once would be to ask without a pause.
      if (!isAnnounced && line.isProven) this.#sink?.onLost(error.message);
    } else if (pending.isKept) {
      // It may have been gone before the signal: whether the peer lives is told by a connection of now.
      pending.isKept = false;
      this.#open();
    } else this.#fail(error);
  }

  /** Says goodbye where that makes sense, so that the peer's log has nothing to complain about. */
  #leave(line: Line): void {
    this.#line = undefined;
    line.connection.end(line.conversation.farewell);
  }

  /** No answer in time: a late one could not be told from that to the next signal. */
  #giveUp(): void {
    this.#line?.connection.destroy();
    this.#line = undefined;
    this.#pending = undefined;
  }

  #fail(error: Error): void {
    this.#takePending()?.wait.reject(error);
  }

  /** The signal that was under way, which is over now. */
  #takePending(): PendingSignal | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }

  #explainEnd({ conversation }: Line, error: Error): Error {
    const meaning = conversation.explainEnd?.();
    return meaning === undefined
      ? error
      : new ConnectError(this.target, `${error.message}, ${meaning}`, { cause: error });
  }

  #error({ conversation }: Line, reason: string): PerduraError {
    const told = repeatsPassword(reason, this.#password)
      ? 'the peer repeats the password, so its words are not shown'
      : reason;
    return new PerduraError('ERR_PERDURA_PROTOCOL', `${conversation.protocol}: ${told}`);
  }
}
