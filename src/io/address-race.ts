// Tries the addresses of a name at the pace of happy-eyeballs.ts. The first that answers wins, the others are destroyed.
import type { Socket } from 'node:net';
import type { Clock, ClockTimer } from './clock.ts';
import { decideRaceStep } from './happy-eyeballs.ts';

/** An attempt that failed. */
export interface FailedAttempt {
  /** Empty for a unix socket. */
  readonly address: string;
  readonly error: NodeJS.ErrnoException;
}

/** What a race is run with. */
export interface RaceOptions {
  readonly clock: Clock;
  /** How long an attempt is alone before the next one starts beside it. */
  readonly attemptDelayMs: number;
  /** In the order in which they are tried. */
  readonly addresses: readonly string[];
  /** Makes a socket that connects. */
  readonly connect: (address: string) => Socket;
}

/** Is told how a race ended. */
export interface RaceSink {
  /** No listener of the race is left on the socket. `connectMs` is the handshake of this address alone. */
  onRaceWon(socket: Socket, address: string, connectMs: number): void;
  onRaceLost(failed: readonly FailedAttempt[]): void;
}

interface Attempt {
  readonly address: string;
  readonly socket: Socket;
  readonly startedMs: number;
  readonly onConnect: () => void;
  readonly onError: (error: Error) => void;
}

/** What a socket that nobody wants any more still says. */
function ignore(): void {}

/** See the head of the file. */
export class AddressRace {
  readonly #options: RaceOptions;
  readonly #sink: RaceSink;
  readonly #untried: string[];
  readonly #failed: FailedAttempt[] = [];
  #inFlight: Attempt[] = [];
  #latest: Attempt | undefined;
  #timer: ClockTimer | undefined;
  #over = false;

  constructor(options: RaceOptions, sink: RaceSink) {
    this.#options = options;
    this.#sink = sink;
    this.#untried = [...options.addresses];
  }

  /** The attempts that have failed so far. */
  get failed(): readonly FailedAttempt[] {
    return this.#failed;
  }

  /** The addresses that have not answered yet. */
  get silentAddresses(): readonly string[] {
    return this.#inFlight.map(({ address }) => address);
  }

  start(): void {
    this.#proceed(true);
  }

  /** Ends it; the sink is told nothing. */
  abort(): void {
    this.#finish();
  }

  #proceed(latestHadItsTime: boolean): void {
    if (this.#over) return;
    const facts = { untried: this.#untried.length, inFlight: this.#inFlight.length, latestHadItsTime };
    const step = decideRaceStep(facts);
    if (step === 'start') this.#startNext();
    if (step === 'lost') {
      this.#finish();
      this.#sink.onRaceLost(this.#failed);
    }
  }

  #startNext(): void {
    const { clock, connect, attemptDelayMs } = this.#options;
    const address = this.#untried.shift() ?? '';
    this.#timer?.stop();
    let socket: Socket;
    try {
      socket = connect(address);
    } catch (error) {
      // What node:net does not even try, e.g. a port that is none.
      this.#failed.push({ address, error: error as Error });
      this.#proceed(true);
      return;
    }
    const attempt: Attempt = {
      address,
      socket,
      startedMs: clock.nowMs(),
      onConnect: () => this.#win(attempt),
      onError: (error) => this.#fail(attempt, error),
    };
    socket.once('connect', attempt.onConnect);
    socket.once('error', attempt.onError);
    this.#inFlight.push(attempt);
    this.#latest = attempt;
    if (this.#untried.length === 0) return;
    // Timers run before sockets are looked at: an answer that came in time is seen before the next attempt starts.
    this.#timer = clock.startTimer(attemptDelayMs, () =>
      clock.endOfTurn(() => {
        if (this.#latest === attempt) this.#proceed(true);
      }),
    );
  }

  #win(attempt: Attempt): void {
    const connectMs = this.#options.clock.nowMs() - attempt.startedMs;
    this.#inFlight = this.#inFlight.filter((other) => other !== attempt);
    attempt.socket.off('error', attempt.onError);
    this.#finish();
    this.#sink.onRaceWon(attempt.socket, attempt.address, connectMs);
  }

  #fail(attempt: Attempt, error: Error): void {
    this.#inFlight = this.#inFlight.filter((other) => other !== attempt);
    this.#drop(attempt);
    this.#failed.push({ address: attempt.address, error });
    this.#proceed(attempt === this.#latest);
  }

  #drop({ socket, onConnect, onError }: Attempt): void {
    socket.off('connect', onConnect);
    socket.off('error', onError);
    socket.on('error', ignore);
    socket.destroy();
  }

  #finish(): void {
    this.#over = true;
    this.#timer?.stop();
    for (const attempt of this.#inFlight) this.#drop(attempt);
    this.#inFlight = [];
  }
}
