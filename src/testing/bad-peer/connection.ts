// One connection of a bad peer: requests come in, steps are performed. What the steps are is decided by the faults; here is only how.
import type { Transport, TransportSink } from '../../io/transport.ts';
import { PROTOCOL_FAULTS } from '../../wire/protocol-error.ts';
import type { ProtocolFault } from '../../wire/protocol-error.ts';
import type { RequestHead } from '../../wire/message-head.ts';
import type { ActiveFaults, FaultPlace } from './active-faults.ts';
import { encodeAnswer, ownAnswer } from './answer.ts';
import type { BadPeerAnswer } from './answer.ts';
import { ConnectionLog } from './connection-log.ts';
import type { EventLog } from './event.ts';
import type { Holds } from './hold.ts';
import type { ResolvedBadPeerOptions } from './options.ts';
import { Play } from './play.ts';
import { failureAnswer, readyAnswer } from './ready-answer.ts';
import { PeerRequest } from './request.ts';
import { RequestReader } from './request-reader.ts';
import type { RequestSink } from './request-reader.ts';
import { ANSWER, answered, EXECUTE, write } from './step.ts';
import type { Ending, Step } from './step.ts';

/** What all connections of one peer share. */
export interface ConnectionOwner {
  readonly options: ResolvedBadPeerOptions;
  readonly faults: ActiveFaults;
  readonly holds: Holds;
  readonly events: EventLog;
  connectionClosed(connection: BadPeerConnection): void;
}

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** How bytes of the client are met: read, answered by RST, thrown away, or no longer possible. */
type ReadingState = 'reading' | 'refusing' | 'ignoring' | 'closed';

/** See the head of the file. */
export class BadPeerConnection implements TransportSink, RequestSink {
  readonly id: number;
  readonly #owner: ConnectionOwner;
  readonly #transport: Transport;
  readonly #reader: RequestReader;
  readonly #log: ConnectionLog;
  /** Requests in order of arrival; the first one is the one that something is done about. */
  readonly #requests: PeerRequest[] = [];
  #lastAnswered: PeerRequest | undefined;
  #arriving: PeerRequest | undefined;
  #count = 0;
  #play: Play | undefined;
  #advancing = false;
  #idleDone = false;
  #state: ReadingState = 'reading';
  #canWrite = true;
  #clientEnded = false;
  #keptBack: { readonly request: PeerRequest; readonly bytes: Uint8Array; readonly status: number } | undefined;

  constructor(owner: ConnectionOwner, transport: Transport, id: number) {
    this.id = id;
    this.#owner = owner;
    this.#transport = transport;
    this.#reader = new RequestReader(this);
    this.#log = new ConnectionLog(owner.events, owner.options.clock, id);
    this.#log.add({ type: 'accepted', remote: transport.remote });
    transport.attach(this);
    const planned = owner.faults.plan('atAccept', this.#place(undefined), (definition, parameters) =>
      definition.atAccept?.(parameters),
    );
    if (planned === undefined) this.#advance();
    else this.#begin(new Play('accept', undefined, planned.steps, planned.fault));
  }

