// A peer that plays a script over a transport, in memory or real: it sends, expects, ends, breaks off and falls silent as told.
// It knows bytes, not HTTP, so that it can say what no correct peer would.
import { MisuseError, PerduraError } from '../errors.ts';
import type { Clock, ClockTimer } from '../io/clock.ts';
import type { Transport } from '../io/transport.ts';
import { formatBytes, Transcript } from './transcript.ts';

/** Options of {@link ScriptedPeer}. */
export interface ScriptedPeerOptions {
  /** What deadlines, waits and silences are measured with: `systemClock` for real sockets, a `ManualClock` in memory. */
  readonly clock: Clock;
  /** Longest time that one step may take; `wait` and `expectSilence` have it on top. Default 5,000. */
  readonly deadlineMs?: number;
}

/** The other side did not do what the script says. The message ends with the transcript. */
export class ScriptError extends PerduraError {
  /** What went over the connection until then, as {@link Transcript} shows it. */
  readonly transcript: string;

  constructor(message: string, transcript: string) {
    super('ERR_PERDURA_PROTOCOL', `${message}\n${transcript === '' ? '(nothing was sent or received)' : transcript}`);
    this.transcript = transcript;
  }
}

/** `done` goes on with the next step, `waiting` looks again when something happened, a text says why the script failed. */
type Outcome = 'done' | 'waiting' | { readonly failure: string };

interface Step {
  readonly name: string;
  /** Done by time instead of by the deadline. */
  readonly waitMs?: number;
  attempt(): Outcome;
}

interface Playing {
  readonly resolve: (transcript: string) => void;
  readonly reject: (error: unknown) => void;
}

function toLatin1(bytes: Uint8Array | string): string {
  return typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');
}

/**
 * Plays a script. Every method adds a step; {@link play} plays those that were added and resolves to the transcript.
 * Strings are latin1, one character a byte. Bytes that arrive early are kept for the `expect` that comes later.
 *
 * ```ts
 * await new ScriptedPeer(transport, { clock }).expect(/\r\n\r\n/).send('HTTP/1.1 204 No Content\r\n\r\n').expectEnd().end().play();
 * ```
 */
export class ScriptedPeer {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #transcript = new Transcript();
  #steps: Step[] = [];
  /** Received and not yet expected, latin1. */
  #unread = '';
  #ended = false;
  #closed: { readonly error: Error | undefined } | undefined;
  #playing: Playing | undefined;
  #timer: ClockTimer | undefined;
  #timerStep: Step | undefined;
  #advancing = false;

  constructor(transport: Transport, options: ScriptedPeerOptions) {
    this.#transport = transport;
    this.#clock = options.clock;
    this.#deadlineMs = options.deadlineMs ?? 5_000;
    transport.attach({
      onTransportData: (bytes) => {
        this.#transcript.received(bytes);
        this.#unread += bytes.toString('latin1');
        this.#advance();
      },
      onTransportEnd: () => {
        this.#transcript.note('<', 'FIN');
        this.#ended = true;
        this.#advance();
      },
      onTransportDrain: () => {},
      onTransportClosed: (error) => {
        this.#transcript.note('<', error === undefined ? 'closed' : `closed: ${error.message}`);
        this.#closed = { error };
        this.#advance();
      },
    });
  }

  /** What went over the connection so far. */
  get transcript(): string {
    return this.#transcript.toString();
  }

