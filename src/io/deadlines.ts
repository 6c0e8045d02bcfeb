// Deadlines of many connections driven by one timer. Entries of a class are kept in order of time, so that setting,
// moving and clearing one costs a few pointer writes and an idle connection costs no timer of its own.
import type { Clock, ClockTimer } from './clock.ts';

/** A place in a deadline list. One object serves its owner for life, in one list at a time. */
export class Deadline<Owner> {
  readonly owner: Owner;
  /** When it falls due, on the clock's monotonic scale. */
  atMs = 0;
  list: DeadlineList<Owner> | undefined = undefined;
  previous: Deadline<Owner> | undefined = undefined;
  next: Deadline<Owner> | undefined = undefined;

  constructor(owner: Owner) {
    this.owner = owner;
  }

  /** Takes it out of its list, if it is in one. */
  clear(): void {
    this.list?.remove(this);
  }
}

/** Deadlines of one class. Most have the same duration, so a new one nearly always belongs at the end. */
export class DeadlineList<Owner> {
  readonly onDue: (owner: Owner) => void;
  readonly #schedule: DeadlineSchedule;
  #first: Deadline<Owner> | undefined;
  #last: Deadline<Owner> | undefined;
  #count = 0;

  constructor(schedule: DeadlineSchedule, onDue: (owner: Owner) => void) {
    this.#schedule = schedule;
    this.onDue = onDue;
  }

  /** The one that falls due first. */
  get first(): Deadline<Owner> | undefined {
    return this.#first;
  }

  /** The one that falls due last. */
  get last(): Deadline<Owner> | undefined {
    return this.#last;
  }

  get count(): number {
    return this.#count;
  }

  /** Sets the deadline to `atMs`, taking it out of whatever list it is in. With Infinity it stands last and never falls due. */
  set(deadline: Deadline<Owner>, atMs: number): void {
    deadline.list?.remove(deadline);
    deadline.atMs = atMs;
    deadline.list = this;
    let before = this.#last;
    while (before !== undefined && before.atMs > atMs) before = before.previous;
    const after = before === undefined ? this.#first : before.next;
    deadline.previous = before;
    deadline.next = after;
    if (before === undefined) this.#first = deadline;
    else before.next = deadline;
    if (after === undefined) this.#last = deadline;
    else after.previous = deadline;
    this.#count += 1;
    if (before === undefined) this.#schedule.wakeBy(atMs);
  }

  /** Takes a deadline of this list out of it. */
  remove(deadline: Deadline<Owner>): void {
    const { previous, next } = deadline;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    deadline.list = undefined;
    deadline.previous = undefined;
    deadline.next = undefined;
    this.#count -= 1;
  }

  /** Takes out and reports everything that is due. What a callback sets anew for the past waits for the next round. */
  expire(nowMs: number): void {
    let budget = this.#count;
    for (let due = this.#first; due !== undefined && due.atMs <= nowMs && budget > 0; due = this.#first) {
      budget -= 1;
      this.remove(due);
      this.onDue(due.owner);
    }
  }
}

/** Several lists behind one timer. */
export class DeadlineSchedule {
  readonly #clock: Clock;
  readonly #lists: DeadlineList<never>[] = [];
  #timer: ClockTimer | undefined;
  #timerAtMs = Infinity;
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new list; `onDue` is told the owner of each deadline that falls due. */
  addList<Owner>(onDue: (owner: Owner) => void): DeadlineList<Owner> {
    const list = new DeadlineList<Owner>(this, onDue);
    this.#lists.push(list as unknown as DeadlineList<never>);
    return list;
  }

  /**
   * Makes sure that the timer fires by `atMs`. It is never pushed back when the first deadline is cleared: it then
   * fires once for nothing, which is cheaper than arming it anew for every request.
   */
  wakeBy(atMs: number): void {
    if (atMs >= this.#timerAtMs || this.#stopped) return;
    this.#timer?.stop();
    this.#timerAtMs = atMs;
    this.#timer = this.#clock.startTimer(atMs - this.#clock.nowMs(), () => {
      // Node.js runs timers before it reads sockets. What arrived in time shall be seen before its deadline is held against it,
      // also where the process was suspended or busy for long.
      this.#clock.endOfTurn(() => this.#fire());
    });
  }

  /** Stops the timer for good. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.stop();
  }

  #fire(): void {
    if (this.#stopped) return;
    // An earlier deadline may have been set since the timer fired.
    this.#timer?.stop();
    this.#timer = undefined;
    this.#timerAtMs = Infinity;
    const nowMs = this.#clock.nowMs();
    for (const list of this.#lists) list.expire(nowMs);
    let nextMs = Infinity;
    for (const list of this.#lists) nextMs = Math.min(nextMs, list.first?.atMs ?? Infinity);
    if (nextMs < Infinity) this.wakeBy(nextMs);
  }
}