  /** Other faults were set: what had not begun is called off, and an idle connection is looked at anew. */
  faultsChanged(): void {
    if (this.#play?.purpose === 'idle' && !this.#play.faulted) this.#stopPlay();
    this.#idleDone = false;
    this.#advance();
  }

  /** Ends it, whatever is under way. */
  cut(ending: Ending): void {
    this.#end(ending);
  }

  /** Gives the transport back to nothing, for the clean-up of a test. */
  destroy(): void {
    this.#stopPlay();
    this.#transport.destroy();
  }

  onTransportData(bytes: Buffer): void {
    if (this.#state !== 'reading') {
      this.#log.add({ type: 'ignored', bytes: bytes.length });
      if (this.#state === 'refusing') this.#end('reset');
      return;
    }
    this.#callOffIdle();
    this.#reader.receive(bytes);
    this.#advance();
  }

  onTransportEnd(): void {
    this.#log.add({ type: 'fin', by: 'client' });
    if (this.#state !== 'reading') return;
    this.#clientEnded = true;
    this.#callOffIdle();
    this.#reader.receiveEnd();
    this.#advance();
  }

  onTransportDrain(): void {}

  onTransportClosed(error: Error | undefined): void {
    this.#stopPlay();
    this.#giveUpRequests();
    this.#state = 'closed';
    this.#canWrite = false;
    this.#log.add({ type: 'closed', error: error?.message });
    this.#owner.connectionClosed(this);
  }

  onRequestHead(head: RequestHead | undefined): void {
    this.#count += 1;
    const request = new PeerRequest(this.id, this.#count, head);
    this.#arriving = request;
    this.#requests.push(request);
    if (request.isLast) this.#reader.readNoMore();
  }

  onRequestBody(bytes: Buffer): void {
    this.#arriving?.addBody(bytes, this.#owner.options.keptBodyBytes);
  }

  onRequestEnd(): void {
    const request = this.#arriving;
    if (request === undefined) return;
    this.#arriving = undefined;
    request.complete = true;
    this.#log.request(request);
  }

  onRequestMalformed(fault: ProtocolFault): void {
    this.#log.add({ type: 'malformed', what: fault });
    if (this.#arriving !== undefined) {
      this.#arriving.malformed = fault;
      this.#arriving.isLast = true;
    }
    this.#arriving = undefined;
  }

  /** Looks for something to do: the next request, or idleness. Called when anything has changed. */
  #advance(): void {
    // What is done at once comes back here: the loop goes on, so that any number of requests in one segment costs no stack.
    if (this.#advancing) return;
    this.#advancing = true;
    try {
      this.#advanceWhileFree();
    } finally {
      this.#advancing = false;
    }
  }

  #advanceWhileFree(): void {
    while (this.#play === undefined && this.#state === 'reading') {
      const request = this.#requests[0];
      if (request === undefined) {
        this.#beIdle();
        return;
      }
      if (!request.decided) {
        const play = this.#decide(request);
        if (play === undefined) return;
        request.decided = true;
        this.#begin(play);
      } else if (request.complete || request.malformed !== undefined) {
        this.#requests.shift();
        this.#log.request(request);
        this.#lastAnswered = request;
        this.#idleDone = false;
        if (request.isLast) this.#end('linger');
      } else {
        // Answered before it was complete; its rest is read.
        return;
      }
    }
  }

  /** What is done about the request; undefined while that depends on what is still to come. */
  #decide(request: PeerRequest): Play | undefined {
    const { malformed } = request;
    if (malformed !== undefined) {
      this.#log.request(request);
      // A client that went away in the middle of a request reads no answer to it.
      if (malformed === 'unexpectedEnd') return new Play('request', request, [], undefined);
      const { status, text } = PROTOCOL_FAULTS[malformed];
      const { head, body } = encodeAnswer(ownAnswer(status, true, text));
      return new Play('request', request, [write(head, body), answered(status)], undefined);
    }
    const planned = this.#owner.faults.plan('atRequest', this.#place(request), (definition, parameters) =>
      definition.atRequest?.(parameters, request),
    );
    if (planned !== undefined) return new Play('request', request, planned.steps, planned.fault);
    if (request.complete) return new Play('request', request, [EXECUTE, ANSWER], undefined);
    if (request.expectsContinue && !request.continued && request.bodyBytes === 0) {
      request.continued = true;
      this.#write(CONTINUE);
    }
    return undefined;
  }

  #beIdle(): void {
    if (this.#clientEnded) {
      this.#end('linger');
      return;
    }
    if (this.#idleDone || !this.#canWrite || this.#reader.headBegun) return;
    const planned = this.#owner.faults.plan('atIdle', this.#place(this.#lastAnswered), (definition, parameters) =>
      definition.atIdle?.(parameters),
    );
    this.#idleDone = true;
    if (planned !== undefined) this.#begin(new Play('idle', this.#lastAnswered, planned.steps, planned.fault));
  }

  /** Something came: what was to happen in idleness and has not begun does not happen. */
  #callOffIdle(): void {
    if (this.#play?.purpose !== 'idle' || this.#play.faulted) return;
    this.#stopPlay();
    this.#idleDone = false;
  }