  /** Writes and goes on at once, whether or not the other side reads. */
  send(bytes: Uint8Array | string): this {
    return this.#act(`send '${formatBytes(bytes)}'`, () => {
      this.#transcript.sent(bytes);
      this.#transport.write(bytes);
    });
  }

  /**
   * Waits for bytes. A string or bytes must be the very next ones. A pattern may match anywhere in what has come; it takes
   * everything up to the end of its match, so it should end in something definite: the bytes may come in any pieces.
   */
  expect(expected: Uint8Array | string | RegExp): this {
    if (expected instanceof RegExp) return this.#expectPattern(expected);
    const text = toLatin1(expected);
    return this.#add(`expect '${formatBytes(text)}'`, () => {
      if (this.#unread.startsWith(text)) {
        this.#unread = this.#unread.slice(text.length);
        return 'done';
      }
      if (!text.startsWith(this.#unread)) return { failure: `instead came '${formatBytes(this.#unread)}'` };
      return this.#over() ?? 'waiting';
    });
  }

  /** Waits for FIN, with nothing unexpected before it. */
  expectEnd(): this {
    return this.#add('expectEnd', () => {
      if (this.#unread !== '') return { failure: `instead came '${formatBytes(this.#unread)}'` };
      return this.#ended ? 'done' : (this.#over() ?? 'waiting');
    });
  }

  /** Waits for a connection that breaks (RST), whatever came before. */
  expectReset(): this {
    return this.#add('expectReset', () => {
      if (this.#closed === undefined) return 'waiting';
      return this.#closed.error === undefined
        ? { failure: 'instead the connection was closed in an orderly way' }
        : 'done';
    });
  }

  /** Waits for `ms` in which the other side says nothing and does not end. */
  expectSilence(ms: number): this {
    const attempt = (): Outcome => {
      if (this.#unread !== '') return { failure: `instead came '${formatBytes(this.#unread)}'` };
      return this.#over() ?? 'waiting';
    };
    this.#steps.push({ name: `expectSilence ${ms} ms`, waitMs: ms, attempt });
    return this;
  }

  /** Lets `ms` pass, whatever happens. */
  wait(ms: number): this {
    this.#steps.push({ name: `wait ${ms} ms`, waitMs: ms, attempt: () => 'waiting' });
    return this;
  }

  /** Sends FIN; the script goes on, and can still expect. */
  end(): this {
    return this.#act('end', () => {
      this.#transcript.note('>', 'FIN');
      this.#transport.end();
    });
  }

  /** Breaks the connection with RST. */
  reset(): this {
    return this.#act('reset', () => {
      this.#transcript.note('>', 'RST');
      this.#transport.reset();
    });
  }

  /** Stops reading: the other side feels back-pressure. */
  pause(): this {
    return this.#act('pause', () => this.#transport.pause());
  }

  /** Reads again. */
  resume(): this {
    return this.#act('resume', () => this.#transport.resume());
  }

  /**
   * Plays the steps that were added since the last time, and resolves to the transcript so far.
   *
   * @throws ScriptError (as a rejection) where the other side does something else, or nothing before the deadline.
   */
  play(): Promise<string> {
    if (this.#playing !== undefined) throw new MisuseError('play: the script is being played already.');
    return new Promise((resolve, reject) => {
      this.#playing = { resolve, reject };
      this.#advance();
    });
  }

  /** Ends the connection at once, for the clean-up of a test. */
  destroy(): void {
    this.#transport.destroy();
  }

  #expectPattern(expected: RegExp): this {
    // Without g and y the pattern keeps no position of its own between attempts.
    const pattern = new RegExp(expected.source, expected.flags.replaceAll(/[gy]/g, ''));
    return this.#add(`expect ${String(expected)}`, () => {
      const match = pattern.exec(this.#unread);
      if (match === null) return this.#over() ?? 'waiting';
      this.#unread = this.#unread.slice(match.index + match[0].length);
      return 'done';
    });
  }

  #add(name: string, attempt: () => Outcome): this {
    this.#steps.push({ name, attempt });
    return this;
  }

  #act(name: string, action: () => void): this {
    return this.#add(name, () => {
      action();
      return 'done';
    });
  }

  /** The failure of a step that still waits for bytes although no more can come. */
  #over(): Outcome | undefined {
    if (this.#closed?.error !== undefined) return { failure: `the connection broke: ${this.#closed.error.message}` };
    return this.#ended || this.#closed !== undefined ? { failure: 'the other side ended the connection' } : undefined;
  }

  #advance(): void {
    // Something that a step does may be answered before it returns; the loop below sees it.
    if (this.#advancing || this.#playing === undefined) return;
    this.#advancing = true;
    try {
      for (let step = this.#steps[0]; step !== undefined; step = this.#steps[0]) {
        const outcome = step.attempt();
        if (outcome === 'waiting') {
          this.#startTimer(step);
          return;
        }
        this.#stepOver();
        if (outcome !== 'done') return this.#fail(this.#scriptError(`${step.name}: ${outcome.failure}`));
      }
      const { resolve } = this.#playing;
      this.#playing = undefined;
      resolve(this.transcript);
    } catch (error) {
      // A step that cannot be done, e.g. a send after the end, is the fault of the script and not of the transport.
      this.#fail(error);
    } finally {
      this.#advancing = false;
    }
  }

  #startTimer(step: Step): void {
    if (this.#timerStep === step) return;
    this.#timerStep = step;
    const delayMs = step.waitMs ?? this.#deadlineMs;
    this.#timer = this.#clock.startTimer(delayMs, () => {
      this.#stepOver();
      if (step.waitMs === undefined) this.#fail(this.#scriptError(`${step.name}: nothing more within ${delayMs} ms`));
      else this.#advance();
    });
  }

  #stepOver(): void {
    this.#timer?.stop();
    this.#timerStep = undefined;
    this.#steps.shift();
  }

  #scriptError(message: string): ScriptError {
    return new ScriptError(message, this.transcript);
  }

  #fail(error: unknown): void {
    const playing = this.#playing;
    this.#playing = undefined;
    this.#steps = [];
    playing?.reject(error);
  }
}
