// What experience with one origin says: after which idle time its server ends connections, which idle times they outlast, and how
// long its answers take. A few numbers; no clock: times are arguments, in milliseconds of a monotonic clock.
//
// One end says little: servers restart, shed load and reach limits. An idle timeout is told from all of that by what it does:
// it ends connections again, at another moment, after the same idle time, and none outlasts it.

/** Ends after a shorter idle time are not learned from: no server has such a timeout, and in a busy pool every restart looks like one. */
const SHORTEST_TIMEOUT_MS = 100;

/** Ends within this time are one moment: a process that exits ends all its connections in one turn, give or take the network. */
const MOMENT_MS = 250;

/** Two idle times are the same if they differ by a tenth, or by this: loops are late, and some servers look once in a while only. */
const SAME_MS = 50;
const SAME_SHARE = 0.1;

/** Moments that are remembered, so that three backends with three timeouts can each be seen twice beside a restart or two. */
const REMEMBERED_MOMENTS = 8;
/** Moments that have to agree. */
const AGREEING_MOMENTS = 2;
/** Part of the remembered moments that have to agree: among many ends at random times two are alike by chance. */
const AGREEING_SHARE = 1 / 3;
/** After so many connections that outlast it by far, an end was no timeout, or the operator has changed it. */
const REFUTATIONS = 3;

/**
 * How long a limit holds after it was seen the last time. Then connections are tried longer again: the price of asking is one
 * that the server ends while it is idle, and then the limit holds again. Nothing is remembered for six times that long.
 */
const HOLD_MS = 10 * 60_000;
const MEMORY_MS = 6 * HOLD_MS;

/** RFC 6298 §2: the initial value, the weights, and how many deviations above the mean something is late. */
const INITIAL_SUSPECT_MS = 1_000;
const MEAN_WEIGHT = 1 / 8;
const DEVIATION_WEIGHT = 1 / 4;
const DEVIATIONS = 4;
/** An answer is not suspected before: below, the scheduling of both machines is what is measured. */
const SHORTEST_SUSPECT_MS = 250;
const SUSPECT_ROUND_TRIPS = 4;

/** A moment at which the peer ended idle connections, all after about the same idle time. */
interface Moment {
  readonly idleMs: number;
  readonly atMs: number;
  outlasted: number;
}

/** The upper end of what counts as the same idle time. */
function sameUpToMs(idleMs: number): number {
  return idleMs + Math.max(SAME_MS, SAME_SHARE * idleMs);
}

/** What was learned of one origin. */
export class LearnedTimeouts {
  /** In the order of time. */
  #moments: Moment[] = [];
  /** The moment that may still go on: when it began, and the shortest and longest idle time that ended in it. */
  #momentAtMs = -Infinity;
  #momentLowMs = Infinity;
  #momentHighMs = -Infinity;
  /** What comes of the moments, and until when it holds. */
  #limitMs = Infinity;
  #limitUntilMs = Infinity;
  /** An idle time up to this one refutes no moment. */
  #undisputedMs = Infinity;

  /** Longest idle times that were survived in this period and in the one before. */
  #survivedMs = 0;
  #survivedBeforeMs = 0;
  #periodUntilMs = -Infinity;

  #responseMeanMs = -1;
  #responseDeviationMs = 0;