  #place(request: PeerRequest | undefined): FaultPlace {
    return { connection: this.id, request };
  }

  #begin(play: Play): void {
    this.#play = play;
    this.#perform(play);
  }

  #stopPlay(): void {
    this.#play?.stop();
    this.#play = undefined;
  }

  /** Performs steps until one has to wait, or none is left. Does nothing for a play that was stopped meanwhile. */
  #perform(play: Play): void {
    while (this.#play === play) {
      const step = play.steps[0];
      if (step === undefined) {
        this.#stopPlay();
        this.#advance();
        return;
      }
      if (this.#isHeld(step, play)) return;
      play.steps.shift();
      if (!this.#performStep(step, play)) return;
    }
  }

  #isHeld(step: Step, play: Play): boolean {
    const at = step.step;
    if ((at !== 'execute' && at !== 'answer' && at !== 'fault') || play.held === step) return false;
    play.held = step;
    return this.#owner.holds.stops(at, this.id, play.request?.number ?? 0, () => this.#perform(play));
  }

  /** Performs one step; false where something else goes on with the next one. */
  #performStep(step: Step, play: Play): boolean {
    const { clock } = this.#owner.options;
    switch (step.step) {
      case 'write':
        this.#write(step.bytes);
        return true;
      case 'wait':
        // A timer of Node.js cannot wait for ever.
        if (step.ms !== Infinity) play.timer = clock.startTimer(step.ms, () => this.#perform(play));
        return false;
      case 'turn':
        clock.endOfTurn(() => this.#perform(play));
        return false;
      case 'fault':
        play.faulted = true;
        if (play.fault !== undefined) this.#log.add({ type: 'fault', kind: play.fault.kind });
        return true;
      case 'execute':
        return this.#execute(play);
      case 'answer':
        this.#prepareSending(play);
        return true;
      case 'answered':
        this.#answered(play.request, step.status);
        return true;
      case 'keepBack':
        if (play.request !== undefined) {
          this.#keptBack = { request: play.request, bytes: step.bytes, status: step.status };
        }
        return true;
      case 'end':
        this.#end(step.ending);
        return step.ending === 'halfClose';
      default:
        this.#stopPlay();
        this.#giveUpRequests();
        this.#state = 'ignoring';
        this.#canWrite = false;
        if (!step.reads) this.#transport.pause();
        return false;
    }
  }

  /** Hands the request to the handler. */
  #execute(play: Play): boolean {
    const { request } = play;
    if (request === undefined) return true;
    this.#log.executed(request);
    const { handler, framing } = this.#owner.options;
    try {
      const answer = handler(request);
      if (answer instanceof Promise) {
        void this.#awaitAnswer(play, request, answer);
        return false;
      }
      request.answer = readyAnswer(request, answer, framing);
    } catch (error) {
      request.answer = failureAnswer(request, error);
    }
    return true;
  }

  async #awaitAnswer(play: Play, request: PeerRequest, answer: Promise<BadPeerAnswer>): Promise<void> {
    try {
      request.answer = readyAnswer(request, await answer, this.#owner.options.framing);
    } catch (error) {
      request.answer = failureAnswer(request, error);
    }
    this.#perform(play);
  }

  /** Puts the steps that send the answer in front of what is left. */
  #prepareSending(play: Play): void {
    const { request } = play;
    const answer = request?.answer;
    if (request === undefined || answer === undefined || !this.#canWrite) return;
    const planned = this.#owner.faults.plan('atAnswer', this.#place(request), (definition, parameters) =>
      definition.atAnswer?.(parameters, answer, request),
    );
    if (planned === undefined) {
      const { head, body } = encodeAnswer(answer);
      play.steps.unshift(write(head, body), answered(answer.status));
    } else {
      play.fault = planned.fault;
      play.steps.unshift(...planned.steps);
    }
  }

  #write(bytes: Uint8Array | string): void {
    if (this.#canWrite && bytes.length > 0) this.#transport.write(bytes);
  }

  #end(ending: Ending): void {
    if (this.#state === 'closed') return;
    if (ending !== 'halfClose') {
      this.#stopPlay();
      this.#giveUpRequests();
      this.#state = ending === 'fin' ? 'refusing' : 'ignoring';
    }
    if (ending === 'reset') {
      this.#canWrite = false;
      this.#log.add({ type: 'reset' });
      this.#transport.reset();
    } else if (this.#canWrite) {
      this.#canWrite = false;
      this.#log.add({ type: 'fin', by: 'peer' });
      this.#transport.end();
    }
  }

  /** What has not come whole will not be read any further. */
  #giveUpRequests(): void {
    for (const request of this.#requests) this.#log.request(request);
  }

  #answered(request: PeerRequest | undefined, status: number): void {
    if (request === undefined || !this.#canWrite) return;
    this.#log.answered(request, status);
    const before = this.#keptBack;
    if (before === undefined) return;
    this.#keptBack = undefined;
    this.#write(before.bytes);
    this.#answered(before.request, before.status);
  }
}
