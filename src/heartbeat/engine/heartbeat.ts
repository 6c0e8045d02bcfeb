// The engine: drives the machine by a clock and a probe, and tells what happens. What to do is decided in machine.ts.
import { AbortWatch, type Abortable } from '../../abort-watch.ts';
import { AbortedError, MisuseError } from '../../errors.ts';
import { Audience } from './audience.ts';
import { callGuarded } from '../../guard-trace.ts';
import { Beat } from './beat.ts';
import { ClockWatch } from './clock-watch.ts';
import { Counts } from './counts.ts';
import type { HeartbeatEvent, HeartbeatEventOf, HeartbeatEventType } from './event.ts';
import { Hold } from './hold.ts';
import { STOPPED, stateOf, stepHeartbeat } from './machine.ts';
import type { HeartbeatAction, HeartbeatInput, HeartbeatState, NextSignal, Situation } from './machine.ts';
import { resolveHeartbeatOptions } from './options.ts';
import type { HeartbeatOptions, ResolvedHeartbeatOptions } from './options.ts';
import { PathLearning } from './path-learning.ts';
import type { Acknowledgement, Probe } from './probe.ts';
import { MovableTimer } from './movable-timer.ts';
import { describeSleep, makeEvent, toError } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { Rhythm } from './rhythm.ts';
import type { HeartbeatStats } from './stats.ts';

const NOTHING: Outcome = {};

/** One signal may stop thousands. */
const signals = new AbortWatch();

/** Probes that belong to a heartbeat. */
const claimed = new WeakSet<Probe>();

function claim(probe: Probe): void {
  if (claimed.has(probe)) throw new MisuseError('the probe belongs to another heartbeat: make one for each');
  claimed.add(probe);
}

/**
 * Keepalive signals to one peer: a timer sends a signal that carries nothing, the peer acknowledges it, and whoever listens is told
 * when it does not.
 *
 * `new Heartbeat({ probe, intervalMs: 15_000 }).on('down', ({ reason }) => …).start()`; or `for await (const event of heartbeat)`.
 */
export class Heartbeat implements AsyncIterable<HeartbeatEvent> {
  readonly target: string;
  readonly #options: ResolvedHeartbeatOptions;
  readonly #rhythm: Rhythm;
  readonly #watch: ClockWatch;
  /** For the next signal, or for the acknowledgement of this one. */
  readonly #timer: MovableTimer;
  readonly #audience = new Audience();
  readonly #hold: Hold;
  readonly #abortable: Abortable = { onAborted: () => this.stop() };
  readonly #counts: Counts;
  /** Undefined unless adaptive. */
  readonly #learning: PathLearning | undefined;
  #situation: Situation = STOPPED;
  #beat: Beat | undefined;
  #isAttached = false;
  #hasStopped = false;
  /** How the connection ended on which the last signal was acknowledged, where it was told. */
  #lostReason: string | undefined;
  #lastHeardMs: number;

  /** @throws OptionError for options that make no sense. */
  constructor(options: HeartbeatOptions) {
    const resolved = resolveHeartbeatOptions(options);
    const { probe, clock, adaptive, holdsProcess } = resolved;
    this.#options = resolved;
    this.target = probe.target;
    this.#watch = new ClockWatch(clock);
    this.#timer = new MovableTimer(clock, holdsProcess, (lateMs) => this.#onDue(lateMs));
    this.#learning = adaptive === undefined ? undefined : new PathLearning(adaptive);
    this.#rhythm = new Rhythm(resolved, this.#learning);
    this.#hold = new Hold(resolved.whileIdle);
    this.#counts = new Counts(clock.nowMs());
    this.#lastHeardMs = clock.nowMs();
  }