  /**
   * The peer ended a connection that had been idle for so long (by the larger of both clocks, as for its reuse): before our
   * deadline, or while a request was on its way to it.
   */
  peerClosedIdle(idleMs: number, nowMs: number): void {
    if (nowMs - this.#momentAtMs > MOMENT_MS) {
      if (this.#momentLowMs !== Infinity) this.#endMoment();
      this.#momentAtMs = nowMs;
    }
    this.#momentLowMs = Math.min(this.#momentLowMs, idleMs);
    this.#momentHighMs = Math.max(this.#momentHighMs, idleMs);
  }

  /** A connection answered after it had been idle for so long. */
  survivedIdle(idleMs: number, nowMs: number): void {
    if (nowMs >= this.#periodUntilMs) this.#beginPeriod(nowMs);
    if (idleMs > this.#survivedMs) this.#survivedMs = idleMs;
    if (idleMs > this.#undisputedMs) this.#dispute(idleMs, nowMs);
  }

  /** A connection stayed silent after it had been idle for so long: whatever survived longer did so on another path. */
  wentSilent(idleMs: number): void {
    this.#survivedMs = Math.min(this.#survivedMs, idleMs / 2);
    this.#survivedBeforeMs = Math.min(this.#survivedBeforeMs, idleMs / 2);
  }

  /** Up to which idle time connections have nothing to fear from the peer's timeout, as far as is known; Infinity where nothing is. */
  limitMs(nowMs: number): number {
    if (this.#momentLowMs !== Infinity && nowMs - this.#momentAtMs > MOMENT_MS) this.#endMoment();
    // Where the lowest limit holds no longer, a higher one may.
    if (nowMs >= this.#limitUntilMs) this.#conclude(nowMs);
    return this.#limitMs;
  }

  /** The longest idle time after which a connection still answered, in the last hour or two; 0 where none did. */
  longestSurvivedMs(nowMs: number): number {
    if (nowMs >= this.#periodUntilMs) this.#beginPeriod(nowMs);
    return Math.max(this.#survivedMs, this.#survivedBeforeMs);
  }

  /** The head of a response came so long after its request was sent. */
  responded(waitMs: number): void {
    if (this.#responseMeanMs < 0) {
      this.#responseMeanMs = waitMs;
      this.#responseDeviationMs = waitMs / 2;
      return;
    }
    const differenceMs = waitMs - this.#responseMeanMs;
    this.#responseDeviationMs += DEVIATION_WEIGHT * (Math.abs(differenceMs) - this.#responseDeviationMs);
    this.#responseMeanMs += MEAN_WEIGHT * differenceMs;
  }

  /** How long a request may stay unanswered before its connection is suspect. */
  suspectAfterMs(roundTripMs: number): number {
    const usualMs =
      this.#responseMeanMs < 0 ? INITIAL_SUSPECT_MS : this.#responseMeanMs + DEVIATIONS * this.#responseDeviationMs;
    return Math.max(usualMs, SUSPECT_ROUND_TRIPS * roundTripMs, SHORTEST_SUSPECT_MS);
  }

  #endMoment(): void {
    const [idleMs, highMs, atMs] = [this.#momentLowMs, this.#momentHighMs, this.#momentAtMs];
    this.#momentLowMs = Infinity;
    this.#momentHighMs = -Infinity;
    // Many ends at once after all kinds of idle times: the server went away, or made room.
    if (idleMs < SHORTEST_TIMEOUT_MS || highMs > sameUpToMs(idleMs)) return;
    this.#moments = this.#moments.filter((moment) => atMs - moment.atMs < MEMORY_MS).slice(1 - REMEMBERED_MOMENTS);
    this.#moments.push({ idleMs, atMs, outlasted: 0 });
    this.#conclude(atMs);
  }

  #dispute(idleMs: number, nowMs: number): void {
    for (const moment of this.#moments) {
      if (idleMs > sameUpToMs(moment.idleMs)) moment.outlasted += 1;
    }
    if (!this.#moments.some((moment) => moment.outlasted >= REFUTATIONS)) return;
    this.#moments = this.#moments.filter((moment) => moment.outlasted < REFUTATIONS);
    this.#conclude(nowMs);
  }

  /** The lowest idle time at which enough moments agree, and one of them is recent. */
  #conclude(nowMs: number): void {
    this.#limitMs = Infinity;
    this.#limitUntilMs = Infinity;
    this.#undisputedMs = Infinity;
    const needed = Math.max(AGREEING_MOMENTS, this.#moments.length * AGREEING_SHARE);
    for (const { idleMs: lowMs } of this.#moments) {
      const highMs = sameUpToMs(lowMs);
      this.#undisputedMs = Math.min(this.#undisputedMs, highMs);
      const agreeing = this.#moments.filter(({ idleMs }) => idleMs >= lowMs && idleMs <= highMs);
      const untilMs = Math.max(...agreeing.map(({ atMs }) => atMs)) + HOLD_MS;
      if (agreeing.length < needed || nowMs >= untilMs) continue;
      // By as much as they differ the next one may be lower.
      const spreadMs = Math.max(...agreeing.map(({ idleMs }) => idleMs)) - lowMs;
      const limitMs = lowMs - Math.max(spreadMs, SAME_MS);
      if (limitMs >= this.#limitMs) continue;
      this.#limitMs = limitMs;
      this.#limitUntilMs = untilMs;
    }
  }

  #beginPeriod(nowMs: number): void {
    const wasRecent = nowMs - this.#periodUntilMs < MEMORY_MS;
    this.#survivedBeforeMs = wasRecent ? this.#survivedMs : 0;
    this.#survivedMs = 0;
    this.#periodUntilMs = nowMs + MEMORY_MS;
  }
}
