// A probe that follows a dialogue: one connection is kept between signals, and replaced where it is lost.
import { MisuseError, PerduraError } from '../../errors.ts';
import type { Acknowledgement, Probe, ProbeSink } from '../engine/probe.ts';
import { DialogueRun } from './dialogue-run.ts';
import type { RunEvent } from './dialogue-run.ts';
import type { Dialogue } from './dialogue.ts';
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

/** One connection, and how far the dialogue on it is. */
interface Line {
  readonly connection: ProbeConnection;
  readonly run: DialogueRun;
}

/** See the head of the file. */
export class DialogueProbe implements Probe {
  readonly target: string;
  readonly #tools: ProbeTools;
  readonly #peer: ProbePeer;
  readonly #dialogue: Dialogue;
  readonly #maxReplyBytes: number;
  #sink: ProbeSink | undefined;
  #line: Line | undefined;
  #pending: PendingSignal | undefined;

  constructor(tools: ProbeTools, peer: ProbePeer, dialogue: Dialogue, maxReplyBytes: number) {
    this.target = peer.target;
    this.#tools = tools;
    this.#peer = peer;
    this.#dialogue = dialogue;
    this.#maxReplyBytes = maxReplyBytes;
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
    const line = this.#line;
    this.#line = undefined;
    line?.connection.end(this.#dialogue.farewell);
    this.#takePending()?.wait.close(this.target);
  }

  #open(): void {
    const run = new DialogueRun(this.#dialogue, this.#maxReplyBytes);
    const sink: ProbeConnectionSink = {
      onOpened: () => this.#perform(line, run.begin()),
      onBytes: (bytes) => this.#perform(line, run.receive(bytes)),
      onEnded: (error) => this.#lost(line, error),
    };
    const line: Line = { connection: new ProbeConnection(this.#tools, this.#peer, sink), run };
    this.#line = line;
  }

  #ask(line: Line): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    line.connection.setIdle(false);
    pending.sentAtMs = this.#tools.clock.nowMs();
    this.#perform(line, line.run.ask());
  }

  #perform(line: Line, events: readonly RunEvent[]): void {
    for (const event of events) {
      // A line that was given up meanwhile has nothing more to say.
      if (line !== this.#line) return;
      switch (event.kind) {
        case 'write':
          line.connection.write(event.data);
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
          this.#leave(line);
          this.#lost(line, this.#error(event.reason), true);
          break;
        case 'refused':
          this.#leave(line);
          this.#fail(this.#error(event.reason));
          break;
      }
    }
  }

  #acknowledge({ connection }: Line, detail: string | undefined): void {
    const pending = this.#takePending();
    connection.setIdle(true);
    pending?.wait.resolve({
      rttMs: this.#tools.clock.nowMs() - pending.sentAtMs,
      connection: pending.isKept ? 'kept' : 'new',
      ...(detail === undefined ? {} : { detail }),
    });
  }

  /** The connection is no more, or soon. `isAnnounced`: the peer said so before, as the protocol provides for it. */
  #lost(line: Line, error: Error, isAnnounced = false): void {
    if (line === this.#line) this.#line = undefined;
    const pending = this.#pending;
    if (pending === undefined) {
      if (!isAnnounced) this.#sink?.onLost(error.message);
    } else if (pending.isKept) {
      // It may have been gone before the signal: whether the peer lives is told by a connection of now.
      pending.isKept = false;
      this.#open();
    } else this.#fail(error);
  }

  /** Says goodbye where that makes sense, so that the peer's log has nothing to complain about. */
  #leave(line: Line): void {
    this.#line = undefined;
    line.connection.end(this.#dialogue.farewell);
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

  #error(reason: string): PerduraError {
    return new PerduraError('ERR_PERDURA_PROTOCOL', `${this.#dialogue.protocol}: ${reason}`);
  }
}