  get state(): HeartbeatState {
    return stateOf(this.#situation);
  }

  /** The interval in force, without jitter: what was asked for, what the search has come to, or what the peer put up with. */
  get intervalMs(): number {
    return this.#rhythm.intervalMs;
  }

  /**
   * Begins. Does nothing where it has begun, or where its AbortSignal is aborted.
   *
   * @throws MisuseError where its probe belongs to another heartbeat: one signal is under way on it at a time.
   */
  start(): this {
    if (!this.#heedsSignal()) return this;
    this.#hasStopped = false;
    if (!this.#isAttached) {
      claim(this.#options.probe);
      this.#isAttached = true;
      this.#options.probe.attach?.({
        onReceived: () => this.received(),
        onSent: () => this.wasSent(),
        onLost: (reason) => {
          this.#lostReason = reason;
          this.#apply('lost');
        },
        onCalm: (reason) => this.#calm(reason),
        onBlocked: (isBlocked) => {
          this.#hold.isBlocked = isBlocked;
          this.#holdOrRelease();
        },
      });
    }
    this.#watch.sleptMs();
    this.#apply('start');
    this.#holdOrRelease();
    return this;
  }

  /** Ends: no further signal, the connection is given up, iterations end. It can be started again. */
  stop(): void {
    const { signal } = this.#options;
    if (signal !== undefined) signals.remove(signal, this.#abortable);
    const wasRunning = this.#situation.activity !== 'stopped';
    this.#hasStopped = true;
    this.#apply('stop');
    if (wasRunning) {
      this.#learning?.interrupted();
      this.#closeProbe();
    }
    this.#audience.endReaders();
  }

  /** Calls back at every event of the type. A listener twice is one. */
  on<Type extends HeartbeatEventType>(type: Type, listener: (event: HeartbeatEventOf<Type>) => void): this {
    this.#audience.listeners.add(type, listener);
    return this;
  }

  off<Type extends HeartbeatEventType>(type: Type, listener: (event: HeartbeatEventOf<Type>) => void): this {
    this.#audience.listeners.remove(type, listener);
    return this;
  }

  /** The peer said something: it lives, and the next signal is postponed. For connections that carry other things, too. */
  received(): void {
    this.#lastHeardMs = this.#options.clock.nowMs();
    const { activity, health } = this.#situation;
    this.#learning?.received(this.#lastHeardMs, this.#beat !== undefined);
    // Called for every piece of a busy stream.
    if (activity === 'waiting' && health === 'well')
      this.#timer.postpone(this.#lastHeardMs + this.#rhythm.nextDelayMs());
    else this.#apply('received');
  }

  /** Something was sent to the peer. It postpones the next signal only with `postponedBy: 'any'`: it proves nothing of the peer. */
  wasSent(): void {
    this.#learning?.sent(this.#options.clock.nowMs());
    if (this.#options.postponedBy !== 'any') return;
    const { activity, health } = this.#situation;
    if (activity !== 'waiting' || health !== 'well') return;
    this.#lastHeardMs = this.#options.clock.nowMs();
    this.#timer.postpone(this.#lastHeardMs + this.#rhythm.nextDelayMs());
  }

  /** Sends the next signal at once, where none is under way. */
  beatNow(): void {
    if (this.#situation.activity === 'waiting') this.#schedule('now');
  }

  /** Whether work is under way on the connection; with `whileIdle: false` signals go out only then. */
  setActive(isActive: boolean): void {
    this.#hold.isActive = isActive;
    this.#holdOrRelease();
  }

  /** Holds signals back until `unsuspend()`. */
  suspend(): void {
    this.#hold.isSuspended = true;
    this.#holdOrRelease();
  }

  unsuspend(): void {
    this.#hold.isSuspended = false;
    this.#holdOrRelease();
  }

  stats(): HeartbeatStats {
    const nowMs = this.#options.clock.nowMs();
    const { sent, acknowledged, missed, downs, rtt } = this.#counts;
    return {
      state: this.state,
      sinceMs: this.#counts.sinceMs(nowMs),
      sent,
      acknowledged,
      missedInAll: missed,
      missed: this.#situation.missed,
      downs,
      intervalMs: this.intervalMs,
      nextInMs: this.#situation.activity === 'waiting' ? Math.max(0, this.#timer.dueMs - nowMs) : undefined,
      rtt: rtt.stats(),
      adaptive: this.#learning?.stats(),
    };
  }

  /** The latest round trips in milliseconds, oldest first. */
  recentRttMs(most?: number): number[] {
    return this.#counts.rtt.recent(most);
  }

  /**
   * Every event from now on, until `stop()`; nothing where it is stopped already, though it may be asked for before `start()`. A reader who
   * is slow misses acknowledgements first, and changes only behind a thousand of them.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<HeartbeatEvent> {
    return this.#audience.join(this.#hasStopped || !this.#heedsSignal());
  }

  /** Has itself told of an abort; false where that has happened. */
  #heedsSignal(): boolean {
    const { signal } = this.#options;
    if (signal?.aborted === true) {
      this.stop();
      return false;
    }
    if (signal !== undefined) signals.add(signal, this.#abortable);
    return true;
  }

  #apply(input: HeartbeatInput, outcome: Outcome = NOTHING): void {
    const { situation, actions } = stepHeartbeat(this.#situation, input, this.#options.tolerance);
    this.#situation = situation;
    this.#counts.healthIs(situation.health, this.#options.clock.nowMs());
    for (const action of actions) {
      // A listener of what was told first may have stopped it, or begun it anew.
      if (action.do === 'tell' && this.#situation !== situation) return;
      this.#perform(action, outcome);
    }
  }

  #perform(action: HeartbeatAction, outcome: Outcome): void {
    switch (action.do) {
      case 'send':
        return this.#send();
      case 'schedule':
        return this.#schedule(action.next);
      case 'awaitLonger':
        this.#beat?.awaitLonger(this.#options.probe.unheardMs ?? 0);
        return this.#timer.arm(this.#options.clock.nowMs() + this.#options.timeoutMs);
      case 'awaitForever':
      case 'rest':
        return this.#timer.disarm();
      case 'giveUp':
        return this.#giveUp(new AbortedError(`the heartbeat of ${this.target} was stopped or begun anew`));
      case 'tell':
        return this.#tell(action.event, outcome);
    }
  }

  #send(): void {
    const { clock, probe, timeoutMs } = this.#options;
    const nowMs = clock.nowMs();
    const beat = new Beat(nowMs, probe.unheardMs ?? 0);
    this.#beat = beat;
    this.#rhythm.signalled(nowMs);
    this.#counts.sent += 1;
    this.#learning?.signalled(nowMs);
    this.#timer.arm(nowMs + timeoutMs);
    const failed = (error: unknown): void => this.#failed(beat, toError(error).message, toError(error));
    try {
      probe.send(beat.controller.signal).then((acknowledgement) => this.#acked(beat, acknowledgement ?? {}), failed);
    } catch (error) {
      // Told like every other failure: after this turn, so that whoever called has its state.
      clock.endOfTurn(() => failed(error));
    }
  }

  #acked(beat: Beat, acknowledgement: Acknowledgement): void {
    if (beat !== this.#beat) return;
    const { clock } = this.#options;
    this.#beat = undefined;
    this.#lastHeardMs = clock.nowMs();
    this.#counts.acknowledged += 1;
    const sleptMs = this.#watch.sleptMs();
    const hasSlept = sleptMs > this.intervalMs;
    // A round trip that the machine slept through says nothing of the path.
    const hasNone = hasSlept || acknowledgement.isUnmeasured === true;
    const { rttMs: toldMs = Number.NaN } = acknowledgement;
    const rttMs = hasNone ? undefined : toldMs >= 0 ? toldMs : this.#lastHeardMs - beat.sentAtMs;
    if (rttMs !== undefined) this.#counts.rtt.add(rttMs);
    if (hasSlept) this.#learning?.interrupted();
    const hasLearned = this.#learning?.acknowledged(this.#lastHeardMs, acknowledgement) === true;
    const reason = acknowledgement.connection === 'new' ? this.#lostReason : undefined;
    this.#lostReason = undefined;
    this.#apply('acknowledged', { rttMs, acknowledgement, reason });
    const { heardMsAgo = 0 } = acknowledgement;
    if (heardMsAgo > 0 && this.#situation.activity === 'waiting')
      this.#timer.arm(Math.max(this.#lastHeardMs, this.#timer.dueMs - heardMsAgo));
    if (hasLearned) this.#tell('adapted', NOTHING);
    if (hasSlept) this.#apply('resumed', { sleptMs });
  }

  #failed(beat: Beat, reason: string, error: Error | undefined): void {
    if (beat !== this.#beat) return;
    this.#beat = undefined;
    this.#counts.missed += 1;
    this.#learning?.missed(error);
    // Whatever blocked the way is gone with the connection.
    this.#hold.isBlocked = false;
    this.#apply('failed', { reason, error });
    if (this.#situation.health === 'down') this.#learning?.peerWentDown();
    this.#holdOrRelease();
  }

  #calm(reason: string): void {
    if (this.#situation.activity === 'stopped') return;
    this.#rhythm.calm();
    if (this.#situation.activity === 'waiting') this.#schedule('interval');
    this.#tell('calmed', { reason });
  }

  #holdOrRelease(): void {
    this.#apply(this.#hold.isHeld ? 'hold' : 'release');
  }

  #schedule(next: NextSignal): void {
    const nowMs = this.#options.clock.nowMs();
    this.#timer.arm(nowMs + this.#rhythm.delayMs(next, nowMs));
  }

  #onDue(lateMs: number): void {
    const sleptMs = this.#watch.sleptMs(lateMs);
    if (sleptMs > this.intervalMs) {
      this.#learning?.interrupted();
      return this.#apply('resumed', { sleptMs, reason: describeSleep(sleptMs) });
    }
    const beat = this.#beat;
    if (beat === undefined) return this.#apply('due');
    // Timers come before sockets in a turn of the loop: what had arrived in time is seen first.
    this.#options.clock.afterPoll(() => this.#onDeadline(beat, lateMs));
  }

  #onDeadline(beat: Beat, lateMs: number): void {
    // Acknowledged meanwhile, given up, or its deadline was moved by a sign of life.
    if (beat !== this.#beat || this.#timer.isArmed) return;
    const { clock, probe, timeoutMs, tolerance } = this.#options;
    const extensionMs = beat.takeExtensionMs(lateMs, probe.unheardMs ?? 0, timeoutMs);
    if (extensionMs > 0) return this.#timer.arm(clock.nowMs() + extensionMs);
    const reason = `no acknowledgement within ${timeoutMs} ms`;
    this.#failed(beat, reason, undefined);
    beat.controller.abort(new AbortedError(reason));
    // A connection that was tried on purpose may be what died: the last signal before the peer counts as down goes over a new one.
    const { missed } = this.#situation;
    if (this.#learning !== undefined && missed === tolerance - 1) this.#closeProbe();
  }

  #closeProbe(): void {
    callGuarded('close() of the probe', undefined, () => this.#options.probe.close?.());
  }

  #giveUp(error: Error): void {
    const beat = this.#beat;
    this.#beat = undefined;
    beat?.controller.abort(error);
  }

  #tell(type: HeartbeatEventType, outcome: Outcome): void {
    if (!this.#audience.hears(type)) return;
    const { clock } = this.#options;
    const event = makeEvent(type, outcome, {
      at: new Date(clock.wallMs()),
      target: this.target,
      missed: this.#situation.missed,
      intervalMs: this.intervalMs,
      downMs: this.#counts.downMs(clock.nowMs()),
      adaptive: this.#learning?.stats(),
    });
    this.#audience.tell(event);
  }
}
